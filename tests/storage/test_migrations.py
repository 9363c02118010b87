"""The migrations go up and down and end at the tables that the code uses."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import MetaData, Table, inspect, select

from service.domain.errors import BadInput, Blocked
from service.domain.log_chain import find_break
from service.storage import draws, log
from service.storage.engine import open_engine
from service.storage.store import Store
from service.storage.tables import metadata
from tests.storage.test_contests import NOW

RECEIPT = Path(__file__).parents[1] / "domain/receipt-2.json"


def test_up_down_and_up_again(empty_url):
    store = Store(empty_url)
    with pytest.raises(Blocked, match="tirage db upgrade"):
        store.check()
    store.upgrade()
    store.check()
    store.downgrade("base")
    assert set(inspect(store.engine).get_table_names()) <= {"alembic_version"}
    store.upgrade()
    store.check()
    store.close()


def test_the_migrations_end_at_the_tables(store):
    with store.read() as tx:
        context = MigrationContext.configure(tx, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []


OLD_LINES = [  # (contest, what happened): two contests, whose lines stand among each other
    (1, {"action": "open", "reason": "", "details": {"winners": 1, "commitment": "c" * 64}}),
    (2, {"action": "open", "reason": "", "details": {}}),
    (1, {"action": "change", "reason": "spät – \u2028", "details": {"é": [None, 0.1, {"a": [True]}]}}),
    (1, {"action": "seal", "reason": "", "details": {"draw": 1}}),
]


@pytest.fixture
def old_store(empty_url) -> Iterator[Store]:
    """A database of before: a contest that was announced, with its draw, and one that is open, with their logs."""
    store = Store(empty_url)
    store.upgrade("0003")
    with store.write() as tx:
        old = MetaData()
        old.reflect(tx)
        for number, phase in ((1, "announced"), (2, "open")):
            tx.execute(old.tables["contests"].insert().values(**_old_contest(number, phase)))
        receipt = json.loads(RECEIPT.read_text("utf-8"))
        told = {"sealed_text": "text", "digest": "d" * 64, "rules": receipt["rules"], "entries": receipt["entries"]}
        told |= {"sealed_at": NOW, "drawn_at": NOW, "receipt": receipt}
        tx.execute(old.tables["draws"].insert().values(contest_id=1, number=1, **told))
        for contest_id, line in OLD_LINES:
            tx.execute(old.tables["log"].insert().values(contest_id=contest_id, at=NOW, actor="cli:ada", **line))
    yield store
    store.close()


def _old_contest(number: int, phase: str) -> dict[str, Any]:
    values: dict[str, Any] = dict.fromkeys(("post_title", "post_url", "timezone", "language", "secret"), "x")
    values |= {"id": number, "slug": f"contest-{number}", "post_id": number, "post_author_id": 1, "phase": phase}
    values |= {"commitment": str(number) * 64, "is_automatic": False, "pools": [], "rules": {}}
    return {**values, "closes_at": NOW, "opened_at": NOW}


def test_a_log_of_before_becomes_a_chain_and_goes_back_as_it_was(old_store):
    old_store.upgrade()
    with old_store.read() as tx:
        lines = {contest_id: log.lines(tx, contest_id) for contest_id in (1, 2)}
    assert [find_break(lines[contest_id]) for contest_id in (1, 2)] == [None, None]
    assert [line.number for line in lines[1]] == [1, 2, 3]
    told = [{"action": line.action, "reason": line.reason, "details": line.details} for line in lines[1]]
    assert told == [line for contest_id, line in OLD_LINES if contest_id == 1]
    assert {line.at for line in lines[1]} == {NOW}
    old_store.downgrade("0003")
    with old_store.read() as tx:
        old = Table("log", MetaData(), autoload_with=tx)
        rows = tx.execute(select(old.c.contest_id, old.c.action, old.c.details).order_by(old.c.id)).all()
    assert [(row.contest_id, row.action, row.details) for row in rows] == [
        (contest_id, line["action"], line["details"]) for contest_id, line in OLD_LINES
    ]
    old_store.upgrade()
    with old_store.read() as tx:
        assert log.lines(tx, 1) == lines[1]


def test_a_draw_of_before_keeps_its_commitment_and_its_term_is_found(old_store):
    old_store.upgrade()
    with old_store.read() as tx:
        draw = draws.latest(tx, 1)
        assert (draw.commitment, draw.beacon, draw.log) == ("1" * 64, None, None)
        assert draw.receipt == json.loads(RECEIPT.read_text("utf-8"))
        due = dict(tx.execute(select(metadata.tables["contests"].c.id, metadata.tables["contests"].c.due_at)).all())
    assert due[1] is not None
    assert due[2] is None


@pytest.mark.parametrize("url", ["nonsense", "mysql://x/y", "", "sqlite+aiosqlite:///x"])
def test_another_database_is_refused_in_one_sentence(url):
    with pytest.raises(BadInput, match="DATABASE_URL"):
        open_engine(url)
