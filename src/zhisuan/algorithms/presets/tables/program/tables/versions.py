"""The versions of all that decides a result."""

import platform

import lightgbm
import numpy as np
import onnx
import onnxruntime
import sklearn
import xgboost

LIBRARIES = (lightgbm, xgboost, sklearn, np, onnx, onnxruntime)


def versions() -> dict[str, str]:
    """Python and the libraries, name to version."""
    return {
        "python": platform.python_version(),
        **{library.__name__: library.__version__ for library in LIBRARIES},
    }
