"""PUE, power usage effectiveness: facility energy over IT energy (ISO/IEC 30134-2)."""

from dataclasses import dataclass

from zhisuan.core.quantities import Quality


@dataclass(frozen=True, slots=True)
class Pue:
    """The ratio of a facility, and where it comes from.

    Attributes:
        value: at least 1.
        quality: None where no facility meter exists, so that overhead is not counted.
    """

    value: float
    quality: Quality | None

    def __post_init__(self) -> None:
        if not 1 <= self.value < float("inf"):
            raise ValueError(f"a PUE of {self.value} cannot be: it is at least 1")


NOT_METERED = Pue(1.0, None)
