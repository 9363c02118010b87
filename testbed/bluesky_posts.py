"""People and posts as Bluesky keeps and shows them."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

COLLECTION = "app.bsky.feed.post"
_PARTS = re.compile(r"(?P<link>https?://\S+)|#(?P<tag>\w+)|@(?P<handle>[a-z0-9.-]+\.[a-z]+)")


@dataclass
class Person:
    """Somebody with an account. `hides`: they ask to be shown to logged-in people only."""

    did: str
    handle: str
    name: str
    hides: bool
    is_suspended: bool = False


@dataclass
class Post:
    """A post with what its author's app wrote, when the index saw it, and what a search finds it by."""

    author: Person
    key: str
    record: dict[str, Any]
    indexed_at: datetime
    links: set[str] = field(default_factory=set)
    tags: set[str] = field(default_factory=set)
    dids: set[str] = field(default_factory=set)

    @property
    def uri(self) -> str:
        """The network's own name of the post."""
        return f"at://{self.author.did}/{COLLECTION}/{self.key}"

    @property
    def sort_at(self) -> datetime:
        """The time under which the index sorts it."""
        return min(datetime.fromisoformat(self.record["createdAt"]), self.indexed_at)

    def mark_up(self, did_of: Callable[[str], str]) -> None:
        """Make facets of the links, hashtags and handles in the text, as apps do."""
        self.record["facets"] = list(self._facets(self.record["text"], did_of))

    def _facets(self, text: str, did_of: Callable[[str], str]) -> Iterator[dict[str, Any]]:
        for match in _PARTS.finditer(text):
            start, end = (len(text[:place].encode()) for place in match.span())
            feature: dict[str, Any]
            if match["link"]:
                feature = {"$type": "app.bsky.richtext.facet#link", "uri": match["link"]}
                self.links.add(match["link"])
            elif match["tag"]:
                feature = {"$type": "app.bsky.richtext.facet#tag", "tag": match["tag"]}
                self.tags.add(match["tag"].casefold())
            else:
                feature = {"$type": "app.bsky.richtext.facet#mention", "did": did_of(match["handle"])}
                self.dids.add(feature["did"])
            yield {"index": {"byteStart": start, "byteEnd": end}, "features": [feature]}

    def view(self) -> dict[str, Any]:
        """The post as it is shown (app.bsky.feed.defs#postView)."""
        author = self.author
        label = {"src": author.did, "uri": author.did, "val": "!no-unauthenticated", "cts": iso(self.indexed_at)}
        shown = {"did": author.did, "handle": author.handle, "displayName": author.name}
        return {
            "uri": self.uri,
            "cid": "bafypost",
            "author": {**shown, "labels": [label] if author.hides else []},
            "record": self.record,
            "indexedAt": iso(self.indexed_at),
            "likeCount": 0,
            "labels": [],
        }


def iso(moment: datetime) -> str:
    """A time as this network writes it."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
