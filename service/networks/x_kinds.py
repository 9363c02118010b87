"""The two searches of X: everything of the last days that carries a message, and what mentions one account."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from service.domain.posts import SearchPlan
from service.networks.x_api import OWNED_COST, POST_COST
from service.networks.x_query import query_of

_NOTHING = "nothing: the message has no link, no hashtag and no account on X"


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """What differs between searches.

    `reach`: how far back X shows posts, None for all times. `most`: how many of the newest X shows, None for all.
    `params`: what is asked for beside the window, None where there is nothing to ask. `words`: the same for people.
    """

    name: str
    path: str
    post_cost: int  # millionths of a US dollar
    reach: timedelta | None
    most: int | None
    page_parameter: str
    params: Callable[[SearchPlan], dict[str, str] | None]
    words: Callable[[SearchPlan], str]


def recent_search() -> Kind:
    """Recent search: https://docs.x.com/x-api/posts/search/introduction."""

    def params(plan: SearchPlan) -> dict[str, str] | None:
        query = query_of(plan.message)
        return {"query": query} if query else None

    return Kind(
        name="x:search",
        path="/2/tweets/search/recent",
        post_cost=POST_COST,
        reach=timedelta(days=7) - timedelta(minutes=5),  # the request takes time, and clocks differ
        most=None,
        page_parameter="next_token",
        params=params,
        words=lambda plan: query_of(plan.message) or _NOTHING,
    )


def mentions(user_id: str, *, is_own: bool) -> Kind:
    """What mentions an account: https://docs.x.com/x-api/posts/timelines/introduction.

    `is_own`: the key is this account's, which also owns the app; then X asks a fifth of the price.
    """
    return Kind(
        name="x:mentions",
        path=f"/2/users/{user_id}/mentions",
        post_cost=OWNED_COST if is_own else POST_COST,
        reach=None,
        most=800,
        page_parameter="pagination_token",
        params=lambda _plan: {},
        words=lambda _plan: f"posts that mention the account {user_id}",
    )
