"""A table of many number columns is profiled within the engine's memory."""

import random

from zhisuan.data.intake import take_in
from zhisuan.data.limits import DEFAULT, silent


def test_a_hundred_and_thirty_number_columns_fit_the_default_memory(tmp_path):
    chance = random.Random(1)
    file = tmp_path / "wide.csv"
    rows = [",".join(f"column_{number}" for number in range(130))]
    rows += [",".join(f"{chance.random():.6f}" for _ in range(130)) for _ in range(300)]
    file.write_text("\n".join(rows) + "\n")
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    _, profile = take_in(file, scratch, DEFAULT, silent)
    assert (profile.rows, len(profile.columns)) == (300, 130)
