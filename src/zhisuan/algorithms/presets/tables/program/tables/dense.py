"""Linear models and small neural networks in one form: a few matrices, applied with numpy.

Numbers are centred on their median and scaled by their spread, then bent so that an outlier
cannot rule (z / sqrt(1 + (z/3)²), the smooth clipping of RealMLP, Holzmüller and others 2024,
arXiv:2407.04491). Missing cells count as the median; columns that had missing cells in training
get a flag beside.
"""

from dataclasses import dataclass, replace
from typing import Self

import numpy as np

BEND, FAR = 3.0, 1e6


@dataclass(frozen=True, slots=True)
class Dense:
    """Layers of weights over prepared numbers.

    Attributes:
        centre, scale: for each input column.
        flagged: columns whose missing cells are flagged.
        layers: pairs (weights, bias); ReLU between them, none after the last.
    """

    centre: np.ndarray
    scale: np.ndarray
    flagged: np.ndarray
    layers: tuple[tuple[np.ndarray, np.ndarray], ...] = ()

    @classmethod
    def prepare_for(cls, x: np.ndarray) -> Self:
        """Learn centre, scale and flags from the training rows."""
        x = x.astype(np.float64)
        missing = np.isnan(x)
        low, centre, high = np.nanpercentile(
            np.where(missing.all(axis=0), 0, x), [25, 50, 75], axis=0
        )
        deviation = np.nanstd(np.where(missing.all(axis=0), 0, x), axis=0)
        spread = np.where(high > low, (high - low) / 1.35, deviation)
        spread = np.where(spread > 0, spread, 1.0)
        return cls(
            centre.astype(np.float32),
            (1 / spread).astype(np.float32),
            np.flatnonzero(missing.any(axis=0)),
        )

    def with_layers(self, layers: list[tuple[np.ndarray, np.ndarray]]) -> Self:
        """The same preparation in front of these layers."""
        return replace(
            self,
            layers=tuple((w.astype(np.float32), b.astype(np.float32)) for w, b in layers),
        )

    def prepare(self, x: np.ndarray) -> np.ndarray:
        """Inputs of the first layer, float32."""
        missing = np.isnan(x)
        z = np.where(missing, np.float32(0), (x - self.centre) * self.scale)
        z = np.clip(z, -FAR, FAR)
        z /= np.sqrt(1 + (z / BEND) ** 2)
        return np.concatenate([z, missing[:, self.flagged]], axis=1, dtype=np.float32)

    def raw(self, x: np.ndarray) -> np.ndarray:
        """Outputs of the last layer, (rows, outputs)."""
        h = self.prepare(x)
        for index, (weights, bias) in enumerate(self.layers):
            h = h @ weights + bias
            if index < len(self.layers) - 1:
                h = np.maximum(h, 0)
        return h.astype(np.float64)
