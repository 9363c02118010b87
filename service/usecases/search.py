"""Search for the posts of a contest while it runs, and once more after its deadline.

Each page is kept in one transaction with where to go on and what it cost, so that nothing paid for is lost or paid for
twice beyond the page in hand. What a search doesn't show says nothing about anybody.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from time import monotonic
from typing import Any

from sqlalchemy import Connection

from service.domain.contest import Contest, Search, XSearch, require_unsealed
from service.domain.errors import BadInput
from service.domain.posts import SearchPage, SearchPlan
from service.storage import contests, posts, searches
from service.storage.contests import Lease
from service.storage.searches import SearchState
from service.usecases.ports import NetworkProblem, Networks, Source
from service.usecases.services import Services, later

FIRST_PAUSE = 60.0
LONGEST_PAUSE = 3600.0
CAP_REACHED = "cap_reached"
KEY_MISSING = "key_missing"
MONEY = frozenset({"credits_depleted", "usage_capped"})  # how long these pause is our own guess


def plan_of(contest: Contest) -> SearchPlan:
    """What is searched for. The closing second is still in."""
    return SearchPlan(
        message=contest.message,
        starts_at=contest.starts_at or contest.opened_at,
        ends_at=contest.closes_at + timedelta(seconds=1),
    )


def sources_of(networks: Networks, search: Search) -> tuple[list[Source], dict[str, str]]:
    """Where a contest's posts are searched for, and by source what is missing for those that can't be."""
    parts = [(f"x:{search.x}", Search(x=search.x))] if search.x is not XSearch.OFF else []
    parts += [(f"mastodon:{server}", Search(mastodon=(server,))) for server in search.mastodon]
    parts += [("bluesky:search", Search(bluesky=True))] if search.bluesky else []
    sources: list[Source] = []
    missing: dict[str, str] = {}
    for name, part in parts:
        try:
            sources += networks.sources(part)
        except BadInput as error:
            missing[name] = error.message
    return sources, missing


def search_posts(services: Services, lease: Lease, *, seconds: float, at_once: bool = False) -> datetime | None:
    """Read pages of every search that is due, for about so many seconds; when the next one is due.

    `at_once`: those too that nothing but the usual time holds up. Raises Conflict once sealed, LeaseLost. A source's
    own trouble is kept with it and shown.
    """
    with services.store.read() as tx:
        contest = contests.get(tx, lease.contest_id)
    if not contest.wants_posts:
        return None
    ends_at = monotonic() + seconds
    sources, missing = sources_of(services.networks, contest.search)
    for name, message in missing.items():
        _save(services, lease, name, problem=no_key(message), next_at=later(services.clock(), LONGEST_PAUSE))
    for source in sources:
        if at_once:
            _forget_pause(services, lease, source)
        _search_one(services, lease, contest, source, ends_at)
    with services.store.read() as tx:
        return _next_at(services, contest, searches.of_contest(tx, contest.id))


def no_key(message: str) -> dict[str, Any]:
    """The problem of a search that can't be asked for want of something in the settings."""
    return {"code": KEY_MISSING, "message": message}


def _forget_pause(services: Services, lease: Lease, source: Source) -> None:
    """Let a search be due, unless the network itself asked for the pause."""
    with services.store.read() as tx:
        state = searches.of_contest(tx, lease.contest_id).get(source.name)
    if state and not (state.problem and state.problem.get("is_asked_for")):
        _save(services, lease, source.name, next_at=None)


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
    is_back = state.problem is not None and state.problem["code"] == KEY_MISSING  # or it couldn't be asked now either
    return is_back or state.next_at is None or state.next_at <= services.clock()


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
            values |= {"covered_until": run_from, "next_at": _next_run_at(services, contest, run_from, now)}
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


def _next_run_at(services: Services, contest: Contest, run_from: datetime, now: datetime) -> datetime:
    """After the usual time, but soon after the deadline in any case."""
    usual = later(now, services.timing.search)
    last = later(contest.closes_at, services.timing.search_lag)
    return min(usual, max(last, now)) if run_from < last else usual


def _note_cap(services: Services, lease: Lease, contest: Contest, source: Source) -> None:
    cap = contest.search.x_cap_cents / 100
    message = (
        f"Searching X stopped: it would cost more than the {cap:.2f} US dollars that this contest may spend. "
        "Raise the cap, or add posts by hand."
    )
    problem = {"code": CAP_REACHED, "message": message}
    _save(services, lease, source.name, problem=problem, next_at=later(services.clock(), LONGEST_PAUSE))


def _note_problem(
    services: Services, lease: Lease, source: Source, state: SearchState, problem: NetworkProblem
) -> None:
    tries = int((state.problem or {}).get("tries", 0)) + 1
    pause = problem.retry_after
    if pause is None:
        pause = LONGEST_PAUSE if problem.permanent else min(LONGEST_PAUSE, FIRST_PAUSE * 2.0 ** min(tries, 10))
    told = {"code": problem.code, "message": problem.message, "tries": tries}
    if problem.retry_after is not None and problem.code not in MONEY:
        told["is_asked_for"] = True
    _save(services, lease, source.name, problem=told, next_at=later(services.clock(), max(1.0, min(pause, 86_400.0))))


def _save(services: Services, lease: Lease, source: str, **values: Any) -> None:
    with services.store.write() as tx:
        contest = contests.lock(tx, lease.contest_id, lease)
        require_unsealed(contest)
        searches.save(tx, contest.id, source, **values)


def unfinished(services: Services, contest: Contest, states: Mapping[str, SearchState]) -> dict[str, str]:
    """The sources that haven't shown everything up to the deadline, each with what stands in its way, or ""."""
    if not contest.wants_posts:
        return {}
    sources, missing = sources_of(services.networks, contest.search)
    troubles = {source.name: _trouble(states.get(source.name)) for source in sources} | missing
    return {name: trouble for name, trouble in troubles.items() if not is_done(services, contest, states.get(name))}


def _trouble(state: SearchState | None) -> str:
    return str(state.problem["message"]) if state and state.problem else ""


def unfinished_message(waiting: Mapping[str, str]) -> str:
    """What to do about searches that aren't finished."""
    troubles = " ".join(f"{name}: {trouble}" for name, trouble in waiting.items() if trouble)
    return (
        f"The search for posts hasn't seen everything up to the deadline ({', '.join(waiting)}). {troubles} "
        "Wait for it, or seal without it (--without-search)."
    ).replace("  ", " ")


def _next_at(services: Services, contest: Contest, states: Mapping[str, SearchState]) -> datetime | None:
    waiting = [states.get(name) for name in unfinished(services, contest, states)]
    times = [services.clock() if state is None or state.next_at is None else state.next_at for state in waiting]
    return min(times, default=None)
