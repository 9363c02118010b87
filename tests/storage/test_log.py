"""The log on both databases: details come back as they were hashed, and writers at once never break the chain."""

from __future__ import annotations

import multiprocessing
from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import text

from service.domain.log_chain import LogHead, LogLine, find_break
from service.storage import log
from service.storage.store import Store
from tests.storage.test_contests import NOW, add_contest

LINE = LogLine(at=NOW, actor="ada", action="act", reason="", details={})


@pytest.mark.parametrize(
    "details",
    [
        {"float": 0.1, "large": 1e300, "small": 5e-324, "whole": 1.0, "int": 2**63},
        {"é": "ß \u202e 😀 \u2028", "quote": '"\\', "nul": "\x00", "half": "\ud800"},
        {"none": None, "nested": [{"a": [1, [None, {}]]}, []], "": True},
        {"tuple": (1, 2), "b": 1, "a": 2},
    ],
)
def test_details_come_back_as_they_were_hashed(store, details):
    contest = add_contest(store)
    with store.write() as tx:
        log.write(tx, contest.id, LogLine(at=NOW, actor="ada", action="act", reason="", details=details))
    with store.read() as tx:
        (line,) = log.lines(tx, contest.id)
    assert find_break([line]) is None
    assert line.details == {name: list(value) if type(value) is tuple else value for name, value in details.items()}


def test_what_json_can_not_tell_is_never_written(store):
    contest = add_contest(store)
    with store.write() as tx, pytest.raises(ValueError, match="JSON"):
        log.write(tx, contest.id, LogLine(at=NOW, actor="", action="", reason="", details={"a": float("nan")}))


@pytest.mark.parametrize(
    "at",
    [
        datetime(2026, 11, 27, 17, 0, 0, 123456, tzinfo=timezone(timedelta(hours=1))),
        datetime(2026, 11, 27, 16, tzinfo=UTC),
        datetime(1, 1, 2, tzinfo=UTC),
    ],
)
def test_a_line_s_time_and_long_actor_come_back_as_they_were_hashed(store, at):
    contest = add_contest(store)
    with store.write() as tx:
        log.write(tx, contest.id, LogLine(at=at, actor="é" * 200, action="act", reason="", details={}))
        lines = log.lines(tx, contest.id)
    assert find_break(lines) is None
    assert (lines[0].at, len(lines[0].actor)) == (at, log.LONGEST_ACTOR)


def test_each_contest_has_a_chain_of_its_own_that_is_read_page_by_page(store):
    first, second = add_contest(store, 7), add_contest(store, 8)
    with store.write() as tx:
        assert log.head(tx, first.id) == LogHead()
        for contest in (first, second, first, first):
            log.write(tx, contest.id, LINE)
        lines = log.lines(tx, first.id)
        assert log.head(tx, first.id) == LogHead(lines=3, head=lines[-1].hash)
        assert log.lines(tx, second.id)[0].hash == lines[0].hash
        assert log.page(tx, first.id, after=1, limit=1) == lines[1:2]


def test_a_line_that_is_changed_in_the_database_is_found(store):
    contest = add_contest(store)
    with store.write() as tx:
        for _ in range(3):
            log.write(tx, contest.id, LINE)
        tx.execute(text("UPDATE log SET reason = 'because' WHERE number = 2"))
        assert find_break(log.lines(tx, contest.id)) == 2


def _write_many(url: str, contest_id: int, start: object) -> None:
    store = Store(url)
    start.wait()  # type: ignore[attr-defined]
    for _ in range(20):
        with store.write() as tx:
            log.write(tx, contest_id, LINE)
    store.close()


def test_writers_at_once_never_break_the_chain(store, url):
    contest = add_contest(store)
    context = multiprocessing.get_context("spawn")
    start = context.Barrier(2)
    writers = [context.Process(target=_write_many, args=(url, contest.id, start)) for _ in range(2)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert [writer.exitcode for writer in writers] == [0, 0]
    with store.read() as tx:
        lines = log.lines(tx, contest.id)
    assert len(lines) == 40
    assert find_break(lines) is None
