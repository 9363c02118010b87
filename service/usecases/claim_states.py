"""How a claim stands: it follows from what is stored of it, and from what became of its draw and its prize."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import Connection

from service.domain.contest import Contest
from service.storage import claims
from service.storage.claims import Claim
from service.usecases import prizes


class ClaimState(StrEnum):
    """Whether a link still opens anything, and why not."""

    WAITING = "waiting"  # for the winner
    CLAIMED = "claimed"
    EXPIRED = "expired"  # not claimed in time
    LAPSED = "lapsed"  # the prize was taken from this winner
    REPLACED = "replaced"  # another draw took the place of this one
    ERASED = "erased"  # the term of the personal data is over


def state_of(claim: Claim, *, is_current: bool, holds_prize: bool, now: datetime) -> ClaimState:
    """How a claim stands; `is_current`: its draw is the contest's newest, `holds_prize`: nobody was promoted since."""
    is_late = claim.claimed_at is None and claim.is_sent and claim.expires_at <= now
    if not is_current:
        return ClaimState.REPLACED
    if not holds_prize:
        return ClaimState.EXPIRED if is_late else ClaimState.LAPSED
    if claim.claimed_at is not None:
        return ClaimState.CLAIMED
    if claim.erased_at is not None:
        return ClaimState.ERASED
    return ClaimState.EXPIRED if is_late else ClaimState.WAITING


def term_from(contest: Contest, now: datetime) -> datetime:
    """The end of a term that begins now, at a full minute as people read it."""
    ends_at = now + timedelta(days=contest.claims.days)
    minute = ends_at.replace(second=0, microsecond=0)
    return minute if minute == ends_at else minute + timedelta(minutes=1)


def states(tx: Connection, contest: Contest, asked: Collection[Claim], *, now: datetime) -> dict[int, ClaimState]:
    """How these claims of a contest stand, by id."""
    number = claims.current_draw(tx, contest.id)
    held = [] if number is None else prizes.holders(tx, contest, number)
    prizes_held = {(holder.pool, holder.entry) for holder in held}
    return {
        claim.id: state_of(
            claim, is_current=claim.draw_number == number, holds_prize=claim.prize in prizes_held, now=now
        )
        for claim in asked
    }
