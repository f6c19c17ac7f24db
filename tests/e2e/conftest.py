"""A centre in a process of its own, on a free port, and what a test may do with it.

One centre serves the whole session; every test registers tenants of its own on it and so meets
nobody else's work. A test that needs a disk of its own starts its own centre.
"""

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
import uuid
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

import httpx
import pytest

ENDED = {"succeeded", "failed", "cancelled"}
GRANT = Decimal(100)
"""Yuan that a new tenant starts with, by the default settings."""

CHECKOUT = Path(__file__).parents[2]

POOL = """
[[device]]
kind = "npu"
vendor = "Ascend"
model = "910B"
memory_mb = 65536
count = 2

[[node]]
name = "sim-1"
cores = 8
memory_mb = 32768
simulated = true
[[node.device]]
kind = "gpu"
vendor = "NVIDIA"
model = "H100"
memory_mb = 81920
count = 4
"""


@dataclass
class Centre:
    """A running centre, seen from outside."""

    folder: Path
    url: str
    process: subprocess.Popen
    closing: ExitStack = field(default_factory=ExitStack)

    @classmethod
    def start(cls, folder, *arguments, environment=None):
        """Start one and wait until it answers."""
        folder.mkdir(parents=True, exist_ok=True)
        log = folder.parent / f"{folder.name}.log"
        with log.open("ab") as file:
            process = subprocess.Popen(
                [
                    sys.executable,
                    "-m",
                    "zhisuan",
                    "up",
                    "--data",
                    folder,
                    "--port",
                    "0",
                    *arguments,
                ],
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=file,
                env={**clean_environment(), **(environment or {})},
            )
        place = folder / "centre.json"
        deadline = time.monotonic() + 60
        while process.poll() is None and time.monotonic() < deadline:
            if place.exists():
                url = json.loads(place.read_text())["url"]
                try:
                    if httpx.get(f"{url}/v1/health", trust_env=False).is_success:
                        return cls(folder, url, process)
                except httpx.HTTPError:
                    pass
            time.sleep(0.02)
        process.kill()
        raise AssertionError(f"the centre did not answer: {log.read_text()}")

    def stop(self):
        """End it as Ctrl-C does; returns its exit status."""
        self.closing.close()
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(30)

    @property
    def log(self):
        return (self.folder.parent / f"{self.folder.name}.log").read_text()

    def client(self, key=None, **options):
        """Speaks HTTP to the centre with a key; closed with the centre."""
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        options = {"trust_env": False, "timeout": 60.0, **options}
        client = httpx.Client(base_url=self.url, headers=headers, **options)
        return self.closing.enter_context(client)

    def kept_key(self, name):
        return (self.folder / "keys" / name).read_text()

    def tenant(self, *, local=False):
        """A new tenant with a key."""
        body = {"name": f"tenant {uuid.uuid4().hex}", "local": local}
        with self.operator() as operator:
            answer = operator.post("/v1/tenants", json=body)
        assert answer.status_code == 201, answer.text
        made = answer.json()
        return Tenant(self, made["tenant"]["tenant_id"], made["key"], self.client(made["key"]))

    def operator(self):
        """The operator's client; for the time of a block."""
        headers = {"Authorization": f"Bearer {self.kept_key('operator')}"}
        return httpx.Client(base_url=self.url, headers=headers, trust_env=False, timeout=60.0)

    def rows(self, statement, *values):
        """What the database says."""
        address = f"file:{self.folder / 'centre.db'}?mode=ro"
        with closing(sqlite3.connect(address, uri=True)) as database:
            return database.execute(statement, values).fetchall()

    def incoming(self):
        """What lies half-written among the objects."""
        return list((self.folder / "objects" / "incoming").iterdir())


