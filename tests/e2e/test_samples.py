"""Somebody without data tries the centre on a table that comes with it; versions of one name."""


def test_a_sample_is_brought_asked_and_counted(tenant):
    listed = tenant.client.get("/v1/samples", headers={"Authorization": ""}).json()["items"]
    concrete = next(each for each in listed if each["name"] == "concrete")
    brought = tenant.client.post("/v1/datasets/from-sample", json={"name": "concrete"})
    assert brought.status_code == 201, brought.text
    dataset = brought.json()
    assert (dataset["rows"], dataset["columns"]) == (concrete["rows"], concrete["columns"])
    assert dataset["tasks"] == 0
    task = tenant.ask(dataset["dataset_id"]).json()
    assert task["target"] == concrete["target"]
    again = tenant.client.post("/v1/datasets/from-sample", json={"name": "concrete"}).json()
    assert (again["dataset_id"], again["tasks"]) == (dataset["dataset_id"], 1)
    assert tenant.client.post("/v1/datasets/from-sample", json={"name": "x"}).status_code == 404
    column = again["profile"]["columns"][-1]
    assert sum(column["histogram"]) == 1030


def test_all_versions_of_one_name_are_listed(tenant):
    for number in range(2):
        tenant.brought("a,b,y\n" + "".join(f"{n},{n + number},{n % 2}\n" for n in range(20)), "one")
    tenant.brought("a,b\n1,2\n3,4\n", "other")
    found = tenant.client.get("/v1/datasets", params={"name": "one"}).json()["items"]
    assert [(each["name"], each["version"]) for each in found] == [("one", 2), ("one", 1)]
