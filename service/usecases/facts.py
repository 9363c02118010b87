"""What the winner comment and the replies to it tell, gathered from the draw and from what followed it."""

from __future__ import annotations

from itertools import takewhile

from sqlalchemy import Connection

from service.domain.announcement import AnnouncementFacts, PromotionFacts, WinnerFacts
from service.domain.beacon import round_at
from service.domain.contest import Contest, Randomness
from service.domain.drawing import hash_text
from service.domain.strikes import NOBODY, PoolPrizes, Strike, StrikeKind, prizes_left
from service.domain.strikes import holders as holders_after
from service.storage import draws, published, strikes
from service.usecases.services import Services
from service.usecases.winners import Entrant, entrants


def announcement_facts(tx: Connection, services: Services, contest: Contest, *, number: int) -> AnnouncementFacts:
    """Who holds the prizes when the winner comment is written: what passes on later has a reply of its own.

    Raises NotFound before it is drawn.
    """
    pools, struck = strikes.drawn_pools(tx, contest.id, number), strikes.of_draw(tx, contest.id, number)
    replied = {reply.strike for reply in draws.announcements_of(tx, contest.id) if reply.draw_number == number}
    before = list(takewhile(lambda strike: strike.number not in replied, struck))
    held = holders_after(pools, before)
    named = entrants(tx, contest.id, [holder.entry for holder in held])
    origin = draws.origin(tx, contest.id, number)
    return AnnouncementFacts(
        title=contest.post_title,
        winners=tuple(_winner(named[holder.entry], pools[holder.pool - 1]) for holder in held),
        pools=len(pools),
        entries=published.outcome(tx, contest.id, number).number_of_eligible,
        prizes_left=prizes_left(pools, before),
        proof_url=services.proof_url(contest.slug, number),
        digest=origin.digest,
        round=origin.round,
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
        digest=hash_text("made up"),
        round=round_at(services.beacon.chain, services.clock()) if contest.randomness is Randomness.DRAND else None,
    )


def _winner(entrant: Entrant, pool: PoolPrizes) -> WinnerFacts:
    return WinnerFacts(name=entrant.name, comment_id=entrant.comment_id, pool=pool.name, prize=pool.prize)
