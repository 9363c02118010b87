"""What the winner comment and the replies to it tell, gathered from the draw and from what followed it."""

from __future__ import annotations

from itertools import takewhile

from sqlalchemy import Connection

from service.domain.announcement import AnnouncementFacts, PromotionFacts, WinnerFacts
from service.domain.contest import Contest
from service.domain.strikes import NOBODY, DrawnPool, Strike, StrikeKind
from service.domain.strikes import holders as holders_after
from service.storage import draws, strikes
from service.storage.draws import Draw
from service.usecases.draw import number_of_entries
from service.usecases.services import Services
from service.usecases.winners import Entrant, entrants


def announcement_facts(tx: Connection, services: Services, contest: Contest, done: Draw) -> AnnouncementFacts:
    """Who holds the prizes when the winner comment is written: what passes on later has a reply of its own."""
    if done.receipt is None:
        raise AssertionError("a draw without a receipt isn't announced")
    pools = strikes.drawn_pools(tx, contest.id, done.number)
    replied = {reply.strike for reply in draws.announcements_of(tx, contest.id) if reply.draw_number == done.number}
    struck = strikes.of_draw(tx, contest.id, done.number)
    before = list(takewhile(lambda strike: strike.number not in replied, struck))
    held = holders_after(pools, before)
    named = entrants(tx, contest.id, [holder.entry for holder in held])
    left = sum(pool.prizes_left for pool in pools) + sum(strike.promoted == NOBODY for strike in before)
    return AnnouncementFacts(
        title=contest.post_title,
        winners=tuple(_winner(named[holder.entry], pools[holder.pool - 1]) for holder in held),
        pools=len(pools),
        entries=number_of_entries(done.receipt),
        prizes_left=left,
        proof_url=services.proof_url(contest.slug, done.number),
    )


def promotion_facts(tx: Connection, services: Services, contest: Contest, strike: Strike) -> PromotionFacts:
    """From whom a prize passed on, and to whom."""
    pools = strikes.drawn_pools(tx, contest.id, strike.draw_number)
    named = entrants(tx, contest.id, [entry for entry in (strike.entry, strike.promoted) if entry != NOBODY])
    pool = pools[strike.pool - 1]
    return PromotionFacts(
        title=contest.post_title,
        former=_winner(named[strike.entry], pool),
        winner=_winner(named[strike.promoted], pool) if strike.promoted != NOBODY else None,
        pools=len(pools),
        is_unclaimed=strike.kind is StrikeKind.UNCLAIMED,
        proof_url=services.promotion_url(contest.slug, strike.draw_number, strike.number),
    )


def sample_facts(services: Services, contest: Contest, *, number: int) -> AnnouncementFacts:
    """Made-up winners, to look at a winner comment before the draw."""
    names = iter([f"Camille {letter}." for letter in "ABCDEFGHIJ"])
    winners = [
        WinnerFacts(name=name, comment_id=place + 1, pool=pool.name, prize=pool.prize)
        for pool in contest.pools
        for place, name in zip(range(pool.winners), names, strict=False)
    ]
    return AnnouncementFacts(
        title=contest.post_title,
        winners=tuple(winners),
        pools=len(contest.pools),
        entries=42,
        prizes_left=0,
        proof_url=services.proof_url(contest.slug, number),
    )


def _winner(entrant: Entrant, pool: DrawnPool) -> WinnerFacts:
    return WinnerFacts(name=entrant.name, comment_id=entrant.comment_id, pool=pool.name, prize=pool.prize)
