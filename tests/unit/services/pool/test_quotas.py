"""Quotas: what each tenant may hold beside what it holds now."""

from zhisuan.compute import records as jobs
from zhisuan.compute.policy import Policy, Quota
from zhisuan.compute.policyfile import DEFAULT, read_rules
from zhisuan.services.pool.quotas import shares


def test_who_is_named_or_holds_something_is_told_with_what_it_holds(workshop):
    workshop.submit()
    workshop.turn()
    with workshop.centre.database.read() as connection:
        live = jobs.live_since(connection, 0)
    policy = Policy(default_quota=Quota(device_milli=1000), quotas={"ten_0": Quota(cpu_milli=500)})
    named, other = shares(policy, live)
    assert (named.tenant, named.own, named.used) == ("ten_0", True, Quota(0, 0, 0))
    assert (other.tenant, other.own, other.quota) == (workshop.tenant, False, policy.default_quota)
    assert other.used == Quota(1000, 1024, 2000)
    assert other.borrows
    assert not named.borrows


def test_rules_keep_the_text_they_were_read_from(tmp_path):
    file = tmp_path / "policy.toml"
    assert read_rules(file).text == DEFAULT.text == ""
    file.write_text('order = "fair"\n')
    assert read_rules(file).text == 'order = "fair"\n'
