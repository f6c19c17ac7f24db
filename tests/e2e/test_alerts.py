"""Alerts over the API: each role is told what it may see anywhere else."""


def test_each_role_is_told_what_it_may_see(start_centre, tmp_path):
    centre = start_centre(tmp_path / "data")
    tenant = centre.tenant()
    form = {"title": "t", "purpose": "p", "yuan": "400000", "device_hours": 4000, "devices": 32}
    assert tenant.client.post("/v1/applications", json=form).json()["state"] == "in_review"
    node = {"name": "gone", "cores": 1, "memory_mb": 64, "simulated": True}
    with centre.operator() as operator:
        operator.post("/v1/nodes", json=node)
        operator.post("/v1/nodes/gone", json={"state": "down"})
        path = f"/v1/tenants/{tenant.tenant_id}/keys"
        found = {}
        for role in ("engineer", "planner", "auditor"):
            key = operator.post(path, json={"role": role}).json()["key"]
            items = centre.client(key).get("/v1/alerts").json()["items"]
            found[role] = {each["code"] for each in items} - {"disk_full"}
    assert tenant.client.get("/v1/alerts").status_code == 403
    assert found == {
        "engineer": {"node_down"},
        "planner": {"node_down"},
        "auditor": {"node_down", "applications_waiting"},
    }
