"""The meter's evidence."""

import json
from decimal import Decimal

from pydantic import TypeAdapter

from zhisuan.core.chain import canonical
from zhisuan.ledger.usage import UsageRecord, UsedDevice


def test_the_published_text_holds_the_whole_record(office):
    record = office.usage(
        "job_1",
        21.25,
        project="prj_1",
        seq=7,
        devices=(UsedDevice("npu0", "npu"), UsedDevice("sim:npu1", "npu", 500, simulated=True)),
    )
    again = TypeAdapter(UsageRecord).validate_json(canonical(record.body()))
    assert again == record
    assert json.loads(canonical(record.body()))["device_milli"] == 1500


def test_what_is_priced_is_the_grant_over_the_interval_by_device_kind(office):
    record = office.usage(
        "job_1",
        10.0,
        cpu_milli=2500,
        memory_mb=3072,
        devices=(
            UsedDevice("npu0", "npu"),
            UsedDevice("npu1", "npu", 250),
            UsedDevice("gpu0", "gpu-80g"),
        ),
    )
    demand = record.demand()
    assert demand.core_seconds == Decimal(25)
    assert demand.memory_gb_seconds == Decimal(30)
    assert demand.device_seconds == {"npu": Decimal("12.5"), "gpu-80g": Decimal(10)}
    assert record.device_seconds == 22.5
