"""What the public pages tell. Before the winner comment stands on the blog: nothing that names or computes a winner."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection

from service.domain.contest import Contest, Phase
from service.domain.drawing import comment_id_of
from service.domain.eligibility import Status
from service.domain.errors import NotFound
from service.storage import contests, draws, entries, listing
from service.storage.draws import Announcement, Draw
from service.usecases.draw import alternates_of, pool_of, winners_of

MOST_TICKETS = 200  # on the page; the receipt has all of them


@dataclass(frozen=True, slots=True, kw_only=True)
class Winner:
    """A winner as the blog shows them: a name that a stranger chose, and their comment."""

    name: str
    comment_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ContestPage:
    """How a contest stands. `draw` is there once sealed, `winners` once announced."""

    contest: Contest
    is_over: bool
    counts: Mapping[Status, int]
    draw: Draw | None = None
    announcement: Announcement | None = None
    winners: tuple[Winner, ...] = ()

    @property
    def number_of_entries(self) -> int:
        """All comments that were counted, in or not."""
        return sum(self.counts.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class ProofPage:
    """A draw that is public, with everything that it follows from."""

    contest: Contest
    draw: Draw
    announcement: Announcement
    receipt: Mapping[str, Any]
    winners: tuple[Winner, ...]
    alternates: tuple[int, ...]

    @property
    def pool(self) -> Mapping[str, Any]:
        """The ranking and who it makes win."""
        return pool_of(dict(self.receipt))

    @property
    def tickets(self) -> list[tuple[int, str]]:
        """The first places as (comment id, ticket)."""
        ranking = self.pool["ranking"][:MOST_TICKETS]
        return [(comment_id_of(row["entry"]), row["ticket"]) for row in ranking]

    @property
    def number_of_eligible(self) -> int:
        """How many tickets there are."""
        return len(self.pool["ranking"])

    @property
    def number_of_entries(self) -> int:
        """How many entries were judged."""
        return len(self.receipt["entries"])

    @property
    def closes_at(self) -> datetime:
        """The deadline as the seal froze it."""
        text = str(self.receipt["rules"]["closes_at"])
        return datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)


def contest_page(tx: Connection, slug: str, *, now: datetime) -> ContestPage:
    """What everybody may know of a contest now. Raises NotFound."""
    contest = contests.get_by_slug(tx, slug)
    page = ContestPage(
        contest=contest,
        is_over=contest.closes_at <= now,
        counts=entries.count_statuses(tx, contest.id),
        draw=draws.find_latest(tx, contest.id),
    )
    announcement = _published(tx, contest, page.draw)
    if page.draw is None or announcement is None:
        return page
    return replace(page, announcement=announcement, winners=_winners(tx, contest, page.draw))


def proof_page(tx: Connection, slug: str, number: int) -> ProofPage | None:
    """A draw with its proof; None while its winner comment doesn't stand on the blog. Raises NotFound."""
    contest = contests.get_by_slug(tx, slug)
    draw = draws.get(tx, contest.id, number)
    announcement = _published(tx, contest, draw)
    if announcement is None or draw.receipt is None:
        return None
    return ProofPage(
        contest=contest,
        draw=draw,
        announcement=announcement,
        receipt=draw.receipt,
        winners=_winners(tx, contest, draw),
        alternates=tuple(alternates_of(draw.receipt)),
    )


def public_draw(tx: Connection, slug: str, number: int) -> Draw:
    """A draw whose winner comment stands on the blog. Raises NotFound, also for one that isn't public yet."""
    contest = contests.get_by_slug(tx, slug)
    draw = draws.get(tx, contest.id, number)
    if _published(tx, contest, draw) is None:
        raise NotFound("This draw is published with the winner comment.")
    return draw


def _published(tx: Connection, contest: Contest, draw: Draw | None) -> Announcement | None:
    """The winner comment of a draw, once it stands on the blog and the contest says so."""
    if draw is None or contest.phase is not Phase.ANNOUNCED:
        return None
    announcement = draws.find_announcement(tx, contest.id, draw.number)
    return announcement if announcement and announcement.posted_at else None


def _winners(tx: Connection, contest: Contest, draw: Draw) -> tuple[Winner, ...]:
    comment_ids = winners_of(draw.receipt or {})
    names = listing.authors(tx, contest.id, comment_ids)
    return tuple(Winner(name=names.get(number, ""), comment_id=number) for number in comment_ids)
