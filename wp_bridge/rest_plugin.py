"""The routes of the Tirage plugin: a post's comments by the thousand, and a comment that is written at most once.

docs/plugin-protocol.md describes them. Blogs without the plugin are read through the core routes.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import tzinfo
from typing import Any

from wp_bridge.errors import CommentRefused
from wp_bridge.models import Comment, CommentCounts, CommentStatus
from wp_bridge.rest_client import Json, RestClient
from wp_bridge.rest_values import kind_from
from wp_bridge.text import clean, utc_time
from wp_bridge.transport import TooBig

NAMESPACE = "tirage/v1"
COMMENTS = f"{NAMESPACE}/comments"
WINNER_COMMENT = f"{NAMESPACE}/winner-comment"
FIRST, SMALLEST = 2_000, 10  # comments asked for at once

_STATUSES = {
    "1": CommentStatus.APPROVED,
    "approve": CommentStatus.APPROVED,
    "spam": CommentStatus.SPAM,
    "trash": CommentStatus.TRASH,
    "post-trashed": CommentStatus.TRASH,
}


def read_all(client: RestClient, post_id: int, *, after_id: int = 0) -> Iterator[list[Json]]:
    """Pages of the database's rows with greater ids, by rising id; the next one is fetched while one is worked on."""
    pool = ThreadPoolExecutor(1, thread_name_prefix="wp_bridge")
    waiting: deque[Future[Json]] = deque([pool.submit(_page, client, post_id, after_id)])
    try:
        while waiting:
            page = waiting.popleft().result()
            rows = client.parse(lambda data: list[Json](data["comments"]), page)
            if rows and page.get("more"):
                last = client.parse(lambda data: int(data[-1]["comment_ID"]), rows)
                waiting.append(pool.submit(_page, client, post_id, last))
            if rows:
                yield rows
    finally:
        pool.shutdown(cancel_futures=True)


def _page(client: RestClient, post_id: int, after_id: int) -> Json:
    size = FIRST
    while True:
        try:
            return _ask(client, post_id, after_id=after_id, limit=size)
        except TooBig:
            if size <= SMALLEST:
                raise
            size = max(SMALLEST, size // 10)


def _ask(client: RestClient, post_id: int, *, after_id: int, limit: int) -> Json:
    reply = client.get(COMMENTS, post=str(post_id), after_id=str(after_id), limit=str(limit))
    return client.parse(lambda data: {**data}, reply.data)


def count(client: RestClient, post_id: int) -> CommentCounts:
    """WordPress's own count, in one request."""
    page = _ask(client, post_id, after_id=0, limit=0)
    return client.parse(_counts, page["counts"])


def _counts(data: Any) -> CommentCounts:
    numbers = dict.fromkeys(CommentStatus, 0)
    for word, number in dict(data or {}).items():  # PHP writes no counts as an empty list
        numbers[_status(word)] += int(number)
    return CommentCounts(
        approved=numbers[CommentStatus.APPROVED],
        held=numbers[CommentStatus.HELD],
        spam=numbers[CommentStatus.SPAM],
        trash=numbers[CommentStatus.TRASH],
    )


def _status(word: object) -> CommentStatus:
    """The column comment_approved; a plugin's own status isn't public, so it counts as held."""
    return _STATUSES.get(str(word), CommentStatus.HELD)


def add_once(client: RestClient, post_id: int, content: str, *, parent_id: int, key: str) -> int:
    """Write a comment that holds `key`, or find that one was written with it; its id."""
    if key not in content:
        raise CommentRefused("The comment must hold its key: the proof link.")
    wish = {"post": post_id, "key": key, "content": content, "parent": parent_id}
    return client.parse(lambda data: int(data["id"]), client.post(WINNER_COMMENT, wish))


def comment_from_row(row: Json, zone: tzinfo) -> Comment:
    """One row of WordPress's comments table."""
    return Comment(
        id=int(row["comment_ID"]),
        post_id=int(row["comment_post_ID"]),
        parent_id=int(row["comment_parent"]),
        author_id=int(row["user_id"]),
        author_name=_text(row["comment_author"]),
        author_email=_text(row["comment_author_email"]),
        author_url=_text(row["comment_author_url"]),
        author_ip=_text(row["comment_author_IP"]),
        submitted_at=utc_time(row["comment_date_gmt"], row["comment_date"], zone),
        status=_status(row["comment_approved"]),
        kind=kind_from(str(row["comment_type"])),
        content=_text(row["comment_content"]),
    )


def _text(value: object) -> str:
    return clean("" if value is None else str(value))
