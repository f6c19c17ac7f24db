"""Kill the centre again and again with work in flight; then nothing may be lost or done twice.

`python tests/e2e/crash_drill.py --kills 200` is the full drill; the test suite runs a short one.
Jobs, uploads, stops and jobs that displace others go on while the centre is killed with SIGKILL at
random instants and started again. At the end every law is checked on what the API and the disk say.
"""

import argparse
import itertools
import json
import random
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

import httpx

IN_FLIGHT = 20
ENDED = {"succeeded", "failed", "cancelled"}
POOL = """
[[device]]
kind = "npu"
vendor = "Ascend"
model = "910B"
memory_mb = 65536
"""
POLICY = "minimum_run_s = 0\n"
WANTED = {"any_of": [{"kind": "npu"}]}
CROWD = {1: {**WANTED, "price_class": "preemptible"}, 3: WANTED}
"""What every fourth job asks for: the one device there is, for less and for the full price."""
CSV = "a,b,target\n" + "\n".join(f"{n},{n * n % 97},{n % 2}" for n in range(3000)) + "\n"


@dataclass
class Drill:
    """One data folder, the centre on it, and what was promised to its tenant."""

    folder: Path
    seed: int
    kills: int = 0
    centre: subprocess.Popen | None = None
    url: str = ""
    submitted: dict[str, str] = field(default_factory=dict)
    """Idempotency key to job id, once the centre has confirmed it."""
    brought: set[str] = field(default_factory=set)
    done: threading.Event = field(default_factory=threading.Event)

    def start(self):
        """Start the centre and wait until it answers."""
        place = self.folder / "centre.json"
        place.unlink(missing_ok=True)
        log = (self.folder.parent / "centre.log").open("ab")
        self.centre = subprocess.Popen(
            [sys.executable, "-m", "zhisuan", "up", "--data", str(self.folder), "--port", "0"],
            stdout=log,
            stderr=log,
        )
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            assert self.centre.poll() is None, f"the centre ended: {self.log()}"
            try:
                self.url = json.loads(place.read_text())["url"]
                if httpx.get(f"{self.url}/v1/health", trust_env=False).is_success:
                    return
            except (OSError, ValueError, httpx.HTTPError):
                pass
            time.sleep(0.02)
        raise AssertionError(f"the centre did not answer: {self.log()}")

    def log(self):
        """The end of what the centre wrote."""
        return (self.folder.parent / "centre.log").read_text()[-3000:]

    def kill(self):
        """As rudely as it gets."""
        assert self.centre is not None
        self.centre.send_signal(signal.SIGKILL)
        self.centre.wait()
        self.kills += 1

    def ask(self, method, path, key, **rest):
        """One request; None when nobody answers."""
        headers = {"Authorization": f"Bearer {key}", **rest.pop("headers", {})}
        try:
            return httpx.request(
                method, self.url + path, headers=headers, trust_env=False, timeout=30, **rest
            )
        except httpx.HTTPError:
            return None

    def insist(self, method, path, key, **rest):
        """One request, until it is answered."""
        while True:
            answer = self.ask(method, path, key, **rest)
            if answer is not None and answer.status_code < 500:
                return answer
            time.sleep(0.02)

    def operator_key(self):
        return (self.folder / "keys" / "operator").read_text()

    def register(self):
        answer = self.insist(
            "POST",
            "/v1/tenants",
            self.operator_key(),
            json={"name": "drill"},
            headers={"Idempotency-Key": "drill"},
        )
        return answer.json()["key"]

    def submit_for_ever(self, key):
        """Keep jobs in flight; every request is sent until it is confirmed."""
        chance = random.Random(self.seed + 1)
        for number in itertools.count():
            while not self.done.is_set() and self.in_flight(key) >= IN_FLIGHT:
                time.sleep(0.02)
            if self.done.is_set():
                return
            name = f"job-{number}"
            body = {
                "algorithm": "probe",
                "parameters": {"rest": round(chance.uniform(0, 1.5), 3)},
                "cpu_milli": 100,
                "memory_mb": 64,
                "time_limit_s": 60,
                **CROWD.get(number % 4, {}),
            }
            answer = self.insist(
                "POST", "/v1/jobs", key, json=body, headers={"Idempotency-Key": name}
            )
            assert answer.status_code == 201, answer.text
            self.submitted[name] = answer.json()["job_id"]
            if number % 15 == 7:
                self.ask("POST", f"/v1/jobs/{self.submitted[name]}/stop", key)

    def in_flight(self, key):
        answer = self.insist("GET", "/v1/jobs?limit=60", key)
        return sum(job["state"] not in ENDED for job in answer.json()["items"])

    def upload_for_ever(self, key):
        """Bring data slowly, so that kills cut uploads in the middle."""
        for number in itertools.count():
            if self.done.is_set():
                return

            def blocks(number=number):
                text = CSV.replace("a,", f"a{number},", 1).encode()
                for start in range(0, len(text), 8192):
                    yield text[start : start + 8192]
                    time.sleep(0.02)

            answer = self.ask("POST", f"/v1/datasets?name=set{number}", key, content=blocks())
            if answer is not None and answer.status_code == 201:
                self.brought.add(answer.json()["dataset_id"])

    def run(self, kills):
        """The drill itself."""
        chance = random.Random(self.seed)
        self.start()
        key = self.register()
        workers = [
            threading.Thread(target=work, args=(key,), daemon=True)
            for work in (self.submit_for_ever, self.upload_for_ever)
        ]
        for worker in workers:
            worker.start()
        for _ in range(kills):
            time.sleep(
                chance.uniform(0.02, 3.0 if chance.random() < 0.2 else 1.0)
            )  # uploads end too
            self.kill()
            self.start()
        self.done.set()
        for worker in workers:
            worker.join(60)
            assert not worker.is_alive()
        self.wait_for_the_end(key)
        return self.check(key)

    def wait_for_the_end(self, key):
        deadline = time.monotonic() + 120
        while self.in_flight(key):
            assert time.monotonic() < deadline, f"jobs never end: {self.log()}"
            time.sleep(0.2)

    def check(self, key):
        """Every law; returns what was counted."""
        jobs = {job_id: self.job(job_id, key) for job_id in self.submitted.values()}
        all_jobs = self.everything("/v1/jobs", key, "job_id")
        assert set(all_jobs) == set(jobs), "a job was lost, or one was made twice"
        states = dict.fromkeys(ENDED, 0)
        charged = 0
        for job_id, job in jobs.items():
            states[job["state"]] += 1
            charged += self.check_job(job_id, job, key)
        account = self.insist("GET", "/v1/me", key).json()
        grant, available, held = 100_000_000, micro(account["available_yuan"]), account["held_yuan"]
        assert micro(held) == 0, f"{held} is still held"
        assert available == grant - charged, "money was charged twice or lost"
        verdict = self.insist("POST", "/v1/ledger/verify", self.operator_key()).json()
        assert verdict["ok"], verdict
        assert not list((self.folder / "objects" / "incoming").iterdir())
        datasets = self.everything("/v1/datasets", key, "dataset_id")
        assert self.brought, "no upload ever came through: the drill proves nothing of them"
        assert self.brought <= set(datasets)
        assert all(each["rows"] == 3000 for each in datasets.values())
        assert not self.orphans(), f"left running: {self.orphans()}"
        self.end()
        with sqlite3.connect(self.folder / "centre.db") as database:
            left = database.execute("SELECT count(*) FROM upload WHERE state = 'open'").fetchone()
        assert left == (0,), f"{left[0]} uploads were never resolved"
        return {
            "kills": self.kills,
            "jobs": len(jobs),
            **states,
            "attempts_lost": self.told(jobs, "lost"),
            "preempted": self.told(jobs, "preempted"),
            "datasets": len(datasets),
            "charged_yuan": charged / 1e6,
        }

    def told(self, jobs, event):
        """How often something happened, by the jobs' own stories."""
        return sum(line.split()[1] == event for job in jobs.values() for line in job["story"])

    def check_job(self, job_id, job, key):
        """One job ended once, was charged once; returns the charge in micro-yuan."""
        ends = [line for line in job["story"] if line.split()[1] in ("succeeded", "stopped")]
        assert job["state"] in ("succeeded", "cancelled"), (job, self.log())
        assert len(ends) == 1, f"{job_id} completed {len(ends)} times: {job['story']}"
        finals = [
            json.loads(path.read_text())["reason"]
            for path in (self.folder / "jobs" / job_id).glob("*/final.json")
        ]
        assert finals.count("succeeded") == (job["state"] == "succeeded"), finals
        receipt = self.insist("GET", f"/v1/jobs/{job_id}/receipt", key).json()
        charges = [e for e in receipt["money"]["entries"] if e["movement"] == "charge"]
        assert len({entry["account"] for entry in charges}) == len(charges), "charged twice"
        attempts = [attempt["attempt"] for attempt in receipt["compute"]["attempts"]]
        assert attempts == list(range(1, len(attempts) + 1)), "an attempt was metered twice or not"
        assert len(attempts) >= job["attempt"] - (job["state"] == "cancelled"), attempts
        return micro(receipt["money"]["charge_yuan"] or "0")

    def job(self, job_id, key):
        answer = self.insist("GET", f"/v1/jobs/{job_id}", key)
        assert answer.status_code == 200, f"{job_id} is lost: {answer.text}"
        return answer.json()

    def everything(self, path, key, name):
        found, after = {}, ""
        while after is not None:
            query = f"?limit=200&after={after}" if after else "?limit=200"
            page = self.insist("GET", path + query, key).json()
            found |= {each[name]: each for each in page["items"]}
            after = page["next"]
        return found

    def orphans(self):
        """Processes of jobs that are still there though every job has ended."""
        found = []
        for process in Path("/proc").iterdir():
            if not process.name.isdigit():
                continue
            try:
                folder = str((process / "cwd").readlink())
            except OSError:
                continue
            if folder.startswith(str(self.folder / "jobs")):
                found.append((process.name, folder))
        return found

    def end(self):
        assert self.centre is not None
        self.centre.send_signal(signal.SIGINT)
        self.centre.wait(30)


def micro(yuan):
    whole, _, part = yuan.partition(".")
    return int(whole) * 1_000_000 + int((part + "000000")[:6])


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as scratch:
        drill = Drill(Path(scratch) / "data", given.seed)
        drill.folder.mkdir()
        (drill.folder / "pool.toml").write_text(POOL)
        (drill.folder / "policy.toml").write_text(POLICY)
        try:
            counted = drill.run(given.kills)
        finally:
            if drill.centre is not None and drill.centre.poll() is None:
                drill.centre.kill()
    sys.stdout.write(json.dumps(counted) + "\n")


if __name__ == "__main__":
    main()
