"""Both databases keep the same promises."""

import threading

import pytest
from sqlalchemy import Column, Integer, MetaData, String, Table, func, insert, select, update

from zhisuan.core.errors import WrongInput
from zhisuan.store.database import Database

COUNTS = Table(
    "count", MetaData(), Column("name", String(10), primary_key=True), Column("n", Integer)
)


@pytest.fixture
def database(place):
    opened = Database(place)
    with opened.write() as connection:
        COUNTS.metadata.create_all(connection)
        connection.execute(insert(COUNTS), {"name": "one", "n": 0})
    yield opened
    opened.close()


def number(connection):
    return connection.execute(select(COUNTS.c.n)).scalar_one()


def test_a_block_that_raises_leaves_nothing_behind(database):
    def fail_after_writing():
        with database.write() as connection:
            connection.execute(update(COUNTS).values(n=5))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail_after_writing()
    with database.read() as connection:
        assert number(connection) == 0


def test_a_read_sees_one_instant_whatever_is_written_meanwhile(database):
    with database.read() as connection:
        assert number(connection) == 0
        with database.write() as other:
            other.execute(update(COUNTS).values(n=7))
        assert number(connection) == 0
    with database.read() as connection:
        assert number(connection) == 7


def test_writers_go_one_after_another_also_from_two_openings(place, database):
    """Each reads and then writes what it read plus one: nothing is lost if nobody comes between."""
    second = Database(place)

    def add(through):
        for _ in range(20):
            with through.write() as connection:
                connection.execute(update(COUNTS).values(n=number(connection) + 1))

    threads = [threading.Thread(target=add, args=(each,)) for each in (database, second) * 2]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with database.read() as connection:
        assert number(connection) == 80
        assert connection.execute(select(func.count()).select_from(COUNTS)).scalar_one() == 1
    second.close()


@pytest.mark.parametrize("address", ["mysql://centre@db/centre", "no url", "sqlite:///x.db"])
def test_another_database_is_refused(address):
    with pytest.raises(WrongInput, match="database"):
        Database(address)
