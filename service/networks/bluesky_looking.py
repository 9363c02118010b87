"""Looks at posts on Bluesky: whose handle it is, and what the public index shows of many posts at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from service.domain.posts import Evidence, Sight
from service.networks.bluesky_addresses import is_did, read_authority
from service.networks.bluesky_api import BlueskyApi, error_name
from service.networks.bluesky_shapes import read_post, uri_in
from service.networks.http import HttpAnswer
from service.networks.shapes import BadShape, NotSeen, as_list, as_object, as_text
from service.usecases.ports import Clock, NetworkProblem

MOST_HANDLES = 10_000
MOST_FAILURES = 10  # of one look: enough to find one bad post among 25, few enough for a server that is down
_HANDLE_STAYS = timedelta(hours=1)

Seen = Evidence | NotSeen


class Handles:
    """Whose handle it is, remembered for an hour: handles change hands, DIDs don't."""

    def __init__(self, api: BlueskyApi, *, clock: Clock) -> None:
        self._api = api
        self._clock = clock
        self._known: dict[str, tuple[str, datetime]] = {}

    def did_of(self, authority: str) -> str:
        """The DID of a handle, and of a DID itself. Raises NotSeen: gone where nobody has that handle."""
        if is_did(authority):
            return authority
        did, until = self._known.get(authority, ("", self._clock()))
        if until <= self._clock():
            did = self._ask(authority)
            if len(self._known) >= MOST_HANDLES:
                self._known.clear()
            self._known[authority] = (did, self._clock() + _HANDLE_STAYS)
        return did

    def _ask(self, handle: str) -> str:
        answer = self._api.ask("com.atproto.identity.resolveHandle", [("handle", handle)])
        if answer.status == 400 and error_name(answer) in ("InvalidRequest", "HandleNotFound"):
            raise NotSeen(Sight.GONE, "nobody has this handle")
        did = as_text(as_object(_json(answer)).get("did"))
        if not is_did(read_authority(did) or ""):
            raise BadShape("a handle of nobody")
        return did


class Looker:
    """One look at up to 25 posts. A batch that the server can't answer is halved, since one post may be the reason."""

    def __init__(self, api: BlueskyApi, *, now: datetime) -> None:
        self._api = api
        self._now = now
        self._failures = 0

    def see(self, uris: Sequence[str]) -> dict[str, Seen]:
        """What is there for each of these names."""
        if not uris or self._failures >= MOST_FAILURES:
            return dict.fromkeys(uris, NotSeen(Sight.UNCLEAR, "not asked: the server fails"))
        answer = self._ask(uris)
        if answer is not None:
            return self._read(uris, answer)
        self._failures += 1
        if len(uris) == 1:
            return {uris[0]: NotSeen(Sight.UNCLEAR, "the server fails at this post")}
        middle = len(uris) // 2
        return {**self.see(uris[:middle]), **self.see(uris[middle:])}

    def _ask(self, uris: Sequence[str]) -> HttpAnswer | None:
        """The answer; None where one of the posts may be why there is none: it breaks the server, or is too big."""
        try:
            answer = self._api.ask("app.bsky.feed.getPosts", [("uris", uri) for uri in uris])
        except NetworkProblem as problem:
            if problem.code != "too_big":
                raise
            return None
        return answer if answer.status < 500 else None

    def _read(self, uris: Sequence[str], answer: HttpAnswer) -> dict[str, Seen]:
        """Posts that aren't in the answer are gone: this is how the index tells it. https://docs.bsky.app/docs/api/"""
        try:
            views = as_list(as_object(_json(answer)).get("posts"))
            found = {uri_in(view): view for view in views}
        except NotSeen as seen:
            return dict.fromkeys(uris, seen)
        gone = NotSeen(Sight.GONE, "not in the index")
        return {
            uri: _attempt(lambda view: read_post(view, now=self._now), found[uri]) if uri in found else gone
            for uri in uris
        }


def _attempt(read: Callable[[Mapping[str, Any]], Evidence], view: Mapping[str, Any]) -> Seen:
    try:
        return read(view)
    except NotSeen as seen:
        return seen


def _json(answer: HttpAnswer) -> Any:
    """The JSON of a good answer. Raises BadShape for any other."""
    if answer.status != 200:
        raise BadShape(f"answered {answer.status}")
    try:
        return answer.json()
    except NetworkProblem as error:
        raise BadShape("an answer that is no JSON") from error
