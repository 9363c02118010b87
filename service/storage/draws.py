"""Sealed lists, draws and the winner comments that tell of them."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, select

from service.domain.errors import NotFound
from service.storage.tables import announcements, draws


@dataclass(frozen=True, slots=True, kw_only=True)
class Draw:
    """A numbered draw: sealed first, drawn later. `entries` and `rules` are the receipt's, frozen at the seal."""

    number: int
    sealed_at: datetime
    sealed_text: str
    digest: str
    rules: dict[str, Any]
    entries: list[dict[str, Any]]
    drawn_at: datetime | None = None
    receipt: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Announcement:
    """A winner comment, written or to be written. `attempted_at`: one was sent and no answer is known yet."""

    draw_number: int
    text: str
    proof_url: str
    actor: str
    attempted_at: datetime | None = None
    opened_comments: bool = False
    comment_id: int | None = None
    comment_url: str | None = None
    posted_at: datetime | None = None


_DRAW_COLUMNS = [draws.c[field.name] for field in fields(Draw)]
_ANNOUNCEMENT_COLUMNS = [announcements.c[field.name] for field in fields(Announcement)]


def add(tx: Connection, contest_id: int, draw: Draw) -> None:
    """Store a sealed list. The unique number keeps a second one out."""
    values = {field.name: getattr(draw, field.name) for field in fields(Draw)}
    tx.execute(draws.insert().values(contest_id=contest_id, **values))


def next_number(tx: Connection, contest_id: int) -> int:
    """The number that the contest's next draw gets, from 1."""
    last = tx.execute(select(func.max(draws.c.number)).where(draws.c.contest_id == contest_id)).scalar_one()
    return (last or 0) + 1


def find_latest(tx: Connection, contest_id: int) -> Draw | None:
    """The newest draw, if anything is sealed."""
    query = select(*_DRAW_COLUMNS).where(draws.c.contest_id == contest_id).order_by(draws.c.number.desc()).limit(1)
    row = tx.execute(query).one_or_none()
    return Draw(**row._mapping) if row else None


def latest(tx: Connection, contest_id: int) -> Draw:
    """The newest draw. Raises NotFound."""
    draw = find_latest(tx, contest_id)
    if draw is None:
        raise NotFound(f"Contest {contest_id} isn't sealed yet.")
    return draw


def get(tx: Connection, contest_id: int, number: int) -> Draw:
    """A draw by its number. Raises NotFound."""
    query = select(*_DRAW_COLUMNS).where(draws.c.contest_id == contest_id, draws.c.number == number)
    row = tx.execute(query).one_or_none()
    if row is None:
        raise NotFound("There is no such draw.")
    return Draw(**row._mapping)


def finish(tx: Connection, contest_id: int, number: int, *, drawn_at: datetime, receipt: dict[str, Any]) -> None:
    """Store a draw's outcome."""
    where = (draws.c.contest_id == contest_id, draws.c.number == number)
    tx.execute(draws.update().where(*where).values(drawn_at=drawn_at, receipt=receipt))


def add_announcement(tx: Connection, contest_id: int, announcement: Announcement) -> None:
    """Store a winner comment to be written."""
    values = {field.name: getattr(announcement, field.name) for field in fields(Announcement)}
    tx.execute(announcements.insert().values(contest_id=contest_id, **values))


def find_announcement(tx: Connection, contest_id: int, number: int) -> Announcement | None:
    """The winner comment of a draw."""
    where = (announcements.c.contest_id == contest_id, announcements.c.draw_number == number)
    row = tx.execute(select(*_ANNOUNCEMENT_COLUMNS).where(*where)).one_or_none()
    return Announcement(**row._mapping) if row else None


def update_announcement(tx: Connection, contest_id: int, number: int, **values: Any) -> None:
    """Set columns of a winner comment."""
    where = (announcements.c.contest_id == contest_id, announcements.c.draw_number == number)
    tx.execute(announcements.update().where(*where).values(**values))
