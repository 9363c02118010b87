"""X: posts are looked at with a key where there is one, and otherwise as X shows them to everybody.

Sleeping is never done here: who asks too often gets a NetworkProblem that says how long to wait.
"""

from __future__ import annotations

from collections.abc import Sequence

from service.domain.contest import XSearch
from service.domain.errors import BadInput
from service.domain.posts import Composed, Message, NetworkName, PostAddress, Sight, Sighting
from service.networks import x_addresses as spelling
from service.networks import x_oembed
from service.networks.asking import Asker
from service.networks.http import Http
from service.networks.pace import Pace
from service.networks.shapes import CLOCK_SLACK, NotSeen
from service.networks.x_api import BATCH, LOOK_COST, XApi
from service.networks.x_composing import compose
from service.networks.x_kinds import mentions, recent_search
from service.networks.x_problems import HOST as API_HOST
from service.networks.x_search import XSource
from service.networks.x_tco import ShortLinks
from service.usecases.ports import Clock, NetworkProblem, Source

_APP_KEY, _USER_KEY = "X_BEARER_TOKEN", "X_USER_TOKEN"


class XNetwork:
    """The port `Network`.

    `bearer_token` is an app's key, for looks and searches; `user_token` that of the account with the number `user_id`,
    for what mentions it. Without either, nothing costs anything.
    """

    name = NetworkName.X

    def __init__(
        self, http: Http, *, clock: Clock, bearer_token: str = "", user_token: str = "", user_id: str = ""
    ) -> None:
        self._clock = clock
        self._user_id = user_id
        self._asker = Asker(http, pace=Pace(5, 1.0), clock=clock)
        self._short_links = ShortLinks(Asker(http, pace=Pace(10, 1.0), clock=clock))
        pace = Pace(300, 900.0)  # the lowest limit of all that is asked

        def api(token: str, setting: str) -> XApi | None:
            return XApi(http, token=token, setting=setting, pace=pace, clock=clock) if token else None

        self._app = api(bearer_token, _APP_KEY)
        self._user = api(user_token, _USER_KEY)
        self._api = self._app or self._user

    @property
    def batch(self) -> int:
        """How many posts one look takes at most."""
        return BATCH if self._api else 1

    @property
    def look_cost(self) -> int:
        """What a look at one post costs at most, in millionths of a US dollar."""
        return LOOK_COST if self._api else 0

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
        """The host that a look asks, the same for all posts."""
        return API_HOST if self._api else x_oembed.HOST

    def compose(self, message: Message) -> Composed:
        """A message with the link to X's editor."""
        return compose(message)

    def source(self, search: XSearch) -> Source:
        """Where to search. Raises BadInput where the key for that is missing."""
        if search is XSearch.RECENT:
            return XSource(self._need(self._app or self._user), recent_search(), clock=self._clock)
        api = self._need((self._user or self._app) if self._user_id else None, f"{_USER_KEY} and X_USER_ID")
        return XSource(api, mentions(self._user_id, is_own=api is self._user), clock=self._clock)

    def look_up(self, addresses: Sequence[PostAddress]) -> list[Sighting]:
        """What these posts show now. An id from the future was never given, so nobody is asked about it."""
        latest = self._clock() + CLOCK_SLACK
        asked = [address for address in addresses if address.posted_at is None or address.posted_at <= latest]
        seen = {sighting.reference: sighting for sighting in self._look_at(asked)}
        return [seen.get(address.reference) or _never_was(address) for address in addresses]

    def check(self) -> None:
        """Raises NetworkProblem unless the keys are accepted. Asks nobody where there is none.

        An app's key belongs to no account, and an account's key doesn't tell the app's usage, so each is asked for what
        it can tell: the app's usage is free, one's own account a tenth of a cent at most.
        """
        if self._app:
            self._app.ask("/2/usage/tweets")
        if self._user:
            self._check_user(self._user)

    def _check_user(self, api: XApi) -> None:
        data = api.ask("/2/users/me").get("data")
        if not isinstance(data, dict) or data.get("id") != self._user_id:
            raise NetworkProblem(
                f"The key in {_USER_KEY} is that of another account than X_USER_ID says.",
                code="key_refused",
                host=API_HOST,
                permanent=True,
            )

    def _need(self, api: XApi | None, settings: str = _APP_KEY) -> XApi:
        if api is None:
            raise BadInput(f"Searching X needs a key: set {settings}.", code="key_missing")
        return api

    def _look_at(self, addresses: Sequence[PostAddress]) -> list[Sighting]:
        if self._api:
            return self._api.look_up(addresses) if addresses else []
        return [self._look(address) for address in addresses]

    def _look(self, address: PostAddress) -> Sighting:
        try:
            answer = self._asker.get(x_oembed.HOST, "/oembed", params=x_oembed.params_of(address))
            shown = x_oembed.read_answer(answer)
            resolved = self._short_links.resolve(shown.short_links, most=x_oembed.MOST_LINKS)
            evidence = x_oembed.make_evidence(address, shown, resolved, now=self._clock())
        except NotSeen as seen:
            return Sighting(reference=address.reference, sight=seen.sight, detail=seen.detail)
        return Sighting(reference=address.reference, sight=Sight.SEEN, evidence=evidence)


def _never_was(address: PostAddress) -> Sighting:
    return Sighting(reference=address.reference, sight=Sight.GONE, detail="from the future")
