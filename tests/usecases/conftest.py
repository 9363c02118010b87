"""The use cases on a blog in memory, a clock that is set, and a real SQLite database."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from service.domain.contest import Contest, Rules
from service.storage import contests
from service.storage.store import Store
from service.usecases import adopt
from service.usecases.services import Services, Timing
from service.worker import work_once
from tests.factories import CLOSES_AT, SECRET
from tests.fakes import FakeBlog, FakeClock, FakeVault


class World:
    """A service with its blog and its clock."""

    def __init__(self, store: Store) -> None:
        self.blog = FakeBlog(page_size=3)
        self.clock = FakeClock()
        self.services = Services(
            vault=FakeVault(),
            open_blog=lambda *_: self.blog,
            store=store,
            blog=self.blog,
            public_url="https://tirage.example/",
            clock=self.clock,
            make_secret=lambda: SECRET,
            timing=Timing(poll=60, lease=30, lease_wait=0.3, settle=90, closing_margin=2),
        )

    def open(self, *, auto: bool = False, winners: int = 1, rules: Rules | None = None, post_id: int = 7) -> Contest:
        """Open a contest on post 7 with the usual deadline."""
        local = "2026-11-27T17:00:00+01:00"
        plan = adopt.plan(self.services, str(post_id), closes=local, winners=winners, rules=rules, is_automatic=auto)
        return adopt.open_contest(self.services, plan, actor="ada")

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
    store = Store(f"sqlite:///{tmp_path}/tirage.sqlite3")
    store.upgrade()
    world = World(store)
    world.blog.add_post()
    yield world
    store.close()
