"""The use cases on a blog in memory, a clock that is set, and a real SQLite database."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from service.domain.contest import Contest, Randomness, Rules, Search
from service.domain.pools import Channel, Pool, default_pools
from service.domain.posts import Message
from service.storage import contests, posts
from service.storage.post_rows import KnownPost
from service.storage.store import Store
from service.usecases import adopt
from service.usecases.services import Services, Timing
from service.worker import work_once
from tests.factories import CLOSES_AT, SECRET
from tests.fake_networks import FakeNetwork, FakeNetworks
from tests.fakes import FakeBeacon, FakeBlog, FakeClock, FakeVault
from tests.stores import new_store


class World:
    """A service with its blog and its clock."""

    def __init__(self, store: Store) -> None:
        self.blog = FakeBlog(page_size=3)
        self.clock = FakeClock()
        self.network = FakeNetwork(self.clock)
        self.networks = FakeNetworks(self.network)
        self.beacon = FakeBeacon(self.clock)
        self.slept: list[float] = []
        self.services = Services(
            vault=FakeVault(),
            open_blog=lambda *_: self.blog,
            store=store,
            blog=self.blog,
            public_url="https://tirage.example/",
            clock=self.clock,
            make_secret=lambda: SECRET,
            networks=self.networks,
            beacon=self.beacon,
            randomness=Randomness.COMMIT_REVEAL,
            sleep=self.slept.append,
            timing=Timing(poll=60, lease=30, lease_wait=0.3, settle=90, closing_margin=2),
        )

    def open(
        self, *, auto: bool = False, winners: int = 1, rules: Rules | None = None, post_id: int = 7, **given: Any
    ) -> Contest:
        """Open a contest on post 7 with the usual deadline."""
        local = "2026-11-27T17:00:00+01:00"
        plan = adopt.plan(
            self.services,
            str(post_id),
            closes=local,
            pools=default_pools(winners=winners),
            rules=rules,
            is_automatic=auto,
            **given,
        )
        return adopt.open_contest(self.services, plan, actor="ada")

    def open_pools(
        self, *pools: Pool, search: Search | None = None, message: Message | None = None, **given: Any
    ) -> Contest:
        """Open a contest on post 7 with pools: by default one among the commenters and one among those who posted."""
        plan = adopt.plan(
            self.services,
            "7",
            closes="2026-11-27T17:00:00+01:00",
            pools=pools or (Pool(name="comments"), Pool(name="posts", channel=Channel.POSTS)),
            search=search,
            message=message,
            **given,
        )
        return adopt.open_contest(self.services, plan, actor="ada")

    def posts(self, contest_id: int = 1) -> dict[str, KnownPost]:
        """The posts as they stand, by number in the tests."""
        with self.services.store.read() as tx:
            return {known.facts.entry.removeprefix("x:1990000000000000"): known for known in posts.page(tx, contest_id)}

    def verdicts(self) -> dict[str, tuple[str, list[str]]]:
        """Each post's verdict and reasons."""
        return {
            number: (known.verdict.status.value, [reason.code.value for reason in known.verdict.reasons])
            for number, known in self.posts().items()
        }

    def contest(self, contest_id: int = 1) -> Contest:
        """The contest as it stands."""
        with self.services.store.read() as tx:
            return contests.get(tx, contest_id)

    def step(self) -> Contest:
        """Let the worker take one step now, if one is due."""
        work_once(self.services)
        return self.contest()

    def run(self) -> Contest:
        """Let the worker work until nothing is due."""
        while work_once(self.services):
            pass
        return self.contest()

    def pass_deadline(self) -> None:
        """Move the clock ten seconds past the deadline."""
        self.clock.move_to(CLOSES_AT)
        self.clock.forward(10)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    store = new_store(tmp_path)
    world = World(store)
    world.blog.add_post()
    yield world
    store.close()
