"""From XML-RPC's structs to our values; the same values as over REST.

Source of the fields: WordPress's class-wp-xmlrpc-server.php, `_prepare_comment`, `_prepare_post`,
`_prepare_user`.
"""

from __future__ import annotations

from datetime import UTC
from typing import Any

from wp_bridge.models import Comment, Post, User
from wp_bridge.rest_values import UNPUBLISHED, kind_from, status_from
from wp_bridge.text import clean, plain, utc_time

POST_FIELDS = [
    "post_id", "post_type", "post_status", "post_name", "post_title", "link", "post_author", "post_date_gmt",
    "comment_status",
]  # fmt: skip
Struct = dict[str, Any]


def comment_from_struct(data: Struct) -> Comment:
    """One item of wp.getComments."""
    return Comment(
        id=int(data["comment_id"]),
        post_id=int(data["post_id"]),
        parent_id=int(data["parent"]),
        author_id=int(data["user_id"]),
        author_name=_text(data["author"]),
        author_email=_text(data["author_email"]),
        author_url=_text(data["author_url"]),
        author_ip=_text(data["author_ip"]),
        # WordPress itself falls back to the local date where there is no GMT date.
        submitted_at=utc_time(data["date_created_gmt"], None, UTC),
        status=status_from({"approve": "approved"}.get(data["status"], str(data["status"]))),
        kind=kind_from(str(data["type"])),
        content=_text(data["content"]),
    )


def post_from_struct(data: Struct) -> Post:
    """The answer of wp.getPost for `POST_FIELDS`."""
    status = str(data["post_status"])
    return Post(
        id=int(data["post_id"]),
        kind=str(data["post_type"]),
        status=status,
        slug=str(data["post_name"]),
        title=plain(str(data["post_title"])),
        link=str(data["link"]),
        author_id=int(data["post_author"]),
        published_at=None if status in UNPUBLISHED else utc_time(data["post_date_gmt"], None, UTC),
        comments_open=data["comment_status"] == "open",
    )


def user_from_struct(data: Struct) -> User:
    """The answer of wp.getProfile, or one item of wp.getUsers."""
    return User(
        id=int(data["user_id"]),
        login=_text(data["username"]),
        name=plain(str(data["display_name"])),
        email=_text(data["email"]),
    )


def _text(value: object) -> str:
    return clean("" if value is None else str(value))
