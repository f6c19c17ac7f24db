"""Which sensor is the best on this machine."""

from pathlib import Path

from zhisuan.core.errors import Unavailable
from zhisuan.green.power import PowerProfile
from zhisuan.green.sensors.model import ModelSensor
from zhisuan.green.sensors.rapl import POWERCAP, RaplSensor
from zhisuan.green.sensors.sensor import Sensor


def best_sensor(profile: PowerProfile, powercap: Path = POWERCAP) -> tuple[Sensor, str]:
    """The best sensor, and one sentence why no better one is used (empty for a measuring one)."""
    try:
        return RaplSensor(powercap), ""
    except Unavailable as error:
        return ModelSensor(profile), f"{error.message} {error.hint}"
