"""The questions a tenant can ask of data, and the one dial a tenant turns."""

from enum import StrEnum


class TaskKind(StrEnum):
    """What is asked of a data set."""

    CLASSIFICATION = "classification"
    REGRESSION = "regression"


class Effort(StrEnum):
    """How much work a tenant is ready to wait and pay for."""

    FAST = "fast"
    STANDARD = "standard"
    BEST = "best"
