"""What a contest's page tells: until the winner comment stands on the blog, no winner, list or randomness.

The digest is told at once, as it must be; with the beacon's round and the comments on the blog it foretells the order.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection

from service.domain.contest import Contest, Phase
from service.domain.drawing import sealed_pools
from service.domain.eligibility import Status
from service.domain.errors import NotFound
from service.storage import contests, entries, posts, published
from service.storage.published import Sealed
from service.usecases.prizes import history
from service.web.beacon_words import Round, round_of
from service.web.paging import Paging, read_paging
from service.web.winners import Winner, winners_of


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedList:
    """One page of the list that was sealed, of a contest that publishes it at once."""

    paging: Paging
    pool: str
    entries: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ContestPage:
    """How a contest stands. `draws` are all there ever were; `draw` is the newest, unless it was replaced.

    `winners` and `prizes_left` are told once that one is announced; `round` where it has to do with a beacon.
    """

    contest: Contest
    is_over: bool
    counts: Mapping[Status, int]
    post_counts: Mapping[Status, int]
    draws: tuple[Sealed, ...] = ()
    draw: Sealed | None = None
    round: Round | None = None
    sealed_list: SealedList | None = None
    winners: tuple[Winner, ...] = ()
    prizes_left: int = 0

    @property
    def is_announced(self) -> bool:
        """Whether the winner comment of the draw that counts stands on the blog."""
        return self.draw is not None and self.draw.is_public

    @property
    def number_of_entries(self) -> int:
        """All comments and posts that were counted, in or not."""
        return sum(self.counts.values()) + sum(self.post_counts.values())

    @property
    def number_of_eligible(self) -> int:
        """Those of them that are in as things stand."""
        return sum(counts.get(Status.ELIGIBLE, 0) for counts in (self.counts, self.post_counts))


def contest_page(tx: Connection, contest: Contest, *, now: datetime, asked: Mapping[str, str]) -> ContestPage:
    """What everybody may know of a contest now; `asked` says which page of a list."""
    draws = published.all_draws(tx, contest.id)
    draw = draws[-1] if draws and not draws[-1].replaced_at else None
    page = ContestPage(
        contest=contest,
        is_over=contest.closes_at <= now,
        counts=entries.count_statuses(tx, contest.id) if contest.wants_comments else {},
        post_counts=posts.count_statuses(tx, contest.id) if contest.wants_posts else {},
        draws=tuple(draws),
        draw=draw,
    )
    if draw is None:
        return page
    if draw.beacon:
        is_used = contest.phase is not Phase.SEALED and not draw.secret_reason
        page = replace(page, round=round_of(draw.beacon, now=now, is_used=is_used))
    if draw.is_public:
        held = history(tx, contest, draw.number)
        return replace(page, winners=winners_of(tx, contest, held), prizes_left=held.prizes_left)
    if contest.publishes_list:
        return replace(page, sealed_list=_sealed_list(tx, contest, draw, asked))
    return page


def find_draw(tx: Connection, contest: Contest, number: int) -> Sealed:
    """A draw by what may always be told of it. Raises NotFound."""
    for draw in published.all_draws(tx, contest.id):
        if draw.number == number:
            return draw
    raise NotFound("There is no such draw.")


def proven_draw(tx: Connection, slug: str, number: int) -> tuple[Contest, Sealed]:
    """A contest and a draw of it that is public with everything. Raises NotFound, also for one that isn't yet."""
    contest = contests.get_by_slug(tx, slug)
    draw = find_draw(tx, contest, number)
    if not draw.is_proven:
        raise NotFound("This draw is published with the winner comment.")
    return contest, draw


def listed_draw(tx: Connection, slug: str, number: int) -> tuple[Contest, Sealed]:
    """A contest and a draw of it whose sealed list is public. Raises NotFound, also for one that isn't yet."""
    contest = contests.get_by_slug(tx, slug)
    draw = find_draw(tx, contest, number)
    if not (draw.is_public or contest.publishes_list):
        raise NotFound("This list is published with the winner comment.")
    return contest, draw


def _sealed_list(tx: Connection, contest: Contest, draw: Sealed, asked: Mapping[str, str]) -> SealedList:
    pools = sealed_pools(published.sealed_text(tx, contest.id, draw.number))
    paging = read_paging(asked, [len(pool) for pool in pools])
    return SealedList(
        paging=paging,
        pool=contest.pools[paging.pool - 1].name,
        entries=tuple(pools[paging.pool - 1][paging.after : paging.last]),
    )
