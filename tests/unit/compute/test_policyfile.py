"""The policy file: what it means, and one sentence for whatever is wrong with it."""

import pytest

from zhisuan.compute.policy import Backfill, Order, Packing, Quota
from zhisuan.compute.policyfile import DEFAULT, read_rules
from zhisuan.compute.reclaim import IdleRule
from zhisuan.core.errors import WrongInput


@pytest.fixture
def rules(tmp_path):
    """The rules of a file of this text."""

    def read(text):
        file = tmp_path / "policy.toml"
        file.write_text(text)
        return read_rules(file)

    return read


def test_without_a_file_the_centre_backfills_and_lets_a_higher_class_go_first(tmp_path):
    found = read_rules(tmp_path / "none.toml")
    assert found is DEFAULT
    assert found.policy.backfill is Backfill.EASY
    assert found.policy.preempting
    assert found.policy.minimum_run_s == 300
    assert not found.policy.limits
    assert found.idle is None


def test_an_empty_file_is_as_good_as_none(rules):
    assert rules("") == DEFAULT


def test_every_key_has_its_place(rules):
    found = rules(
        """
        order = "shortest"
        backfill = "conservative"
        packing = "spread"
        borrowing = true
        preempting = false
        minimum_run_s = 10
        patience_s = 3600
        patience_share = 0.25
        grace_s = 7
        half_life_s = 60
        [quota.default]
        cores = 1.5
        [quota.ten_1]
        memory_mb = 4096
        devices = 2
        [idle]
        below = 0.1
        warn_after_s = 1
        shrink_after_s = 2
        suspend_after_s = 3
        release_after_s = 4
        exempt = ["ten_2"]
        """
    )
    policy = found.policy
    assert (policy.order, policy.backfill) == (Order.SHORTEST, Backfill.CONSERVATIVE)
    assert (policy.packing, policy.borrowing) == (Packing.SPREAD, True)
    assert (policy.preempting, policy.minimum_run_s) == (False, 10)
    assert (policy.patience_s, policy.patience_share) == (3600, 0.25)
    assert (found.grace_s, found.half_life_s) == (7, 60)
    assert policy.quota("ten_9") == Quota(cpu_milli=1500)
    assert policy.quota("ten_1") == Quota(memory_mb=4096, device_milli=2000)
    assert found.idle == IdleRule(0.1, 1, 2, 3, 4, frozenset({"ten_2"}))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("order = 'random'", "wrong at order: Input should be"),
        ("packing = 'tight'", "wrong at packing: Input should be"),
        ("ordre = 'fair'", "wrong at ordre: Extra inputs"),
        ("minimum_run_s = -1", "wrong at minimum_run_s"),
        ("minimum_run_s = nan", "wrong at minimum_run_s"),
        ("[quota.somebody]\ncores = 1", "'somebody' is neither a tenant's id"),
        ("[quota.default]\ncores = -1", "wrong at quota.default.cores"),
        ("[quota.default]\ngpus = 1", "wrong at quota.default.gpus"),
        ("[idle]\nbelow = 2", "wrong at idle.below"),
        ("[idle]\nwarn_after_s = 5000", "must come in this order"),
        ("order =", "is not valid TOML"),
    ],
)
def test_what_is_wrong_is_said_in_one_sentence(rules, text, said):
    with pytest.raises(WrongInput, match=said) as raised:
        rules(text)
    assert raised.value.message.endswith(".")
    assert "\n" not in raised.value.message
    assert raised.value.hint
