"""The facts of a profile and the sentences made of them."""

import json
from dataclasses import replace

import pytest

from zhisuan.data.findings import _SENTENCES, Code, Finding
from zhisuan.data.profile import Profile

ROWS = 40


@pytest.fixture
def table():
    lines = ["订单编号,user_id,amount,day,city,same,empty,sparse,note,flag"]
    lines += [
        f"{n + 1},{(n * 7919) % 100_003},{n * 1.5},2024-01-{n % 28 + 1:02d},"
        f"{'北京' if n % 4 else '上海'},x,,{n if n < 5 else ''},"
        f"a remark of some length about order {n} which nobody will ever make twice in life,"
        f"{'true' if n % 2 else 'false'}"
        for n in range(ROWS)
    ]
    lines.append(lines[-1])
    return "\n".join(lines)


def test_a_profile_tells_type_missing_distinct_range_and_duplicates(take, table):
    _, profile = take(table)
    kinds = {column.name: column.kind.value for column in profile.columns}
    assert kinds == {
        "订单编号": "integer",
        "user_id": "integer",
        "amount": "number",
        "day": "date",
        "city": "category",
        "same": "category",
        "empty": "category",
        "sparse": "integer",
        "note": "text",
        "flag": "boolean",
    }
    assert (profile.rows, profile.duplicate_rows, profile.header) == (ROWS + 1, 1, True)
    amount = profile.column("amount")
    assert (amount.minimum, amount.maximum, amount.missing) == (0.0, 58.5, 0)
    assert (amount.distinct, amount.distinct_exact) == (40, True)
    assert amount.mean == pytest.approx((sum(n * 1.5 for n in range(40)) + 58.5) / 41)
    assert len(amount.quartiles) == 3
    day = profile.column("day")
    assert (day.minimum, day.maximum) == ("2024-01-01", "2024-01-28")
    assert profile.column("city").top == (("北京", 31), ("上海", 10))
    assert profile.column("sparse").missing == 36
    assert profile.column("note").characters > 60


def test_a_profile_names_what_to_beware_of(take, table):
    _, profile = take(table)
    found = {(finding.code.value, finding.column) for finding in profile.all_findings()}
    assert found == {
        ("duplicate_rows", None),
        ("likely_identifier", "订单编号"),
        ("likely_identifier", "user_id"),
        ("constant_column", "same"),
        ("all_missing", "empty"),
        ("mostly_missing", "sparse"),
    }


def test_a_measurement_with_all_different_values_is_no_identifier(take):
    _, profile = take("income,city\n" + "".join(f"{n * 37 % 1009},x{n % 3}\n" for n in range(100)))
    assert not profile.column("income").identifier


def test_short_texts_that_never_repeat_are_identifiers(take):
    _, profile = take("plate,city\n" + "".join(f"京A{n:05d},x{n % 3}\n" for n in range(100)))
    assert profile.column("plate").identifier


def test_a_profile_survives_json(take, table):
    _, profile = take(table)
    assert Profile.from_json(profile.to_json()) == profile


def test_a_profile_of_another_form_is_refused(take):
    _, profile = take("a,b\n1,2\n")
    with pytest.raises(ValueError, match="form"):
        Profile.from_json(profile.to_json().replace('"form": 2', '"form": 0'))


def test_many_rows_are_counted_approximately_and_said_so(take):
    _, profile = take("n,k\n" + "".join(f"{n},{n % 7}\n" for n in range(100_001)))
    column = profile.column("n")
    assert not column.distinct_exact
    assert column.distinct == pytest.approx(100_001, rel=0.1)
    assert column.identifier
    assert profile.column("k").top[0] == (0, 14_286)


@pytest.mark.parametrize("code", Code)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_finding_is_a_sentence_in_both_languages(code, language):
    values = {
        "encoding": "gb18030", "sheet": "S", "others": 2, "count": 3, "type": "BLOB",
        "share": 0.5, "example": "x", "characters": 300, "strength": 0.99,
    }  # fmt: skip
    text = Finding(code, "column", values).text(language)
    assert text.endswith("。" if language == "zh" else ".")
    assert "{" not in text


def test_sentences_exist_for_exactly_the_codes():
    assert set(_SENTENCES) == set(Code)


@pytest.mark.parametrize(
    "cells",
    [
        [n * 1.5 for n in range(100)],
        [0, 1],
        [-(10**15), 0, 10**15],
        [3.25, "", -7.5, "", 0],
        [1e-300, 2e-300, 5e-300],
        [0.1, 0.2, 0.30000000000000004, 0.3],
    ],
    ids=str,
)
def test_a_histogram_counts_every_number_once_from_the_least_to_the_greatest(take, cells):
    table = "n,x\n" + "".join(f"{n},{cell}\n" for n, cell in enumerate(cells))
    column = take(table)[1].column("x")
    assert len(column.histogram) == 20
    assert sum(column.histogram) == len([cell for cell in cells if cell != ""])
    assert column.histogram[0] >= 1
    assert column.histogram[-1] >= 1


@pytest.mark.parametrize(
    "cells", [["a", "b"], [5, 5], [1e308, -1e308], [1.0, 1.0000000000000002], ["", ""]], ids=str
)
def test_without_room_for_bins_there_is_no_histogram(take, cells):
    table = "n,x\n" + "".join(f"{n},{cell}\n" for n, cell in enumerate(cells))
    assert take(table)[1].column("x").histogram == ()


def test_a_profile_of_the_first_form_is_read_and_has_no_histograms(take, table):
    _, profile = take(table)
    old = json.loads(profile.to_json())
    old["form"] = 1
    for column in old["columns"]:
        del column["histogram"]
    read = Profile.from_json(json.dumps(old))
    assert read.column("amount").histogram == ()
    assert replace(read.column("amount"), histogram=profile.column("amount").histogram) == (
        profile.column("amount")
    )
