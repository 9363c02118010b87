"""Posts on social networks: how an address names one, and what a network reported of it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from service.domain.errors import BadInput

LONGEST_TEXT = 1_000
_LINK = re.compile(r"https?://[^\s/?#@\x00-\x20\x7f]+(?:[/?#][^\s\x00-\x20\x7f]*)?", re.IGNORECASE)
_HASHTAG = re.compile(r"#?\w{1,100}")
_MENTION = re.compile(r"@?[A-Za-z0-9_.-]{1,253}(?:@[A-Za-z0-9.-]{1,253})?")
MOST_LINKS = 20  # of one post: what is kept of links, hashtags and mentions


class NetworkName(StrEnum):
    """The networks on which entrants post."""

    X = "x"
    MASTODON = "mastodon"
    BLUESKY = "bluesky"


class Sight(StrEnum):
    """What a look at a post's address found. Only an answer that says so makes a post gone or hidden."""

    UNSEEN = "unseen"  # nobody looked yet
    SEEN = "seen"  # it is there, for everybody
    GONE = "gone"  # the network knows no such post: deleted, or never there
    HIDDEN = "hidden"  # it isn't public: a protected or suspended account
    UNCLEAR = "unclear"  # the network couldn't tell, so it will be asked again


class PostKind(StrEnum):
    """What a post is beside others."""

    POST = "post"
    REPLY = "reply"
    QUOTE = "quote"
    REPOST = "repost"  # somebody else's words, passed on


@dataclass(frozen=True, slots=True, kw_only=True)
class PostAddress:
    """One post as an address names it; nothing in it is proven.

    `key` names the post on its network, in printable ASCII without blanks: "1990000000000000001";
    "mastodon.example/113" (server/id); "did:plc:abc/3kxyz" or "ana.example/3kxyz" (author/rkey).
    `posted_at` is what the id itself tells (X), aware UTC.
    """

    network: NetworkName
    key: str
    id: str  # as the network calls it: "1990000000000000001", "113", "3kxyz"
    url: str  # one canonical spelling
    author: str | None = None  # the handle in the address: "ana", "ana@mastodon.example", "ana.example"
    posted_at: datetime | None = None

    @property
    def reference(self) -> str:
        """The address in one word, as it is stored: "x:1990000000000000001"."""
        return f"{self.network}:{self.key}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What a network reported of one post. The text itself isn't kept, only its SHA-256 and what the rules look for.

    `entry` is the post's one public name, also when it was edited or given through another address: of an edited post
    on X the first version, "x:1990000000000000001"; on Mastodon the author's own server and the id there,
    "mastodon:mastodon.example/113"; on Bluesky by the author's DID, "bluesky:did:plc:abc/3kxyz".
    """

    network: NetworkName
    entry: str
    url: str
    author_id: str  # X's number, a Mastodon account's address, a DID; "" where the source doesn't tell (oEmbed)
    author_handle: str  # lower case, without @: "ana", "ana@mastodon.example", "ana.example"
    author_name: str  # as the author calls themselves: a stranger's text
    posted_at: datetime  # by the id or the network's own index, aware UTC
    kind: PostKind = PostKind.POST
    links: tuple[str, ...] = ()  # where its links lead, as far as the network tells
    hashtags: tuple[str, ...] = ()  # without #, as `fold_tag` spells them
    mentions: tuple[str, ...] = ()  # handles like `author_handle`
    is_partial: bool = False  # links that could not be followed, or a text that was cut: more may be in it
    text_hash: str
    source: str  # who told: "x.oembed", "x.api", "mastodon.api", "bluesky.api"
    checked_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """The outcome of one look at one address; `evidence` when it was seen. `detail`: a short word for the log."""

    reference: str
    sight: Sight
    evidence: Evidence | None = None
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """What entrants are asked to post. The first link is put into the compose links; each of them counts."""

    text: str = ""
    links: tuple[str, ...] = ()
    hashtags: tuple[str, ...] = ()  # without #
    mentions: tuple[str, ...] = ()  # accounts of the organiser: "blog", "blog@mastodon.example", "blog.example"

    def __post_init__(self) -> None:
        """Raises BadInput for what no post could carry: with it, every post would do."""
        if len(self.text) > LONGEST_TEXT:
            raise BadInput(f"Keep the text of the message under {LONGEST_TEXT + 1} characters.")
        for parts, form, wanted in (
            (self.links, _LINK, "A link begins with https:// or http://, such as https://blog.example/contest"),
            (self.hashtags, _HASHTAG, "A hashtag is one word, such as #TwoBooks"),
            (self.mentions, _MENTION, "An account is given as @blog, @blog@mastodon.example or @blog.example"),
        ):
            for part in parts:
                if not form.fullmatch(part):
                    raise BadInput(f"{wanted}; {part[:60]!r} is none.")
        object.__setattr__(self, "hashtags", tuple(tag.removeprefix("#") for tag in self.hashtags))
        object.__setattr__(self, "mentions", tuple(name.removeprefix("@") for name in self.mentions))

    @property
    def is_empty(self) -> bool:
        """Nothing is asked for."""
        return not (self.text or self.links or self.hashtags or self.mentions)


@dataclass(frozen=True, slots=True, kw_only=True)
class Composed:
    """A message ready to post on one network: the link that opens its editor, and its length as the network counts."""

    network: NetworkName
    url: str
    text: str  # as it would be posted
    length: int
    longest: int

    @property
    def fits(self) -> bool:
        """Whether the network takes it."""
        return self.length <= self.longest


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchPlan:
    """What to search for: posts from `starts_at` until `ends_at` (exclusive) that carry any part of the message."""

    message: Message
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchPage:
    """One page of a search. `cursor` is the source's own note (JSON) of where to go on: after the last page, where
    the next run begins. `cost` is what the page costs at most, in millionths of a US dollar."""

    posts: tuple[Evidence, ...]
    cursor: Mapping[str, Any] = field(default_factory=dict)
    is_last: bool
    cost: int = 0
    gap: str = ""  # a sentence when posts may have been missed before this page
    addresses: tuple[PostAddress, ...] = ()  # posts that must be looked at where they are at home
