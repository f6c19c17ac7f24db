"""The policy in force over the API, with what each tenant holds of its quota."""

TEXT = """
order = "fair"
borrowing = true

[quota.default]
cores = 4
"""


def test_the_policy_in_force_is_told_with_its_quotas_and_a_planner_sees_no_tenants(
    start_centre, tmp_path
):
    folder = tmp_path / "data"
    folder.mkdir()
    (folder / "policy.toml").write_text(TEXT)
    centre = start_centre(folder)
    # The file of today is not what was read when the centre opened.
    (folder / "policy.toml").write_text('order = "aged"')
    tenant = centre.tenant()
    job = tenant.submitted(parameters={"rest": 60})["job_id"]
    tenant.until(job, "running")
    with centre.operator() as operator:
        told = operator.get("/v1/policy").json()
        path = f"/v1/tenants/{tenant.tenant_id}/keys"
        planner = centre.client(operator.post(path, json={"role": "planner"}).json()["key"])
    assert (told["text"], told["order"], told["borrowing"]) == (TEXT, "fair", True)
    assert told["default_quota"] == {"cores": 4, "memory_mb": None, "devices": None}
    (mine,) = told["quotas"]
    assert (mine["tenant_id"], mine["own"], mine["borrows"]) == (tenant.tenant_id, False, False)
    assert mine["used"] == {"cores": 0.1, "memory_mb": 64, "devices": 0}
    seen = planner.get("/v1/policy").json()
    assert (seen["order"], seen["text"], seen["quotas"]) == ("fair", None, [])
    assert tenant.client.get("/v1/policy").status_code == 403
    tenant.client.post(f"/v1/jobs/{job}/stop")
    tenant.ended(job)
