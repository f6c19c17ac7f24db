"""Fresh: one answer for all who ask, made again when it is old enough."""

import threading

from zhisuan.services.fresh import Fresh


class Turned:
    def __init__(self):
        self.at = 0.0

    def __call__(self):
        return self.at


def test_an_answer_is_made_again_only_when_it_is_old():
    clock = Turned()
    fresh, made = Fresh(clock), []

    def ask():
        return fresh.get("board", 10.0, lambda: made.append(0) or len(made))

    assert [ask(), ask()] == [1, 1]
    clock.at = 9.9
    assert ask() == 1
    clock.at = 10.0
    assert ask() == 2
    assert fresh.get("other", 10.0, lambda: 7) == 7


def test_what_takes_long_is_made_seldom():
    clock = Turned()
    fresh = Fresh(clock)

    def slow():
        clock.at += 2.0
        return clock.at

    assert fresh.get("board", 10.0, slow) == 2.0
    clock.at = 41.0
    assert fresh.get("board", 10.0, slow) == 2.0
    clock.at = 42.0
    assert fresh.get("board", 10.0, slow) == 44.0


def test_an_answer_that_fails_is_not_kept():
    fresh = Fresh(Turned())

    def broken():
        raise ValueError

    for _ in range(2):
        try:
            fresh.get("board", 10.0, broken)
        except ValueError:
            continue
        raise AssertionError
    assert fresh.get("board", 10.0, lambda: 1) == 1


def test_many_at_once_make_one():
    fresh, made, begin = Fresh(), [], threading.Barrier(8)

    def ask():
        begin.wait()
        fresh.get("board", 60.0, lambda: made.append(0))

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert len(made) == 1
