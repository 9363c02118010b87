"""Doorbells: which deliveries were taken, and which comments rang and have to be read again."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Column, Connection, Select, Table, bindparam, case, delete, func, select
from sqlalchemy.dialects import postgresql, sqlite

from service.storage.tables import contests, deliveries, entries, rings

# Statements that every doorbell needs are made once: making them takes as long as running them.
_BY_POST = select(contests.c.post_id, contests.c.id).where(
    contests.c.post_id.in_(bindparam("post_ids", expanding=True)),
    contests.c.phase.in_(bindparam("phases", expanding=True)),
)
_INSERTS: dict[str, Callable[[Table], Any]] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}
_NOW = bindparam("now", type_=contests.c.due_at.type)
_DUE_AT_ONCE = (
    contests.update()
    .where(contests.c.id == bindparam("rung_id"))
    .values(due_at=case((contests.c.due_at < _NOW, contests.c.due_at), else_=_NOW))
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rings:
    """What rang for a contest up to the row `last`: comments by id, and whether anything rang for all of it."""

    comment_ids: frozenset[int]
    for_all: bool
    last: int

    @property
    def are_there(self) -> bool:
        """Whether anything rang."""
        return self.for_all or bool(self.comment_ids)


def take_call(tx: Connection, message_id: str, *, now: datetime) -> bool:
    """Keep the id of a call, which is delivered as doorbells are; False when it was taken before."""
    return bool(_take(tx, {message_id}, now=now, is_doorbell=False))


def take_doorbells(tx: Connection, message_ids: Collection[str], *, now: datetime) -> set[str]:
    """Keep the ids of doorbells; those that weren't taken before."""
    return _take(tx, message_ids, now=now, is_doorbell=True) if message_ids else set()


def _take(tx: Connection, message_ids: Collection[str], *, now: datetime, is_doorbell: bool) -> set[str]:
    insert = _INSERTS[tx.dialect.name](deliveries).on_conflict_do_nothing().returning(deliveries.c.message_id)
    ordered = sorted(message_ids)  # two who insert the same ones at a time would else wait for each other
    shared = {"received_at": now, "is_doorbell": is_doorbell}
    return set(tx.execute(insert, [{"message_id": one, **shared} for one in ordered]).scalars())


def ring(tx: Connection, rung: Mapping[int, Iterable[int | None]], *, now: datetime) -> None:
    """Note what rang, comment ids by contest id (None: all of it), and have a worker look at once."""
    rows = [{"contest_id": contest_id, "comment_id": number} for contest_id, ids in rung.items() for number in ids]
    if not rows:
        return
    # First, and by rising id: whoever has the contest's row writes its rings in their order.
    tx.execute(_DUE_AT_ONCE, [{"rung_id": contest_id, "now": now} for contest_id in sorted(rung)])
    tx.execute(rings.insert(), rows)


def contests_by_post(tx: Connection, post_ids: Collection[int], phases: Collection[str]) -> dict[int, int]:
    """The contests in these phases on these posts: ids by post id."""
    rows = tx.execute(_BY_POST, {"post_ids": list(post_ids), "phases": list(phases)})
    return {row.post_id: row.id for row in rows}


def contests_in(tx: Connection, phases: Collection[str]) -> list[int]:
    """The ids of all contests in these phases."""
    return list(tx.execute(select(contests.c.id).where(contests.c.phase.in_(list(phases)))).scalars())


def contest_of_comment(tx: Connection, comment_id: int, phases: Collection[str]) -> int | None:
    """The contest in one of these phases that has this comment as an entry."""
    query = (
        select(contests.c.id)
        .join(entries, entries.c.contest_id == contests.c.id)
        .where(entries.c.comment_id == comment_id, contests.c.phase.in_(list(phases)))
    )
    return tx.execute(query.limit(1)).scalar_one_or_none()


def rung(tx: Connection, contest_id: int, *, most: int) -> Rings:
    """What rang and wasn't answered yet; more than `most` comments are as good as all."""
    query = select(rings.c.id, rings.c.comment_id).where(rings.c.contest_id == contest_id).order_by(rings.c.id)
    rows = tx.execute(query.limit(most + 1)).all()
    if not rows:
        return Rings(comment_ids=frozenset(), for_all=False, last=0)
    if len(rows) > most:
        last = tx.execute(select(func.max(rings.c.id)).where(rings.c.contest_id == contest_id)).scalar_one()
        return Rings(comment_ids=frozenset(), for_all=True, last=last)
    return Rings(
        comment_ids=frozenset(row.comment_id for row in rows if row.comment_id is not None),
        for_all=any(row.comment_id is None for row in rows),
        last=rows[-1].id,
    )


def answered(tx: Connection, contest_id: int, *, last: int) -> None:
    """What rang up to that row is read; what rang since stays."""
    tx.execute(delete(rings).where(rings.c.contest_id == contest_id, rings.c.id <= last))


def last_doorbell_at(tx: Connection) -> datetime | None:
    """When the newest doorbell came."""
    query = select(func.max(deliveries.c.received_at)).where(deliveries.c.is_doorbell)
    newest: datetime | None = tx.execute(query).scalar_one()
    return newest


def forget_deliveries(tx: Connection, *, before: datetime, most: int) -> int:
    """Delete deliveries that are older, so many at most and never the newest doorbell; how many."""
    newest = func.coalesce(select(func.max(deliveries.c.id)).where(deliveries.c.is_doorbell).scalar_subquery(), 0)
    old = select(deliveries.c.id).where(deliveries.c.received_at < before, deliveries.c.id != newest)
    return _delete_some(tx, deliveries.c.id, old, most)


def forget_rings(tx: Connection, phases: Collection[str], *, most: int) -> int:
    """Delete what rang for contests in these phases, so many at most; how many."""
    over = select(contests.c.id).where(contests.c.phase.in_(list(phases)))
    return _delete_some(tx, rings.c.id, select(rings.c.id).where(rings.c.contest_id.in_(over)), most)


def _delete_some(tx: Connection, column: Column[int], ids: Select[tuple[int]], most: int) -> int:
    """Delete rows by id, past those that another worker is just deleting."""
    query = ids.order_by(column).limit(most).with_for_update(skip_locked=True, of=column.table)
    found = list(tx.execute(query).scalars())
    tx.execute(delete(column.table).where(column.in_(found)))
    return len(found)
