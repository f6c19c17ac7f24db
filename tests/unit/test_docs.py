"""The documents and the product say the same: every list in the one has its twin in the other."""

import importlib.util
import json
import re
from pathlib import Path
from urllib.parse import unquote

import pytest
from typer.main import get_command

from zhisuan.access.permission import GRANTS, SENTENCES
from zhisuan.access.tenant import Role
from zhisuan.algorithms.package import Card, ResourceProfile, read_package
from zhisuan.api.app import create_app
from zhisuan.api.jobs import JobIn
from zhisuan.cli.main import app
from zhisuan.cli.solve import result_of
from zhisuan.compute.job import JobState
from zhisuan.compute.node import Node
from zhisuan.compute.policyfile import DeclaredIdle, DeclaredQuota, PolicyFile, read_rules
from zhisuan.compute.poolfile import DeclaredDevice, DeclaredNode, read_pool
from zhisuan.core.errors import CentreError
from zhisuan.core.work import LaunchSpec
from zhisuan.runner.context import JobContext
from zhisuan.settings import Settings

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
REFERENCE = DOCS / "reference"
PAGES = sorted([*ROOT.glob("*.md"), *DOCS.rglob("*.md"), *ROOT.glob("examples/*.md")])
WORDS = """
tenant 租户 project 项目 member 成员 key 密钥 dataset 数据集 profile 画像 task 任务 algorithm 算法
model 模型 solution 成果 endpoint 在线服务 pipeline 流程 node 节点 device 设备 pool 算力池
quota 配额 queue 队列 job 作业 gang 成组 allocation 分配 reservation 预留 preemption 抢占
backfill 回填 usage 用量 tariff 价目 quote 报价 hold 预扣 charge 费用 account 账户 voucher 算力券
invoice 账单 receipt 凭据 reading 读数 footprint 足迹 factor 因子 PUE PUE WUE WUE CUE CUE
scenario 方案 forecast 预测
"""


def reference(name):
    return (REFERENCE / name).read_text("utf-8")


def found(pattern, text):
    return re.findall(pattern, text, re.MULTILINE)


def blocks(language, text):
    return re.findall(rf"^```(?:{language})\n(.*?)^```", text, re.MULTILINE | re.DOTALL)


def family(error):
    return [error, *(each for child in error.__subclasses__() for each in family(child))]


def commands(command, name="zhisuan"):
    children = getattr(command, "commands", None)
    if children is None:
        return {name}
    return {each for child in children.values() for each in commands(child, f"{name} {child.name}")}


def anchors(page):
    headings = found(r"^#+ (.+)$", page.read_text("utf-8"))
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_every_error_has_its_heading_with_both_statuses():
    page = reference("errors.md")
    said = found(r"^## (\w+)\n\nHTTP (\d+), exit status (\d+)\.$", page)
    ours = [each for each in family(CentreError) if each.__module__ == "zhisuan.core.errors"]
    assert sorted(said) == sorted((e.code, str(e.http_status), str(e.exit_status)) for e in ours)
    assert len(said) == len(found(r"^## ", page))


def test_every_setting_is_explained_with_its_default():
    rows = dict(found(r"^\| `(\w+)` \| (.*?) \|", reference("settings.md")))
    assert list(rows) == list(Settings.model_fields)
    for name, field in Settings.model_fields.items():
        if not field.is_required():
            told = "none" if field.default is None else f"`{field.default}`"
            assert rows[name] == told, name


def test_the_page_of_the_command_line_is_not_stale():
    place = REFERENCE / "make_cli.py"
    spec = importlib.util.spec_from_file_location("make_cli", place)
    maker = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(maker)
    assert reference("cli.md") == maker.page(), f"run: python {place.relative_to(ROOT)}"


def test_every_address_of_the_api_is_in_its_table_and_no_other():
    told = set(found(r"^\| (GET|POST|DELETE|PUT|PATCH) \| `(\S+)` \|", reference("api.md")))
    described = create_app(None).openapi()["paths"]
    ours = {(method.upper(), path) for path, methods in described.items() for method in methods}
    assert told == ours | {("GET", "/v1/openapi.json")}


def test_what_the_api_tells_has_names_of_its_own():
    """Two models of one name would be told apart by the modules they stand in."""
    names = create_app(None).openapi()["components"]["schemas"]
    assert [name for name in names if "__" in name] == []


def test_every_event_of_the_feed_is_in_its_table():
    sources = (ROOT / "src/zhisuan/services").rglob("*.py")
    kinds = r'\b(?:Event|tell)\(\s*[\w.]+,\s*"([a-z.]+)"'
    ours = {kind for source in sources for kind in found(kinds, source.read_text("utf-8"))}
    table = reference("api.md").partition("| event |")[2]
    told = set(found(r"`([a-z]+\.[a-z]+)`", table))
    assert told == ours | {f"job.{state}" for state in JobState}


def test_every_key_of_a_result_is_explained():
    numbers = ("money_high_yuan", "money_low_yuan", "seconds_high", "seconds_low")
    offer = {"quote_id": "q", "effort": "fast", **dict.fromkeys(numbers, 1)}
    posed = {
        **dict.fromkeys(("kind", "target", "task_id", "dataset_id"), ""),
        "offers": [{**offer, "energy_high_wh": 1, "energy_low_wh": 1}],
    }
    receipt = {
        "money": {"quote": {"quote_id": "q"}, "charge_yuan": "0"},
        "compute": dict.fromkeys(("wall_s", "cpu_s", "device_seconds"), 0),
        "energy": dict.fromkeys(("energy_wh", "energy_quality", "carbon_g", "carbon_quality"), 0),
    }
    solution = {"solution_id": "", "job_id": "", "summary": {}, "receipt": receipt}
    result = result_of(posed, solution, Path())
    quote = result.pop("quote")
    told = found(r"^\| `([\w.]+)` \|", reference("solve-result.md"))
    assert sorted(told) == sorted([*result, *(f"quote.{key}" for key in quote)])


