"""The term of personal data: some days after the draw everything personal of a contest is deleted here.

The draw, its receipt and the log stay as they are, and can be checked for ever; they name nobody.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection

from service.domain.contest import Contest, Phase
from service.domain.log_chain import LogLine
from service.storage import claims, contests, forgetting, log, posts
from service.storage.contests import Lease
from service.usecases.data_term import data_end
from service.usecases.freezing import public_name
from service.usecases.privacy import nobody
from service.usecases.replies import find_waiting
from service.usecases.services import Services, later

PHASES = (Phase.DRAWN, Phase.ANNOUNCED)  # while the winner comment is to be written, its names are needed
LAST_CLAIM = 1_800.0  # seconds after the day that a winner was told, for the prize to pass on


def end_term(services: Services, lease: Lease) -> datetime | None:
    """Delete everything personal once the term is over, and nothing is to be written on the blog any more.

    When to look again, None for never. Raises LeaseLost.
    """
    now = services.clock()
    with services.store.read() as tx:
        ends_at = _ends_at(tx, services, contests.get(tx, lease.contest_id))
    if ends_at is None or now < ends_at:
        return ends_at
    with services.store.write() as tx:
        contest = contests.lock(tx, lease.contest_id, lease)
        if contest.phase not in PHASES or find_waiting(tx, contest):
            return later(now, services.timing.poll)
        _forget(tx, contest, now)
    return None


def look_again(services: Services) -> None:
    """Have a worker ask anew of every drawn contest when its term ends: the setting may be another than before."""
    with services.store.write() as tx:
        forgetting.ring_all(tx, PHASES, at=services.clock())


def _ends_at(tx: Connection, services: Services, contest: Contest) -> datetime | None:
    """When the term ends; None before the draw and once it is over.

    A winner has until the day that they were told, also where the setting was shortened since."""
    end = data_end(tx, services, contest)
    if end is None or contest.erased_at is not None:
        return None
    return max([end, *(later(day, LAST_CLAIM) for day in _promised(tx, contest))])


def _promised(tx: Connection, contest: Contest) -> list[datetime]:
    number = claims.current_draw(tx, contest.id)
    asked = [] if number is None else claims.of_draw(tx, contest.id, number)
    return [claim.expires_at for claim in asked if claim.is_sent and claim.claimed_at is None]


def _forget(tx: Connection, contest: Contest, now: datetime) -> None:
    names = {post.entry: public_name(post) for post in posts.facts(tx, contest.id)}
    details = {
        "entries": forgetting.forget_commenters(tx, contest.id, name=nobody(contest), now=now),
        "posts": forgetting.forget_posters(tx, contest.id, names, now=now),
        "claims": claims.erase(tx, contest.id, now=now),
    }
    forgetting.forget_traces(tx, contest.id, now=now)
    nothing = {"staff_ids": frozenset[int](), "problem": None, "template": None, "promotion_template": None}
    contests.update(tx, contest.id, rules=replace(contest.rules, excluded=()), erased_at=now, **nothing)
    line = LogLine(at=now, actor="worker", action="end_term", reason="", details=details)
    log.write(tx, contest.id, line)
