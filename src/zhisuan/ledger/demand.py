"""A demand: an amount of computing and of what else is priced, exact, without any money."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Context, Decimal

_MB_IN_A_GB = 1024
_FINEST = Decimal("0.000000001")
_WIDE = Context(prec=100)


@dataclass(frozen=True, slots=True)
class Demand:
    """An amount of computing, exact.

    Attributes:
        wall_s: elapsed seconds; told to the tenant, not priced by itself.
        core_seconds: granted cores times seconds.
        memory_gb_seconds: granted memory (GB of 2**30 bytes) times seconds.
        device_seconds: granted devices times seconds, by device kind.
        energy_wh: electrical energy, watt-hours.
        counted: what else was used: `storage` in GB-seconds, `tokens`, `calls`, `pieces`.
    """

    wall_s: Decimal
    core_seconds: Decimal
    memory_gb_seconds: Decimal
    device_seconds: Mapping[str, Decimal] = field(default_factory=dict[str, Decimal])
    energy_wh: Decimal = Decimal(0)
    counted: Mapping[str, Decimal] = field(default_factory=dict[str, Decimal])

    @classmethod
    def of_grant(
        cls,
        wall_s: float,
        cpu_milli: int,
        memory_mb: int,
        device_milli: Mapping[str, int] | None = None,
        energy_wh: float = 0.0,
        counted: Mapping[str, Decimal] | None = None,
    ) -> "Demand":
        """What a constant grant amounts to over `wall_s` seconds; 1000 milli is one whole."""
        return cls.of_seconds(
            exact(wall_s), cpu_milli, memory_mb, device_milli, exact(energy_wh), counted
        )

    @classmethod
    def of_seconds(
        cls,
        seconds: Decimal,
        cpu_milli: int,
        memory_mb: int,
        device_milli: Mapping[str, int] | None = None,
        energy_wh: Decimal = Decimal(0),
        counted: Mapping[str, Decimal] | None = None,
    ) -> "Demand":
        """The same for exact seconds and watt-hours."""
        return cls(
            wall_s=seconds,
            core_seconds=seconds * cpu_milli / 1000,
            memory_gb_seconds=seconds * memory_mb / _MB_IN_A_GB,
            device_seconds={
                kind: seconds * milli / 1000 for kind, milli in (device_milli or {}).items()
            },
            energy_wh=energy_wh,
            counted=counted or {},
        )

    def between(self, first_s: Decimal, last_s: Decimal) -> "Demand":
        """The part of it that falls between two of its seconds, at its constant rate.

        Each boundary is rounded to a billionth of a unit, so that neighbouring parts add up.
        """

        def part(whole: Decimal) -> Decimal:
            return self._until(whole, last_s) - self._until(whole, first_s)

        return Demand(
            wall_s=last_s - first_s,
            core_seconds=part(self.core_seconds),
            memory_gb_seconds=part(self.memory_gb_seconds),
            device_seconds={kind: part(whole) for kind, whole in self.device_seconds.items()},
            energy_wh=part(self.energy_wh),
            counted={item: part(whole) for item, whole in self.counted.items()},
        )

    def _until(self, whole: Decimal, second: Decimal) -> Decimal:
        if second >= self.wall_s:
            return whole
        if not second:
            return Decimal(0)
        return _WIDE.divide(_WIDE.multiply(whole, second), self.wall_s).quantize(_FINEST)


def exact(number: float) -> Decimal:
    """The decimal that a float's shortest text says: 0.1 becomes exactly one tenth.

    Raises:
        ValueError: the number is negative or not finite.
    """
    decimal = Decimal(repr(number))
    if not decimal.is_finite() or decimal < 0:
        raise ValueError(f"{number} is not an amount")
    return decimal
