"""Wrap: what an algorithm made becomes a solution that can be taken away.

The receipt is written beside the result and into the report, and everything becomes one zip.
Wrapping is repeatable: after a crash it is simply done again.
"""

import html
import json
import queue
import threading
import zipfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import structlog

from zhisuan.compute import records as jobs
from zhisuan.compute.job import Job
from zhisuan.core.errors import NotFound
from zhisuan.core.identifiers import new_id
from zhisuan.services import records
from zhisuan.services.centre import Centre
from zhisuan.services.events import Event
from zhisuan.services.solution import Solution, SolutionState
from zhisuan.services.tasks.receipt import compose

log = structlog.get_logger()

RECEIPT_MARK = "<!-- receipt -->"
"""Where a report wants its receipt."""

_EPOCH = (1980, 1, 1, 0, 0, 0)
"""The same files give the same zip, so its hash is theirs."""


def new_solution(centre: Centre, job: Job, summary: Mapping[str, Any]) -> Solution:
    """A solution to be wrapped, for a job that has succeeded."""
    assert job.task_id is not None  # noqa: S101  only a task's job has a solution
    output = centre.attempt_folder(job.job_id, job.attempt) / "output"
    return Solution(
        solution_id=new_id("sol"),
        tenant=job.tenant,
        task_id=job.task_id,
        job_id=job.job_id,
        state=SolutionState.WRAPPING,
        folder=str(output.relative_to(centre.folder)),
        summary=summary,
        receipt={},
        archive=None,
        created_at=centre.clock.now(),
    )


class Wrapper:
    """Wraps solutions in a thread of its own, one after the other."""

    def __init__(self, centre: Centre) -> None:
        self._centre = centre
        self._waiting: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="wrapper", daemon=True)

    def start(self) -> None:
        """Begin, with what an earlier process left unwrapped."""
        with self._centre.database.read() as connection:
            self.take(records.wrapping(connection))
        self._thread.start()

    def take(self, solution_ids: Iterable[str]) -> None:
        """Wrap these next."""
        for solution_id in solution_ids:
            self._waiting.put(solution_id)

    def close(self) -> None:
        """Finish the one in hand and end."""
        self._waiting.put(None)
        if self._thread.is_alive():
            self._thread.join()

    def _run(self) -> None:
        while (solution_id := self._waiting.get()) is not None:
            try:
                wrap(self._centre, solution_id)
            except Exception:
                log.exception("wrapping_failed", solution_id=solution_id)


def wrap(centre: Centre, solution_id: str) -> None:
    """Write the receipt, complete the report, make the zip, mark the solution ready."""
    with centre.database.read() as connection:
        solution = records.solution(connection, None, solution_id)
        task = records.task(connection, solution.tenant, solution.task_id)
        job = jobs.get(connection, solution.job_id)
        try:
            dataset = centre.shelf.get(solution.tenant, task.dataset_id)
        except NotFound:
            dataset = None
        receipt = {
            "solution_id": solution_id,
            **compose(centre, connection, job, task, dataset, solution.summary),
        }
    folder = centre.folder / solution.folder
    (folder / "receipt.json").write_text(
        json.dumps(receipt, ensure_ascii=False, indent=2), encoding="utf-8"
    )
    report = folder / "report.html"
    if report.exists():
        text = report.read_text(encoding="utf-8")
        beside = folder.with_name(report.name)
        beside.write_text(text.replace(RECEIPT_MARK, receipt_html(receipt)), encoding="utf-8")
        beside.replace(report)
    archive = _archive(centre, folder, solution_id)
    now = centre.clock.now()
    with centre.database.write() as connection:
        records.finish_solution(connection, solution_id, receipt, archive)
        facts = {"task_id": solution.task_id, "job_id": solution.job_id}
        event = Event(solution.tenant, "solution.ready", solution_id, facts, now)
        records.append_events(connection, [event])
    centre.news.ring()


def receipt_html(receipt: Mapping[str, Any]) -> str:
    """The receipt as a piece of the report, Chinese and English."""
    energy, money, compute = receipt["energy"], receipt["money"], receipt["compute"]
    rows = [
        ("费用", "Charge", f"¥{money['charge_yuan']}", ""),
        *_split(money),
        (
            "报价",
            "Quote",
            f"¥{money['quote']['low_yuan']} – ¥{money['quote']['high_yuan']}",
            "",
        ),
        ("用时", "Time", f"{compute['wall_s']:.1f} s", "measured"),
        ("处理器时间", "Processor time", f"{compute['cpu_s']:.1f} s", "measured"),
    ]
    if energy:
        rows += [
            ("电能", "Energy", f"{energy['energy_wh']:.4f} Wh", energy["energy_quality"]),
            ("碳排放", "Carbon", f"{energy['carbon_g']:.4f} gCO₂", energy["carbon_quality"]),
        ]
    words = {"measured": "实测", "modelled": "估算", "assumed": "假定", "simulated": "模拟", "": ""}
    cells = "".join(
        f'<tr><th><span lang="zh">{chinese}</span><span lang="en">{english}</span></th>'
        f"<td>{html.escape(value)}</td>"
        f'<td><span lang="zh">{words[quality]}</span><span lang="en">{quality}</span></td></tr>'
        for chinese, english, value, quality in rows
    )
    lines: list[tuple[str, str]] = [
        (money["explanation_zh"], money["explanation_en"]),
        *(zip(energy["explanation_zh"], energy["explanation_en"], strict=True) if energy else []),
    ]
    notes = "".join(
        f'<p class="note"><span lang="zh">{html.escape(chinese)}</span>'
        f'<span lang="en">{html.escape(english)}</span></p>'
        for chinese, english in lines
    )
    return f'<table class="receipt">{cells}</table>{notes}'


def _split(money: Mapping[str, Any]) -> list[tuple[str, str, str, str]]:
    voucher = money["voucher"]
    if voucher is None:
        return []
    return [
        ("其中自付", "of it own money", f"¥{money['own_yuan']}", ""),
        ("其中算力券", "of it by voucher", f"¥{voucher['yuan']}", ""),
    ]


def _archive(centre: Centre, folder: Path, name: str) -> str:
    scratch = centre.objects.scratch()
    path = scratch / "solution.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in sorted(folder.rglob("*")):
            if file.is_file():
                info = zipfile.ZipInfo(f"{name}/{file.relative_to(folder)}", _EPOCH)
                info.compress_type = zipfile.ZIP_DEFLATED
                info.external_attr = 0o644 << 16
                with file.open("rb") as source, archive.open(info, "w") as target:
                    while block := source.read(1 << 20):
                        target.write(block)
    digest = centre.objects.adopt(path)
    scratch.rmdir()
    return digest
