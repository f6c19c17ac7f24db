"""Checkpoints: what this centre saw, signed."""

from dataclasses import replace
from datetime import UTC, datetime

from zhisuan.ledger.checkpoint import is_genuine, parse, sign

NOW = datetime(2026, 3, 1, tzinfo=UTC)
HEADS = {"usage": (3, "a" * 64), "entry": (9, "b" * 64)}


def test_a_checkpoint_is_genuine_only_with_its_key_its_text_and_its_place():
    first = sign(b"key", None, HEADS, NOW)
    second = sign(b"key", first, HEADS, NOW)
    assert is_genuine(b"key", None, first)
    assert is_genuine(b"key", first, second)
    assert not is_genuine(b"other", first, second)
    assert not is_genuine(b"key", None, second)
    assert not is_genuine(b"key", first, replace(second, body=second.body.replace("9", "8")))


def test_a_stored_checkpoint_reads_back_and_a_broken_one_has_no_heads():
    signed = sign(b"key", None, HEADS, NOW)
    assert parse(signed.number, signed.body, signed.signature) == signed
    assert parse(1, "not what was written", signed.signature).heads == {}


def test_the_ledger_signs_only_when_something_moved(office):
    with office.write() as connection:
        first = office.ledger.checkpoint(connection, office.key)
        assert office.ledger.checkpoint(connection, office.key) is None
    office.clock.turn(seconds=1)
    with office.write() as connection:
        office.ledger.record_usage(connection, [office.usage("job_1")])
        second = office.ledger.checkpoint(connection, office.key)
    assert (first.number, second.number) == (1, 2)
    assert second.heads["usage"][0] == 1
    report = office.verify()
    assert (report.ok, report.checkpoints) == (True, 2)
