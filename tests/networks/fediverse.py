"""Servers of the fediverse that say whatever a test wants; which one is asked, the Host header tells."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from testbed.standin import Answer, Asked, StandIn

HOSTS = ("home.example", "copies.example", "evil.example")
POST_ID = "115000000000000000"


class Fediverse(StandIn):
    """`says[host, path]` is the answer; anything else is 404 as Mastodon says it."""

    def __init__(self) -> None:
        super().__init__()
        self.says: dict[tuple[str, str], Answer] = {}

    @property
    def origins(self) -> dict[str, str]:
        """Where the servers' names lead to here."""
        return dict.fromkeys(HOSTS, self.url)

    def answer(self, asked: Asked) -> Answer:
        """What the server that is asked says."""
        return self.says.get((asked.host, asked.path), Answer(404, {"error": "Record not found"}))

    def show(self, host: str, post_id: str = POST_ID, **changes: Any) -> str:
        """Let a server show a status; returns its address there."""
        self.says[host, f"/api/v1/statuses/{post_id}"] = Answer(body=status(host, post_id, **changes))
        return f"https://{host}/@ana/{post_id}"

    def show_tag(self, host: str, tag: str, *statuses: dict[str, Any]) -> None:
        """Let a server show a hashtag's timeline, one page for all questions."""
        self.says[host, f"/api/v1/timelines/tag/{quote(tag)}"] = Answer(body=list(statuses))


def status(host: str, post_id: str = POST_ID, **changes: Any) -> dict[str, Any]:
    """A status as Mastodon shows it on its author's own server."""
    account = {"acct": "ana", "username": "ana", "display_name": "Ana", "url": f"https://{host}/@ana"}
    usual: dict[str, Any] = {
        "id": post_id,
        "uri": f"https://{host}/users/ana/statuses/{post_id}",
        "url": f"https://{host}/@ana/{post_id}",
        "created_at": "2026-11-20T10:00:00.000Z",
        "visibility": "public",
        "content": "<p>I&#39;m in</p>",
        "account": account,
        "tags": [],
        "mentions": [],
        "in_reply_to_id": None,
        "reblog": None,
        "quote": None,
    }
    return {**usual, **changes}
