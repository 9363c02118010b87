"""Each network with people and posts in it, all alike, so that one contract fits them all."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from service.networks.bluesky import BlueskyNetwork
from service.networks.http import Http
from service.networks.mastodon import MastodonNetwork
from service.networks.x import XNetwork
from service.usecases.ports import Network
from testbed.bluesky import Bluesky
from testbed.mastodon import Mastodon
from testbed.real_bluesky import RealBluesky
from testbed.x import X

LINK = "https://blog.example/contest"


def now() -> datetime:
    """The real clock."""
    return datetime.now(UTC)


def http_to(stand_in: Any, **wishes: Any) -> Http:
    """Connections that lead to a stand-in wherever it stands in, and otherwise nowhere."""
    return Http(user_agent="tests", origins=stand_in.origins, **{"timeout": 10.0, **wishes})


@dataclass(frozen=True)
class World:
    """A network, its stand-in, and how people use it. `handle` is the author of what is posted."""

    stand_in: Mastodon | Bluesky | RealBluesky | X
    connect: Callable[[Http], Network]
    handle: str
    name: str  # how they would sign a comment
    profile: str
    mention: str  # the blog's account
    at_blog: str  # how people here write to it
    post: Callable[..., str]  # text, reply_to=address: the new post's address
    delete: Callable[[str], None]
    unknown: str  # the address of a post that never was
    tells_replies: bool = True
    tells_numbers: bool = True  # who the author is, beside the handle
    has_key: bool = False

    def network(self, **wishes: Any) -> Network:
        """A new network with limits of its own, which remembers nothing."""
        return self.connect(http_to(self.stand_in, **wishes))


def mastodon_world(mastodon: Mastodon) -> World:
    """A person on a Mastodon server."""

    def post(text: str, *, reply_to: str = "") -> str:
        more = {"in_reply_to_id": id_in(reply_to)} if reply_to else {}
        return mastodon.post("ana", text, **more)

    return World(
        stand_in=mastodon,
        connect=lambda http: MastodonNetwork(http, clock=now),
        handle="ana@mastodon.example",
        name="@Ana@mastodon.example",
        profile="https://mastodon.example/@ana",
        mention="blog@mastodon.example",
        at_blog="@blog",
        post=post,
        delete=lambda address: mastodon.delete("ana", id_in(address)),
        unknown="https://mastodon.example/@ana/1",
    )


def bluesky_world(bluesky: Bluesky | RealBluesky, *, domain: str = "example", blog: str = "blog.example") -> World:
    """A person on Bluesky, whose handle ends with that domain, and the blog's account."""
    handle = f"ana.{domain}"
    return World(
        stand_in=bluesky,
        connect=lambda http: BlueskyNetwork(http, clock=now),
        handle=handle,
        name=f"@Ana.{domain}",
        profile=f"https://bsky.app/profile/{handle}",
        mention=blog,
        at_blog=f"@{blog}",
        post=lambda text, *, reply_to="": bluesky.post(handle, text, reply_to=reply_to),
        delete=bluesky.delete,
        unknown=f"https://bsky.app/profile/{bluesky.join(handle)}/post/3kneverwas2aa",
    )


def x_world(x: X, *, bearer_token: str = "") -> World:
    """A person on X, which tells less to those who ask without a key."""
    x.join("blog")
    return World(
        stand_in=x,
        connect=lambda http: XNetwork(http, clock=now, bearer_token=bearer_token),
        handle="ana",
        name="@Ana",
        profile="https://x.com/Ana",
        mention="blog",
        at_blog="@blog",
        post=lambda text, *, reply_to="": x.post("Ana", text, reply_to=reply_to),
        delete=x.delete,
        unknown="https://x.com/ana/status/1990000000000000001",
        tells_replies=bool(bearer_token),
        tells_numbers=bool(bearer_token),
        has_key=bool(bearer_token),
    )


def id_in(address: str) -> str:
    """A post's id on its network, which its address ends with."""
    return address.rpartition("/")[2]
