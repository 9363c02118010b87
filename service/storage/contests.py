"""Contests in the database, and the lease that gives one worker at a time the say over one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, func, or_, select
from sqlalchemy.exc import IntegrityError

from service.domain.contest import Contest, Phase
from service.domain.errors import AlreadyAdopted, LeaseLost, NotFound
from service.storage.contest_rows import from_row, to_row
from service.storage.tables import contests

COLUMNS = [contests.c[field.name] for field in fields(Contest)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Lease:
    """A worker's hold on a contest."""

    contest_id: int
    token: str


def add(tx: Connection, values: Mapping[str, Any]) -> int:
    """Store a new contest, given as columns; its id. Raises AlreadyAdopted for a post that carries one."""
    try:
        with tx.begin_nested():
            inserted = tx.execute(contests.insert().values(**to_row(values))).inserted_primary_key
    except IntegrityError:
        existing = find_by_post(tx, values["post_id"])
        if existing is None:
            raise
        raise AlreadyAdopted(
            f"This post already carries contest {existing.id}; change that one instead of opening a second."
        ) from None
    assert inserted is not None
    return int(inserted[0])


def get(tx: Connection, contest_id: int) -> Contest:
    """The contest. Raises NotFound."""
    return _one(tx, select(*COLUMNS).where(contests.c.id == contest_id), f"There is no contest {contest_id}.")


def get_by_slug(tx: Connection, slug: str) -> Contest:
    """The contest with this public name. Raises NotFound."""
    return _one(tx, select(*COLUMNS).where(contests.c.slug == slug), "There is no such contest.")


def lock(tx: Connection, contest_id: int, lease: Lease | None = None) -> Contest:
    """The contest, which no other write transaction can touch until this one ends.

    With a lease, raises LeaseLost when it has run out and another worker took over.
    """
    query = select(*COLUMNS).where(contests.c.id == contest_id).with_for_update()
    contest = _one(tx, query, f"There is no contest {contest_id}.")
    if lease is not None and _lease_token(tx, contest_id) != lease.token:
        raise LeaseLost(f"Contest {contest_id} is being worked on by another process; try again in a minute.")
    return contest


def find_by_post(tx: Connection, post_id: int) -> Contest | None:
    """The contest on this post, if there is one."""
    row = tx.execute(select(*COLUMNS).where(contests.c.post_id == post_id)).one_or_none()
    return from_row(row) if row else None


def page(tx: Connection, *, limit: int, after_id: int = 0, phase: Phase | None = None) -> list[Contest]:
    """Contests by rising id, from the one after `after_id`."""
    query = select(*COLUMNS).where(contests.c.id > after_id).order_by(contests.c.id).limit(limit)
    if phase is not None:
        query = query.where(contests.c.phase == phase)
    return [from_row(row) for row in tx.execute(query)]


def slug_exists(tx: Connection, slug: str) -> bool:
    """Whether a contest already has this public name."""
    return tx.execute(select(contests.c.id).where(contests.c.slug == slug)).first() is not None


def update(tx: Connection, contest_id: int, **values: Any) -> None:
    """Set columns of a contest that this transaction has locked."""
    tx.execute(contests.update().where(contests.c.id == contest_id).values(**to_row(values)))


def secret(tx: Connection, contest_id: int) -> str:
    """The secret behind the contest's commitment: not part of Contest, so that nothing shows it by accident."""
    return str(tx.execute(select(contests.c.secret).where(contests.c.id == contest_id)).scalar_one())


def ring(tx: Connection, contest_id: int, *, at: datetime) -> None:
    """Have a worker look at the contest at this time or earlier."""
    is_later = or_(contests.c.due_at.is_(None), contests.c.due_at > at)
    tx.execute(contests.update().where(contests.c.id == contest_id, is_later).values(due_at=at))


def take_due(tx: Connection, *, now: datetime, seconds: float, token: str) -> Lease | None:
    """Lease the most overdue contest that nobody holds, or whose holder died; None when nothing is due.

    Taking it clears `due_at`, so that what rings while the step runs is seen afterwards.
    """
    query = (
        select(contests.c.id)
        .where(_can_be_taken(now))
        .order_by(func.coalesce(contests.c.due_at, contests.c.lease_until), contests.c.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    contest_id = tx.execute(query).scalar_one_or_none()
    if contest_id is None:
        return None
    return _give(tx, contest_id, now=now, seconds=seconds, token=token)


def take(tx: Connection, contest_id: int, *, now: datetime, seconds: float, token: str) -> Lease | None:
    """Lease this contest; None while another holds it. Raises NotFound."""
    lock(tx, contest_id)
    held = tx.execute(
        select(contests.c.id).where(
            contests.c.id == contest_id, contests.c.lease_token.is_not(None), contests.c.lease_until > now
        )
    ).first()
    return None if held else _give(tx, contest_id, now=now, seconds=seconds, token=token)


def renew(tx: Connection, lease: Lease, *, now: datetime, seconds: float) -> None:
    """Hold on for `seconds` more. Raises LeaseLost when another has it."""
    lock(tx, lease.contest_id, lease)
    update(tx, lease.contest_id, lease_until=now + timedelta(seconds=seconds))


def release(tx: Connection, lease: Lease, *, due_at: datetime | None) -> None:
    """Let go; a doorbell that rang meanwhile stays the earlier one. Does nothing when the lease is lost."""
    if _lease_token(tx, lease.contest_id) != lease.token:
        return
    update(tx, lease.contest_id, lease_token=None, lease_until=None)
    if due_at is not None:
        ring(tx, lease.contest_id, at=due_at)


def is_due(tx: Connection, *, now: datetime) -> bool:
    """Whether `take_due` would find something."""
    return tx.execute(select(contests.c.id).where(_can_be_taken(now)).limit(1)).first() is not None


def _can_be_taken(now: datetime) -> ColumnElement[bool]:
    lapsed = and_(contests.c.lease_token.is_not(None), contests.c.lease_until <= now)
    return or_(and_(contests.c.lease_token.is_(None), contests.c.due_at <= now), lapsed)


def _give(tx: Connection, contest_id: int, *, now: datetime, seconds: float, token: str) -> Lease:
    update(tx, contest_id, lease_token=token, lease_until=now + timedelta(seconds=seconds), due_at=None)
    return Lease(contest_id=contest_id, token=token)


def _lease_token(tx: Connection, contest_id: int) -> str | None:
    return tx.execute(select(contests.c.lease_token).where(contests.c.id == contest_id)).scalar_one_or_none()


def _one(tx: Connection, query: Select[Any], missing: str) -> Contest:
    row = tx.execute(query).one_or_none()
    if row is None:
        raise NotFound(missing)
    return from_row(row)