def test_the_roles_of_the_page_are_those_of_the_code():
    page = reference("api.md")
    roles = {
        role: set(found(r"`(\w+)`", granted))
        for role, granted in found(r"^\| `(\w+)` \| [^|`]+ \| (`[^|]+`) \|$", page)
        if role in set(Role)
    }
    assert roles == {role: set(granted) for role, granted in GRANTS.items()}
    table = page.partition("| permission | what it allows |")[2].partition("\n\n")[0]
    assert dict(found(r"^\| `(\w+)` \| (.*) \|$", table)) == SENTENCES


def test_every_word_stands_in_the_glossary_with_its_twin():
    row = r"^\| (\S+?)(?: ○)? \| (\S+)[^|]* \| [^|]+ \| [^|]+ \|$"
    told = dict(found(row, reference("glossary.md")))
    words = WORDS.split()
    for word, twin in zip(words[::2], words[1::2], strict=True):
        assert told[word] == twin


def test_the_pool_file_of_the_page_is_one_and_its_keys_are_all(tmp_path):
    page = reference("pool-file.md")
    file = tmp_path / "pool.toml"
    file.write_text(blocks("toml", page)[0])
    nodes = read_pool(file, Node("here", (0, 1), 4096))
    assert [len(node.devices) for node in nodes] == [2, 8, 8]
    keys = {*DeclaredNode.model_fields, *DeclaredDevice.model_fields}
    assert keys <= set(found(r"`(\w+)`", page))


def test_the_policy_file_of_the_page_is_one_and_its_keys_and_defaults_are_all(tmp_path):
    page = reference("policy-file.md")
    file = tmp_path / "policy.toml"
    file.write_text(blocks("toml", page)[0])
    assert read_rules(file).idle is not None
    rows = found(r"^\| (`[^|]+`) \| (.*?) \|", page)
    told = {key: default for keys, default in rows for key in found(r"`([\w.]+)`", keys)}
    tables = {"": PolicyFile, "quota.": DeclaredQuota, "idle.": DeclaredIdle}
    fields = {
        f"{table}{name}": field
        for table, model in tables.items()
        for name, field in model.model_fields.items()
    }
    assert sorted(told) == sorted(fields)
    for name, field in fields.items():
        plain = isinstance(field.default, int | float | str)
        default = str(field.default).lower() if isinstance(field.default, bool) else field.default
        assert told[name] == (f"`{default}`" if plain else "none"), name


def test_every_key_of_a_job_is_explained():
    table = reference("api.md").partition("| key of `POST /v1/jobs` |")[2].partition("\n## ")[0]
    told = {key for row in found(r"^\| (`[^|]+`) \|", table) for key in found(r"`(\w+)`", row)}
    assert told == set(JobIn.model_fields)


def test_every_key_of_an_algorithms_card_is_explained():
    told = set(found(r"`(?:profile\.)?(\w+)`", reference("algorithm-package.md")))
    assert {*Card.model_fields, *ResourceProfile.model_fields} <= told


def test_the_algorithm_of_the_guide_is_a_package_that_runs(tmp_path):
    page = (DOCS / "how-to/write-an-algorithm.md").read_text("utf-8")
    (tmp_path / "program").mkdir()
    (tmp_path / "requirements.txt").touch()
    (tmp_path / "algorithm.toml").write_text(blocks("toml", page)[0])
    assert read_package(tmp_path).card.entry == "rows.run:main"
    program = {}
    exec(blocks("python", page)[0], program)  # noqa: S102  our own page
    parameters = json.loads(re.search(r'"parameters": (\{.*?\})', page)[1])
    attempt = tmp_path / "1"
    (attempt / "output").mkdir(parents=True)
    spec = LaunchSpec("job_1", 1, str(attempt), "", (), "rows.run:main", parameters=parameters)
    program["main"](JobContext(spec))
    assert json.loads((attempt / "output/solution.json").read_text()) == {"rows": 2}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
class TestEveryPage:
    def test_its_links_lead_somewhere(self, page):
        for link in found(r"\]\(([^)\s]+)\)", page.read_text("utf-8")):
            path, _, anchor = unquote(link).partition("#")
            target = page.parent / path if path else page
            assert "://" in link or target.exists(), link
            assert not anchor or anchor in anchors(target), link

    def test_its_commands_exist(self, page):
        text = page.read_text("utf-8")
        known = commands(get_command(app))
        for typed in [*blocks("bash|sh", text), *found(r"`(zhisuan [^`]+)`", text)]:
            for said in found(r"(?<![\w/.-])(zhisuan [a-z]+(?: [a-z]+)?)", typed):
                assert said in known or said.rpartition(" ")[0] in known, said

    def test_its_make_targets_exist(self, page):
        known = found(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"))
        assert set(found(r"`make ([a-z-]+)", page.read_text("utf-8"))) <= set(known)

    def test_the_sources_it_names_are_there(self, page):
        homes = (ROOT, ROOT / "src/zhisuan", page.parent)
        sources = r"`((?:\w+/)+[\w.-]+\.(?:py|toml))`"
        for name in found(sources, page.read_text("utf-8")):
            yours = name.startswith("program/") or "/presets/rows/" in name
            assert yours or any((home / name).exists() for home in homes), name
