"""The options that set up pools, the message that entrants post, and where posts are searched for."""

from __future__ import annotations

import math
from dataclasses import dataclass, fields, replace
from functools import wraps
from typing import Any

import click

from service.domain.contest import Search, XSearch
from service.domain.pools import Channel, Pool, default_pools
from service.domain.posts import Message

LONGEST_NUMBER = 9
POOL_FORM = "NAME:CHANNEL[:WINNERS[:ALTERNATES[:PRIZE]]]"


@dataclass(frozen=True, slots=True, kw_only=True)
class PoolOptions:
    """What was given of pools, message and search; nothing where an option was left out."""

    pool: tuple[str, ...] = ()
    text: str | None = None
    link: tuple[str, ...] = ()
    hashtag: tuple[str, ...] = ()
    mention: tuple[str, ...] = ()
    search_x: str | None = None
    x_cap: float | None = None
    search_mastodon: tuple[str, ...] = ()
    search_bluesky: bool | None = None

    def pools(self) -> tuple[Pool, ...] | None:
        """The pools that were given. Raises UsageError, BadInput."""
        return tuple(_pool(text) for text in self.pool) or None

    def pools_or_one(self, *, winners: int | None, alternates: int | None) -> tuple[Pool, ...]:
        """The pools, or one among the commenters. Raises UsageError, BadInput."""
        given = self.pools()
        if given and (winners is not None or alternates is not None):
            raise click.UsageError("Give the winners and alternates inside --pool, or without it.")
        places = {"winners": winners, "alternates": alternates}
        return given or default_pools(**{name: number for name, number in places.items() if number is not None})

    def message(self, before: Message = Message()) -> Message | None:
        """The message with what was given; None where nothing was."""
        given = {"links": self.link, "hashtags": self.hashtag, "mentions": self.mention}
        changed: dict[str, Any] = {name: value for name, value in given.items() if value}
        if self.text is not None:
            changed["text"] = self.text
        return replace(before, **changed) if changed else None

    def search(self, before: Search = Search()) -> Search | None:
        """The search with what was given; None where nothing was. Raises BadInput."""
        changed: dict[str, Any] = {}
        if self.search_x is not None:
            changed["x"] = XSearch(self.search_x)
        if self.x_cap is not None:
            if not math.isfinite(self.x_cap):
                raise click.UsageError("--x-cap is a number of US dollars, such as 2.50.")
            changed["x_cap_cents"] = round(self.x_cap * 100)
        if self.search_mastodon:
            changed["mastodon"] = self.search_mastodon
        if self.search_bluesky is not None:
            changed["bluesky"] = self.search_bluesky
        return replace(before, **changed) if changed else None


_OPTIONS = (
    click.option("--pool", multiple=True, metavar=POOL_FORM, help="A draw of its own; channel: comments, posts, both."),
    click.option("--text", help="The words that entrants are asked to post."),
    click.option("--link", multiple=True, help="A link that posts carry; without any of these three, the blog's post."),
    click.option("--hashtag", multiple=True, help="A hashtag that posts carry."),
    click.option("--mention", multiple=True, help="An account that posts mention: @blog, @blog@server, @blog.example."),
    click.option("--search-x", type=click.Choice([kind.value for kind in XSearch]), help="Search X; needs a key."),
    click.option("--x-cap", type=click.FloatRange(0, 10_000), help="US dollars that X may cost at most; 5 by default."),
    click.option("--search-mastodon", multiple=True, metavar="SERVER", help="Read this server's hashtag timelines."),
    click.option("--search-bluesky/--no-search-bluesky", default=None, help="Search Bluesky."),
)


def pool_options(command: Any) -> Any:
    """Give a command these options as one argument, `posting`."""

    @wraps(command)
    def gathered(**given: Any) -> Any:
        own = {field.name: given.pop(field.name) for field in fields(PoolOptions)}
        return command(posting=PoolOptions(**own), **given)

    for option in reversed(_OPTIONS):
        gathered = option(gathered)
    return gathered


def _pool(text: str) -> Pool:
    name, channel, winners, alternates, prize = (text.split(":", 4) + [""] * 5)[:5]
    if channel not in set(Channel) or not all(map(_is_number, (winners, alternates))):
        raise click.UsageError(f"--pool goes like this: {POOL_FORM}, with channel comments, posts or both.")
    return Pool(
        name=name,
        channel=Channel(channel),
        winners=int(winners or 1),
        alternates=int(alternates or 3),
        prize=prize,
    )


def _is_number(text: str) -> bool:
    """Whether this can be a number of places; nothing stands for the usual one."""
    return not text or (text.isascii() and text.isdecimal() and len(text) <= LONGEST_NUMBER)
