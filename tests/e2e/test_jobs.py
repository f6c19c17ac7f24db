"""Jobs over a socket: run, read, stop, fail; metered and charged each time."""

from decimal import Decimal

import pytest

REST = {"parameters": {"rest": 60}}


def receipt_of(tenant, job_id):
    return tenant.client.get(f"/v1/jobs/{job_id}/receipt").json()


def log_of(tenant, job_id, offset=0):
    answer = tenant.client.get(f"/v1/jobs/{job_id}/log", params={"offset": offset})
    assert answer.status_code == 200, answer.text
    return answer.text, int(answer.headers["X-Next-Offset"])


def assert_settled(tenant, job_id):
    """Quote, usage, charge, entries and balance tell one story; returns the receipt."""
    receipt = receipt_of(tenant, job_id)
    money = receipt["money"]
    lines = sum(
        (Decimal(line["amount_yuan"]) for line in money["lines"] if line["charged"]), Decimal(0)
    )
    charge = Decimal(money["charge_yuan"])
    asked = min(lines * Decimal(money["factor"]), Decimal(money["quote"]["high_yuan"]))
    assert abs(asked - charge) <= Decimal("0.000001")
    assert sum(Decimal(entry["yuan"]) for entry in money["entries"]) == 0
    usage = [attempt["usage_seq"] for attempt in receipt["compute"]["attempts"]]
    assert usage == money["usage_seq"]
    assert Decimal(tenant.account()["held_yuan"]) == 0
    return receipt


def test_a_job_runs_and_its_receipt_adds_up(tenant):
    job = tenant.ended(tenant.submitted(parameters={"seconds": 0.2})["job_id"])
    assert job["state"] == "succeeded"
    assert job["why_en"] is None
    receipt = assert_settled(tenant, job["job_id"])
    (attempt,) = receipt["compute"]["attempts"]
    assert 0.2 <= attempt["wall_s"] < 30
    assert attempt["cpu_s"] > 0
    assert receipt["algorithm"]["name"] == "probe"
    assert len(receipt["algorithm"]["digest"]) == 64
    assert receipt["energy"]["energy_wh"] > 0
    assert receipt["energy"]["energy_quality"] in ("modelled", "measured")
    assert receipt["energy"]["carbon_g"] > 0
    assert receipt["result"] is None
    charge = Decimal(receipt["money"]["charge_yuan"])
    assert Decimal(tenant.account()["available_yuan"]) == Decimal(100) - charge


FAILURES = {
    "program error": ({"fail": "error"}, "program_error", "0"),
    "exit status": ({"fail": "exit"}, "program_error", "0"),
    "wrong input": ({"fail": "wrong_input"}, "wrong_input", "1"),
    "wrong parameter": ({"seconds": -1}, "wrong_input", "1"),
    "memory": ({"fail": "memory"}, "out_of_memory", "1"),
}


@pytest.mark.parametrize(
    ("parameters", "reason", "factor"),
    [pytest.param(*case, id=name) for name, case in FAILURES.items()],
)
def test_a_failure_has_its_reason_its_sentence_and_its_price(tenant, parameters, reason, factor):
    job = tenant.ended(tenant.submitted(parameters=parameters)["job_id"])
    assert (job["state"], job["reason"]) == ("failed", reason)
    assert job["why_en"].endswith(".")
    assert job["why_zh"].endswith("。")
    receipt = assert_settled(tenant, job["job_id"])
    assert receipt["money"]["factor"] == factor


def test_a_job_over_its_time_is_ended(tenant):
    job = tenant.ended(tenant.submitted(time_limit_s=1, **REST)["job_id"])
    assert (job["state"], job["reason"]) == ("failed", "over_time")
    assert_settled(tenant, job["job_id"])


