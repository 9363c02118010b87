"""Mastodon, and every server that speaks its API: posts are looked at on their author's own server, without a key.

API: https://docs.joinmastodon.org/methods/statuses/#get.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from service.domain.posts import Composed, Message, NetworkName, PostAddress, Sight, Sighting
from service.networks import mastodon_addresses as spelling
from service.networks.asking import Asker
from service.networks.composing import compose_text, count_signs, share_link
from service.networks.http import Http, HttpAnswer
from service.networks.mastodon_search import MastodonSource
from service.networks.mastodon_shapes import address_at_home, host_of_status, read_status
from service.networks.pace import Pace
from service.networks.shapes import BadShape, NotSeen, as_object
from service.usecases.ports import Clock, NetworkProblem, Source

LONGEST_POST = 500
MOST_REQUESTS = 250  # of the 300 in five minutes that servers allow one address by default
_PACE_SECONDS = 300.0
_ASK_FOR_HOME = "give the address on the author's own server"


class MastodonNetwork:
    """The port `Network`. `tokens` by server, for those that show nothing without one: "read:statuses" is enough."""

    name = NetworkName.MASTODON
    batch = 1
    look_cost = 0

    def __init__(
        self,
        http: Http,
        *,
        clock: Clock,
        tokens: Mapping[str, str] | None = None,
        share_server: str = "mastodon.social",
    ) -> None:
        self._asker = Asker(http, pace=Pace(MOST_REQUESTS, _PACE_SECONDS), clock=clock)
        self._clock = clock
        self._tokens = dict(tokens or {})
        self._share_server = share_server
        self._feeds: dict[str, bool] = {}  # by server, whether it shows hashtag timelines: asked once

    def read_address(self, text: str) -> PostAddress | None:
        """The post that an address names; None for anything else."""
        return spelling.read_address(text)

    def address_of(self, key: str) -> PostAddress:
        """The address again from "mastodon.example/113"."""
        return spelling.address_of(key)

    def read_profile(self, text: str) -> str | None:
        """The handle whose profile page an address names."""
        return spelling.read_profile(text)

    def read_name(self, text: str) -> str | None:
        """The handle in "@ana@mastodon.example"."""
        return spelling.read_name(text)

    def host_of(self, address: PostAddress) -> str:
        """The server that a look at this address asks first."""
        return address.key.partition("/")[0]

    def compose(self, message: Message) -> Composed:
        """A message with a link to the share page of one server; it asks people of others where their home is."""
        text = compose_text(message, mention=lambda name: spelling.read_name(f"@{name}"))
        return Composed(
            network=self.name,
            url=share_link(f"https://{self._share_server}/share", text),
            text=text,
            length=count_signs(spelling.shorten_as_counted(text)),
            longest=LONGEST_POST,
        )

    def sources(self, servers: Sequence[str]) -> list[Source]:
        """The hashtag timelines of these servers. Raises ValueError for what can't be a server's name."""
        for host in servers:
            if not spelling.is_server(host):
                raise ValueError(f"not a server's name: {host!r}")
        return [
            MastodonSource(host, self._asker, clock=self._clock, token=self._tokens.get(host, ""), feeds=self._feeds)
            for host in servers
        ]

    def look_up(self, addresses: Sequence[PostAddress]) -> list[Sighting]:
        """What these posts show now, by what their authors' own servers say."""
        return [self._look(address) for address in addresses]

    def check(self) -> None:
        """Raises NetworkProblem unless each token is accepted. Asks nobody where there is none."""
        for host, token in self._tokens.items():
            answer = self._asker.get(host, "/api/v1/accounts/verify_credentials", token=token)
            if answer.status in (401, 403):
                raise NetworkProblem(
                    f"{host} refuses its token in MASTODON_TOKENS: make a new one there (Preferences, Development).",
                    code="key_refused",
                    host=host,
                    permanent=True,
                )

    def _look(self, address: PostAddress) -> Sighting:
        try:
            return self._see(address)
        except NotSeen as seen:
            return Sighting(reference=address.reference, sight=seen.sight, detail=seen.detail)
        except NetworkProblem as problem:
            if problem.code not in ("bad_answer", "too_big"):
                raise
            return Sighting(reference=address.reference, sight=Sight.UNCLEAR, detail="an answer that isn't Mastodon's")

    def _see(self, address: PostAddress) -> Sighting:
        """Ask the server in the address, and where that shows a copy, the one that the copy is from; no third."""
        host, status = self.host_of(address), self._status(address)
        home = host_of_status(status)
        if home != host:
            original = address_at_home(status)
            if original is None:
                raise NotSeen(Sight.UNCLEAR, _ASK_FOR_HOME)
            host, copy = home, status
            status = self._status(original)
            if status.get("uri") != copy.get("uri"):
                raise BadShape("two servers tell two names of one post")
        evidence = read_status(status, host=host, now=self._clock())
        return Sighting(reference=address.reference, sight=Sight.SEEN, evidence=evidence)

    def _status(self, address: PostAddress) -> dict[str, Any]:
        """What the server in the address shows for the id in it. Raises NotSeen."""
        host = self.host_of(address)
        answer = self._asker.get(host, f"/api/v1/statuses/{address.id}", token=self._tokens.get(host, ""))
        if answer.status != 200:
            raise _refusal(answer, is_copy=spelling.is_copy(address))
        status = as_object(answer.json())
        if status.get("id") != address.id:
            raise BadShape("another post than was asked for")
        return status


def _refusal(answer: HttpAnswer, *, is_copy: bool) -> NotSeen:
    """What an answer without a post means. Only Mastodon's own "not found" tells that there is none."""
    if answer.status in (401, 403):
        return NotSeen(Sight.UNCLEAR, "needs a login")
    if answer.status == 410 or (answer.status == 404 and _is_of_mastodon(answer)):
        return NotSeen(Sight.UNCLEAR, _ASK_FOR_HOME) if is_copy else NotSeen(Sight.GONE, f"answered {answer.status}")
    return NotSeen(Sight.UNCLEAR, f"answered {answer.status}")


def _is_of_mastodon(answer: HttpAnswer) -> bool:
    """Other servers and programs (Misskey, a blog) answer 404 to every question in this API, in other shapes."""
    try:
        return isinstance(as_object(answer.json()).get("error"), str)
    except (NotSeen, NetworkProblem):
        return False
