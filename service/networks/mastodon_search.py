"""Searches one Mastodon server's hashtag timelines, which show the public posts that this server has received.

API: https://docs.joinmastodon.org/methods/timelines/#tag. A search goes back from the newest post to the contest's
start once, and from there on forward, always from a little before the newest post that it knows: the server sorts
posts of other servers by their own time, so a late one appears among older ones.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NoReturn
from urllib.parse import quote

from service.domain.links import fold_tag
from service.domain.posts import Evidence, PostAddress, SearchPage, SearchPlan
from service.networks.asking import Asker, ask_for_less
from service.networks.mastodon_shapes import address_at_home, host_of_status, read_status, snowflake_time
from service.networks.shapes import BadShape, NotSeen, as_list, as_object, as_text, as_time
from service.usecases.ports import Clock, NetworkProblem

SIZES = (40, 10, 1)  # posts asked for at once: the most there is, and less where that is too much to read
_OVERLAP_MS = 15 * 60 * 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """Where a search of one hashtag is: `newest` is the newest post it knows; going back it is at `back`, going
    forward at `at`; between two runs it has neither."""

    newest: str = ""
    back: str = ""
    at: str = ""

    def params(self, now: datetime) -> dict[str, str]:
        if self.back:
            return {"max_id": self.back}
        return {"min_id": self.at or _rewind(self.newest, now)} if self.newest else {}

    def after(self, ids: Sequence[str], *, is_outside: bool) -> tuple[_Place, bool]:
        """The place after a page with these ids, newest first, and whether the run is done with it.

        `is_outside`: nothing on the page is of the contest's time, so nothing behind it is either.
        """
        if self.newest and not self.back:
            is_done = not ids or is_outside or ids[0] == self.at
            newest = ids[0] if ids else self.newest
            return _Place(newest=newest, at="" if is_done else newest), is_done
        newest = self.newest or (ids[0] if ids else "")
        is_done = not ids or is_outside or ids[-1] == self.back
        return _Place(newest=newest, back="" if is_done else ids[-1]), is_done

    def to_json(self) -> dict[str, str]:
        return {name: value for name in ("newest", "back", "at") if (value := getattr(self, name))}


class MastodonSource:
    """The port `Source` for one server. It costs nothing."""

    page_cost = 0

    def __init__(self, host: str, asker: Asker, *, clock: Clock, token: str, feeds: dict[str, bool]) -> None:
        self.name = f"mastodon:{host}"
        self._host = host
        self._asker = asker
        self._clock = clock
        self._token = token
        self._feeds = feeds

    def query(self, plan: SearchPlan) -> str:
        """What is asked, in words: "#win, #books on mastodon.example"."""
        tags = ", ".join(f"#{tag}" for tag in _tags(plan))
        return f"{tags} on {self._host}" if tags else "nothing: the message has no hashtag"

    def page(self, plan: SearchPlan, cursor: Mapping[str, Any]) -> SearchPage:
        """One page of one hashtag's timeline; the posts of other servers come as addresses only."""
        tags = _tags(plan)
        if not tags:
            return SearchPage(posts=(), cursor=cursor, is_last=True)
        tag = next((tag for tag in tags if tag == cursor.get("tag")), tags[0])
        places = dict(cursor.get("places", {}))
        place = _Place(**places.get(tag, {}))
        statuses = self._timeline(tag, place)
        ids = [as_text(status.get("id"), longest=64) for status in statuses]
        place, is_done = place.after(ids, is_outside=self._is_outside(plan, place, statuses))
        places[tag] = place.to_json()
        following = tags[tags.index(tag) + 1 :][:1] if is_done else [tag]
        return self._read(plan, statuses, {"places": places, **({"tag": following[0]} if following else {})})

    def _read(self, plan: SearchPlan, statuses: list[dict[str, Any]], cursor: Mapping[str, Any]) -> SearchPage:
        found = [self._find(status) for status in statuses if _is_in_time(plan, status, self._clock())]
        untold = found.count(None)
        gap = f"{self._host} shows posts without telling where they are at home" if untold else ""
        posts = tuple(each for each in found if isinstance(each, Evidence))
        return SearchPage(
            posts=tuple(post for post in posts if plan.starts_at <= post.posted_at < plan.ends_at),
            addresses=tuple(each for each in found if isinstance(each, PostAddress)),
            cursor=cursor,
            is_last="tag" not in cursor,
            gap=gap,
        )

    def _find(self, status: Mapping[str, Any]) -> Evidence | PostAddress | str | None:
        """Evidence of this server's own post, the address of another's; None where that isn't told, "" for neither."""
        try:
            if host_of_status(status) == self._host:
                return read_status(status, host=self._host, now=self._clock())
            return address_at_home(status)
        except NotSeen:
            return ""

    def _is_outside(self, plan: SearchPlan, place: _Place, statuses: list[dict[str, Any]]) -> bool:
        """Whether the whole page is before the contest (going back) or after it (going forward).

        The whole page, not one post of it: a server may let people date their posts back.
        """
        times = [time for status in statuses if (time := _claimed(status, self._clock()))]
        if place.newest and not place.back:
            return bool(times) and min(times) >= plan.ends_at
        return bool(times) and max(times) < plan.starts_at

    def _timeline(self, tag: str, place: _Place) -> list[dict[str, Any]]:
        path = f"/api/v1/timelines/tag/{quote(tag, safe='')}"
        params = place.params(self._clock())
        answer = ask_for_less(
            SIZES,
            lambda size: self._asker.get(self._host, path, params={**params, "limit": str(size)}, token=self._token),
        )
        if answer.status != 200:
            self._refuse(answer.status)
        try:
            statuses = [as_object(status) for status in as_list(answer.json())]
        except BadShape:
            self._refuse(answer.status)
        if not statuses and not place.newest and not self._shows_feed():
            raise self._problem(
                f"{self._host} shows no hashtag timelines to anybody: search on another server.",
                code="feed_disabled",
                permanent=True,
            )
        return [status for status in statuses if _has_id(status)]

    def _refuse(self, status: int) -> NoReturn:
        if status in (401, 403, 422):
            message = (
                f"{self._host} shows hashtags only with a login: put its token in MASTODON_TOKENS, or search elsewhere."
            )
            raise self._problem(message, code="needs_login", permanent=True)
        message = f"{self._host} doesn't answer as Mastodon does (it said {status}): is it a Mastodon server?"
        raise self._problem(message, code="bad_answer", permanent=status == 404)

    def _problem(self, message: str, *, code: str, permanent: bool) -> NetworkProblem:
        return NetworkProblem(message, code=code, host=self._host, permanent=permanent)

    def _shows_feed(self) -> bool:
        """Whether an empty timeline is really empty: servers answer so too where they show none (since 4.5)."""
        if self._host not in self._feeds:
            self._feeds[self._host] = self._ask_about_feed()
        return self._feeds[self._host]

    def _ask_about_feed(self) -> bool:
        answer = self._asker.get(self._host, "/api/v2/instance", token=self._token)
        if answer.status != 200:
            return True
        try:
            found = as_object(answer.json())
            for name in ("configuration", "timelines_access", "hashtag_feeds"):
                found = as_object(found.get(name))
        except BadShape:
            return True
        return not found.get("local") == found.get("remote") == "disabled"


def _tags(plan: SearchPlan) -> list[str]:
    return list(dict.fromkeys(tag for tag in map(fold_tag, plan.message.hashtags) if tag))


def _has_id(status: Mapping[str, Any]) -> bool:
    post_id = status.get("id")
    return isinstance(post_id, str) and post_id.isascii() and post_id.isalnum() and len(post_id) <= 64


def _claimed(status: Mapping[str, Any], now: datetime) -> datetime | None:
    try:
        return as_time(status.get("created_at"), now=now)
    except BadShape:
        return None


def _is_in_time(plan: SearchPlan, status: Mapping[str, Any], now: datetime) -> bool:
    claimed = _claimed(status, now)
    return claimed is not None and plan.starts_at <= claimed < plan.ends_at


def _rewind(post_id: str, now: datetime) -> str:
    """An id a quarter of an hour before this one, where ids tell the time."""
    return str(int(post_id) - (_OVERLAP_MS << 16)) if snowflake_time(post_id, now=now) else post_id