def test_the_log_is_read_by_offsets(tenant):
    job_id = tenant.submitted(parameters={"fail": "error"})["job_id"]
    tenant.ended(job_id)
    whole, end = log_of(tenant, job_id)
    assert "The probe was asked to fail." in whole
    assert end == len(whole.encode())
    for offset in (0, 1, end // 2, end - 1):
        text, following = log_of(tenant, job_id, offset)
        assert text == whole[offset:]
        assert following == end
    assert log_of(tenant, job_id, end) == ("", end)
    assert log_of(tenant, job_id, end + 1000) == ("", end + 1000)


def test_a_character_half_written_to_the_log_is_read_when_it_is_whole(tenant):
    job_id = tenant.submitted(**REST)["job_id"]
    tenant.until(job_id, "running")
    _, offset = log_of(tenant, job_id)
    log = tenant.centre.folder / "jobs" / job_id / "1" / "log"
    long = "长".encode()
    with log.open("ab", buffering=0) as file:
        file.write(b"a" + long[:2])
        assert log_of(tenant, job_id, offset) == ("a", offset + 1)
        file.write(long[2:])
    assert log_of(tenant, job_id, offset + 1) == ("长", offset + 4)
    tenant.client.post(f"/v1/jobs/{job_id}/stop")
    tenant.ended(job_id)


def test_a_running_job_is_stopped_and_pays_for_what_ran(tenant):
    job_id = tenant.submitted(**REST)["job_id"]
    tenant.until(job_id, "running")
    assert Decimal(tenant.account()["held_yuan"]) > 0
    answer = tenant.client.post(f"/v1/jobs/{job_id}/stop")
    assert answer.status_code == 202
    job = tenant.ended(job_id)
    assert (job["state"], job["reason"]) == ("cancelled", "by_tenant")
    assert assert_settled(tenant, job_id)["money"]["outcome"] == "stopped"
    again = tenant.client.post(f"/v1/jobs/{job_id}/stop")
    assert (again.status_code, again.json()["code"]) == (409, "conflict")


def test_a_queued_job_says_why_it_waits_and_is_stopped_for_nothing(tenant):
    both = [{"kind": "npu", "milli": 2000}]
    first = tenant.submitted(any_of=both, **REST)["job_id"]
    tenant.until(first, "running")
    second = tenant.submitted(any_of=[{"kind": "npu"}])["job_id"]
    waiting = None
    while waiting is None:
        job = tenant.job(second)
        assert job["state"] == "queued"
        waiting = job["waiting"]
    assert waiting["reason"] in ("no_fit_now", "fragmentation")
    assert waiting["why_en"]
    assert waiting["why_zh"]
    tenant.client.post(f"/v1/jobs/{second}/stop")
    job = tenant.ended(second)
    assert (job["state"], job["reason"], job["attempt"]) == ("cancelled", "by_tenant", 0)
    money = receipt_of(tenant, second)["money"]
    assert money["charge_yuan"] in (None, "0", "0.000000")
    assert sum(Decimal(entry["yuan"]) for entry in money["entries"]) == 0
    tenant.client.post(f"/v1/jobs/{first}/stop")
    tenant.ended(first)
    assert_settled(tenant, first)


def test_an_operator_stops_a_tenants_job_and_the_job_says_so(tenant):
    job_id = tenant.submitted(**REST)["job_id"]
    tenant.until(job_id, "running")
    with tenant.centre.operator() as operator:
        assert operator.post(f"/v1/jobs/{job_id}/stop").status_code == 202
    assert tenant.ended(job_id)["reason"] == "by_operator"


def test_most_yuan_lets_a_cheaper_job_pass(tenant):
    job = tenant.ended(tenant.submitted(most_yuan="1")["job_id"])
    assert job["state"] == "succeeded"
    assert assert_settled(tenant, job["job_id"])


def test_an_isolated_job_runs(tenant):
    assert tenant.ended(tenant.submitted(isolated=True)["job_id"])["state"] == "succeeded"


def test_a_class_has_its_factor(tenant):
    charges = {}
    for price_class in ("preemptible", "standard", "reserved"):
        job_id = tenant.submitted(price_class=price_class, time_limit_s=3600)["job_id"]
        tenant.ended(job_id)
        charges[price_class] = Decimal(receipt_of(tenant, job_id)["money"]["quote"]["high_yuan"])
    step = Decimal("0.000002")
    assert abs(charges["preemptible"] * 3 - charges["standard"] * 2) <= 3 * step
    assert abs(charges["reserved"] * 3 - charges["standard"] * 4) <= 3 * step


@pytest.mark.parametrize(
    ("wanted", "node_simulated"),
    [({"kind": "npu", "milli": 500}, False), ({"kind": "gpu", "model": "H100"}, True)],
    ids=["device of this machine", "device of another"],
)
def test_what_is_simulated_is_labelled_in_job_receipt_and_pool(tenant, wanted, node_simulated):
    job = tenant.ended(tenant.submitted(any_of=[wanted])["job_id"])
    assert job["state"] == "succeeded"
    (held,) = job["allocations"]
    (device,) = held["devices"]
    assert device["simulated"]
    assert device["kind"] == wanted["kind"]
    assert device["milli"] == wanted.get("milli", 1000)
    assert held["simulated"] is node_simulated
    receipt = assert_settled(tenant, job["job_id"])
    (used,) = receipt["compute"]["attempts"][0]["devices"]
    assert used["simulated"]
    assert receipt["compute"]["device_seconds"] > 0
    with tenant.centre.operator() as operator:
        nodes = operator.get("/v1/nodes").json()["items"]
    by_name = {node["name"]: node for node in nodes}
    assert by_name[held["node"]]["simulated"] is node_simulated
    assert all(each["simulated"] for each in by_name[held["node"]]["devices"])


def test_a_job_outlives_the_simulated_node_it_was_given(start_centre, tmp_path):
    folder = tmp_path / "data"
    folder.mkdir()
    pool = folder / "pool.toml"
    pool.write_text(
        "[[node]]\nname = 'sim'\ncores = 2\nmemory_mb = 1024\nsimulated = true\n"
        "[[node.device]]\nkind = 'gpu'\nvendor = 'NVIDIA'\nmodel = 'H100'\nmemory_mb = 1024\n"
    )
    centre = start_centre(folder)
    tenant = centre.tenant()
    job_id = tenant.submitted(any_of=[{"kind": "gpu"}], parameters={"rest": 6})["job_id"]
    tenant.until(job_id, "running")
    assert centre.stop() == 0
    pool.unlink()
    centre = start_centre(folder)
    tenant.centre, tenant.client = centre, centre.client(tenant.key)
    assert tenant.ended(job_id)["state"] == "succeeded"
    assert_settled(tenant, job_id)
    assert "Traceback" not in centre.log
