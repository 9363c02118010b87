"""Read all comments of a contest's post, keep them as entries, and judge.

A few pages at a time are stored in a transaction of their own, so a killed worker starts again and loses nothing. A
reading is complete when WordPress's own count afterwards, state by state, is what was read; only then is an entry
that wasn't seen taken for deleted.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from time import monotonic

from service.domain.contest import Contest, require_unsealed
from service.domain.eligibility import State
from service.domain.errors import Blocked
from service.domain.reports import CommentFacts, Counts
from service.storage import contests, entries, inbox
from service.storage.contests import Lease
from service.usecases.judging import judge_entries
from service.usecases.services import Services

BATCH = 500  # comments stored in one transaction
TRIES = 3  # comments may come in while a reading runs

Progress = Callable[[int], None]  # told how many comments are read


def ignore(_read: int) -> None:
    """Nobody watches."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What one reading did. `gap` says in words what is missing; empty when it is complete."""

    comments: int
    changed: int
    deleted: int
    seconds: float
    gap: str


def collect(services: Services, contest_id: int, progress: Progress = ignore) -> Reading:
    """Read a contest's comments now, under a lease of its own."""
    with services.hold(contest_id) as lease:
        return read_comments(services, lease, progress)


def read_comments(services: Services, lease: Lease, progress: Progress = ignore) -> Reading:
    """Read until complete, a few times at most. Raises BlogProblem, Conflict once sealed."""
    for _ in range(TRIES):
        reading = _read_once(services, lease, progress)
        if not reading.gap:
            break
    return reading


def require_complete(reading: Reading) -> None:
    """The gate before a contest goes on. Raises Blocked with what is missing."""
    if reading.gap:
        raise Blocked(reading.gap, code="incomplete")


def _read_once(services: Services, lease: Lease, progress: Progress) -> Reading:
    began, started_at = monotonic(), services.clock()
    with services.store.read() as tx:
        contest = contests.get(tx, lease.contest_id)
        rung = inbox.rung(tx, contest.id, most=1)
    require_unsealed(contest)
    staff = services.blog.staff_ids()
    seen, changed = store_pages(services, lease, contest, services.blog.comments(contest.post_id), progress)
    gap = _gap(Counter(seen.values()), services.blog.count(contest.post_id))
    with services.store.write() as tx:
        contest = contests.lock(tx, contest.id, lease)
        require_unsealed(contest)
        deleted = 0 if gap else entries.mark_deleted(tx, contest.id, seen=seen.keys(), before=started_at)
        seconds = monotonic() - began
        contests.update(
            tx, contest.id, last_read_at=started_at, last_reading_seconds=round(seconds, 3), staff_ids=staff
        )
        judge_entries(tx, contests.get(tx, contest.id))
        inbox.answered(tx, contest.id, last=rung.last)  # whatever rang before we began has been read
    return Reading(comments=len(seen), changed=changed, deleted=deleted, seconds=seconds, gap=gap)


def store_pages(
    services: Services,
    lease: Lease,
    contest: Contest,
    pages: Iterator[list[CommentFacts]],
    progress: Progress = ignore,
) -> tuple[dict[int, State], int]:
    """Store what is read, a few pages at a time: each comment's state by id, and how many rows changed."""
    seen: dict[int, State] = {}
    changed = 0
    for page in _batches(pages):
        now = services.clock()
        with services.store.write() as tx:
            contests.renew(tx, lease, now=now, seconds=services.timing.lease)
            require_unsealed(contests.get(tx, contest.id))
            changed += entries.save_page(tx, contest.id, page, now=now)
        seen.update((comment.id, comment.state) for comment in page)
        progress(len(seen))
    return seen, changed


def _batches(pages: Iterator[list[CommentFacts]]) -> Iterator[list[CommentFacts]]:
    """Several pages at once: a transaction for each page of a hundred would cost as much as the rest of our work."""
    batch: list[CommentFacts] = []
    for page in pages:
        batch += page
        if len(batch) >= BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def _gap(read: Counter[State], counts: Counts) -> str:
    """What is missing from a reading, in one sentence; empty when nothing is."""
    for state, number in counts.items():
        if read[state] != number:
            return (
                f"WordPress counts {number} {state} comments on this post and {read[state]} could be read: either some "
                "come in right now, and reading again helps, or a plugin or a broken comment hides some. "
                "Look at the post's comments in WordPress."
            )
    return ""


def is_over(services: Services, contest: Contest) -> bool:
    """Whether the closing second is past on our clock and, where it is known, on the blog's."""
    margin = services.timing.closing_margin
    return all(
        (clock - contest.closes_at).total_seconds() >= margin
        for clock in (services.clock(), services.blog.clock())
        if clock is not None
    )
