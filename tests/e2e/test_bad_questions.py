"""What a question that does not fit the data gets; no task, no job, no hold comes of it."""

import pytest

ROWS = range(60)


def table(**columns):
    """A CSV of columns given as functions of the row's number."""
    lines = [
        ",".join(columns),
        *(",".join(str(cell(n)) for cell in columns.values()) for n in ROWS),
    ]
    return "\n".join(lines) + "\n"


GOOD = table(width=lambda n: n * 7 % 31, height=lambda n: n % 13 / 2, quality=lambda n: n % 3)

REFUSED = {
    "target missing": (GOOD, "colour", "target_missing", "'width', 'height', 'quality'"),
    "target misspelt": (GOOD, "qualty", "target_missing", "'quality'"),
    "target in other letters": (GOOD, " QUALITY", "target_missing", "'quality'"),
    "target constant": (
        table(a=lambda n: n, same=lambda _: 7),
        "same",
        "target_unusable",
        "another column",
    ),
    "no row has the target": (
        table(a=lambda n: n, empty=lambda _: ""),
        "empty",
        "target_unusable",
        "another column",
    ),
    "two rows": ("a,y\n1,2\n3,4\n", "y", "target_unusable", "more rows"),
    "every value unique": (
        table(a=lambda n: n % 3, code=lambda n: f"text number {n} of {n * n}" + "x" * (n % 7)),
        None,
        "target_unclear",
        "--target",
    ),
    "every text unique": (
        "a,code\n" + "".join(f"{n % 3},k{n}\n" for n in range(200)),
        "code",
        "target_unusable",
        "fewer values",
    ),
    "one column": (table(y=lambda n: n % 2), "y", "target_unusable", "one more column"),
    "a number of texts": (
        table(a=lambda n: n, colour=lambda n: "red" if n % 2 else "blue"),
        ("colour", "regression"),
        "target_unusable",
        "classes",
    ),
}
CASES = [pytest.param(*case, id=name) for name, case in REFUSED.items()]


def question(target):
    target, kind = target if isinstance(target, tuple) else (target, None)
    return {name: value for name, value in (("target", target), ("kind", kind)) if value}


def left_of_the_question(tenant):
    """What is left besides the data, which was good."""
    left = tenant.left_behind()
    assert len(left.pop("datasets", [])) <= 1
    return left


@pytest.mark.parametrize(("content", "target", "code", "hint"), CASES)
def test_a_question_that_does_not_fit_is_refused_over_the_api(tenant, content, target, code, hint):
    dataset = tenant.brought(content)
    answer = tenant.ask(dataset["dataset_id"], **question(target))
    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (422, code)
    assert problem["detail"][-1] in ".?"
    assert hint in problem["hint"]
    assert not left_of_the_question(tenant)


@pytest.mark.parametrize(("content", "target", "code", "hint"), CASES)
def test_a_question_that_does_not_fit_is_refused_on_the_command_line(
    command, tenant, tmp_path, content, target, code, hint
):
    (tmp_path / "table.csv").write_text(content)
    options = [f"--{name}={value}" for name, value in question(target).items()]
    said = command("solve", "table.csv", "--yes", "--json", *options)
    assert said.status == 2
    assert not said.out
    assert said.error()["code"] == code
    assert hint in said.error()["hint"]
    assert not left_of_the_question(tenant)
    assert not (tmp_path / "results").exists()


def test_asking_again_with_the_right_name_uses_the_same_data(tenant):
    dataset = tenant.brought(GOOD)
    assert tenant.ask(dataset["dataset_id"], target="qualty").status_code == 422
    assert tenant.brought(GOOD)["dataset_id"] == dataset["dataset_id"]
    task = tenant.ask(dataset["dataset_id"], target="quality").json()
    assert task["target"] == "quality"
    assert [offer["effort"] for offer in task["offers"]] == ["fast", "standard", "best"]
    assert len(tenant.listed("datasets")) == 1
