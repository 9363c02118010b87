"""Who holds a prize after the draw: a winner is struck, the next of the same ranking gets it, and nobody else moves.

What happened is a list of strikes in their order, and everything follows from it and the draw: who holds which prize
now, and who is next. Next is the first of the pool's whole ranking, beyond the alternates too, who never had one of its
prizes; with one prize a person, whose person never had a prize in any pool; and whose person wasn't disqualified.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from service.domain.receipt_outline import Place

NOBODY = ""


class StrikeKind(StrEnum):
    """Why somebody loses a prize."""

    DISQUALIFIED = "disqualified"  # by a moderator: their person gets no other prize of this draw either
    UNCLAIMED = "unclaimed"  # they didn't claim it in time


@dataclass(frozen=True, slots=True, kw_only=True)
class Strike:
    """One prize that passed on. `number` counts from 1 in each draw; `promoted` is empty where nobody was left."""

    number: int
    draw_number: int
    pool: int
    entry: str
    promoted: str
    kind: StrikeKind
    reason: str
    actor: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PoolPrizes:
    """The prizes of a pool as they were drawn: its number from 1, its name, its prize (may be empty), and who won."""

    number: int
    name: str
    prize: str
    winners: tuple[str, ...]
    prizes_left: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """Who holds a prize now. `strike`: 0 for who won it in the draw, else the number of the strike that promoted them.

    `place` counts the pool's prizes from 1: who is promoted takes the place of who was struck.
    """

    pool: int
    pool_name: str
    prize: str
    place: int
    entry: str
    strike: int = 0


def holders(pools: Sequence[PoolPrizes], strikes: Iterable[Strike]) -> list[Holder]:
    """Who holds the prizes once these strikes are done, in the order of pools and places; prizes left have no line."""
    seats = {
        (pool.number, entry): Holder(pool=pool.number, pool_name=pool.name, prize=pool.prize, place=place, entry=entry)
        for pool in pools
        for place, entry in enumerate(pool.winners, 1)
    }
    for strike in strikes:
        seat = seats.pop((strike.pool, strike.entry))
        if strike.promoted != NOBODY:
            seats[strike.pool, strike.promoted] = replace(seat, entry=strike.promoted, strike=strike.number)
    return sorted(seats.values(), key=lambda holder: (holder.pool, holder.place))


def ever_held(pools: Iterable[PoolPrizes], strikes: Iterable[Strike]) -> set[tuple[int, str]]:
    """Everybody who holds a prize or did: a pool's number and an entry each."""
    won = {(pool.number, entry) for pool in pools for entry in pool.winners}
    return won | {(strike.pool, strike.promoted) for strike in strikes if strike.promoted != NOBODY}


def prizes_left(pools: Iterable[PoolPrizes], strikes: Iterable[Strike]) -> int:
    """How many prizes nobody holds: those without a winner, and those that nobody was left for."""
    return sum(pool.prizes_left for pool in pools) + sum(strike.promoted == NOBODY for strike in strikes)


def find_next(
    held: Collection[tuple[int, str]],
    disqualified: Collection[str],
    order: Iterable[Place],
    *,
    pool: int,
    one_prize: bool,
    person_of: Mapping[str, str],
) -> str:
    """Who is next in a pool; NOBODY where nobody is left.

    `held`: `ever_held`; `disqualified`: the entries that lose or lost a prize that way; `order`: the pool's, lowest
    ticket first, which is gone through only as far as needed. `person_of` names for an entry in the first two the one
    that stands for its person, where that is another.
    """
    here = {entry for number, entry in held if number == pool}
    out = {*disqualified, *(entry for _, entry in held if one_prize)}
    people = {person_of.get(entry, entry) for entry in out}
    free = (place.entry for place in order if place.entry not in here and (place.person or place.entry) not in people)
    return next(free, NOBODY)
