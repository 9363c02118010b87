"""Searches Bluesky for each link, hashtag and account that a contest asks for, one after the other.

API: https://docs.bsky.app/docs/api/app-bsky-feed-search-posts. It is made for people who look for something, and
promises no completeness.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from service.domain.links import fold_tag, may_hide, misses
from service.domain.posts import Evidence, SearchPage, SearchPlan
from service.networks.asking import ask_for_less
from service.networks.bluesky_addresses import read_authority
from service.networks.bluesky_api import NO_LOGIN, BlueskyApi, is_login_over, problem
from service.networks.bluesky_shapes import read_post
from service.networks.http import HttpAnswer
from service.networks.shapes import BadShape, as_list, as_object, as_text
from service.usecases.ports import Clock

SIZES = (100, 10, 1)  # posts asked for at once: the most there is, and less where that is too much to read
_OVERLAP = timedelta(hours=1)  # a post may be indexed late under the time that its author's app claims
_ANYTHING = "*"  # a query has to be there; the filters beside it are what counts

Params = list[tuple[str, str]]


class BlueskySource:
    """The port `Source`. It costs nothing."""

    name = "bluesky:search"
    page_cost = 0

    def __init__(self, api: BlueskyApi, *, clock: Clock) -> None:
        self._api = api
        self._clock = clock

    def query(self, plan: SearchPlan) -> str:
        """What is asked, in words."""
        return ", ".join(label for label, _ in _questions(plan)) or "nothing: the message has nothing to search for"

    def page(self, plan: SearchPlan, cursor: Mapping[str, Any]) -> SearchPage:
        """One page of one question. The cursor of a run that is over keeps from when on the next one searches."""
        questions = _questions(plan)
        if not questions:
            return SearchPage(posts=(), cursor=cursor, is_last=True)
        place = {"since": _iso(plan.starts_at), "began": _iso(self._clock()), "question": 0, **cursor}
        number = min(int(place["question"]), len(questions) - 1)
        found = self._ask([*questions[number][1], *_window(plan, place)])
        following = self._following(found, place)
        if following:
            place |= {"question": number, "cursor": following}
        else:
            place = {name: value for name, value in place.items() if name != "cursor"} | {"question": number + 1}
        is_last = place["question"] >= len(questions)
        return SearchPage(
            posts=tuple(self._read(plan, found)),
            cursor=_next_run(plan, place) if is_last else place,
            is_last=is_last,
            gap=_gap(found, place, following),
        )

    def _ask(self, params: Params) -> dict[str, Any]:
        """The answer's object, with a list of posts in it. Raises NetworkProblem."""
        has_login = self._api.has_login
        ask = self._api.ask_as_member if has_login else self._api.ask
        name = "app.bsky.feed.searchPosts"
        answer = ask_for_less(SIZES, lambda size: ask(name, [*params, ("limit", str(size))]))
        if answer.status != 200:
            raise _refusal(answer, has_login=has_login)
        try:
            found = as_object(answer.json())
            as_list(found.get("posts"))
        except BadShape as error:
            raise problem("Bluesky's search gave an answer of another shape.", code="bad_answer") from error
        return found

    def _following(self, found: Mapping[str, Any], place: Mapping[str, Any]) -> str:
        """The server's own mark of the next page; "" after the last one."""
        try:
            mark = as_text(found.get("cursor") or "")
        except BadShape:
            return ""
        return mark if found["posts"] and mark != place.get("cursor") else ""

    def _read(self, plan: SearchPlan, found: Mapping[str, Any]) -> list[Evidence]:
        """The posts of the contest's time that carry any part of its message: servers search more loosely."""
        posts = []
        for view in as_list(found.get("posts")):
            try:
                posts.append(read_post(as_object(view), now=self._clock()))
            except BadShape:
                continue
        return [post for post in posts if _is_wanted(plan, post)]


def _questions(plan: SearchPlan) -> list[tuple[str, Params]]:
    """Each part of the message with the parameters that search for it."""
    message = plan.message
    tags = dict.fromkeys(tag for tag in map(fold_tag, message.hashtags) if tag)
    accounts = dict.fromkeys(filter(None, map(read_authority, message.mentions)))
    return [
        *((link, [("q", _ANYTHING), ("url", link)]) for link in dict.fromkeys(message.links)),
        *((f"#{tag}", [("q", f"#{tag}"), ("tag", tag)]) for tag in tags),
        *((f"@{account}", [("q", _ANYTHING), ("mentions", account)]) for account in accounts),
    ]


def _window(plan: SearchPlan, place: Mapping[str, Any]) -> Params:
    params = [("sort", "latest"), ("since", str(place["since"])), ("until", _iso(plan.ends_at))]
    return [*params, ("cursor", str(place["cursor"]))] if place.get("cursor") else params


def _next_run(plan: SearchPlan, place: Mapping[str, Any]) -> dict[str, Any]:
    since = datetime.fromisoformat(place["began"]) - _OVERLAP
    return {"since": _iso(max(since, plan.starts_at))}


def _gap(found: Mapping[str, Any], place: Mapping[str, Any], following: str) -> str:
    """A server that names the same next page twice goes no further."""
    return "" if following or not found.get("cursor") or not found["posts"] else "Bluesky's search broke off"


def _is_wanted(plan: SearchPlan, post: Evidence) -> bool:
    if not plan.starts_at <= post.posted_at < plan.ends_at:
        return False
    lacks = misses(plan.message, post, needs_all=False)
    return not lacks or may_hide(lacks, post)


def _refusal(answer: HttpAnswer, *, has_login: bool) -> Exception:
    if not has_login and answer.status in (401, 403):
        return problem(NO_LOGIN, code="needs_login", permanent=True)
    if is_login_over(answer):
        return problem("Bluesky takes the login but not its token.", code="key_refused")
    return problem(f"Bluesky's search doesn't answer (it said {answer.status}).", code="bad_answer")


def _iso(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
