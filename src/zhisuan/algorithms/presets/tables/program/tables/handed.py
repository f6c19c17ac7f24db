"""The program that is taken away, imported from its folder as its user will.

It is the program that judges the sample and that answers new rows, so that neither can differ
from what the user's own computer says.
"""

import importlib.util
import sys
from pathlib import Path
from types import ModuleType


def load_takeaway(folder: Path) -> ModuleType:
    """The handed-over `predict.py`, imported from its folder as its user will."""
    wrote_bytecode, sys.dont_write_bytecode = sys.dont_write_bytecode, True
    sys.path.insert(0, str(folder))
    try:
        spec = importlib.util.spec_from_file_location("takeaway_predict", folder / "predict.py")
        if spec is None or spec.loader is None:
            raise FileNotFoundError(folder / "predict.py")
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        return module
    finally:
        sys.dont_write_bytecode = wrote_bytecode
        sys.path.remove(str(folder))
        for name in ("cells", "features"):
            sys.modules.pop(name, None)