@dataclass
class Tenant:
    """One tenant of a centre, and what it has."""

    centre: Centre
    tenant_id: str
    key: str
    client: httpx.Client

    def upload(self, content, name="table", filename="table.csv", **headers):
        """Bring bytes or text; returns the answer."""
        content = content.encode() if isinstance(content, str) else content
        query = {"name": name, "filename": filename}
        return self.client.post("/v1/datasets", params=query, content=content, headers=headers)

    def brought(self, content, name="table"):
        """Bring a table that is accepted; returns the dataset."""
        answer = self.upload(content, name)
        assert answer.status_code == 201, answer.text
        return answer.json()

    def ask(self, dataset_id, **question):
        return self.client.post("/v1/tasks", json={"dataset_id": dataset_id, **question})

    def submit(self, *, headers=None, **order):
        """Ask for a job of the probe; returns the answer."""
        body = {
            "algorithm": "probe",
            "cpu_milli": 100,
            "memory_mb": 64,
            "time_limit_s": 60,
            **order,
        }
        return self.client.post("/v1/jobs", json=body, headers=headers)

    def submitted(self, **order):
        """A job that is accepted; returns it."""
        answer = self.submit(**order)
        assert answer.status_code == 201, answer.text
        return answer.json()

    def job(self, job_id):
        return self.client.get(f"/v1/jobs/{job_id}").json()

    def until(self, job_id, *states, within_s=60.0):
        """Wait until a job is in one of these states; returns it."""
        deadline = time.monotonic() + within_s
        while (job := self.job(job_id))["state"] not in states:
            assert job["state"] not in ENDED, f"ended as {job}"
            assert time.monotonic() < deadline, f"still {job}"
            time.sleep(0.02)
        return job

    def ended(self, job_id):
        return self.until(job_id, *ENDED)

    def account(self):
        return self.client.get("/v1/me").json()

    def listed(self, noun):
        """The newest items of a list."""
        return self.client.get(f"/v1/{noun}", params={"limit": 200}).json()["items"]

    def left_behind(self):
        """All that a refused request may not leave: empty if there is nothing."""
        account = self.account()
        open_uploads = self.centre.rows(
            "SELECT id FROM upload WHERE state = 'open' AND tenant = ?", self.tenant_id
        )
        found = {
            "datasets": self.listed("datasets"),
            "tasks": self.listed("tasks"),
            "jobs": self.listed("jobs"),
            "open uploads": open_uploads,
            "held": Decimal(account["held_yuan"]),
            "spent": GRANT - Decimal(account["available_yuan"]),
            "files": self.centre.incoming(),
        }
        return {name: what for name, what in found.items() if what}


def clean_environment(**more):
    """The environment of the test run without any setting of a centre."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("ZHISUAN_")}
    return {**kept, **more}


@dataclass
class Said:
    """What a command answered."""

    status: int
    out: str
    err: str

    def json(self):
        return json.loads(self.out)

    def error(self):
        """The one JSON error object of `--json`."""
        return json.loads(self.err.splitlines()[-1])["error"]


class CommandLine:
    """`zhisuan` as a person calls it, against one centre or none."""

    def __init__(self, folder, **environment):
        self.folder = folder
        self.environment = environment

    def __call__(self, *arguments, within_s=120):
        done = subprocess.run(
            [sys.executable, "-m", "zhisuan", *map(str, arguments)],
            cwd=self.folder,
            env=clean_environment(**self.environment),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=within_s,
            check=False,
        )
        return Said(done.returncode, done.stdout, done.stderr)


def share_environments(folder):
    """Let a data folder use the algorithm environments kept with the checkout."""
    kept = CHECKOUT / ".zhisuan" / "environments"
    kept.mkdir(parents=True, exist_ok=True)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "environments").symlink_to(kept)
    return folder


@pytest.fixture(scope="session")
def centre(tmp_path_factory):
    folder = share_environments(tmp_path_factory.mktemp("centre") / "data")
    (folder / "pool.toml").write_text(POOL)
    centre = Centre.start(folder)
    yield centre
    assert centre.stop() == 0
    assert "Traceback" not in centre.log, centre.log


@pytest.fixture
def tenant(centre):
    tenant = centre.tenant()
    yield tenant
    tenant.client.close()


@pytest.fixture
def other(centre):
    other = centre.tenant()
    yield other
    other.client.close()


@pytest.fixture
def command(tenant, tmp_path):
    """`zhisuan` against the session's centre, with the tenant's key."""
    return CommandLine(tmp_path, ZHISUAN_URL=tenant.centre.url, ZHISUAN_KEY=tenant.key)


@pytest.fixture
def alone(tmp_path):
    """`zhisuan` without a server, on a data folder of its own."""
    data = share_environments(tmp_path / "data")
    return CommandLine(tmp_path, ZHISUAN_DATA=str(data))


def starting():
    """Starts centres, and ends them at last."""
    started = []

    def start(folder, *arguments, **options):
        centre = Centre.start(folder, *arguments, **options)
        started.append(centre)
        return centre

    yield start
    for centre in started:
        if centre.process.poll() is None:
            centre.stop()


@pytest.fixture
def start_centre():
    """Starts centres that end with the test."""
    yield from starting()


@pytest.fixture(scope="module")
def start_shared_centre():
    """Starts centres that end with the tests of a file."""
    yield from starting()
