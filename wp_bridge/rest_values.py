"""From the REST API's JSON to our values. `context=edit` is assumed throughout.

Source of the fields: the REST API reference for comments, posts and users.
"""

from __future__ import annotations

from datetime import tzinfo
from typing import Any

from wp_bridge.models import Comment, CommentKind, CommentStatus, Post, User
from wp_bridge.text import clean, plain, utc_time

# Only these are asked for: every `link` and `_links` would cost WordPress a query more per comment. The
# sub-field `content.raw` can't be asked for: WordPress then leaves the content out altogether.
COMMENT_FIELDS = "id,post,parent,author,author_name,author_email,author_url,author_ip,date,date_gmt,status,type,content"
POST_FIELDS = "id,type,status,slug,title,link,author,date,date_gmt,comment_status"
USER_FIELDS = "id,name,username,email,roles,capabilities,locale"

_STATUSES = {
    "approved": CommentStatus.APPROVED,
    "hold": CommentStatus.HELD,
    "spam": CommentStatus.SPAM,
    "trash": CommentStatus.TRASH,
    "post-trashed": CommentStatus.TRASH,
}
_KINDS = {kind.value: kind for kind in CommentKind}
UNPUBLISHED = frozenset({"draft", "pending", "auto-draft"})


def status_from(word: str) -> CommentStatus:
    """A plugin's own status isn't public, so it counts as held."""
    return _STATUSES.get(word, CommentStatus.HELD)


def kind_from(word: str) -> CommentKind:
    """The empty type is how older WordPress stored a comment."""
    return _KINDS.get(word or "comment", CommentKind.OTHER)


def comment_from_json(data: dict[str, Any], zone: tzinfo) -> Comment:
    """One item of wp/v2/comments."""
    return Comment(
        id=int(data["id"]),
        post_id=int(data["post"]),
        parent_id=int(data["parent"]),
        author_id=int(data["author"]),
        author_name=_text(data["author_name"]),
        author_email=_text(data["author_email"]),
        author_url=_text(data["author_url"]),
        author_ip=_text(data["author_ip"]),
        submitted_at=utc_time(data["date_gmt"], data["date"], zone),
        status=status_from(data["status"]),
        kind=kind_from(data["type"]),
        content=_text(data["content"]["raw"]),
    )


def post_from_json(data: dict[str, Any], zone: tzinfo) -> Post:
    """One item of wp/v2/posts or wp/v2/pages."""
    status = str(data["status"])
    return Post(
        id=int(data["id"]),
        kind=str(data["type"]),
        status=status,
        slug=str(data["slug"]),
        title=plain(data["title"]["raw"]),
        link=str(data["link"]),
        author_id=int(data["author"]),
        published_at=None if status in UNPUBLISHED else utc_time(data["date_gmt"], data["date"], zone),
        comments_open=data["comment_status"] == "open",
    )


def user_from_json(data: dict[str, Any]) -> User:
    """One item of wp/v2/users; login and e-mail are only there for an administrator and for oneself."""
    return User(
        id=int(data["id"]),
        login=clean(str(data.get("username") or "")),
        name=plain(str(data["name"])),
        email=clean(str(data.get("email") or "")),
    )


def may(data: dict[str, Any], capability: str) -> bool:
    """Whether a user read with context=edit holds a capability. PHP writes none as an empty list."""
    capabilities = data.get("capabilities")
    return isinstance(capabilities, dict) and capabilities.get(capability) in (True, 1, "1")


def _text(value: object) -> str:
    return clean("" if value is None else str(value))
