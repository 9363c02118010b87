"""Write the winner comment on the post, exactly once.

The proof link is the key. Before it posts, a step looks for our own comment with that link, and it notes the attempt
in the database before anything is sent. When an attempt ends without a clear answer, the comment may still be on
its way, so until the settling time is over later steps only look. Whoever dies when: one comment.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from time import sleep
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import Connection

from service.domain.announcement import AnnouncementFacts, WinnerFacts
from service.domain.contest import Contest, Phase, require_phase
from service.domain.eligibility import State
from service.domain.errors import Blocked, Conflict
from service.domain.log_chain import LogLine
from service.domain.reports import PostedComment
from service.storage import contests, draws, log
from service.storage.contests import Lease
from service.storage.draws import Announcement, Draw
from service.usecases.draw import number_of_entries, outcomes_of, winners_of
from service.usecases.ports import BlogProblem
from service.usecases.services import Services, later
from service.usecases.winners import entrants
from service.usecases.wording import write_comment

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


def preview(services: Services, contest_id: int, *, template: str | None = None) -> str:
    """The winner comment as it would be posted; with made-up names before the draw. Raises BadTemplate, NotFound."""
    with services.store.read() as tx:
        contest = contests.get(tx, contest_id)
        sealed = draws.find_latest(tx, contest_id)
        if sealed is None or sealed.receipt is None:
            facts = _sample_facts(services, contest)
        else:
            facts = _facts(tx, services, contest, sealed)
    return write_comment(contest.template if template is None else template, facts, language=contest.language)


def announce(services: Services, contest_id: int, *, actor: str) -> Announcement:
    """Write the winner comment, or find that it stands there; waits out an attempt that is still in the air.

    Raises Conflict before the draw, BlogProblem; the worker goes on with what could not be finished.
    """
    require_public_url(services)
    request_announcement(services, contest_id, actor=actor)
    with services.hold(contest_id) as lease:
        while True:
            outcome = announce_under(services, lease)
            if isinstance(outcome, Announcement):
                return outcome
            _wait(services, lease, outcome)


def require_public_url(services: Services) -> None:
    """Raises Conflict where readers of the blog couldn't open the proof link. Raises BlogProblem."""
    if _is_local(services.public_url) and not _is_local(services.blog.site().url):
        raise Conflict(
            f"PUBLIC_URL is {services.public_url}, which readers of the blog can't open; "
            "set it to the address under which this service is reached from outside.",
            code="public_url",
        )


