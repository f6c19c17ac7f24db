"""What anybody may know without a key: the front and the board."""

from decimal import Decimal


def test_the_front_tells_a_stranger_what_a_page_must_know(centre):
    told = centre.client().get("/v1/front").json()
    assert (told["centre_name_zh"], told["centre_name_en"]) == ("智算中心", "zhisuan")
    assert told["registration"] is True
    assert told["other_house"] is False
    assert Decimal(told["grant_yuan"]) == 100
    assert (told["currency"], told["time_zone"]) == ("CNY", "Asia/Shanghai")
    assert told["upload_limit_bytes"] == 20 * 2**30


def test_a_centre_is_called_as_it_is_named(start_centre, tmp_path):
    named = {"ZHISUAN_CENTRE_NAME": "黄山智算", "ZHISUAN_REGISTRATION": "false"}
    told = start_centre(tmp_path / "data", environment=named).client().get("/v1/front").json()
    assert told["centre_name_zh"] == told["centre_name_en"] == "黄山智算"
    assert told["registration"] is False


def test_the_board_tells_supply_prices_and_rates_and_nobodys_name(centre, tenant):
    tenant.ended(tenant.submitted()["job_id"])
    answer = centre.client().get("/v1/board")
    told = answer.json()
    kinds = {(each["kind"], each["simulated"]) for each in told["free"]}
    assert {("cores", False), ("cores", True), ("npu-64g", True), ("gpu-80g", True)} <= kinds
    assert all(0 <= each["free"] <= each["open"] <= each["installed"] for each in told["free"])
    core = next(each for each in told["prices"]["items"] if each["item"] == "core")
    assert core["unit"] == "core_hour"
    assert Decimal(core["yuan"]["standard"]) == Decimal("0.06")
    rates = [rate["code"] for rate in told["rates"][0]["rates"]]
    assert rates == ["U1", "U2", "U3", "U4", "U5"]
    assert told["grid"]["source"]
    assert told["pue"] == {"value": None, "quality": None}
    assert tenant.tenant_id not in answer.text
    assert "job_" not in answer.text
    # Who asks again soon is told the same.
    assert centre.client().get("/v1/board").json()["at"] == told["at"]
