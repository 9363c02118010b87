"""Look at the posts of a contest: what their networks show of each, now and once more after the deadline.

Each answer is kept as soon as it came, so a killed worker looks at nothing twice but the batch in hand. A host that
asks for a pause gets it, from all contests alike. An answer that doesn't come changes no verdict to "out".
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from time import monotonic

import structlog
from sqlalchemy import Connection

from service.domain.contest import Contest, require_unsealed
from service.domain.posts import NetworkName, Sight, Sighting
from service.storage import contests, entries, posts, searches
from service.storage.contests import Lease
from service.storage.post_rows import KnownPost
from service.usecases.judging import judge_entries
from service.usecases.ports import Network, NetworkProblem
from service.usecases.services import Services, later

BATCH = 500  # posts taken up at once
FIRST_PAUSE = 60.0
LONGEST_PAUSE = 3600.0
RECHECK = 3600.0  # a post that isn't there is looked at again while the contest is open
NOTED = 500  # addresses noted in one transaction
SHORT_REST = 3.0  # seconds that are waited out in the step itself
LOOKS = "x:looks"  # under this name the cost of looks is kept beside that of searches

log = structlog.get_logger()

Progress = Callable[[int, int], None]  # told how many posts are looked at, and how many of them are left


def ignore(_done: int, _left: int) -> None:
    """Nobody watches."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """What a round of looks did; `next_at` is when the next look is due, None for none."""

    looked_at: int
    left: int
    next_at: datetime | None


def look_at_posts(services: Services, lease: Lease, *, seconds: float, progress: Progress = ignore) -> Looked:
    """Look at what is due, for about so many seconds, and judge anew. Raises Conflict once sealed, LeaseLost."""
    ends_at, done = monotonic() + seconds, 0
    contest = note_given(services, lease)
    while monotonic() < ends_at:
        due = _due(services, contest)
        if not due:
            break
        for group in _by_host(due):
            done += _look_at_group(services, lease, contest, group, ends_at)
            progress(done, _left(services, contest))
    return _finish(services, lease, done)


def note_given(services: Services, lease: Lease) -> Contest:
    """Note the posts whose addresses stand in comments; the contest. Raises Conflict once sealed."""
    with services.store.read() as tx:
        contest = contests.get(tx, lease.contest_id)
        given = entries.given_references(tx, contest.id)
        known = posts.known_references(tx, contest.id, given)
    require_unsealed(contest)
    new = [reference for reference in given if reference not in known]
    for start in range(0, len(new), NOTED):
        with services.store.write() as tx:
            require_unsealed(contests.lock(tx, contest.id, lease))
            for reference in new[start : start + NOTED]:
                _note(tx, services, contest, reference)
    return contest


def _note(tx: Connection, services: Services, contest: Contest, reference: str) -> None:
    name, _, key = reference.partition(":")
    network = services.networks.get(NetworkName(name))
    address = network.address_of(key)
    host = network.host_of(address)
    posts.add(tx, contest.id, address, host=host, brought_by="comment", is_found=False, now=services.clock())


def _due(services: Services, contest: Contest) -> list[KnownPost]:
    with services.store.read() as tx:
        return posts.due(tx, contest.id, now=services.clock(), closes_at=contest.closes_at, limit=BATCH)


def _left(services: Services, contest: Contest) -> int:
    with services.store.read() as tx:
        return posts.count_due(tx, contest.id, now=services.clock(), closes_at=contest.closes_at)


def _by_host(due: Sequence[KnownPost]) -> Iterator[list[KnownPost]]:
    ordered = sorted(due, key=lambda post: (post.network, post.host))
    for _, group in groupby(ordered, key=lambda post: (post.network, post.host)):
        yield list(group)


def _look_at_group(services: Services, lease: Lease, contest: Contest, group: list[KnownPost], ends_at: float) -> int:
    """Posts of one host, batch by batch; how many got an answer."""
    done = 0
    while done < len(group) and monotonic() < ends_at:
        network = _network(services, contest, group[0].network)
        if _rests(services, lease, group[done:], network.host_of(network.address_of(group[done].key))):
            break
        batch = group[done : done + network.batch]
        try:
            sightings = _look_up(network, batch)
        except NetworkProblem as problem:
            if _is_short(problem):
                services.sleep(problem.retry_after or 0.1)
                continue
            _postpone(services, lease, group[done:], problem)
            break
        _keep(services, lease, network, list(zip(batch, sightings, strict=True)))
        done += len(batch)
    return done


def _look_up(network: Network, batch: Sequence[KnownPost]) -> list[Sighting]:
    """What these posts show. A fault of ours over one answer leaves the batch unclear and holds up nothing else."""
    addresses = [network.address_of(post.key) for post in batch]
    try:
        return network.look_up(addresses)
    except NetworkProblem:
        raise
    except Exception:
        log.exception("look_failed", network=network.name.value)
        unclear = "its answer couldn't be read; the log tells more"
        return [Sighting(reference=a.reference, sight=Sight.UNCLEAR, detail=unclear) for a in addresses]


def _network(services: Services, contest: Contest, name: NetworkName) -> Network:
    """The network, without its paid key where the contest may spend no more."""
    network = services.networks.get(name)
    if not network.look_cost:
        return network
    with services.store.read() as tx:
        spent = searches.spent(tx, contest.id)
    left = contest.search.x_cap_cents * 10_000 - spent
    return network if network.look_cost * network.batch <= left else services.networks.free(name)


def _rests(services: Services, lease: Lease, group: Sequence[KnownPost], host: str) -> bool:
    """Whether the host wants no request now; then these posts are put off."""
    now = services.clock()
    with services.store.write() as tx:
        until = searches.resting(tx, {host}, now=now).get(host)
        if until is not None:
            contests.lock(tx, lease.contest_id, lease)
            posts.postpone(tx, [post.id for post in group], until=until)
    return until is not None


def _is_short(problem: NetworkProblem) -> bool:
    return problem.code == "rate_limited" and problem.retry_after is not None and problem.retry_after <= SHORT_REST


def _postpone(services: Services, lease: Lease, group: list[KnownPost], problem: NetworkProblem) -> None:
    """Put these posts off; a host that named a pause rests for all contests."""
    tries = max(post.tries for post in group)
    pause = problem.retry_after if problem.retry_after is not None else _pause(tries)
    until = later(services.clock(), min(pause, 24 * 3600.0))
    with services.store.write() as tx:
        contests.lock(tx, lease.contest_id, lease)
        if problem.retry_after is not None:
            searches.rest(tx, problem.host, until=until, code=problem.code, message=problem.message[:500])
        posts.save_trouble(tx, [post.id for post in group], trouble=problem.message, check_at=until)


def _pause(tries: int) -> float:
    return float(min(LONGEST_PAUSE, FIRST_PAUSE * 2.0 ** min(tries, 10)))


def _keep(
    services: Services,
    lease: Lease,
    network: Network,
    looked: Sequence[tuple[KnownPost, Sighting]],
) -> None:
    with services.store.write() as tx:
        contest = contests.lock(tx, lease.contest_id, lease)
        require_unsealed(contest)
        for post, sighting in looked:
            _keep_one(tx, services, contest, post, sighting)
        if network.look_cost:
            searches.spend(tx, contest.id, LOOKS, network.look_cost * len(looked))


def _keep_one(tx: Connection, services: Services, contest: Contest, post: KnownPost, sighting: Sighting) -> None:
    """Keep what was shown. That a post isn't there is believed the second time: networks and gateways err at times."""
    now = services.clock()
    if sighting.sight is Sight.UNCLEAR or (sighting.sight is Sight.SEEN and sighting.evidence is None):
        return posts.save_trouble(tx, [post.id], trouble=sighting.detail, check_at=later(now, _pause(post.tries)))
    is_there = sighting.sight is Sight.SEEN
    is_news = post.facts.sight in (Sight.UNSEEN, Sight.SEEN)
    if is_news and not is_there and not post.is_doubted:
        return posts.save_doubt(tx, post.id, check_at=later(now, services.timing.poll))
    recheck_at = later(now, RECHECK)
    check_at = None if is_there or recheck_at > contest.closes_at else recheck_at
    posts.save_sighting(tx, contest.id, post.id, sighting, now=now, check_at=check_at)


def _finish(services: Services, lease: Lease, done: int) -> Looked:
    with services.store.write() as tx:
        contest = contests.lock(tx, lease.contest_id, lease)
        require_unsealed(contest)
        judge_entries(tx, contest)
        left = posts.count_due(tx, contest.id, closes_at=contest.closes_at, now=services.clock())
        return Looked(looked_at=done, left=left, next_at=_next_at(services, posts.next_check_at(tx, contest.id), left))


def _next_at(services: Services, next_check_at: datetime | None, left: int) -> datetime | None:
    return services.clock() if left else next_check_at
