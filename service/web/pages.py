"""What the public pages tell. Before the winner comment stands on the blog: nothing that names or computes a winner."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from sqlalchemy import Connection

from service.domain.contest import Contest, Phase
from service.domain.eligibility import Status
from service.domain.errors import NotFound
from service.storage import contests, draws, entries, posts, published
from service.storage.draws import Announcement, Draw
from service.storage.published import Outcome, Sealed
from service.usecases.winners import entrants

MOST_TICKETS = 200  # on the page; the receipt has all of them


@dataclass(frozen=True, slots=True, kw_only=True)
class Winner:
    """A winner as the blog or their network shows them: a name that a stranger chose, and what won which prize.

    `comment_id` is 0 for a post, `url` empty for a comment.
    """

    name: str
    entry: str
    comment_id: int
    url: str
    pool: str
    prize: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ContestPage:
    """How a contest stands. `draw` is there once sealed, `announcement` and `winners` once announced."""

    contest: Contest
    is_over: bool
    counts: Mapping[Status, int]
    post_counts: Mapping[Status, int]
    draw: Sealed | None = None
    announcement: Announcement | None = None
    winners: tuple[Winner, ...] = ()

    @property
    def number_of_entries(self) -> int:
        """All comments and posts that were counted, in or not."""
        return sum(self.counts.values()) + sum(self.post_counts.values())

    @property
    def number_of_eligible(self) -> int:
        """Those of them that are in as things stand."""
        return sum(counts.get(Status.ELIGIBLE, 0) for counts in (self.counts, self.post_counts))


@dataclass(frozen=True, slots=True, kw_only=True)
class ProofPage:
    """A draw that is public, with everything that it follows from."""

    contest: Contest
    draw: Sealed
    announcement: Announcement
    outcome: Outcome
    winners: tuple[Winner, ...]

    @property
    def closes_at(self) -> datetime:
        """The deadline as the seal froze it."""
        text = str(self.outcome.rules["closes_at"])
        return datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)


def contest_page(tx: Connection, slug: str, *, now: datetime) -> ContestPage:
    """What everybody may know of a contest now. Raises NotFound."""
    contest = contests.get_by_slug(tx, slug)
    draw = published.find_sealed(tx, contest.id)
    page = ContestPage(
        contest=contest,
        is_over=contest.closes_at <= now,
        counts=entries.count_statuses(tx, contest.id) if contest.wants_comments else {},
        post_counts=posts.count_statuses(tx, contest.id) if contest.wants_posts else {},
        draw=draw,
    )
    announcement = _announcement(tx, contest, draw.number) if draw else None
    if draw is None or announcement is None:
        return page
    won = published.winners(tx, contest.id, draw.number, pools=len(contest.pools))
    return replace(page, announcement=announcement, winners=_winners(tx, contest, won))


def proof_page(tx: Connection, slug: str, number: int) -> ProofPage | None:
    """A draw with its proof; None while its winner comment doesn't stand on the blog. Raises NotFound."""
    contest = contests.get_by_slug(tx, slug)
    draw = published.find_sealed(tx, contest.id, number)
    if draw is None:
        raise NotFound("There is no such draw.")
    announcement = _announcement(tx, contest, number)
    if announcement is None:
        return None
    outcome = published.outcome(tx, contest.id, number, most_tickets=MOST_TICKETS)
    return ProofPage(
        contest=contest,
        draw=draw,
        announcement=announcement,
        outcome=outcome,
        winners=_winners(tx, contest, [pool.winners for pool in outcome.pools]),
    )


def public_draw(tx: Connection, slug: str, number: int) -> Draw:
    """A draw whose winner comment stands on the blog. Raises NotFound, also for one that isn't public yet."""
    contest = contests.get_by_slug(tx, slug)
    if _announcement(tx, contest, number) is None:
        raise NotFound("This draw is published with the winner comment.")
    return draws.get(tx, contest.id, number)


def _announcement(tx: Connection, contest: Contest, number: int) -> Announcement | None:
    """The winner comment of a draw, once it stands on the blog and the contest says so."""
    if contest.phase is not Phase.ANNOUNCED:
        return None
    announcement = draws.find_announcement(tx, contest.id, number)
    return announcement if announcement and announcement.posted_at else None


def _winners(tx: Connection, contest: Contest, won: Sequence[Sequence[str]]) -> tuple[Winner, ...]:
    """The winners of each pool; contests have had the same pools since the seal."""
    named = entrants(tx, contest.id, [entry for pool in won for entry in pool])
    return tuple(
        Winner(
            name=named[entry].name,
            entry=entry,
            comment_id=named[entry].comment_id,
            url=named[entry].url,
            pool=pool.name,
            prize=pool.prize,
        )
        for pool, entries_ in zip(contest.pools, won, strict=True)
        for entry in entries_
    )
