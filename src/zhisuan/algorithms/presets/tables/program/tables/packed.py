"""A fit as plain arrays, so that the next attempt need not fit it again.

Boosters are kept as their libraries' own model text or bytes, which is far quicker than taking
their trees apart; that is done only for a model that was chosen. Everything else is kept in its
portable form. Nothing is pickled: reading any of it runs no code.
"""

import io
import zlib
from collections.abc import Callable, Mapping
from dataclasses import fields
from functools import cache

import numpy as np
import xgboost

from tables import forest as forests
from tables.candidates import Fit
from tables.dense import Dense
from tables.forest import Forest
from tables.learners import Fitted
from tables.link import Link

Arrays = Mapping[str, np.ndarray]

MOST_BYTES = 64 << 20
"""A larger fit (a forest of full-grown trees over dozens of classes) is not worth keeping."""
COMPRESSION = 1
"""The quickest level of zlib: a second for 100 MB, of which a quarter to a half is left."""


def to_bytes(fit: Fit) -> bytes | None:
    """A fit to be kept; None when it is too large."""
    arrays = pack(fit)
    if sum(array.nbytes for array in arrays.values()) > MOST_BYTES:
        return None
    plain = io.BytesIO()
    np.savez(plain, **arrays)
    return zlib.compress(plain.getbuffer(), COMPRESSION)


def from_bytes(kept: bytes) -> Fit:
    """The fit that was kept."""
    with np.load(io.BytesIO(zlib.decompress(kept)), allow_pickle=False) as arrays:
        return unpack({name: arrays[name] for name in arrays.files})


def pack(fit: Fit) -> Arrays:
    """The arrays of a fit."""
    fitted = fit.fitted
    link = fitted.link
    model = fitted.native() if fitted.native else _pack_portable(fitted.portable())
    return {
        **{f"model.{name}": array for name, array in model.items()},
        "link.kind": np.array(link.kind),
        "link.numbers": np.array([link.inner, link.start, link.outer, link.offset]),
        "answers": fit.answers,
    }


def unpack(arrays: Arrays) -> Fit:
    """The fit of these arrays; its model is read when it is first asked for."""
    model = {
        name.removeprefix("model."): array
        for name, array in arrays.items()
        if name.startswith("model.")
    }
    link = Link(str(arrays["link.kind"]), *arrays["link.numbers"].tolist())
    portable = cache(lambda: _unpack_model(model))

    def raw(x: np.ndarray) -> np.ndarray:
        part = portable()
        return part.raw(x) if isinstance(part, Dense) else forests.evaluate(part, x)

    return Fit(Fitted(raw, portable, link, lambda: model), arrays["answers"])


def _pack_portable(part: Forest | Dense) -> Arrays:
    if isinstance(part, Forest):
        return {each.name: np.asarray(getattr(part, each.name)) for each in fields(part)}
    layers = {
        f"{what}{number}": array
        for number, layer in enumerate(part.layers)
        for what, array in zip(("weights", "bias"), layer, strict=True)
    }
    return {"centre": part.centre, "scale": part.scale, "flagged": part.flagged, **layers}


def _unpack_model(arrays: Arrays) -> Forest | Dense:
    kinds: Mapping[str, Callable[[Arrays], Forest | Dense]] = {
        "lightgbm": _unpack_lightgbm,
        "xgboost": _unpack_xgboost,
        "tree": _unpack_forest,
        "centre": _unpack_dense,
    }
    return next(read(arrays) for mark, read in kinds.items() if mark in arrays)


def _unpack_lightgbm(arrays: Arrays) -> Forest:
    return forests.from_lightgbm(arrays["lightgbm"].tobytes().decode(), int(arrays["outputs"]))


def _unpack_xgboost(arrays: Arrays) -> Forest:
    booster = xgboost.Booster({"nthread": 1}, model_file=bytearray(arrays["xgboost"].tobytes()))
    return forests.from_xgboost(booster, int(arrays["outputs"]), arrays["row"])


def _unpack_forest(arrays: Arrays) -> Forest:
    return Forest(**{**arrays, "strict": bool(arrays["strict"])})


def _unpack_dense(arrays: Arrays) -> Dense:
    count = sum(name.startswith("weights") for name in arrays)
    layers = tuple((arrays[f"weights{n}"], arrays[f"bias{n}"]) for n in range(count))
    return Dense(arrays["centre"], arrays["scale"], arrays["flagged"], layers)
