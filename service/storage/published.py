"""The parts of a draw that pages show, taken out of the stored receipt by the database.

A receipt of a hundred thousand entries takes seconds to load and a page needs a few lines of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, select

from service.domain.errors import NotFound
from service.storage.tables import draws


@dataclass(frozen=True, slots=True, kw_only=True)
class Sealed:
    """A draw by what may be told of it as soon as it is sealed."""

    number: int
    sealed_at: datetime
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawnPool:
    """One pool of a finished draw. `tickets` are (entry, ticket), the lowest first; `prize` may be empty."""

    number: int
    name: str
    prize: str
    seed: str
    winners: tuple[str, ...]
    alternates: tuple[str, ...]
    passed_over: tuple[str, ...]
    prizes_left: int
    tickets: tuple[tuple[str, str], ...]
    number_of_eligible: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a finished draw's receipt tells. `is_numbered`: the pool's number is part of its seed."""

    drawn_at: datetime
    rules: dict[str, Any]
    commitment: str
    secret: str
    is_numbered: bool
    pools: tuple[DrawnPool, ...]
    number_of_eligible: int
    number_of_entries: int


def find_sealed(tx: Connection, contest_id: int, number: int | None = None) -> Sealed | None:
    """A contest's draw with this number, or its newest."""
    query = select(draws.c.number, draws.c.sealed_at, draws.c.digest).where(draws.c.contest_id == contest_id)
    if number is not None:
        query = query.where(draws.c.number == number)
    row = tx.execute(query.order_by(draws.c.number.desc()).limit(1)).one_or_none()
    return Sealed(number=row.number, sealed_at=row.sealed_at, digest=row.digest) if row else None


def winners(tx: Connection, contest_id: int, number: int, *, pools: int) -> list[tuple[str, ...]]:
    """The winning entries of a finished draw, pool by pool, first place first; `pools` is how many there are."""
    columns = [draws.c.receipt[("draw", "pools", pool, "winners")].label(f"pool_{pool}") for pool in range(pools)]
    row = tx.execute(select(*columns).where(draws.c.contest_id == contest_id, draws.c.number == number)).one()
    return [tuple(entries or ()) for entries in row]


def newest_winners(tx: Connection, contest_id: int, *, pools: int) -> set[str]:
    """The winning entries of a contest's newest finished draw; none before there is one."""
    query = select(func.max(draws.c.number)).where(draws.c.contest_id == contest_id, draws.c.drawn_at.is_not(None))
    number = tx.execute(query).scalar_one()
    if number is None:
        return set()
    return {entry for pool in winners(tx, contest_id, number, pools=pools) for entry in pool}


def outcome(tx: Connection, contest_id: int, number: int, *, most_tickets: int) -> Outcome:
    """A finished draw with its first tickets. Raises NotFound."""
    query = select(
        draws.c.drawn_at,
        draws.c.receipt["rules"].label("rules"),
        draws.c.receipt["randomness"].label("randomness"),
        draws.c.receipt[("draw", "seed")].label("seed"),
        draws.c.receipt[("draw", "pools")].label("pools"),
        func.json_array_length(draws.c.entries).label("number_of_entries"),
    ).where(draws.c.contest_id == contest_id, draws.c.number == number, draws.c.drawn_at.is_not(None))
    row = tx.execute(query).one_or_none()
    if row is None:
        raise NotFound("This draw isn't drawn yet.")
    prizes = [pool["prize"] for pool in row.rules.get("pools", [])] or [""]
    return Outcome(
        drawn_at=row.drawn_at,
        rules=row.rules,
        commitment=row.randomness["commitment"],
        secret=row.randomness["secret"],
        is_numbered=row.seed is None,
        pools=tuple(
            _pool(place, pool, prize=prizes[place - 1], seed=row.seed or pool["seed"], most_tickets=most_tickets)
            for place, pool in enumerate(row.pools, 1)
        ),
        number_of_eligible=len({place["entry"] for pool in row.pools for place in pool["ranking"]}),
        number_of_entries=row.number_of_entries,
    )


def _pool(number: int, pool: dict[str, Any], *, prize: str, seed: str, most_tickets: int) -> DrawnPool:
    return DrawnPool(
        number=number,
        name=pool["name"],
        prize=prize,
        seed=seed,
        winners=tuple(pool["winners"]),
        alternates=tuple(pool["alternates"]),
        passed_over=tuple(pool.get("passed_over", ())),
        prizes_left=pool["prizes_left"],
        tickets=tuple((place["entry"], place["ticket"]) for place in pool["ranking"][:most_tickets]),
        number_of_eligible=len(pool["ranking"]),
    )
