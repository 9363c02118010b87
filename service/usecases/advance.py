"""Move a contest forward one step: what the worker does for the most overdue one."""

from __future__ import annotations

from datetime import datetime

import structlog

from service.domain.contest import Contest, Phase, Problem
from service.domain.eligibility import Status
from service.domain.errors import Blocked, LeaseLost, TirageError
from service.storage import contests, entries, inbox, searches
from service.storage.contests import Lease
from service.usecases.announce import announce_under, request_announcement, require_public_url
from service.usecases.catch_up import MOST_RUNG, catch_up, refresh_post
from service.usecases.collect import is_over, read_comments
from service.usecases.doorbell import rings_lately
from service.usecases.draw import draw_under, round_out_at
from service.usecases.follow_up import follow_up
from service.usecases.judging import judge_all
from service.usecases.look import look_at_posts
from service.usecases.ports import BlogProblem
from service.usecases.posting import Waiting
from service.usecases.seal import Held, close_under, find_held, held_message, seal_under
from service.usecases.search import search_posts, unfinished, unfinished_message
from service.usecases.services import Services, later
from service.usecases.terms import end_term

WORKER = "worker"
LONGEST_PAUSE = 300.0
LONGEST_PERMANENT_PAUSE = 900.0
LONGEST_BEACON_PAUSE = 60.0
READING_SHARE = 20  # reading takes at most one part in so many of the blog's time

log = structlog.get_logger()


def advance(services: Services, lease: Lease) -> None:
    """One step under the lease, then let go and set when the contest is due again. Raises nothing but BaseException.

    What stands in the way is stored as the contest's problem, and the step is tried again later.
    """
    due_at: datetime | None = later(services.clock(), services.timing.poll)  # whatever fails: never forgotten
    try:
        if rests_until := _rests_until(services, lease):
            due_at = rests_until
            return
        with services.keep(lease):
            next_at = _step(services, lease)
        _set_problem(services, lease, None)
        due_at = next_at
    except LeaseLost:
        log.warning("lease_lost", contest=lease.contest_id)
    except (BlogProblem, TirageError) as error:
        due_at = _note_problem(services, lease, error)
    except Exception:
        log.exception("step_failed", contest=lease.contest_id)
        failure = Blocked("Tirage itself failed here; the log tells more. It will try again.", code="internal")
        due_at = _note_problem(services, lease, failure)
    finally:
        with services.store.write() as tx:
            contests.release(tx, lease, due_at=due_at)


def _rests_until(services: Services, lease: Lease) -> datetime | None:
    """The end of a pause that the blog asked for, which no doorbell shortens."""
    with services.store.read() as tx:
        problem = contests.get(tx, lease.contest_id).problem
    until = problem.rests_until if problem else None
    return until if until and until > services.clock() else None


def _step(services: Services, lease: Lease) -> datetime | None:
    """Do what the phase asks for; when to look again, None for never."""
    with services.store.read() as tx:
        contest = contests.get(tx, lease.contest_id)
    match contest.phase:
        case Phase.OPEN if not is_over(services, contest):
            return _collect(services, lease, contest)
        case Phase.OPEN | Phase.CLOSING:
            close_under(services, lease)
        case Phase.REVIEW:
            return _review(services, lease, contest)
        case Phase.SEALED:
            return _draw(services, lease)
        case Phase.DRAWN:
            return _drawn(services, lease, contest)
        case Phase.ANNOUNCING:
            return _announce(services, lease)
        case Phase.ANNOUNCED:
            return follow_up(services, lease)
    return services.clock()


def _collect(services: Services, lease: Lease, contest: Contest) -> datetime:
    poll = _look(services, lease, contest, _read(services, lease, contest))
    now = services.clock()
    closes = later(contest.closes_at, services.timing.closing_margin)
    return min(poll, closes) if closes > now else later(now, 1.0)


def _read(services: Services, lease: Lease, contest: Contest) -> datetime:
    """Read what rang, or everything where that is due; when everything is due again.

    Nothing of both: something rang just before the last reading looked what rang, and was read with it.
    """
    with services.store.read() as tx:
        rung = inbox.rung(tx, contest.id, most=MOST_RUNG)
    if rung.for_all:
        refresh_post(services, lease)
    if rung.for_all or services.clock() >= _poll_at(services, contest):
        reading = read_comments(services, lease)
        if reading.gap and rung.comment_ids:
            catch_up(services, lease, rung)  # an incomplete reading takes nothing for deleted; asked by id, that shows
    elif rung.are_there:
        catch_up(services, lease, rung)
    with services.store.read() as tx:
        return _poll_at(services, contests.get(tx, contest.id))


