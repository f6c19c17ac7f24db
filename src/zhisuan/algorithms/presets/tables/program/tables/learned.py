"""What learning gave, handed on to judging, explaining and writing."""

from dataclasses import dataclass

import numpy as np

from tables import blend, candidates, encoding, split


@dataclass(frozen=True, slots=True)
class Learned:
    """What learning gave: the split, the encoded rows, all that was tried, and the blend."""

    split: split.Split
    encoded: encoding.Encoded
    search: candidates.Search
    blend: blend.Blend
    y_choose: np.ndarray
