"""api.x.com: looking posts up, recent search, mentions, and what these cost, refuse and limit.

API: https://docs.x.com/x-api. Prices: https://docs.x.com/x-api/getting-started/pricing.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from testbed.standin import Answer, Asked
from testbed.x import query
from testbed.x.problems import (
    CREDITS_DEPLETED,
    NOT_FOUND,
    TOO_MANY,
    UNAUTHORIZED,
    USAGE_CAPPED,
    invalid,
    missing,
    not_authorized,
)
from testbed.x.shapes import in_posts, post_json, user_json
from testbed.x.world import EPOCH_MS, Account, Post, World

POST_COST, USER_COST, OWNED_COST = 5_000, 10_000, 1_000  # millionths of a dollar
REACH = timedelta(days=7)
_NEWEST_MENTIONS = 800
_IDS = re.compile(r"[0-9]{1,19}(?:,[0-9]{1,19}){0,99}")
_WINDOW = {"since_id", "until_id", "start_time", "end_time"}
_SHOWN = {"tweet.fields", "post.fields", "user.fields", "expansions"}
_PAGED = {"max_results", "next_token", "pagination_token"}


@dataclass(frozen=True)
class _Asker:
    """Whose token it is; None for an app's."""

    account: Account | None


class Api:
    """What the API costs, and how long it goes on answering."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.charged = 0  # millionths of a dollar
        self.credits: int | None = None  # the same; None: without end
        self.posts_left: int | None = None  # of the month's cap
        self.requests_left: int | None = None  # of the quarter of an hour
        self.resets_at: datetime | None = None
        self.speaks = {"tweet", "post"}  # the vocabularies in which parameters are understood
        self.index_delay = timedelta(0)  # until a search shows a post
        self._paid: set[tuple[str, str, str]] = set()

    def answer(self, asked: Asked) -> Answer:
        """The answer to a request, with the headers that tell its limits."""
        answer = self._limited(asked)
        if self.requests_left is not None and answer.status != 429:
            self.requests_left -= 1
        return Answer(answer.status, answer.body, {**self._headers(), **answer.headers})

    def _headers(self) -> dict[str, str]:
        resets_at = self.resets_at or self._world.clock() + timedelta(minutes=15)
        left = 449 if self.requests_left is None else self.requests_left
        return {
            "x-rate-limit-limit": "450",
            "x-rate-limit-remaining": str(max(0, left)),
            "x-rate-limit-reset": str(int(resets_at.timestamp())),
        }

    def _limited(self, asked: Asked) -> Answer:
        asker = self._asker(asked.headers.get("Authorization", ""))
        if asker is None:
            return UNAUTHORIZED
        if self.requests_left == 0:
            return TOO_MANY
        if self.credits is not None and self.charged >= self.credits:
            return CREDITS_DEPLETED
        if self.posts_left == 0:
            return USAGE_CAPPED
        for vocabulary in {"tweet", "post"} - self.speaks:
            if f"{vocabulary}.fields" in asked.params:
                return invalid(
                    f"{vocabulary}.fields", "", f"The query parameter [{vocabulary}.fields] is not one of []"
                )
        return self._route(asked, asker)

    def _asker(self, header: str) -> _Asker | None:
        if header == "Bearer app-token":
            return _Asker(None)
        account = self._world.accounts.get(header.removeprefix("Bearer user-token-"))
        return _Asker(account) if header.startswith("Bearer user-token-") and account else None

    def _route(self, asked: Asked, asker: _Asker) -> Answer:
        mentions = re.fullmatch(r"/2/users/([0-9]{1,19})/mentions", asked.path)
        if asked.path == "/2/tweets":
            return self._look_up(asked)
        if asked.path == "/2/tweets/search/recent":
            return self._search(asked)
        if mentions:
            return self._mentions(asked, asker, mentions[1])
        if asked.path == "/2/usage/tweets":
            usage = {"project_id": "1", "project_cap": 3_000_000, "project_usage": 12, "cap_reset_day": 3}
            return not_authorized("app-only") if asker.account else Answer(body={"data": usage})
        if asked.path == "/2/users/me":
            return Answer(body={"data": user_json(asker.account)}) if asker.account else not_authorized("user context")
        return NOT_FOUND

    def _look_up(self, asked: Asked) -> Answer:
        ids = asked.first("ids")
        if asked.params.keys() - _SHOWN - {"ids"} or not _IDS.fullmatch(ids):
            return invalid("ids", ids[:40], "The `ids` query parameter value is not valid")
        found, errors = [], []
        for post_id in dict.fromkeys(ids.split(",")):
            post = self._world.posts.get(post_id)
            if post is not None and post.is_visible:
                found.append(post)
            else:
                errors.append(missing(post_id, is_hidden=post is not None and not post.is_deleted))
        return self._posts(asked, found, errors=errors)

    def _search(self, asked: Asked) -> Answer:
        if asked.params.keys() - _WINDOW - _SHOWN - _PAGED - {"query", "sort_order"}:
            return invalid("query", "", "One of the query parameters is not known")
        try:
            clauses = query.read(asked.first("query"))
        except query.BadQuery as problem:
            return invalid("query", asked.first("query"), str(problem))
        since_id = int(asked.first("since_id", "0"))
        oldest = self._first_id(self._world.clock() - REACH)
        if 0 < since_id < oldest:
            moment = (self._world.clock() - REACH).strftime("%Y-%m-%dT%H:%MZ")
            text = f"'since_id' must be a tweet id created after {moment}. Please use a 'since_id' that is larger than "
            return invalid("since_id", str(since_id), f"{text}{oldest}")
        found = (post for post in self._world.newest() if int(post.id) > oldest and query.matches(clauses, post))
        return self._page(asked, found, fewest=10, cost=POST_COST)

    def _mentions(self, asked: Asked, asker: _Asker, account_id: str) -> Answer:
        if asked.params.keys() - _WINDOW - _SHOWN - _PAGED:
            return invalid("id", account_id, "One of the query parameters is not known")
        account = next((each for each in self._world.accounts.values() if each.id == account_id), None)
        if account is None:
            return Answer(body={"errors": [missing(account_id, is_hidden=False)]})
        name = account.handle.lower()
        mentioning = [post for post in self._world.newest() if name in map(str.lower, post.values("handle"))]
        is_owned = asker.account is account
        return self._page(asked, mentioning[:_NEWEST_MENTIONS], fewest=5, cost=OWNED_COST if is_owned else POST_COST)

    def _page(self, asked: Asked, posts: Iterable[Post], *, fewest: int, cost: int) -> Answer:
        most = int(asked.first("max_results", "10"))
        if not fewest <= most <= 100:
            text = f"The `max_results` query parameter value [{most}] is not between {fewest} and 100"
            return invalid("max_results", str(most), text)
        if {"since_id", "until_id"} & asked.params.keys() and {"start_time", "end_time"} & asked.params.keys():
            text = "Invalid use of 'since_id' or 'until_id' in conjunction with 'start_time' or 'end_time'"
            return invalid("since_id", asked.first("since_id"), text)
        token = asked.first("next_token") or asked.first("pagination_token")
        if token and not re.fullmatch(r"b26v[0-9]+", token):
            return invalid("next_token", token, "The `next_token` query parameter value is not valid")
        until = min(int(asked.first("until_id") or 2**63), int(token.removeprefix("b26v") or 2**63))
        until = min(until, self._first_id(self._world.clock() - self.index_delay + timedelta(milliseconds=1)))
        since = int(asked.first("since_id", "0"))
        within = [post for post in posts if since < int(post.id) < until]
        meta: dict[str, Any] = {"result_count": len(within[:most])}
        if within:
            meta |= {"newest_id": within[0].id, "oldest_id": within[:most][-1].id}
        if len(within) > most:
            meta["next_token"] = f"b26v{within[most - 1].id}"
        return self._posts(asked, within[:most], meta=meta, cost=cost)

    def _posts(
        self,
        asked: Asked,
        posts: list[Post],
        *,
        errors: list[dict[str, Any]] | None = None,
        meta: dict[str, Any] | None = None,
        cost: int = POST_COST,
    ) -> Answer:
        is_new = "post.fields" in asked.params
        fields = set(asked.first("post.fields" if is_new else "tweet.fields").split(","))
        expansions = set(asked.first("expansions").split(","))
        fields |= {"author_id"} & expansions
        if is_new:  # there these are no fields any more
            fields -= {"author_id", "referenced_posts"} - expansions
            fields |= {"referenced_tweets"} if "referenced_posts" in expansions else set()
            fields |= {"note_tweet"} if "note_post" in fields else set()
        authors = {post.author.id: post.author for post in posts}
        body: dict[str, Any] = {}
        if posts:
            body["data"] = [post_json(self._world, post, fields) for post in posts]
        if posts and "author_id" in expansions:
            body["includes"] = {"users": [user_json(author) for author in authors.values()]}
            self._charge("user", authors, USER_COST)
        body |= {"errors": errors} if errors else {}
        body |= {"meta": meta} if meta is not None else {}
        self._charge("post", (post.id for post in posts), cost)
        if self.posts_left is not None:
            self.posts_left = max(0, self.posts_left - len(posts))
        return Answer(body=in_posts(body) if is_new else body)

    def _charge(self, kind: str, ids: Iterable[str], cost: int) -> None:
        day = self._world.clock().date().isoformat()
        for each in ids:
            if (day, kind, each) not in self._paid:  # the same again is free on the same day
                self._paid.add((day, kind, each))
                self.charged += cost

    def _first_id(self, at: datetime) -> int:
        return (int(at.timestamp() * 1000) - EPOCH_MS) << 22
