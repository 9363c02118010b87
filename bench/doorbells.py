"""Doorbells: how many a second are taken, beside a bare view that commits a row, and that none is lost."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import quantiles
from tempfile import TemporaryDirectory
from time import perf_counter, sleep
from typing import Any

from sqlalchemy import select

from bench import load, web
from bench.load import Answer, Call
from bench.report import Line
from bench.worker import BenchFailed
from service.domain.contest import Phase, Rules
from service.domain.drawing import hash_text
from service.domain.pools import default_pools
from service.storage import contests
from service.storage.store import Store
from service.storage.tables import rings
from testbed import postgres

LEAST_OF_BARE = 0.7
POSTS = (11, 12, 13, 14, 15)
RATE = 500.0
RETRY_SECONDS = 2.0  # as the plugin waits first
TRIES = 5

Make = Callable[[int], Call]


def against_bare_view(url: str, bare_url: str, kind: str, *, calls: int, repeats: int) -> Line:
    """Requests a second, beside a view that only commits a row; in turns, so that both meet the same noise."""
    samples: dict[str, list[float]] = {"bare_per_second": [], "doorbells_per_second": []}
    fill(url)
    with web.serving(web.BARE, bare_url) as bare_port, web.serving(web.SERVICE, url) as port:
        for number in range(repeats + 1):
            bare, ours = (_per_second(bare_port, calls, _bare), _per_second(port, calls, _ring))
            if number:  # the first time warms both up
                samples["bare_per_second"].append(bare)
                samples["doorbells_per_second"].append(ours)
    return Line(
        name=f"doorbells taken a second ÷ a bare view's that commits a row, {kind}",
        measured=max(samples["doorbells_per_second"]) / max(samples["bare_per_second"]),
        bound=LEAST_OF_BARE,
        is_lower_bound=True,
        samples=samples,
    )


def nothing_lost(url: str, bare_url: str, *, seconds: float) -> Iterator[Line]:
    """500 a second for a while: each is taken, and what rang is in the database once."""
    fill(url)
    calls = [_ring(number) for number in range(1, round(RATE * seconds) + 1)]
    with web.serving(web.BARE, bare_url) as port:
        bare = _sustained(load.at_rate(port, [_bare(number) for number in range(round(RATE * 5))], RATE))
    with web.serving(web.SERVICE, url) as port:
        answers = load.at_rate(port, calls, RATE)
        tries = _until_taken(port, answers)
    lost, twice = _difference(url, len(calls))
    what = f"{len(calls):,} doorbells at {RATE:g} a second"
    first = {"again": [float(tries)], "bare_view_per_second": [bare]}
    yield Line(name=f"{what}: lost", measured=lost, bound=0, samples=first)
    yield Line(name=f"{what}: stored twice", measured=twice, bound=0)
    yield Line(name=f"{what}: refused at first", measured=tries)
    yield Line(name=f"{what}: taken a second", measured=_sustained(answers), unit="/s")
    late = quantiles((answer.seconds for answer in answers), n=100)[98]
    yield Line(name=f"{what}: 99th percentile", measured=late * 1000, unit="ms")


def _until_taken(port: int, answers: Sequence[Answer]) -> int:
    """Send again what wasn't taken, with the same id, as the plugin does; how many had to be."""
    left = [answer.call for answer in answers if answer.status != 202]
    number = len(left)
    for _ in range(TRIES):
        if not left:
            return number
        sleep(RETRY_SECONDS)
        left = [answer.call for answer in load.as_fast_as_possible(port, left) if answer.status != 202]
    raise BenchFailed(f"{len(left)} doorbells were refused {TRIES} times.")


def _difference(url: str, sent: int) -> tuple[int, int]:
    """How many comments that rang aren't stored, and how many are more than once."""
    store = Store(url)
    with store.read() as tx:
        stored = Counter(tx.execute(select(rings.c.comment_id)).scalars())
    store.close()
    return len(set(range(1, sent + 1)) - stored.keys()), sum(count > 1 for count in stored.values())


def _sustained(answers: Sequence[Answer]) -> float:
    """Requests taken a second from the first that was due to the last answer."""
    began = min(answer.at - answer.seconds for answer in answers)
    taken = sum(answer.status == 202 for answer in answers)
    return taken / (max(answer.at for answer in answers) - began)


def _per_second(port: int, calls: int, make: Make) -> float:
    wishes = [make(number) for number in range(1, calls + 1)]
    began = perf_counter()
    answers = load.as_fast_as_possible(port, wishes)
    seconds = perf_counter() - began
    if any(answer.status != 202 for answer in answers):
        raise BenchFailed(f"Not every request was taken: {Counter(answer.status for answer in answers)}")
    return calls / seconds


def _ring(number: int) -> Call:
    return load.doorbell(POSTS[number % len(POSTS)], number)


def _bare(number: int) -> Call:
    ring = _ring(number)
    return Call("/", ring.body, {"Content-Type": "application/json"})


def fill(url: str) -> None:
    """The tables of the service, and an open contest on each post."""
    store = Store(url)
    store.upgrade()
    with store.write() as tx:
        for post_id in POSTS:
            contests.add(tx, _contest(post_id))
    store.close()


def _contest(post_id: int) -> dict[str, Any]:
    now = datetime.now(UTC)
    return {
        "slug": f"post-{post_id}",
        "post_id": post_id,
        "post_url": f"https://blog.example/{post_id}/",
        "post_title": f"Post {post_id}",
        "post_author_id": 1,
        "timezone": "Europe/Paris",
        "language": "fr",
        "phase": Phase.OPEN,
        "closes_at": now + timedelta(days=30),
        "pools": default_pools(),
        "rules": Rules(),
        "is_automatic": False,
        "commitment": hash_text("secret"),
        "secret": "secret",
        "opened_at": now,
        "due_at": now + timedelta(days=1),
    }


@contextmanager
def databases() -> Iterator[Callable[[str], str]]:
    """What gives the address of a fresh database of a kind, sqlite or postgresql."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="tirage-bench-")))
        names = (f"bench_{letter}" for letter in "abcdefgh")
        servers: list[postgres.Server] = []

        def fresh(kind: str) -> str:
            if kind == "sqlite":
                return f"sqlite:///{folder / next(names)}.sqlite3"
            if not servers:
                servers.append(stack.enter_context(postgres.running()))
            return servers[0].create_database(next(names))

        yield fresh
