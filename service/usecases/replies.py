"""The replies to the winner comment that tell who got a prize next: each written exactly once, in order."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from service.domain.contest import Contest, Phase
from service.domain.eligibility import State
from service.domain.strikes import Strike
from service.storage import contests, draws
from service.storage.contests import Lease
from service.storage.draws import Announcement
from service.usecases.facts import promotion_facts
from service.usecases.posting import Waiting, Writing, write_once
from service.usecases.services import Services
from service.usecases.wording import write_promotion


def request_reply(tx: Connection, services: Services, contest: Contest, strike: Strike) -> None:
    """Fix the words of the reply that answers a strike and have it written, in the caller's write transaction."""
    facts = promotion_facts(tx, services, contest, strike)
    reply = Announcement(
        draw_number=strike.draw_number,
        strike=strike.number,
        text=write_promotion(contest.promotion_template, facts, language=contest.language),
        proof_url=facts.proof_url,
        actor=strike.actor,
    )
    draws.add_announcement(tx, contest.id, reply)
    contests.ring(tx, contest.id, at=services.clock())


def write_replies(services: Services, lease: Lease) -> datetime | None:
    """One step towards the first reply that isn't written; when to go on, None where all are.

    Raises BlogProblem, Blocked.
    """
    with services.store.read() as tx:
        contest = contests.get(tx, lease.contest_id)
        waiting = find_waiting(tx, contest)
    if contest.phase is not Phase.ANNOUNCED or not waiting:
        return None
    first = waiting[0]
    writing = Writing(services=services, lease=lease, draw_number=first.draw_number, strike=first.strike)
    outcome = write_once(writing, find_parent=lambda: _parent(services, contest, first.draw_number))
    if isinstance(outcome, Waiting):
        return outcome.until
    return services.clock() if waiting[1:] else None


def find_waiting(tx: Connection, contest: Contest) -> list[Announcement]:
    """The newest draw's replies that aren't written yet, or whose comments are still to be closed again."""
    number = draws.latest_number(tx, contest.id)
    replies = [
        reply for reply in draws.announcements_of(tx, contest.id) if reply.draw_number == number and reply.strike
    ]
    return [reply for reply in replies if reply.comment_id is None or reply.opened_comments]


def _parent(services: Services, contest: Contest, number: int) -> int:
    """The winner comment where it stands for readers to see; 0, the post itself, where somebody took it away."""
    with services.store.read() as tx:
        announcement = draws.find_announcement(tx, contest.id, number)
    if announcement is None or announcement.comment_id is None:
        return 0
    found = services.blog.comments_by_id(contest.post_id, {announcement.comment_id})
    return announcement.comment_id if any(comment.state is State.APPROVED for comment in found) else 0
