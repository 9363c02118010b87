"""Pools, the message to post, and where posts are searched for, as the API and the plugin give them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from pydantic import Field

from service.domain.contest import MOST_CENTS, MOST_SERVERS, Search, XSearch
from service.domain.errors import BadInput
from service.domain.pools import LONGEST_NAME, LONGEST_PRIZE, MOST_POOLS, Channel, Pool
from service.domain.posts import Message
from service.web.values import Alternates, Body, Whole, Winners, text_of

MOST_ASKED = 10  # links, hashtags or mentions
LONGEST_TEXT = 1_000


class PoolBody(Body):
    """One draw with its own prize."""

    name: Annotated[str, text_of(LONGEST_NAME)]
    channel: Annotated[Channel, Field(strict=False, description="Who takes part")] = Channel.COMMENTS
    winners: Winners = 1
    alternates: Alternates = 3
    prize: Annotated[str, text_of(LONGEST_PRIZE, shortest=0)] = ""


PoolsBody = Annotated[list[PoolBody], Field(min_length=1, max_length=MOST_POOLS)]


class MessageBody(Body):
    """What entrants are asked to post; without links, hashtags and mentions, the link to the blog's post."""

    text: Annotated[str, text_of(LONGEST_TEXT, shortest=0)] = ""
    links: list[Annotated[str, text_of(2_000)]] = Field([], max_length=MOST_ASKED)
    hashtags: list[Annotated[str, text_of(100)]] = Field([], max_length=MOST_ASKED)
    mentions: list[Annotated[str, text_of(300)]] = Field([], max_length=MOST_ASKED)

    def as_message(self) -> Message:
        """The message of a contest. Raises BadInput."""
        return Message(
            text=self.text,
            links=tuple(self.links),
            hashtags=tuple(self.hashtags),
            mentions=tuple(self.mentions),
        )


class SearchBody(Body):
    """Where posts are searched for, beside the addresses in comments."""

    x: Annotated[XSearch, Field(strict=False, description="Needs a key, and costs money")] = XSearch.OFF
    x_cap_cents: Annotated[int, Field(ge=0, le=MOST_CENTS, description="US cents to spend at most"), Whole] = 500
    mastodon: list[Annotated[str, text_of(253)]] = Field([], max_length=MOST_SERVERS)
    bluesky: bool = False

    def as_search(self) -> Search:
        """The search of a contest. Raises BadInput."""
        return Search(x=self.x, x_cap_cents=self.x_cap_cents, mastodon=tuple(self.mastodon), bluesky=self.bluesky)


def as_pools(bodies: Sequence[PoolBody]) -> tuple[Pool, ...]:
    """The pools of a contest. Raises BadInput."""
    return tuple(
        Pool(
            name=body.name,
            channel=body.channel,
            winners=body.winners,
            alternates=body.alternates,
            prize=body.prize,
        )
        for body in bodies
    )


def refuse_both(pools: object, winners: object, alternates: object) -> None:
    """Raise BadInput where places are given twice."""
    if pools is not None and (winners is not None or alternates is not None):
        raise BadInput("Give the winners and alternates inside the pools, or leave the pools out.")
