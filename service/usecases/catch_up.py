"""Read what rang: the new comments, and by id the old ones that were edited, moved or deleted."""

from __future__ import annotations

from service.domain.contest import Contest, require_unsealed
from service.storage import contests, entries, inbox
from service.storage.contests import Lease
from service.storage.inbox import Rings
from service.usecases.collect import store_pages
from service.usecases.judging import judge_entries
from service.usecases.services import Services

MOST_RUNG = 1_000  # from so many on, reading everything is cheaper than asking by id


def catch_up(services: Services, lease: Lease, rung: Rings) -> None:
    """One reading for everything that rang. Raises BlogProblem, Conflict once sealed.

    What rings meanwhile stays for the next.
    """
    with services.store.read() as tx:
        contest = contests.get(tx, lease.contest_id)
        newest = entries.highest_comment_id(tx, contest.id)
    require_unsealed(contest)
    seen, _ = store_pages(services, lease, contest, services.blog.comments_after(contest.post_id, newest))
    _read_again(services, lease, contest, rung.comment_ids - seen.keys())
    with services.store.write() as tx:
        contest = contests.lock(tx, contest.id, lease)
        require_unsealed(contest)
        judge_entries(tx, contest)
        inbox.answered(tx, contest.id, last=rung.last)


def _read_again(services: Services, lease: Lease, contest: Contest, comment_ids: frozenset[int]) -> None:
    if not comment_ids:
        return
    found = services.blog.comments_by_id(contest.post_id, comment_ids)
    gone = comment_ids - {comment.id for comment in found}
    with services.store.write() as tx:
        contest = contests.lock(tx, contest.id, lease)
        require_unsealed(contest)
        entries.save_page(tx, contest.id, found, now=services.clock())
        entries.mark_gone(tx, contest.id, gone)


def refresh_post(services: Services, lease: Lease) -> None:
    """Bring the post's title, address and author up to date: it may have been published or renamed since."""
    with services.store.read() as tx:
        contest = contests.get(tx, lease.contest_id)
    post = services.blog.post(contest.post_id)
    told = {"post_url": post.url, "post_title": post.title, "post_author_id": post.author_id}
    changed = {name: value for name, value in told.items() if value != getattr(contest, name)}
    if not changed:
        return
    with services.store.write() as tx:
        contest = contests.lock(tx, contest.id, lease)
        if not contest.phase.is_sealed:
            contests.update(tx, contest.id, **changed)
