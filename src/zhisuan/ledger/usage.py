"""A usage record: what one attempt of one job had, from when to when, at a constant rate.

It is the meter's evidence. It is appended once and never changed; a correction is another
record. Time for which no reading exists is a gap that shows, never a guess.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from zhisuan.core.clock import Instant, format_instant
from zhisuan.core.quantities import MILLI, Quality
from zhisuan.ledger.demand import Demand, exact
from zhisuan.ledger.terms import PriceClass


@dataclass(frozen=True, slots=True)
class UsedDevice:
    """A device, or a share of one, granted for the whole interval.

    Attributes:
        name: as the inventory names it, such as `npu0`.
        kind: what its price depends on.
        milli: the share granted, 1000 = the whole device.
        simulated: it does not exist; its numbers are for trying things out.
    """

    name: str
    kind: str
    milli: int = MILLI
    simulated: bool = False


@dataclass(frozen=True, slots=True)
class UsageRecord:
    """One attempt of one job, over all nodes of its gang.

    Attributes:
        job_id, attempt: together the identity; one record for each.
        project: None when the tenant keeps no projects.
        node: where it ran; the nodes of a gang with commas between them.
        cpu_milli, memory_mb: the share granted; 1000 milli = one core, MB of 2**20 bytes.
        started_at, ended_at: the interval by the wall clock.
        wall_s: the interval's length by the monotonic clock, seconds; this is what is priced,
            but for `gap_s`.
        cpu_s: processor seconds the job used, of all its processes.
        peak_memory_mb: largest resident set seen, None when nobody could look.
        energy_wh, energy_quality: the job's share of the node's energy and where it comes from.
        algorithm: what ran, `name@version`.
        tariff_version: the price list by which it was quoted.
        reason: how the attempt ended, in the words of the job's life.
        billable: False when the attempt was lost or taken away and costs nothing by rule.
        gap_s: seconds of the interval for which there is no reading, taken as its last.
        counted: what else was used, by item: `storage` in GB-seconds, `tokens`, `calls`,
            `pieces`.
        seq: its place in the chain, given when it is appended; 0 before.
    """

    job_id: str
    attempt: int
    tenant: str
    node: str
    cpu_milli: int
    memory_mb: int
    started_at: Instant
    ended_at: Instant
    wall_s: float
    cpu_s: float
    peak_memory_mb: float | None
    energy_wh: float
    energy_quality: Quality
    algorithm: str
    tariff_version: int
    price_class: PriceClass
    reason: str
    project: str | None = None
    devices: tuple[UsedDevice, ...] = ()
    billable: bool = True
    gap_s: float = 0.0
    counted: Mapping[str, Decimal] = field(default_factory=dict[str, Decimal])
    seq: int = 0

    @property
    def device_milli(self) -> int:
        """The devices granted, 1000 = one whole device."""
        return sum(device.milli for device in self.devices)

    @property
    def device_seconds(self) -> float:
        """Devices times seconds."""
        return self.device_milli * self.wall_s / MILLI

    @property
    def unread_s(self) -> Decimal:
        """The seconds without a reading, exact and at most the interval's."""
        return min(exact(self.gap_s), exact(self.wall_s))

    def demand(self) -> Demand:
        """What is priced: the grant over the part of the interval that was read."""
        by_kind: Counter[str] = Counter()
        for device in self.devices:
            by_kind[device.kind] += device.milli
        return Demand.of_seconds(
            exact(self.wall_s) - self.unread_s,
            self.cpu_milli,
            self.memory_mb,
            by_kind,
            exact(self.energy_wh),
            self.counted,
        )

    def body(self) -> Mapping[str, object]:
        """The record as JSON values: what is hashed, word for word, as published evidence."""
        return {
            "seq": self.seq,
            "job_id": self.job_id,
            "attempt": self.attempt,
            "tenant": self.tenant,
            "project": self.project,
            "node": self.node,
            "devices": [
                {
                    "name": device.name,
                    "kind": device.kind,
                    "milli": device.milli,
                    "simulated": device.simulated,
                }
                for device in self.devices
            ],
            "cpu_milli": self.cpu_milli,
            "memory_mb": self.memory_mb,
            "device_milli": self.device_milli,
            "started_at": format_instant(self.started_at),
            "ended_at": format_instant(self.ended_at),
            "wall_s": self.wall_s,
            "cpu_s": self.cpu_s,
            "device_seconds": self.device_seconds,
            "peak_memory_mb": self.peak_memory_mb,
            "energy_wh": self.energy_wh,
            "energy_quality": self.energy_quality.value,
            "algorithm": self.algorithm,
            "tariff_version": self.tariff_version,
            "price_class": self.price_class.value,
            "reason": self.reason,
            "billable": self.billable,
            "gap_s": self.gap_s,
            "counted": {item: str(amount) for item, amount in sorted(self.counted.items())},
        }
