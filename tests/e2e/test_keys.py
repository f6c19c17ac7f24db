"""Keys over the API: told once, kept nowhere, made again by the operator."""


def test_a_key_is_told_once_and_the_repeated_answer_has_none(centre):
    operator = centre.client(centre.kept_key("operator"))
    body = {"name": "told once"}
    headers = {"Idempotency-Key": "told-once"}
    first = operator.post("/v1/tenants", json=body, headers=headers).json()
    again = operator.post("/v1/tenants", json=body, headers=headers).json()
    assert first["key"].startswith("zs_")
    assert again == {**first, "key": None}
    secret = first["key"].rsplit("_", 1)[1].encode()
    stored = b"".join(path.read_bytes() for path in centre.folder.glob("centre.db*"))
    assert secret not in stored


def test_the_operator_makes_an_auditors_key_that_verifies_and_changes_nothing(centre):
    operator = centre.client(centre.kept_key("operator"))
    tenant = operator.post("/v1/tenants", json={"name": "finance"}).json()["tenant"]
    path = f"/v1/tenants/{tenant['tenant_id']}/keys"
    made = operator.post(path, json={"role": "auditor"})
    assert made.status_code == 201
    auditor = centre.client(made.json()["key"])
    assert auditor.post("/v1/ledger/verify").json()["ok"]
    assert auditor.post("/v1/tenants", json={"name": "mine"}).status_code == 403
    assert auditor.post(path, json={"role": "operator"}).status_code == 403


def test_a_key_of_no_tenant_is_not_found(centre):
    operator = centre.client(centre.kept_key("operator"))
    answer = operator.post("/v1/tenants/ten_0/keys", json={})
    assert answer.status_code == 404
