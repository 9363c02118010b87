"""The connection to the blog: one, the last that was handed over."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from service.storage import connections
from service.storage.connections import Handover
from tests.storage.test_contests import NOW


def handover(number: int) -> Handover:
    at = NOW + timedelta(seconds=number)
    return Handover(url=f"https://blog{number}.example", user="ada", password=f"locked {number}", connected_at=at)


def test_nothing_is_there_before_anything_was_handed_over(store):
    with store.read() as tx:
        assert connections.find(tx) is None


def test_the_last_connection_replaces_the_one_before(store):
    for number in range(2):
        with store.write() as tx:
            connections.save(tx, handover(number))
            assert connections.find(tx) == handover(number)


def test_two_who_connect_at_once_leave_one_connection(store):
    start = threading.Barrier(4)

    def race(number: int) -> None:
        with store.engine.connect():
            start.wait()
        with store.write() as tx:
            connections.save(tx, handover(number))

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(race, range(4)))
    with store.read() as tx:
        assert connections.find(tx) in [handover(number) for number in range(4)]


def test_a_password_is_never_shown():
    assert "locked" not in repr(handover(1))
