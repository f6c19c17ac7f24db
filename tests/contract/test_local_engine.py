from pathlib import Path

from zhisuan.compute.engines.engine import Engine
from zhisuan.compute.engines.local import LocalEngine
from zhisuan.testing.engine_contract import EngineContract


class TestWarm(EngineContract):
    def open_engine(self, folder: Path) -> Engine:
        return LocalEngine(folder)


class TestCold(EngineContract):
    isolated = True

    def open_engine(self, folder: Path) -> Engine:
        return LocalEngine(folder)
