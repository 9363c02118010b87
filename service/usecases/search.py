"""Search for the posts of a contest while it runs, and once more after its deadline.

Each page is kept in one transaction with where to go on and what it cost, so that nothing paid for is lost or paid for
twice beyond the page in hand. What a search doesn't show says nothing about anybody.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from time import monotonic
from typing import Any

from sqlalchemy import Connection

from service.domain.contest import Contest, require_unsealed
from service.domain.posts import SearchPage, SearchPlan
from service.storage import contests, posts, searches
from service.storage.contests import Lease
from service.storage.searches import SearchState
from service.usecases.ports import NetworkProblem, Source
from service.usecases.services import Services, later

FIRST_PAUSE = 60.0
LONGEST_PAUSE = 3600.0
CAP_REACHED = "cap_reached"


def plan_of(contest: Contest) -> SearchPlan:
    """What is searched for. The closing second is still in."""
    return SearchPlan(
        message=contest.message,
        starts_at=contest.starts_at or contest.opened_at,
        ends_at=contest.closes_at + timedelta(seconds=1),
    )


def search_posts(services: Services, lease: Lease, *, seconds: float) -> datetime | None:
    """Read pages of every search that is due, for about so many seconds; when the next one is due.

    Raises Conflict once sealed, LeaseLost. A source's own trouble is kept with it and shown.
    """
    with services.store.read() as tx:
        contest = contests.get(tx, lease.contest_id)
    ends_at = monotonic() + seconds
    for source in services.networks.sources(contest.search):
        _search_one(services, lease, contest, source, ends_at)
    with services.store.read() as tx:
        return _next_at(services, contest, searches.of_contest(tx, contest.id))


def _search_one(services: Services, lease: Lease, contest: Contest, source: Source, ends_at: float) -> None:
    while monotonic() < ends_at:
        with services.store.read() as tx:
            state = searches.of_contest(tx, contest.id).get(source.name) or SearchState(source=source.name)
            spent = searches.spent(tx, contest.id)
        if not _is_due(services, contest, state):
            return None
        if source.page_cost and spent + source.page_cost > contest.search.x_cap_cents * 10_000:
            return _note_cap(services, lease, contest, source)
        try:
            page = source.page(plan_of(contest), state.cursor)
        except NetworkProblem as problem:
            return _note_problem(services, lease, source, state, problem)
        _keep(services, lease, source, state, page)


def is_done(services: Services, contest: Contest, state: SearchState | None) -> bool:
    """Whether a search has seen everything up to the deadline that its source will show."""
    wanted = later(contest.closes_at, services.timing.search_lag)
    return state is not None and state.covered_until is not None and state.covered_until >= wanted


def _is_due(services: Services, contest: Contest, state: SearchState) -> bool:
    if is_done(services, contest, state):
        return False
    return state.next_at is None or state.next_at <= services.clock()


def _keep(services: Services, lease: Lease, source: Source, state: SearchState, page: SearchPage) -> None:
    now = services.clock()
    run_from = state.run_from or now
    with services.store.write() as tx:
        contest = contests.lock(tx, lease.contest_id, lease)
        require_unsealed(contest)
        new = _keep_posts(tx, services, contest, source, page, now)
        values: dict[str, Any] = {
            "cursor": dict(page.cursor),
            "found": state.found + new,
            "spent": state.spent + page.cost,
            "problem": None,
            "gap": page.gap or state.gap,
            "run_from": None if page.is_last else run_from,
        }
        if page.is_last:
            values |= {"covered_until": run_from, "next_at": _next_run_at(services, contest, now)}
        searches.save(tx, contest.id, source.name, **values)


def _keep_posts(
    tx: Connection, services: Services, contest: Contest, source: Source, page: SearchPage, now: datetime
) -> int:
    new = 0
    for evidence in page.posts:
        network = services.networks.get(evidence.network)
        key = evidence.entry.partition(":")[2]
        host = network.host_of(network.address_of(key))
        new += posts.save_found(tx, contest.id, evidence, key=key, host=host, brought_by=source.name, now=now)
    for address in page.addresses:
        host = services.networks.get(address.network).host_of(address)
        new += posts.add(tx, contest.id, address, host=host, brought_by=source.name, is_found=True, now=now)
    return new


def _next_run_at(services: Services, contest: Contest, now: datetime) -> datetime:
    """After the usual time, but soon after the deadline in any case."""
    usual = later(now, services.timing.search)
    last = later(contest.closes_at, services.timing.search_lag)
    return min(usual, last) if last > now else usual


def _note_cap(services: Services, lease: Lease, contest: Contest, source: Source) -> None:
    cap = contest.search.x_cap_cents / 100
    message = (
        f"Searching X stopped: it would cost more than the {cap:.2f} US dollars that this contest may spend. "
        "Raise the cap, or add posts by hand."
    )
    problem = {"code": CAP_REACHED, "message": message}
    _save(services, lease, source, problem=problem, next_at=later(services.clock(), LONGEST_PAUSE))


def _note_problem(
    services: Services, lease: Lease, source: Source, state: SearchState, problem: NetworkProblem
) -> None:
    tries = int((state.problem or {}).get("tries", 0)) + 1
    pause = problem.retry_after
    if pause is None:
        pause = LONGEST_PAUSE if problem.permanent else min(LONGEST_PAUSE, FIRST_PAUSE * 2.0 ** min(tries, 10))
    told = {"code": problem.code, "message": problem.message, "tries": tries}
    _save(services, lease, source, problem=told, next_at=later(services.clock(), max(1.0, min(pause, 86_400.0))))


def _save(services: Services, lease: Lease, source: Source, **values: Any) -> None:
    with services.store.write() as tx:
        contest = contests.lock(tx, lease.contest_id, lease)
        require_unsealed(contest)
        searches.save(tx, contest.id, source.name, **values)


def unfinished(services: Services, contest: Contest, states: dict[str, SearchState]) -> list[str]:
    """The sources that haven't shown everything up to the deadline."""
    names = [source.name for source in services.networks.sources(contest.search)]
    return [name for name in names if not is_done(services, contest, states.get(name))]


def _next_at(services: Services, contest: Contest, states: dict[str, SearchState]) -> datetime | None:
    waiting = [states.get(name) for name in unfinished(services, contest, states)]
    times = [services.clock() if state is None or state.next_at is None else state.next_at for state in waiting]
    return min(times, default=None)
