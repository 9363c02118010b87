"""Sealed lists, draws and the winner comments that tell of them."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, func, select

from service.domain.beacon import BeaconCommitment, Chain
from service.domain.errors import NotFound
from service.domain.log_chain import LogHead
from service.domain.receipt_outline import outline, places
from service.storage import tickets
from service.storage.tables import announcements, draws


@dataclass(frozen=True, slots=True, kw_only=True)
class Draw:
    """A numbered draw: sealed first, drawn later. `entries` and `rules` are the receipt's, frozen at the seal.

    `beacon`: the round it committed to; none where the secret decides. `secret_reason`: why it decides in the beacon's
    stead. `log`: how far the log went at the seal; none in draws sealed before logs were chained. `replaced_at`,
    `replaced_reason`: by the next draw, and why.
    """

    number: int
    sealed_at: datetime
    sealed_text: str
    digest: str
    rules: dict[str, Any]
    entries: list[dict[str, Any]]
    commitment: str
    beacon: BeaconCommitment | None = None
    log: LogHead | None = None
    secret_reason: str = ""
    drawn_at: datetime | None = None
    receipt: dict[str, Any] | None = None
    replaced_at: datetime | None = None
    replaced_reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Announcement:
    """A winner comment, written or to be written. `attempted_at`: one was sent and no answer is known yet.

    `strike`: 0, or the number of the strike that this one answers; that is a reply to the winner comment.
    """

    draw_number: int
    text: str
    proof_url: str
    actor: str
    strike: int = 0
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
    values["beacon"] = draw.beacon and asdict(draw.beacon)
    values["log"] = draw.log and asdict(draw.log)
    tx.execute(draws.insert().values(contest_id=contest_id, **values))


def next_number(tx: Connection, contest_id: int) -> int:
    """The number that the contest's next draw gets, from 1."""
    last = tx.execute(select(func.max(draws.c.number)).where(draws.c.contest_id == contest_id)).scalar_one()
    return (last or 0) + 1


def latest_number(tx: Connection, contest_id: int) -> int:
    """The newest draw's number; 0 before anything is sealed."""
    return next_number(tx, contest_id) - 1


def find_latest(tx: Connection, contest_id: int) -> Draw | None:
    """The newest draw, if anything is sealed."""
    query = select(*_DRAW_COLUMNS).where(draws.c.contest_id == contest_id).order_by(draws.c.number.desc()).limit(1)
    row = tx.execute(query).one_or_none()
    return _draw(row) if row else None


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
    return _draw(row)


def promised(tx: Connection, contest_id: int) -> BeaconCommitment | None:
    """The beacon's round that a contest's newest draw committed to; without reading its list."""
    query = select(draws.c.beacon).where(draws.c.contest_id == contest_id).order_by(draws.c.number.desc()).limit(1)
    return commitment_from_json(tx.execute(query).scalar_one_or_none())


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """What a draw follows from: the digest of its list, and the beacon's round where one decided."""

    digest: str
    round: int | None


def origin(tx: Connection, contest_id: int, number: int) -> Origin:
    """What a draw follows from, without reading its list. Raises NotFound."""
    columns = (draws.c.digest, draws.c.beacon, draws.c.secret_reason)
    row = tx.execute(select(*columns).where(draws.c.contest_id == contest_id, draws.c.number == number)).one_or_none()
    if row is None:
        raise NotFound("There is no such draw.")
    decided = commitment_from_json(row.beacon) if not row.secret_reason else None
    return Origin(digest=row.digest, round=decided.round if decided else None)


def update(tx: Connection, contest_id: int, number: int, **values: Any) -> None:
    """Set columns of a draw that don't belong to its list."""
    tx.execute(draws.update().where(draws.c.contest_id == contest_id, draws.c.number == number).values(**values))


def finish(tx: Connection, contest_id: int, number: int, *, drawn_at: datetime, receipt: dict[str, Any]) -> None:
    """Store a draw's outcome, and beside it what pages show."""
    where = (draws.c.contest_id == contest_id, draws.c.number == number)
    tx.execute(draws.update().where(*where).values(drawn_at=drawn_at, receipt=receipt, outline=outline(receipt)))
    tickets.add(tx, contest_id, number, places(receipt))


def add_announcement(tx: Connection, contest_id: int, announcement: Announcement) -> None:
    """Store a winner comment to be written."""
    values = {field.name: getattr(announcement, field.name) for field in fields(Announcement)}
    tx.execute(announcements.insert().values(contest_id=contest_id, **values))


def find_announcement(tx: Connection, contest_id: int, number: int, *, strike: int = 0) -> Announcement | None:
    """The winner comment of a draw, or the reply that answers a strike."""
    where = _announcement(contest_id, number, strike)
    row = tx.execute(select(*_ANNOUNCEMENT_COLUMNS).where(*where)).one_or_none()
    return Announcement(**row._mapping) if row else None


def announcements_of(tx: Connection, contest_id: int) -> list[Announcement]:
    """The winner comments of a contest's draws, each followed by the replies to it."""
    query = select(*_ANNOUNCEMENT_COLUMNS).where(announcements.c.contest_id == contest_id)
    rows = tx.execute(query.order_by(announcements.c.draw_number, announcements.c.strike))
    return [Announcement(**row._mapping) for row in rows]


def update_announcement(tx: Connection, contest_id: int, number: int, *, strike: int = 0, **values: Any) -> None:
    """Set columns of a winner comment, or of the reply that answers a strike."""
    tx.execute(announcements.update().where(*_announcement(contest_id, number, strike)).values(**values))


def _announcement(contest_id: int, number: int, strike: int) -> tuple[ColumnElement[bool], ...]:
    return (
        announcements.c.contest_id == contest_id,
        announcements.c.draw_number == number,
        announcements.c.strike == strike,
    )


def _draw(row: Row[Any]) -> Draw:
    values = dict(row._mapping)
    values["beacon"] = commitment_from_json(values["beacon"])
    if values["log"] is not None:
        values["log"] = LogHead(**values["log"])
    return Draw(**values)


def commitment_from_json(told: dict[str, Any] | None) -> BeaconCommitment | None:
    """The round that a draw committed to, as stored."""
    return BeaconCommitment(chain=Chain(**told["chain"]), round=told["round"]) if told else None
