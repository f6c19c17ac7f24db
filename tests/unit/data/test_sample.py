"""The tables that come with the centre are what their list says."""

import pytest

from zhisuan.core.errors import NotFound
from zhisuan.data.sample import sample, samples
from zhisuan.services.tasks.question import pose


@pytest.mark.parametrize("each", samples().values(), ids=samples())
def test_it_can_be_brought_and_answers_its_question(shelf, each):
    dataset = shelf.add("ten_1", each.name, each.path, filename=each.path.name)
    assert (dataset.rows, dataset.columns) == (each.rows, each.columns)
    assert pose(dataset.profile.columns, dataset.rows, each.target, None).target == each.target


@pytest.mark.parametrize("each", samples().values(), ids=samples())
def test_it_names_origin_licence_and_question(each):
    assert all((each.title_zh, each.title_en, each.question_zh, each.question_en))
    assert all((each.licence, each.origin, each.changes_zh, each.changes_en))
    assert each.licence_url.startswith("https://")
    assert each.origin_url.startswith("https://")


def test_another_name_is_refused_with_the_known_ones():
    with pytest.raises(NotFound) as refused:
        sample("../../etc/passwd")
    assert "concrete" in refused.value.hint
