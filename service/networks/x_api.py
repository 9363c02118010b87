"""X's API with a key: asks at the pace it allows, and looks posts up, up to a hundred at once.

API: https://docs.x.com/x-api/posts/lookup. Prices: https://docs.x.com/x-api/getting-started/pricing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from service.domain.posts import PostAddress, Sight, Sighting
from service.networks.http import Http, HttpAnswer
from service.networks.pace import Pace
from service.networks.shapes import BadShape, NotSeen, as_object
from service.networks.x_problems import HOST, names_parameter, problem_of
from service.networks.x_shapes import Found, read_found
from service.usecases.ports import Clock, NetworkProblem

BATCH = 100
POST_COST, USER_COST, OWNED_COST = 5_000, 10_000, 1_000  # millionths of a US dollar for each that is returned
LOOK_COST = POST_COST + USER_COST  # whether authors that come along are billed isn't documented

_USERS = {"user.fields": "name,username"}
# Asking for the posts that others refer to costs them too; in the newer words there is no other way.
_OLDER = {
    "tweet.fields": "author_id,created_at,entities,note_tweet,referenced_tweets",
    "expansions": "author_id",
    **_USERS,
}
_NEWER = {"post.fields": "created_at,entities,note_post", "expansions": "author_id,referenced_posts", **_USERS}


class XApi:
    """One key's way to the API. `setting` names the key to people. May be used by several threads."""

    def __init__(self, http: Http, *, token: str, setting: str, pace: Pace, clock: Clock) -> None:
        self._http = http
        self._headers = {"Authorization": f"Bearer {token}"}
        self._setting = setting
        self._pace = pace
        self._clock = clock
        self._fields = _OLDER

    def ask(self, path: str, params: Mapping[str, str] | None = None) -> dict[str, Any]:
        """The JSON object that is answered. Raises NetworkProblem."""
        return self._read(self._send(path, params or {}))

    def find(self, path: str, params: Mapping[str, str]) -> Found:
        """The posts in an answer. Raises NetworkProblem."""
        answer = self._send(path, {**params, **self._fields})
        if self._fields is _OLDER and names_parameter(answer, "tweet.fields"):
            self._fields = _NEWER
            answer = self._send(path, {**params, **self._fields})
        try:
            return read_found(self._read(answer))
        except BadShape as error:
            raise self._bad(answer) from error

    def look_up(self, addresses: Sequence[PostAddress]) -> list[Sighting]:
        """What up to a hundred posts show now, each in its newest version. Raises NetworkProblem.

        The id of an older version shows the older text, so these are looked up once more.
        """
        first = self._look([address.id for address in addresses])
        newest = {address.id: first.newest(address.id) for address in addresses}
        renewed = [post_id for asked, post_id in newest.items() if post_id != asked]
        again = self._look(renewed) if renewed else first
        return [
            self._sighting(address, newest[address.id], again if newest[address.id] in renewed else first)
            for address in addresses
        ]

    def _look(self, ids: Sequence[str]) -> Found:
        return self.find("/2/tweets", {"ids": ",".join(dict.fromkeys(ids))})

    def _sighting(self, address: PostAddress, post_id: str, found: Found) -> Sighting:
        try:
            evidence = found.read(post_id, now=self._clock())
        except NotSeen as seen:
            return Sighting(reference=address.reference, sight=seen.sight, detail=seen.detail)
        return Sighting(reference=address.reference, sight=Sight.SEEN, evidence=evidence)

    def _send(self, path: str, params: Mapping[str, str]) -> HttpAnswer:
        self._pace.take(HOST)
        return self._http.get(f"https://{HOST}{path}", hosts={HOST}, params=params, headers=self._headers)

    def _read(self, answer: HttpAnswer) -> dict[str, Any]:
        if answer.status != 200:
            problem = problem_of(answer, setting=self._setting, now=self._clock())
            if problem.code == "rate_limited" and problem.retry_after is not None:
                self._pace.rest(HOST, problem.retry_after)
            raise problem
        try:
            return as_object(answer.json())
        except BadShape as error:
            raise self._bad(answer) from error

    def _bad(self, answer: HttpAnswer) -> NetworkProblem:
        text = f"X answered in another shape than it documents (status {answer.status})."
        return NetworkProblem(text, code="bad_answer", host=HOST)
