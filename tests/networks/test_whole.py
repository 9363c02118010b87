"""From a comment or a search to a verdict, with the real networks' code against a stand-in X over HTTP."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
import structlog

from service.domain.contest import Search, XSearch
from service.networks.http import Http
from service.networks.pace import Pace
from service.networks.registry import AllNetworks
from service.networks.x import XNetwork
from service.storage import posts, searches
from service.storage.store import Store
from service.usecases.services import Services
from testbed.x import Answer, X
from tests.networks.openapi import judge_all
from tests.stores import new_store
from tests.usecases.conftest import World

LINK = "https://blog.example/deux-livres-7/"


class Monotonic:
    """Seconds that pass when somebody sleeps."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        """The time it is."""
        return self.now

    def sleep(self, seconds: float) -> None:
        """Let it pass."""
        self.now += seconds


class WorldWithX(World):
    """The use cases on a blog in memory, with a real X network that asks the stand-in."""

    def __init__(self, store: Store, x: X, time: Monotonic, *, token: str = "") -> None:
        super().__init__(store)
        x.world.clock = self.clock
        self.x = x
        http = Http(user_agent="Tirage", origins=x.origins)
        network = XNetwork(http, clock=self.clock, bearer_token=token)
        free = XNetwork(http, clock=self.clock)

        def sources(search: Search) -> list[object]:
            return [network.source(search.x)] if search.x is not XSearch.OFF else []

        networks = AllNetworks([network], [free], sources=sources)  # type: ignore[arg-type]
        fields = {name: getattr(self.services, name) for name in Services.__slots__}
        self.services = Services(**{**fields, "networks": networks, "sleep": time.sleep})

    def publish(self, number: int) -> str:
        """A good post by an author of its own; its address."""
        return self.x.post(f"poster{number}", f"Je participe ! {LINK}?utm_source=x")


@pytest.fixture
def x() -> Iterator[X]:
    with X() as x:
        yield x
        judge_all(x)


@pytest.fixture
def time(monkeypatch) -> Monotonic:
    time = Monotonic()
    monkeypatch.setattr("service.networks.x.Pace", partial(Pace, clock=time))
    return time


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = new_store(tmp_path)
    yield store
    store.close()


def count(world: World) -> Counter[str]:
    with world.services.store.read() as tx:
        return Counter(known.verdict.status.value for known in posts.page(tx, 1, limit=5_000))


def test_a_thousand_posts_of_a_search_that_is_killed_half_way_are_each_there_once(x, time, store):
    world = WorldWithX(store, x, time, token=x.app_token)
    world.blog.add_post()
    for number in range(1_000):
        world.publish(number)
    world.clock.forward(60)
    world.open_pools(search=Search(x=XSearch.RECENT, x_cap_cents=10_000))
    with pytest.MonkeyPatch.context() as patch:
        saved = posts.save_found
        left = iter(range(550))

        def die(*args, **given):
            if next(left, None) is None:
                raise KeyboardInterrupt
            return saved(*args, **given)

        patch.setattr(posts, "save_found", die)
        with pytest.raises(KeyboardInterrupt):
            world.run()
    assert count(world) == {"undecided": 500}  # the five whole pages are kept, and not judged yet
    world.clock.forward(61)
    world.run()
    assert count(world) == {"eligible": 1_000}
    assert x.count("/2/tweets/search/recent") == 11
    with store.read() as tx:
        state = searches.of_contest(tx, 1)["x:search"]
    assert (state.found, state.spent, x.api.charged) == (1_000, 15_000_000, 15_000_000)


def test_a_thousand_addresses_cost_ten_requests_with_a_key(x, time, store):
    world = WorldWithX(store, x, time, token=x.app_token)
    world.blog.add_post()
    addresses = [world.publish(number) for number in range(1_000)]
    for start in range(0, 1_000, 5):
        ids = (address.rpartition("/")[2] for address in addresses[start : start + 5])
        world.blog.add(posts=" ".join(f"x:{post_id}" for post_id in ids))
    world.open_pools(search=Search(x_cap_cents=10_000))
    world.run()
    assert x.count("/2/tweets") == 10
    assert count(world) == {"eligible": 200, "ineligible": 800}  # five by one commenter are one person's


def test_without_a_key_x_is_asked_five_times_a_second_at_most(x, time, store):
    world = WorldWithX(store, x, time)
    world.blog.add_post()
    asked: Counter[int] = Counter()
    answer = x.answer

    def note(request):
        if request.path == "/oembed":
            asked[int(time())] += 1
        return answer(request)

    x.answer = note
    for number in range(60):
        world.blog.add(posts=f"x:{world.publish(number).rpartition('/')[2]}")
    world.open_pools()
    world.run()
    assert count(world) == {"eligible": 60}
    assert time() >= 10
    assert max(asked.values()) <= 10  # five in any second: at most ten between two whole ones


def test_nothing_personal_and_no_key_is_in_the_log(x, time, store):
    world = WorldWithX(store, x, time, token=x.app_token)
    world.blog.add_post()
    address = x.post("secret_handle", f"mes mots {LINK}")
    world.blog.add(posts=f"x:{address.rpartition('/')[2]}", author_name="Nom Privé", author_email="a@secret.example")
    x.fail(Answer(503), times=2)
    world.open_pools(search=Search(x=XSearch.RECENT))
    with structlog.testing.capture_logs() as logs:
        world.run()
        world.clock.forward(3_600)
        world.run()
    told = str(logs)
    assert count(world) == {"eligible": 1}
    assert not any(word in told for word in ("secret_handle", "mes mots", "Nom Privé", "secret.example", "app-token"))
