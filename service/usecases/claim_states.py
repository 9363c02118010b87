"""How a claim stands: it follows from what is stored of it, and from what became of its draw and its prize."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import Connection

from service.domain.contest import Contest
from service.domain.strikes import StrikeKind
from service.storage import claims, strikes
from service.storage.claims import Claim
from service.usecases.data_term import data_end
from service.usecases.services import Services

LAST_HOUR = timedelta(hours=1)  # before the personal data go, so that what nobody claims passes on in time
SHORTEST = timedelta(days=1)  # nobody is asked who would have less


class ClaimState(StrEnum):
    """Whether a link still opens anything, and why not."""

    WAITING = "waiting"  # for the winner
    CLAIMED = "claimed"
    EXPIRED = "expired"  # not claimed in time, so the prize passes on
    LAPSED = "lapsed"  # the prize was taken from this winner
    REPLACED = "replaced"  # another draw took the place of this one
    ERASED = "erased"  # the link was deleted with the personal data, or with the winner's


def state_of(claim: Claim, *, is_current: bool, struck: StrikeKind | None, now: datetime) -> ClaimState:
    """How a claim stands; `is_current`: its draw is the contest's newest, `struck`: why the prize passed on."""
    if not is_current:
        return ClaimState.REPLACED
    if struck is not None:
        return ClaimState.EXPIRED if struck is StrikeKind.UNCLAIMED else ClaimState.LAPSED
    if claim.claimed_at is not None:
        return ClaimState.CLAIMED
    if claim.erased_at is not None:
        return ClaimState.ERASED
    return ClaimState.EXPIRED if claim.is_sent and claim.expires_at <= now else ClaimState.WAITING


def term_from(tx: Connection, services: Services, contest: Contest) -> datetime:
    """The end of a term that begins now, at a full minute as people read it; never after the personal data are gone."""
    ends_at = services.clock() + timedelta(days=contest.claims.days)
    end = data_end(tx, services, contest)
    if end is not None:
        ends_at = min(ends_at, end - LAST_HOUR)
    minute = ends_at.replace(second=0, microsecond=0)
    return minute if minute == ends_at else minute + timedelta(minutes=1)


def states(tx: Connection, contest: Contest, asked: Collection[Claim], *, now: datetime) -> dict[int, ClaimState]:
    """How these claims of a contest stand, by id."""
    number = claims.current_draw(tx, contest.id)
    passed_on = [] if number is None else strikes.of_draw(tx, contest.id, number)
    struck = {(strike.pool, strike.entry): strike.kind for strike in passed_on}
    return {
        claim.id: state_of(claim, is_current=claim.draw_number == number, struck=struck.get(claim.prize), now=now)
        for claim in asked
    }