def _look(services: Services, lease: Lease, contest: Contest, poll_at: datetime) -> datetime:
    """Search for posts and look at those that are due, where a pool wants any; when something is due again."""
    if not contest.wants_posts:
        return poll_at
    search_at = search_posts(services, lease, seconds=services.timing.looks)
    looked = look_at_posts(services, lease, seconds=services.timing.looks)
    return min(at for at in (poll_at, search_at, looked.next_at) if at is not None)


def _poll_at(services: Services, contest: Contest) -> datetime:
    """When to read everything: seldom where the plugin rings, and never for more than a part of the blog's time."""
    if contest.last_read_at is None:
        return contest.opened_at
    poll = services.timing.slow_poll if rings_lately(services) else services.timing.poll
    return later(contest.last_read_at, max(poll, READING_SHARE * contest.last_reading_seconds))


def _review(services: Services, lease: Lease, contest: Contest) -> datetime:
    """Automatic contests seal when nothing is undecided; the others are read on, so that approvals are seen."""
    due_at = _look(services, lease, contest, _read(services, lease, contest))
    if not contest.is_automatic:
        return due_at
    with services.store.read() as tx:
        searching = unfinished(services, contest, searches.of_contest(tx, contest.id))
        is_held = not contest.rules.leave_out_held and entries.count_statuses(tx, contest.id)[Status.UNDECIDED] > 0
        held = find_held(contest, judge_all(tx, contest)) if is_held else Held(comments=0, posts=0)
    if any(searching.values()):
        raise Blocked(unfinished_message(searching), code="searching")
    if searching:
        return due_at
    if held.comments:
        raise Blocked(held_message(held), code="undecided")
    seal_under(services, lease, actor=WORKER, leave_out=contest.rules.leave_out_held)
    return services.clock()


def _draw(services: Services, lease: Lease) -> datetime:
    out_at = round_out_at(services, lease.contest_id)
    if out_at is not None and out_at > services.clock():
        return out_at
    draw_under(services, lease, actor=WORKER)
    return services.clock()


def _drawn(services: Services, lease: Lease, contest: Contest) -> datetime | None:
    ends_at = end_term(services, lease)
    if ends_at is None or not contest.is_automatic:  # None: it is over, and there are no names to announce
        return ends_at
    require_public_url(services)
    request_announcement(services, contest.id, actor=WORKER, lease=lease)
    return services.clock()


def _announce(services: Services, lease: Lease) -> datetime | None:
    outcome = announce_under(services, lease)
    return outcome.until if isinstance(outcome, Waiting) else services.clock()


def _note_problem(services: Services, lease: Lease, error: BlogProblem | TirageError) -> datetime | None:
    """Store why it doesn't go on; when to try again."""
    now = services.clock()
    with services.store.read() as tx:
        before = contests.get(tx, lease.contest_id).problem
    is_new = before is None or before.code != error.code
    tries = 1 if is_new or before is None else before.tries + 1
    again_at = later(now, _pause(services, error, tries))
    is_asked_for = isinstance(error, BlogProblem) and error.retry_after is not None
    problem = Problem(
        code=error.code,
        message=error.message,
        since=now if is_new or before is None else before.since,
        tries=tries,
        rests_until=again_at if is_asked_for else None,
    )
    log.warning("step_waits", contest=lease.contest_id, code=problem.code, tries=problem.tries)
    _set_problem(services, lease, problem)
    return again_at


def _pause(services: Services, error: BlogProblem | TirageError, tries: int) -> float:
    """Growing pauses; a pause that the blog asked for is kept; what waits for the moderator is polled."""
    if isinstance(error, Blocked) and error.code in ("undecided", "undecided_posts", "searching"):
        return services.timing.poll
    if isinstance(error, Blocked) and error.code.startswith("beacon_"):
        return min(LONGEST_BEACON_PAUSE, 2.0 ** min(tries, 10))
    longest = LONGEST_PAUSE
    if isinstance(error, BlogProblem):
        if error.retry_after is not None:
            return max(1.0, min(error.retry_after, 6 * 3600.0))
        if error.permanent:
            longest = LONGEST_PERMANENT_PAUSE
    return min(longest, services.timing.poll / 12 * 2.0 ** min(tries - 1, 10))


def _set_problem(services: Services, lease: Lease, problem: Problem | None) -> None:
    with services.store.write() as tx:
        try:
            contest = contests.lock(tx, lease.contest_id, lease)
        except LeaseLost:
            return
        if contest.problem != problem:
            contests.update(tx, lease.contest_id, problem=problem)
