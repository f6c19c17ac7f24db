"""The pool file: like nodes by number, racks, and one sentence for whatever is wrong."""

import pytest

from zhisuan.compute.node import Node
from zhisuan.compute.poolfile import read_pool
from zhisuan.core.errors import WrongInput

HERE = Node("here", (0, 1), 4096)
NODE = "[[node]]\nname = 'sim'\ncores = 4\nmemory_mb = 1024\nsimulated = true\n"


@pytest.fixture
def pool(tmp_path):
    """The nodes of a file of this text."""

    def read(text):
        file = tmp_path / "pool.toml"
        file.write_text(text)
        return read_pool(file, HERE)

    return read


def test_without_a_file_there_is_this_machine(tmp_path):
    assert read_pool(tmp_path / "none.toml", HERE) == (HERE,)


def test_like_nodes_are_declared_once_and_numbered(pool):
    nodes = pool(NODE + "rack = 'r1'\ncount = 3\n")
    assert [node.name for node in nodes] == ["here", "sim-1", "sim-2", "sim-3"]
    assert {node.rack for node in nodes[1:]} == {"r1"}
    assert all(node.simulated for node in nodes[1:])


def test_one_node_has_the_name_it_was_given(pool):
    assert pool(NODE)[1].name == "sim"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (NODE + NODE, "names a node twice"),
        (NODE.replace("'sim'", "'here'"), "names a node twice"),
        (NODE.replace("'sim'", "'sim-2'") + NODE + "count = 2\n", "names a node twice"),
        (NODE.replace("true", "false"), "without `simulated = true`"),
        (NODE.replace("'sim'", "'a,b'"), "node.0.name: String should match"),
        (NODE.replace("'sim'", "'a/b'"), "node.0.name: String should match"),
        (NODE + "count = 0\n", "node.0.count: Input should be greater than 0"),
        (NODE + "gpus = 2\n", "node.0.gpus: Extra inputs"),
        ("node = ", "is not a pool file"),
    ],
)
def test_what_is_wrong_is_said_in_one_sentence(pool, text, said):
    with pytest.raises(WrongInput, match=said) as raised:
        pool(text)
    assert "\n" not in raised.value.message
