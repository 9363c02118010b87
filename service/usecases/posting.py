"""Write a comment on the post, exactly once: the winner comment, or a reply to it.

The link in it is the key. Before it posts, a step looks for our own comment with that link, and it notes the attempt
in the database before anything is sent. When an attempt ends without a clear answer, the comment may still be on
its way, so until the settling time is over later steps only look. Whoever dies when: one comment.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from service.domain.contest import Contest
from service.domain.eligibility import State
from service.domain.errors import Blocked
from service.domain.log_chain import LogLine
from service.domain.reports import PostedComment
from service.storage import contests, draws, log
from service.storage.contests import Lease
from service.storage.draws import Announcement
from service.usecases.ports import BlogProblem
from service.usecases.services import Services, later

REFUSALS = frozenset(
    {
        "comments_closed",
        "comment_refused",
        "comment_flood",
        "not_allowed",
        "credentials_refused",
        "not_found",
    }
)


@dataclass(frozen=True, slots=True)
class Waiting:
    """A comment was sent and nobody knows whether it arrived; look again then."""

    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Writing:
    """One comment that is to be written under a lease: a draw's winner comment, or the reply that answers a strike."""

    services: Services
    lease: Lease
    draw_number: int
    strike: int = 0

    def load(self) -> tuple[Contest, Announcement]:
        """The contest and the comment as they stand."""
        with self.services.store.read() as tx:
            contest = contests.get(tx, self.lease.contest_id)
            announcement = draws.find_announcement(tx, contest.id, self.draw_number, strike=self.strike)
        assert announcement is not None, "a comment is written once its words are stored"
        return contest, announcement

    def update(self, **values: Any) -> None:
        """Store what became of it. Raises LeaseLost."""
        with self.services.store.write() as tx:
            contests.lock(tx, self.lease.contest_id, self.lease)
            self.update_in(tx, **values)

    def update_in(self, tx: Connection, **values: Any) -> None:
        """The same in a transaction that has locked the contest."""
        draws.update_announcement(tx, self.lease.contest_id, self.draw_number, strike=self.strike, **values)


def write_once(writing: Writing, *, find_parent: Callable[[], int] = lambda: 0) -> Announcement | Waiting:
    """One step: look, and post only when no earlier attempt can still arrive; the comment that stands, or until when.

    `find_parent`: asked before it posts, for the comment that it answers; 0 for none. Raises BlogProblem, Blocked.
    """
    services, (contest, announcement) = writing.services, writing.load()
    if announcement.comment_id is None:
        found = services.blog.find_own_comment(contest.post_id, announcement.proof_url)
        settled_at = _settled_at(services, announcement)
        if found is not None:
            _close_comments(writing)
            _store_comment(writing, announcement, _require_public(announcement, found))
        elif settled_at is not None and services.clock() < settled_at:
            _close_comments(writing)
            return Waiting(settled_at)
        else:
            _post(writing, contest, announcement, find_parent())
    _close_comments(writing)
    return writing.load()[1]


def _post(writing: Writing, contest: Contest, announcement: Announcement, parent_id: int) -> None:
    try:
        _open_comments(writing, contest)
        _note_attempt(writing, writing.services.clock())
        posted = _send(writing, contest, announcement, parent_id)
        _store_comment(writing, announcement, _require_public(announcement, posted))
    except (BlogProblem, Blocked):
        _close_comments(writing)
        raise


def _send(writing: Writing, contest: Contest, announcement: Announcement, parent_id: int) -> PostedComment:
    """Post, and after an unclear answer look whether it arrived."""
    blog, key = writing.services.blog, announcement.proof_url
    try:
        return blog.add_comment(contest.post_id, announcement.text, parent_id=parent_id, key=key)
    except BlogProblem as problem:
        if problem.code in REFUSALS:
            _note_attempt(writing, None)
            raise
        found = blog.find_own_comment(contest.post_id, key)
        if found is None:
            raise
        return found


def _require_public(announcement: Announcement, posted: PostedComment) -> PostedComment:
    """Raises Blocked while readers don't see the comment: a plugin or a person moved it."""
    if posted.state is not State.APPROVED:
        what = "The reply to the winner comment" if announcement.strike else "The winner comment"
        raise Blocked(
            f"{what} {posted.url} stands in WordPress as {posted.state}, where readers don't see it: "
            "approve or restore it there.",
            code="comment_not_public",
        )
    return posted


def _open_comments(writing: Writing, contest: Contest) -> None:
    """WordPress refuses even a moderator where comments are closed; that we owe to close them is stored first."""
    if writing.services.blog.post(contest.post_id).comments_open:
        return
    writing.update(opened_comments=True)
    writing.services.blog.set_comments_open(contest.post_id, is_open=True)


def _close_comments(writing: Writing) -> None:
    contest, announcement = writing.load()
    if announcement.opened_comments:
        writing.services.blog.set_comments_open(contest.post_id, is_open=False)
        writing.update(opened_comments=False)


def _note_attempt(writing: Writing, at: datetime | None) -> None:
    services, lease = writing.services, writing.lease
    with services.store.write() as tx:
        contests.renew(tx, lease, now=services.clock(), seconds=services.timing.lease)
        writing.update_in(tx, attempted_at=at)


def _store_comment(writing: Writing, announcement: Announcement, posted: PostedComment) -> None:
    now, contest_id = writing.services.clock(), writing.lease.contest_id
    details = {"draw": announcement.draw_number, "comment_id": posted.id, "state": posted.state}
    action = "announce"
    if announcement.strike:
        action, details = "reply", {**details, "strike": announcement.strike}
    line = LogLine(at=now, actor=announcement.actor, action=action, reason="", details=details)
    with writing.services.store.write() as tx:
        contests.lock(tx, contest_id, writing.lease)
        writing.update_in(tx, comment_id=posted.id, comment_url=posted.url, posted_at=now)
        log.write(tx, contest_id, line)


def _settled_at(services: Services, announcement: Announcement) -> datetime | None:
    return later(announcement.attempted_at, services.timing.settle) if announcement.attempted_at else None
