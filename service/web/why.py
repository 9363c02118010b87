""" "Why am I (not) in the draw?": one entry's verdict, and after the announcement its place. No name of anybody."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Connection

from service.domain.contest import Contest
from service.domain.eligibility import Code, Reason, Status
from service.domain.pools import is_comment
from service.domain.receipt_outline import Place
from service.storage import published, tickets
from service.storage.published import Outcome, Sealed
from service.usecases.ports import Networks
from service.usecases.prizes import History, history
from service.usecases.standing import Missing, drawn_as, find_standing, is_hidden
from service.web.why_words import advice, missing_words, reader_words


class Result(StrEnum):
    """What came of an entry in one pool."""

    HOLDS = "holds"  # a prize
    LOST = "lost"  # a prize that it held
    ALTERNATE = "alternate"
    PASSED_OVER = "passed_over"  # the same person won before
    NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One reason in words; `first` is the entry that counts for the person instead. `advice`: what to do about it."""

    words: str
    advice: str
    first: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """An entry's place in one pool; `person` is the entry that stands for the same person, empty for this one."""

    pool: str
    place: int
    of: int
    ticket: str
    person: str
    result: Result
    strike: int = 0  # by which it got the prize, or lost it


@dataclass(frozen=True, slots=True, kw_only=True)
class WhyPage:
    """How the entry stands that a reader asked for; `problem` is one sentence where none was found.

    `draw` is the newest draw unless it was replaced; `drawn` is empty until that is announced.
    """

    contest: Contest
    text: str
    is_over: bool
    draw: Sealed | None = None
    problem: str = ""
    is_missing: bool = False  # it was understood, and there is none
    entry: str = ""
    status: Status = Status.UNDECIDED
    reasons: tuple[Told, ...] = ()
    overruled: tuple[str, ...] = ()
    posts: tuple[str, ...] = ()
    is_hidden: bool = False  # the blog doesn't show it
    is_in_no_pool: bool = False
    drawn: tuple[Drawn, ...] = ()


def why_page(
    tx: Connection, networks: Networks, contest: Contest, text: str, *, now: datetime, language: str
) -> WhyPage:
    """The answer to a reader who asks for an entry; an empty text asks for none."""
    draws = published.all_draws(tx, contest.id)
    page = WhyPage(
        contest=contest,
        text=text,
        is_over=contest.closes_at <= now,
        draw=draws[-1] if draws and not draws[-1].replaced_at else None,
    )
    if not text.strip():
        return page
    standing = find_standing(tx, networks, contest, text)
    if isinstance(standing, Missing):
        problem = missing_words(standing, contest, language=language)
        is_missing = standing in (Missing.NO_COMMENT, Missing.NO_POST)
        return replace(page, problem=problem, is_missing=is_missing)
    verdict = standing.verdict
    return replace(
        page,
        entry=standing.entry,
        status=verdict.status,
        reasons=tuple(_told(reason, contest, is_over=page.is_over, language=language) for reason in verdict.reasons),
        overruled=tuple(reader_words(reason, language=language) for reason in verdict.overruled),
        posts=standing.posts if contest.wants_posts else (),
        is_hidden=is_hidden(standing),
        is_in_no_pool=is_comment(standing.entry) and not contest.wants_comments,
        drawn=_drawn(tx, contest, page.draw, drawn_as(standing)) if page.draw and page.draw.is_public else (),
    )


def _told(reason: Reason, contest: Contest, *, is_over: bool, language: str) -> Told:
    first = ""
    if reason.code is Code.DUPLICATE and reason.detail is not None:
        first = f"comment:{reason.detail}" if isinstance(reason.detail, int) else reason.detail
    return Told(
        words=reader_words(reason, language=language),
        advice=advice(reason, contest, is_over=is_over, language=language),
        first=first,
    )


def _drawn(tx: Connection, contest: Contest, draw: Sealed, entry: str) -> tuple[Drawn, ...]:
    places = tickets.of_entry(tx, contest.id, draw.number, entry)
    if not places:
        return ()
    outcome, held = published.outcome(tx, contest.id, draw.number), history(tx, contest, draw.number)
    return tuple(_in_pool(place, outcome, held) for place in places)


def _in_pool(place: Place, outcome: Outcome, held: History) -> Drawn:
    pool = outcome.pools[place.pool - 1]
    strikes = {(strike.pool, strike.entry): strike for strike in held.strikes}
    lost = strikes.get((place.pool, place.entry))
    holder = next((h for h in held.holders if (h.pool, h.entry) == (place.pool, place.entry)), None)
    result, strike = Result.NONE, 0
    if holder:
        result, strike = Result.HOLDS, holder.strike
    elif lost:
        result, strike = Result.LOST, lost.number
    elif place.entry in pool.passed_over:
        result = Result.PASSED_OVER
    elif place.entry in pool.alternates:
        result = Result.ALTERNATE
    return Drawn(
        pool=pool.prize or pool.name,
        place=place.place,
        of=pool.number_of_tickets,
        ticket=place.ticket,
        person=place.person,
        result=result,
        strike=strike,
    )
