"""Everybody who won a prize of a draw, or got it after somebody else, and what became of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Connection

from service.domain.contest import Contest
from service.domain.strikes import Holder
from service.domain.strikes import holders as holders_after
from service.storage import claims, listing, strikes
from service.usecases.winners import Entrant, entrants


class PrizeState(StrEnum):
    """What became of somebody's prize: the last of these that happened."""

    WON = "won"  # in the draw
    PROMOTED = "promoted"  # after somebody else lost it
    CLAIMED = "claimed"
    STRUCK = "struck"


@dataclass(frozen=True, slots=True, kw_only=True)
class PrizeRow:
    """One person and one prize. `reason`: why they lost it, empty where they didn't."""

    pool_name: str
    place: int
    prize: str
    entry: str
    author: str
    author_email: str
    url: str
    state: PrizeState
    reason: str
    holds_prize: bool
    claimed_at: datetime | None


def prize_rows(tx: Connection, contest: Contest, number: int) -> list[PrizeRow]:
    """Of a finished draw, by pools and places; who got a prize later stands below who lost it. Raises NotFound."""
    pools, struck = strikes.drawn_pools(tx, contest.id, number), strikes.of_draw(tx, contest.id, number)
    seats = [holder for upto in range(len(struck) + 1) for holder in holders_after(pools, struck[:upto])]
    told = sorted(dict.fromkeys(seats), key=lambda seat: (seat.pool, seat.place, seat.strike))
    reasons = {(strike.pool, strike.entry): strike.reason for strike in struck}
    claimed_at = {claim.prize: claim.claimed_at for claim in claims.of_draw(tx, contest.id, number)}
    people = entrants(tx, contest.id, {seat.entry for seat in told})
    emails = listing.emails(tx, contest.id, [person.comment_id for person in people.values() if person.comment_id])
    return [
        _row(
            seat,
            people[seat.entry],
            email=emails.get(people[seat.entry].comment_id, ""),
            reason=reasons.get((seat.pool, seat.entry)),
            claimed_at=claimed_at.get((seat.pool, seat.entry)),
        )
        for seat in told
    ]


def _row(seat: Holder, person: Entrant, *, email: str, reason: str | None, claimed_at: datetime | None) -> PrizeRow:
    return PrizeRow(
        pool_name=seat.pool_name,
        place=seat.place,
        prize=seat.prize,
        entry=seat.entry,
        author=person.name,
        author_email=email,
        url=person.url,
        state=_state(seat, is_struck=reason is not None, is_claimed=claimed_at is not None),
        reason=reason or "",
        holds_prize=reason is None,
        claimed_at=claimed_at,
    )


def _state(seat: Holder, *, is_struck: bool, is_claimed: bool) -> PrizeState:
    if is_struck:
        return PrizeState.STRUCK
    if is_claimed:
        return PrizeState.CLAIMED
    return PrizeState.PROMOTED if seat.strike else PrizeState.WON
