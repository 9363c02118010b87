"""Who holds a prize after the draw: a winner is struck, the next of the same ranking gets it, and nobody else moves.

What happened is a list of strikes in their order, and everything follows from it and the draw: who holds which prize
now, and who is next. Next is the first of the pool's whole ranking, beyond the alternates too, who never had one of its
prizes; with one prize a person, whose person never had a prize in any pool; and whose person wasn't disqualified.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

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
class DrawnPool:
    """A pool as it was drawn: its number from 1, its name, its prize in words (may be empty), and who won."""

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What decides who may be promoted. `person_of` names the entry that stands for a person, where it's another."""

    one_prize: bool
    person_of: Mapping[str, str] = field(default_factory=dict)

    def person(self, entry: str) -> str:
        """The entry that stands for this entry's person."""
        return self.person_of.get(entry, entry)


def holders(pools: Sequence[DrawnPool], strikes: Iterable[Strike]) -> list[Holder]:
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


def find_next(
    pools: Sequence[DrawnPool],
    strikes: Sequence[Strike],
    rules: Rules,
    *,
    pool: int,
    order: Iterable[str],
    struck: str,
    kind: StrikeKind,
) -> str:
    """Who gets the prize that `struck` holds in a pool and loses for `kind`; NOBODY where nobody is left.

    `order` is the pool's ranking, lowest ticket first. It is gone through only as far as needed.
    """
    had = [(drawn.number, entry) for drawn in pools for entry in drawn.winners]
    had += [(strike.pool, strike.promoted) for strike in strikes if strike.promoted != NOBODY]
    here = {entry for number, entry in had if number == pool}
    out = {rules.person(strike.entry) for strike in strikes if strike.kind is StrikeKind.DISQUALIFIED}
    if kind is StrikeKind.DISQUALIFIED:
        out.add(rules.person(struck))
    if rules.one_prize:
        out.update(rules.person(entry) for _, entry in had)
    return next((entry for entry in order if entry not in here and rules.person(entry) not in out), NOBODY)
