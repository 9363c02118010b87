"""Bluesky: posts are looked at in its public index, without a key; searching needs a login.

API: https://docs.bsky.app/docs/api/app-bsky-feed-get-posts.
"""

from __future__ import annotations

from collections.abc import Sequence

from service.domain.posts import Composed, Message, NetworkName, PostAddress, Sight, Sighting
from service.networks import bluesky_addresses as spelling
from service.networks.asking import Asker
from service.networks.bluesky_api import PUBLIC_HOST, BlueskyApi
from service.networks.bluesky_looking import Handles, Looker, Seen
from service.networks.bluesky_search import BlueskySource
from service.networks.composing import compose_text, count_signs, share_link
from service.networks.http import Http
from service.networks.pace import Pace
from service.networks.shapes import NotSeen
from service.usecases.ports import Clock, Source

LONGEST_POST = 300
COMPOSE_PAGE = "https://bsky.app/intent/compose"
_MOST_REQUESTS, _PACE_SECONDS = 100, 10.0  # ten a second; a batch of 25 with strange handles needs a burst


class BlueskyNetwork:
    """The port `Network`. `handle` and `app_password` are for searching alone."""

    name = NetworkName.BLUESKY
    batch = 25  # the most that the index takes at once
    look_cost = 0

    def __init__(self, http: Http, *, clock: Clock, handle: str = "", app_password: str = "") -> None:
        asker = Asker(http, pace=Pace(_MOST_REQUESTS, _PACE_SECONDS), clock=clock)
        self._api = BlueskyApi(asker, handle=handle, app_password=app_password)
        self._handles = Handles(self._api, clock=clock)
        self._clock = clock

    def read_address(self, text: str) -> PostAddress | None:
        """The post that an address names; None for anything else."""
        return spelling.read_address(text)

    def address_of(self, key: str) -> PostAddress:
        """The address again from "did:plc:abc/3kxyz" or "ana.example/3kxyz"."""
        return spelling.address_of(key)

    def read_profile(self, text: str) -> str | None:
        """The handle whose profile page an address names."""
        return spelling.read_profile(text)

    def read_name(self, text: str) -> str | None:
        """The handle in "@ana.example"."""
        return spelling.read_name(text)

    def host_of(self, address: PostAddress) -> str:
        """The public index, which shows everybody's posts."""
        return PUBLIC_HOST

    def compose(self, message: Message) -> Composed:
        """A message with a link to Bluesky's editor. Links count in full, though its editor may shorten them."""
        text = compose_text(message, mention=lambda name: spelling.read_name(f"@{name}"))
        return Composed(
            network=self.name,
            url=share_link(COMPOSE_PAGE, text),
            text=text,
            length=count_signs(text),
            longest=LONGEST_POST,
        )

    def source(self) -> Source:
        """Bluesky's own search."""
        return BlueskySource(self._api, clock=self._clock)

    def look_up(self, addresses: Sequence[PostAddress]) -> list[Sighting]:
        """What these posts show now, by what the public index says."""
        uris = [self._uri(address) for address in addresses]
        asked = list(dict.fromkeys(uri for uri in uris if isinstance(uri, str)))
        seen = Looker(self._api, now=self._clock()).see(asked)
        return [
            _sighting(address, seen[uri] if isinstance(uri, str) else uri)
            for address, uri in zip(addresses, uris, strict=True)
        ]

    def check(self) -> None:
        """Raises NetworkProblem unless the login is accepted. Asks nobody where there is none."""
        if self._api.has_login:
            self._api.log_in()

    def _uri(self, address: PostAddress) -> str | NotSeen:
        """The post's own name, or why it has none."""
        authority = address.key.partition("/")[0]
        try:
            return spelling.uri_of(self._handles.did_of(authority), address.id)
        except NotSeen as seen:
            return seen


def _sighting(address: PostAddress, seen: Seen) -> Sighting:
    if isinstance(seen, NotSeen):
        return Sighting(reference=address.reference, sight=seen.sight, detail=seen.detail)
    return Sighting(reference=address.reference, sight=Sight.SEEN, evidence=seen)
