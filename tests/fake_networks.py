"""Networks in memory: posts that are there or not, searches by page, and answers that fail when a test wants it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from service.domain.contest import Search, XSearch
from service.domain.errors import BadInput
from service.domain.posts import (
    Composed,
    Evidence,
    Message,
    NetworkName,
    PostAddress,
    SearchPage,
    SearchPlan,
    Sight,
    Sighting,
)
from service.usecases.ports import Network, NetworkProblem, Source
from tests.factories import make_evidence

DOWN = NetworkProblem("fake.example doesn't answer.", code="unreachable", host="fake.example")


class FakeNetwork:
    """The port `Network` for X: what `posts` holds is there, what `hidden` names is protected, all else is gone."""

    def __init__(self, clock: Any, *, batch: int = 2, look_cost: int = 0) -> None:
        self.name = NetworkName.X
        self.batch = batch
        self.look_cost = look_cost
        self.clock = clock
        self.posts: dict[str, Evidence] = {}
        self.hidden: set[str] = set()
        self.unclear: set[str] = set()
        self.problems: list[NetworkProblem] = []
        self.looks: list[list[str]] = []

    def add(self, number: int, **given: Any) -> str:
        """Publish a post; its reference."""
        evidence = make_evidence(number, **given)
        self.posts[self.key(number)] = evidence
        return f"x:{self.key(number)}"

    def key(self, number: int) -> str:
        """The id of a post by its number in the tests."""
        return str(1_990_000_000_000_000_000 + number)

    def read_address(self, text: str) -> PostAddress | None:
        """Addresses are https://x.com/i/web/status/ID."""
        start = "https://x.com/i/web/status/"
        return self.address_of(text.removeprefix(start)) if text.startswith(start) else None

    def address_of(self, key: str) -> PostAddress:
        """The address of a key."""
        return PostAddress(network=self.name, key=key, id=key, url=f"https://x.com/i/web/status/{key}")

    def read_profile(self, text: str) -> str | None:
        """Nobody's."""
        return None

    def read_name(self, text: str) -> str | None:
        """Nobody's."""
        return None

    def host_of(self, address: PostAddress) -> str:
        """One host for all."""
        return "fake.example"

    def compose(self, message: Message) -> Composed:
        """The text alone."""
        return Composed(
            network=self.name, url="https://x.com/intent/tweet?text=", text=message.text, length=0, longest=280
        )

    def look_up(self, addresses: Sequence[PostAddress]) -> list[Sighting]:
        """What is there now; or the next problem."""
        if self.problems:
            raise self.problems.pop(0)
        self.looks.append([address.key for address in addresses])
        return [self._look(address) for address in addresses]

    def _look(self, address: PostAddress) -> Sighting:
        if address.key in self.unclear:
            return Sighting(reference=address.reference, sight=Sight.UNCLEAR, detail="a strange answer")
        if address.key in self.hidden:
            return Sighting(reference=address.reference, sight=Sight.HIDDEN)
        evidence = self.posts.get(address.key)
        if evidence is None:
            return Sighting(reference=address.reference, sight=Sight.GONE)
        told = replace(evidence, checked_at=self.clock())
        return Sighting(reference=address.reference, sight=Sight.SEEN, evidence=told)

    def check(self) -> None:
        """Fine."""


class FakeSource:
    """The port `Source`: pages of posts, each once; `asked` lists the cursors that were asked for."""

    name = "x:search"

    def __init__(self, pages: Sequence[Sequence[Evidence]], *, page_cost: int = 0) -> None:
        self.pages = list(pages)
        self.page_cost = page_cost
        self.asked: list[int] = []
        self.problems: list[NetworkProblem] = []
        self.die_at: int | None = None

    def query(self, plan: SearchPlan) -> str:
        """The links that are searched for."""
        return " OR ".join(plan.message.links)

    def page(self, plan: SearchPlan, cursor: Mapping[str, Any]) -> SearchPage:
        """The page at the cursor; or the next problem, or death."""
        if self.problems:
            raise self.problems.pop(0)
        place = int(cursor.get("page", 0))
        self.asked.append(place)
        if place == self.die_at:
            self.die_at = None
            raise KeyboardInterrupt
        posts = tuple(self.pages[place]) if place < len(self.pages) else ()
        return SearchPage(
            posts=posts,
            cursor={"page": min(place + 1, len(self.pages))},
            is_last=place + 1 >= len(self.pages),
            cost=self.page_cost,
        )


class FakeNetworks:
    """The port `Networks`: one network, and one source for whoever searches X."""

    def __init__(self, network: FakeNetwork, free: FakeNetwork | None = None) -> None:
        self.network = network
        self.free_network = free or network
        self.source: FakeSource | None = None
        self.has_key = True

    def all(self) -> Sequence[Network]:
        """The one."""
        return [self.network]

    def get(self, name: NetworkName) -> Network:
        """The one."""
        return self.network

    def free(self, name: NetworkName) -> Network:
        """The one without a key."""
        return self.free_network

    def sources(self, search: Search) -> Sequence[Source]:
        """The source, where X is searched. Raises BadInput without its key."""
        if search.x is not XSearch.OFF and not self.has_key:
            raise BadInput("Searching X needs a key: set X_BEARER_TOKEN.", code="key_missing")
        return [self.source] if self.source and search.x is not XSearch.OFF else []
