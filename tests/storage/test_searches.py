"""Hosts that rest, on SQLite and PostgreSQL."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

from service.storage import searches
from tests.factories import CLOSES_AT


def test_two_workers_may_note_at_once_that_a_host_wants_a_rest(store):
    barrier = Barrier(4)

    def note(number: int) -> None:
        barrier.wait()
        with store.write() as tx:
            until = CLOSES_AT + timedelta(seconds=number)
            searches.rest(tx, "busy.example", until=until, code="rate_limited", message="Too much.")

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(note, range(4)))
    with store.read() as tx:
        assert searches.resting(tx, {"busy.example", "other.example"}, now=CLOSES_AT - timedelta(1)).keys() == {
            "busy.example"
        }
