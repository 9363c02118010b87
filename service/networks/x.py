"""X: posts are looked at with a key where there is one, and otherwise as X shows them to everybody."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from service.domain.posts import Composed, Message, NetworkName, PostAddress, Sight, Sighting
from service.networks import x_addresses as spelling
from service.networks import x_oembed
from service.networks.asking import Asker
from service.networks.http import Http
from service.networks.pace import Pace
from service.networks.shapes import NotSeen
from service.networks.x_composing import compose
from service.networks.x_tco import ShortLinks
from service.usecases.ports import Clock

CLOCK_SLACK = timedelta(minutes=5)
FROM_FUTURE = "from the future"


class XNetwork:
    """The port `Network`."""

    name = NetworkName.X

    def __init__(
        self, http: Http, *, clock: Clock, bearer_token: str = "", user_token: str = "", user_id: str = ""
    ) -> None:
        self._clock = clock
        self._asker = Asker(http, pace=Pace(5, 1.0), clock=clock)
        self._short_links = ShortLinks(Asker(http, pace=Pace(10, 1.0), clock=clock))

    @property
    def batch(self) -> int:
        """How many posts one look takes."""
        return 1

    @property
    def look_cost(self) -> int:
        return 0

    def read_address(self, text: str) -> PostAddress | None:
        """The post that an address names; None for anything else."""
        return spelling.read_address(text)

    def address_of(self, key: str) -> PostAddress:
        """The address again from an id."""
        return spelling.address_of(key)

    def read_profile(self, text: str) -> str | None:
        """The handle whose profile page an address names."""
        return spelling.read_profile(text)

    def read_name(self, text: str) -> str | None:
        """The handle in "@ana"."""
        return spelling.read_name(text)

    def host_of(self, address: PostAddress) -> str:
        """The host that a look asks."""
        return x_oembed.HOST

    def compose(self, message: Message) -> Composed:
        """A message with the link to X's editor."""
        return compose(message)

    def look_up(self, addresses: Sequence[PostAddress]) -> list[Sighting]:
        """What these posts show now."""
        return [self._look(address) for address in addresses]

    def check(self) -> None:
        """Nothing to check."""

    def _look(self, address: PostAddress) -> Sighting:
        try:
            return self._see(address)
        except NotSeen as seen:
            return Sighting(reference=address.reference, sight=seen.sight, detail=seen.detail)

    def _see(self, address: PostAddress) -> Sighting:
        now = self._clock()
        if address.posted_at is not None and address.posted_at > now + CLOCK_SLACK:
            raise NotSeen(Sight.GONE, FROM_FUTURE)
        answer = self._asker.get(x_oembed.HOST, "/oembed", params=x_oembed.params_of(address))
        shown = x_oembed.read_answer(answer)
        resolved = self._short_links.resolve(shown.short_links, most=x_oembed.MOST_LINKS)
        evidence = x_oembed.make_evidence(address, shown, resolved, now=now)
        return Sighting(reference=address.reference, sight=Sight.SEEN, evidence=evidence)
