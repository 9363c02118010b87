"""Winners, and prizes that passed on, as pages show them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from service.domain.contest import Contest
from service.domain.strikes import NOBODY, Strike, StrikeKind
from service.storage import draws, tickets
from service.usecases.prizes import History
from service.usecases.winners import Entrant, entrants


@dataclass(frozen=True, slots=True, kw_only=True)
class Winner:
    """Who holds a prize, as the blog or their network shows them: a name that a stranger chose.

    `comment_id` is 0 for a post, `url` empty for a comment; `strike` is 0 for who won in the draw.
    """

    name: str
    entry: str
    comment_id: int
    url: str
    pool: str
    prize: str
    strike: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Promoted:
    """Who got a prize next, and their place in the order."""

    name: str
    entry: str
    url: str
    place: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PassedOn:
    """A prize that its holder lost: by their place and entry only; `promoted` is none where nobody was left.

    `comment_url`: of the reply on the blog, once it stands there.
    """

    number: int
    pool: str
    prize: str
    entry: str
    place: int
    is_unclaimed: bool
    reason: str
    at: datetime
    promoted: Promoted | None
    comment_url: str


def winners_of(tx: Connection, contest: Contest, history: History) -> tuple[Winner, ...]:
    """Who holds the prizes, in the order of pools and places."""
    named = entrants(tx, contest.id, [holder.entry for holder in history.holders])
    return tuple(
        Winner(
            name=named[holder.entry].name,
            entry=holder.entry,
            comment_id=named[holder.entry].comment_id,
            url=named[holder.entry].url,
            pool=holder.pool_name,
            prize=holder.prize,
            strike=holder.strike,
        )
        for holder in history.holders
    )


def passed_on(
    tx: Connection, contest: Contest, history: History, pools: Sequence[tuple[str, str]]
) -> tuple[PassedOn, ...]:
    """The prizes of a draw that passed on, in their order; `pools` are the name and the prize of each."""
    if not history.strikes:
        return ()
    held = {holder.entry for holder in history.holders}
    promoted = [strike.promoted for strike in history.strikes if strike.promoted in held]
    named = entrants(tx, contest.id, promoted)  # who lost the prize again is no longer named
    replies = {
        reply.strike: reply.comment_url or ""
        for reply in draws.announcements_of(tx, contest.id)
        if reply.draw_number == history.number and reply.posted_at
    }

    def place(pool: int, entry: str) -> int:
        found = tickets.of_entry(tx, contest.id, history.number, entry)
        return next((ticket.place for ticket in found if ticket.pool == pool), 0)

    def told(strike: Strike) -> PassedOn:
        name, prize = pools[strike.pool - 1]
        return PassedOn(
            number=strike.number,
            pool=name,
            prize=prize,
            entry=strike.entry,
            place=place(strike.pool, strike.entry),
            is_unclaimed=strike.kind is StrikeKind.UNCLAIMED,
            reason=strike.reason,
            at=strike.at,
            promoted=_promoted(strike, named, place(strike.pool, strike.promoted)),
            comment_url=replies.get(strike.number, ""),
        )

    return tuple(told(strike) for strike in history.strikes)


def _promoted(strike: Strike, named: Mapping[str, Entrant], place: int) -> Promoted | None:
    if strike.promoted == NOBODY:
        return None
    entrant = named.get(strike.promoted)
    return Promoted(
        name=entrant.name if entrant else "",
        entry=strike.promoted,
        url=entrant.url if entrant else "",
        place=place,
    )
