"""Searches X for posts of a contest, page by page, newest first: everything of the last days, or what mentions one.

API: https://docs.x.com/x-api/posts/search, https://docs.x.com/x-api/posts/timelines. A run asks for what lies between
two ids, since X takes either ids or times, and the next run goes on behind it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from service.domain.posts import Evidence, SearchPage, SearchPlan
from service.networks.shapes import NotSeen
from service.networks.x_addresses import first_id_at, time_of
from service.networks.x_api import USER_COST, XApi
from service.networks.x_kinds import Kind
from service.networks.x_problems import HOST
from service.networks.x_shapes import Found
from service.usecases.ports import Clock, NetworkProblem

PAGE = 100  # the most that X gives at once
INDEX_DELAY = timedelta(seconds=30)  # X's search takes so long to show a post
_OVERTAKEN = timedelta(days=1)  # posts that X shows this late are still found
_MARGIN = 5 * 60 * 1000 << 22  # five minutes in ids: what X reaches moves on while one asks
_STALE = re.compile(r"'since_id' must be .*?larger than '?(\d{1,19})")


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a search is, as its cursor keeps it: all ids as text, "" for none.

    Behind `since_id` nothing is known yet. While a run lasts it goes down from `until_id`, is at `next_token`, and has
    seen `newest_id` first; `count` is how many posts it saw.
    """

    since_id: str = ""
    until_id: str = ""
    next_token: str = ""
    newest_id: str = ""
    count: int = 0

    @classmethod
    def of(cls, cursor: Mapping[str, Any]) -> Place:
        """The place in a cursor, also in one that nobody wrote like this."""
        names = ("since_id", "until_id", "next_token", "newest_id")
        count = cursor.get("count", 0)
        return cls(
            **{name: str(cursor.get(name) or "") for name in names}, count=count if isinstance(count, int) else 0
        )

    def to_json(self) -> dict[str, Any]:
        """The cursor."""
        return {name: value for name, value in asdict(self).items() if value}


class XSource:
    """The port `Source` for one of the two searches."""

    def __init__(self, api: XApi, kind: Kind, *, clock: Clock) -> None:
        self.name = kind.name
        self.page_cost = PAGE * (kind.post_cost + USER_COST)
        self._api = api
        self._kind = kind
        self._clock = clock

    def query(self, plan: SearchPlan) -> str:
        """What X is asked, in its own words."""
        return self._kind.words(plan)

    def page(self, plan: SearchPlan, cursor: Mapping[str, Any]) -> SearchPage:
        """One page. Raises NetworkProblem."""
        params = self._kind.params(plan)
        place, gap = self._begin(plan, Place.of(cursor))
        if params is None or int(place.until_id) - int(place.since_id) <= 1:
            return SearchPage(posts=(), cursor=Place.of(cursor).to_json(), is_last=True, gap=gap)
        try:
            found = self._ask(params, place)
        except NetworkProblem as problem:
            place, told = self._recover(place, problem)
            gap = gap or told
            if int(place.until_id) - int(place.since_id) <= 1:  # all of the window is out of reach
                return SearchPage(posts=(), cursor=Place(since_id=place.since_id).to_json(), is_last=True, gap=gap)
            found = self._ask(params, place)
        return self._read(place, found, gap)

    def _begin(self, plan: SearchPlan, place: Place) -> tuple[Place, str]:
        """The place with its window, and a sentence where that begins later than it should."""
        if place.until_id and place.since_id:
            return place, ""
        now = self._clock()
        until_id = first_id_at(min(plan.ends_at, now - INDEX_DELAY))
        since_id = int(place.since_id or max(0, first_id_at(plan.starts_at) - 1))
        floor = first_id_at(now - self._kind.reach) if self._kind.reach else 0
        gap = _gap(since_id, floor) if since_id < floor else ""
        return Place(since_id=str(max(since_id, floor)), until_id=str(until_id)), gap

    def _recover(self, place: Place, problem: NetworkProblem) -> tuple[Place, str]:
        """Where to go on when X takes the window or the token no longer. Raises the problem when it is another."""
        stale = _STALE.search(problem.message) if problem.code == "bad_request" else None
        if stale:
            floor = max(int(stale[1]), int(place.since_id)) + _MARGIN
            restarted = replace(place, since_id=str(floor), next_token="")
            return restarted, _gap(int(place.since_id), floor)
        if problem.code == "bad_request" and place.next_token and "_token" in problem.message:
            return replace(place, next_token=""), ""  # the same pages again, which X doesn't bill twice a day
        raise problem

    def _ask(self, params: Mapping[str, str], place: Place) -> Found:
        window = {"since_id": place.since_id, "until_id": place.until_id, "max_results": str(PAGE)}
        token = {self._kind.page_parameter: place.next_token} if place.next_token else {}
        found = self._api.find(self._kind.path, {**params, **window, **token})
        if found.meta is None:
            reason = next((str(error.get("title")) for error in found.missing.values()), "no page")[:80]
            raise NetworkProblem(f"X gave no posts: {reason}.", code="bad_answer", host=HOST)
        return found

    def _read(self, place: Place, found: Found, gap: str) -> SearchPage:
        meta = found.meta or {}
        posts, unread = self._posts(found)
        count = place.count + len(found.posts)
        newest_id = place.newest_id or _id(meta.get("newest_id"))
        token = meta.get("next_token")
        is_last = not isinstance(token, str) or not token or token == place.next_token
        if unread:
            gap = gap or f"{unread} posts came in a shape that can't be read."
        if is_last and self._kind.most is not None and count >= self._kind.most:
            gap = gap or f"X shows the newest {self._kind.most} mentions only, so older ones may be missing."
        going_on = replace(place, next_token=str(token), newest_id=newest_id, count=count)
        return SearchPage(
            posts=posts,
            cursor=(Place(since_id=_next_since(place, newest_id)) if is_last else going_on).to_json(),
            is_last=is_last,
            cost=len(found.posts) * self._kind.post_cost + len(found.users) * USER_COST,
            gap=gap,
        )

    def _posts(self, found: Found) -> tuple[tuple[Evidence, ...], int]:
        now, posts, unread = self._clock(), [], 0
        for post_id in found.posts:
            try:
                posts.append(found.read(post_id, now=now))
            except NotSeen:
                unread += 1
        return tuple(posts), unread


def _next_since(place: Place, newest_id: str) -> str:
    """Behind the newest post that was seen; when that is long ago, a day before the end of what was searched.

    A search without any post must not go on from an id that becomes too old for X.
    """
    end = time_of(place.until_id)
    late = first_id_at(end - _OVERTAKEN) if end else 0
    return str(max(int(newest_id or 0), int(place.since_id), late))


def _id(value: Any) -> str:
    return value if isinstance(value, str) and re.fullmatch(r"[1-9][0-9]{0,18}", value) else ""


def _gap(since_id: int, floor: int) -> str:
    first, last = (_moment(time_of(str(each))) for each in (since_id, floor))
    return f"X's search reaches back seven days: posts from {first} until {last} may be missing."


def _moment(at: datetime | None) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC" if at else "the beginning"