def _is_local(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    return host in ("localhost", "::1") or host.startswith("127.") or host.endswith(".localhost")


def request_announcement(services: Services, contest_id: int, *, actor: str, lease: Lease | None = None) -> None:
    """Fix the words of the winner comment and have it written. Does nothing the second time."""
    with services.store.write() as tx:
        contest = contests.lock(tx, contest_id, lease)
        if contest.phase in (Phase.ANNOUNCING, Phase.ANNOUNCED):
            return
        require_phase(contest, Phase.DRAWN, to="announce it")
        done = draws.latest(tx, contest_id)
        text = write_comment(contest.template, _facts(tx, services, contest, done), language=contest.language)
        proof_url = services.proof_url(contest.slug, done.number)
        announcement = Announcement(draw_number=done.number, text=text, proof_url=proof_url, actor=actor)
        draws.add_announcement(tx, contest_id, announcement)
        contests.update(tx, contest_id, phase=Phase.ANNOUNCING)
        contests.ring(tx, contest_id, at=services.clock())


def reword(tx: Connection, services: Services, contest: Contest) -> None:
    """Write the words that are kept anew, with the names as they are now. Does nothing before they are fixed."""
    done = draws.find_latest(tx, contest.id)
    announcement = draws.find_announcement(tx, contest.id, done.number) if done else None
    if done is None or announcement is None:
        return
    facts = replace(_facts(tx, services, contest, done), proof_url=announcement.proof_url)
    text = write_comment(contest.template, facts, language=contest.language)
    draws.update_announcement(tx, contest.id, done.number, text=text)


def announce_under(services: Services, lease: Lease) -> Announcement | Waiting:
    """One step: look, and post only when no earlier attempt can still arrive."""
    contest, announcement = _load(services, lease)
    if announcement.comment_id is None:
        found = services.blog.find_own_comment(contest.post_id, announcement.proof_url)
        settled_at = _settled_at(services, announcement)
        if found is not None:
            _close_comments(services, lease)
            _store_comment(services, lease, announcement, _require_public(found))
        elif settled_at is not None and services.clock() < settled_at:
            _close_comments(services, lease)
            return Waiting(settled_at)
        else:
            _post(services, lease, contest, announcement)
    _close_comments(services, lease)
    return _finish(services, lease)


def _post(services: Services, lease: Lease, contest: Contest, announcement: Announcement) -> None:
    try:
        _open_comments(services, lease, contest)
        _note_attempt(services, lease, announcement, services.clock())
        posted = _send(services, lease, contest, announcement)
        _store_comment(services, lease, announcement, _require_public(posted))
    except (BlogProblem, Blocked):
        _close_comments(services, lease)
        raise


def _send(services: Services, lease: Lease, contest: Contest, announcement: Announcement) -> PostedComment:
    """Post, and after an unclear answer look whether it arrived."""
    try:
        return services.blog.add_comment(contest.post_id, announcement.text, key=announcement.proof_url)
    except BlogProblem as problem:
        if problem.code in REFUSALS:
            _note_attempt(services, lease, announcement, None)
            raise
        found = services.blog.find_own_comment(contest.post_id, announcement.proof_url)
        if found is None:
            raise
        return found


def _require_public(posted: PostedComment) -> PostedComment:
    """Raises Blocked while readers don't see the winner comment: a plugin or a person moved it."""
    if posted.state is not State.APPROVED:
        raise Blocked(
            f"The winner comment {posted.url} stands in WordPress as {posted.state}, where readers don't see it: "
            "approve or restore it there.",
            code="comment_not_public",
        )
    return posted


def _open_comments(services: Services, lease: Lease, contest: Contest) -> None:
    """WordPress refuses even a moderator where comments are closed; that we owe to close them is stored first."""
    if services.blog.post(contest.post_id).comments_open:
        return
    _update(services, lease, opened_comments=True)
    services.blog.set_comments_open(contest.post_id, is_open=True)


def _close_comments(services: Services, lease: Lease) -> None:
    contest, announcement = _load(services, lease)
    if announcement.opened_comments:
        services.blog.set_comments_open(contest.post_id, is_open=False)
        _update(services, lease, opened_comments=False)


def _note_attempt(services: Services, lease: Lease, announcement: Announcement, at: datetime | None) -> None:
    with services.store.write() as tx:
        contests.renew(tx, lease, now=services.clock(), seconds=services.timing.lease)
        draws.update_announcement(tx, lease.contest_id, announcement.draw_number, attempted_at=at)


def _store_comment(services: Services, lease: Lease, announcement: Announcement, posted: PostedComment) -> None:
    now = services.clock()
    _update(services, lease, comment_id=posted.id, comment_url=posted.url, posted_at=now)
    details = {"draw": announcement.draw_number, "comment_id": posted.id, "state": posted.state}
    line = LogLine(at=now, actor=announcement.actor, action="announce", reason="", details=details)
    with services.store.write() as tx:
        log.write(tx, lease.contest_id, line)


def _finish(services: Services, lease: Lease) -> Announcement:
    with services.store.write() as tx:
        contests.lock(tx, lease.contest_id, lease)
        contests.update(tx, lease.contest_id, phase=Phase.ANNOUNCED)
    return _load(services, lease)[1]


def _settled_at(services: Services, announcement: Announcement) -> datetime | None:
    return later(announcement.attempted_at, services.timing.settle) if announcement.attempted_at else None


def _wait(services: Services, lease: Lease, waiting: Waiting) -> None:
    """Sleep a little, keeping the lease."""
    with services.store.write() as tx:
        contests.renew(tx, lease, now=services.clock(), seconds=services.timing.lease)
    left = (waiting.until - services.clock()).total_seconds()
    sleep(min(max(left, 0.05), 5.0))


def _update(services: Services, lease: Lease, **values: Any) -> None:
    with services.store.write() as tx:
        contest = contests.lock(tx, lease.contest_id, lease)
        number = draws.latest(tx, contest.id).number
        draws.update_announcement(tx, contest.id, number, **values)


def _load(services: Services, lease: Lease) -> tuple[Contest, Announcement]:
    with services.store.read() as tx:
        contest = contests.get(tx, lease.contest_id)
        announcement = draws.find_announcement(tx, contest.id, draws.latest(tx, contest.id).number)
    assert announcement is not None, "the phase says that a winner comment was asked for"
    return contest, announcement


def _facts(tx: Connection, services: Services, contest: Contest, done: Draw) -> AnnouncementFacts:
    if done.receipt is None:
        raise AssertionError("a draw without a receipt isn't announced")
    pools = outcomes_of(done.receipt)
    named = entrants(tx, contest.id, winners_of(done.receipt))
    return AnnouncementFacts(
        title=contest.post_title,
        winners=tuple(
            WinnerFacts(name=named[entry].name, comment_id=named[entry].comment_id, pool=pool.name, prize=pool.prize)
            for pool in pools
            for entry in pool.winners
        ),
        pools=len(pools),
        entries=number_of_entries(done.receipt),
        prizes_left=sum(pool.prizes_left for pool in pools),
        proof_url=services.proof_url(contest.slug, done.number),
    )


def _sample_facts(services: Services, contest: Contest) -> AnnouncementFacts:
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
        proof_url=services.proof_url(contest.slug, 1),
    )
