"""The parts of a draw that pages show, taken out of the stored receipt by the database.

A receipt of a hundred thousand entries takes seconds to load and a page needs a few lines of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, select

from service.domain.drawing import comment_id_of
from service.domain.errors import NotFound
from service.storage.tables import draws


@dataclass(frozen=True, slots=True, kw_only=True)
class Sealed:
    """A draw by what may be told of it as soon as it is sealed."""

    number: int
    sealed_at: datetime
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a finished draw's receipt tells. `tickets` are (comment id, ticket), the lowest first."""

    drawn_at: datetime
    rules: dict[str, Any]
    commitment: str
    secret: str
    seed: str
    winners: tuple[int, ...]
    alternates: tuple[int, ...]
    prizes_left: int
    tickets: tuple[tuple[int, str], ...]
    number_of_eligible: int
    number_of_entries: int


def find_sealed(tx: Connection, contest_id: int, number: int | None = None) -> Sealed | None:
    """A contest's draw with this number, or its newest."""
    query = select(draws.c.number, draws.c.sealed_at, draws.c.digest).where(draws.c.contest_id == contest_id)
    if number is not None:
        query = query.where(draws.c.number == number)
    row = tx.execute(query.order_by(draws.c.number.desc()).limit(1)).one_or_none()
    return Sealed(number=row.number, sealed_at=row.sealed_at, digest=row.digest) if row else None


def winners(tx: Connection, contest_id: int, number: int) -> tuple[int, ...]:
    """The comment ids of a finished draw's winners, first place first."""
    query = select(_pool("winners")).where(draws.c.contest_id == contest_id, draws.c.number == number)
    return _comment_ids(tx.execute(query).scalar_one())


def newest_winners(tx: Connection, contest_id: int) -> tuple[int, ...]:
    """The comment ids of the winners of a contest's newest finished draw; none before there is one."""
    query = select(_pool("winners")).where(draws.c.contest_id == contest_id, draws.c.drawn_at.is_not(None))
    found = tx.execute(query.order_by(draws.c.number.desc()).limit(1)).scalar_one_or_none()
    return _comment_ids(found or [])


def outcome(tx: Connection, contest_id: int, number: int, *, most_tickets: int) -> Outcome:
    """A finished draw with its first tickets. Raises NotFound."""
    query = select(
        draws.c.drawn_at,
        draws.c.receipt["rules"].label("rules"),
        draws.c.receipt["randomness"].label("randomness"),
        draws.c.receipt[("draw", "seed")].label("seed"),
        _pool("winners").label("winners"),
        _pool("alternates").label("alternates"),
        _pool("prizes_left").label("prizes_left"),
        _pool("ranking").label("ranking"),
        func.json_array_length(draws.c.entries).label("number_of_entries"),
    ).where(draws.c.contest_id == contest_id, draws.c.number == number, draws.c.drawn_at.is_not(None))
    row = tx.execute(query).one_or_none()
    if row is None:
        raise NotFound("This draw isn't drawn yet.")
    return Outcome(
        drawn_at=row.drawn_at,
        rules=row.rules,
        commitment=row.randomness["commitment"],
        secret=row.randomness["secret"],
        seed=row.seed,
        winners=_comment_ids(row.winners),
        alternates=_comment_ids(row.alternates),
        prizes_left=row.prizes_left,
        tickets=tuple((comment_id_of(place["entry"]), place["ticket"]) for place in row.ranking[:most_tickets]),
        number_of_eligible=len(row.ranking),
        number_of_entries=row.number_of_entries,
    )


def _pool(key: str) -> Any:
    return draws.c.receipt[("draw", "pools", 0, key)]


def _comment_ids(entries: list[str]) -> tuple[int, ...]:
    return tuple(comment_id_of(entry) for entry in entries)
