"""Doorbells: which deliveries were taken, and which comments rang and have to be read again."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, case, delete, func, select
from sqlalchemy.exc import IntegrityError

from service.storage.tables import contests, deliveries, entries, rings


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


def take_delivery(tx: Connection, message_id: str, *, now: datetime) -> bool:
    """Keep the id of a delivery; False when it was taken before."""
    try:
        with tx.begin_nested():
            tx.execute(deliveries.insert().values(message_id=message_id, received_at=now))
    except IntegrityError:
        return False
    return True


def ring(tx: Connection, rung: Mapping[int, Iterable[int | None]], *, now: datetime) -> None:
    """Note what rang, comment ids by contest id (None: all of it), and have a worker look at once."""
    rows = [{"contest_id": contest_id, "comment_id": number} for contest_id, ids in rung.items() for number in ids]
    if not rows:
        return
    earlier = case((contests.c.due_at < now, contests.c.due_at), else_=now)
    for contest_id in sorted(rung):  # first, and each: whoever has the contest's row writes its rings in their order
        tx.execute(contests.update().where(contests.c.id == contest_id).values(due_at=earlier))
    tx.execute(rings.insert(), rows)


def contests_by_post(tx: Connection, post_ids: Collection[int], phases: Collection[str]) -> dict[int, int]:
    """The contests in these phases on these posts: ids by post id."""
    query = select(contests.c.post_id, contests.c.id).where(
        contests.c.post_id.in_(list(post_ids)), contests.c.phase.in_(list(phases))
    )
    return {row.post_id: row.id for row in tx.execute(query)}


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


def last_delivery_at(tx: Connection) -> datetime | None:
    """When the newest delivery came."""
    newest: datetime | None = tx.execute(select(func.max(deliveries.c.received_at))).scalar_one()
    return newest


def forget_deliveries(tx: Connection, *, before: datetime) -> int:
    """Delete all but the newest of the deliveries that are older; how many."""
    newest = select(func.max(deliveries.c.id)).scalar_subquery()
    return tx.execute(delete(deliveries).where(deliveries.c.received_at < before, deliveries.c.id != newest)).rowcount
