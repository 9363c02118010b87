"""Speaking the REST API: JSON in, JSON out, and every refusal as the `BlogError` it means."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from requests.auth import AuthBase

from wp_bridge.addresses import host_of
from wp_bridge.errors import (
    BlogBusy,
    BlogError,
    BlogUnreachable,
    CommentFlood,
    CommentRefused,
    CommentsClosed,
    CredentialsRefused,
    DuplicateComment,
    NotABlog,
    NotAllowed,
    NotFound,
)
from wp_bridge.transport import Answer, Transport, raise_for_trouble, what_came

Value = TypeVar("Value")
Json = dict[str, Any]
COMMENTS = "wp/v2/comments"

# What WordPress says when a password is wrong. Mostly it takes the sender for a stranger and says
# `rest_not_logged_in`.
_STRANGER = frozenset(
    {
        "rest_not_logged_in",
        "rest_comment_login_required",
        "incorrect_password",
        "invalid_username",
        "invalid_email",
        "application_passwords_disabled",
        "application_passwords_disabled_for_user",
    }
)

# By code, since the messages are in the blog's language. Source: WordPress's REST comments and posts
# controllers.
_REFUSALS: dict[str, tuple[type[BlogError], str]] = {
    "rest_comment_closed": (
        CommentsClosed,
        "Comments are closed on this post: open them in its Discussion settings.",
    ),
    "rest_comment_draft_post": (
        CommentRefused,
        "This post is a draft, which takes no comments: publish it first.",
    ),
    "rest_comment_trash_post": (
        CommentRefused,
        "This post is in the bin, which takes no comments: restore it first.",
    ),
    "rest_comment_invalid_post_id": (
        NotFound,
        "There is no such post on the blog: check its number or address.",
    ),
    "rest_comment_content_invalid": (CommentRefused, "WordPress takes no empty comment: give it a text."),
    "comment_content_column_length": (CommentRefused, "The comment is too long for WordPress: shorten it."),
    "comment_duplicate": (
        DuplicateComment,
        "The same comment by the same author stands there already: change its words.",
    ),
    "tirage_comment_pending": (
        BlogBusy,
        "Another request is writing this very comment: try again in a minute.",
    ),
    "comment_flood": (CommentFlood, "WordPress wants a pause between two comments: try again in 15 seconds."),
    "rest_post_invalid_id": (NotFound, "There is no such post on the blog: check its number or address."),
    "rest_comment_invalid_id": (
        NotFound,
        "There is no such comment on the blog: it may have been deleted for good.",
    ),
    "rest_comment_invalid_parent": (NotFound, "The comment to reply to is gone: write on the post itself."),
    "rest_cannot_read_post": (
        NotAllowed,
        "This account may not read that post: use an editor's or administrator's.",
    ),
}


class NotStored(BlogUnreachable):
    """WordPress's database didn't take the comment."""


class NoData(BlogUnreachable):
    """The blog answered, but not as an API does."""


@dataclass(frozen=True, slots=True)
class Reply:
    """The JSON of an answer and what its headers count."""

    data: Any
    total: int | None  # X-WP-Total


class RestClient:
    """One blog's REST API with one user's credentials. May be used by several threads."""

    def __init__(self, transport: Transport, root: str, auth: AuthBase) -> None:
        self._transport = transport
        self._root = root
        self._auth = auth

    def get(self, route: str, **params: str) -> Reply:
        """Read a route such as "wp/v2/comments". Raises whatever fits of `BlogError`."""
        answer = self._transport.get(self._address(route), auth=self._auth, params=params)
        return self._reply(answer, otherwise=BlogError)

    def post(self, route: str, payload: Mapping[str, Any]) -> Json:
        """Write to a route, once; gives the JSON object that comes back."""
        body = json.dumps(payload).encode()
        answer = self._transport.post(self._address(route), body, content_type="application/json", auth=self._auth)
        otherwise = CommentRefused if route.endswith(("comments", "winner-comment")) else BlogError
        return self.parse(lambda data: {**data}, self._reply(answer, otherwise=otherwise).data)

    def parse(self, build: Callable[[Any], Value], data: Any) -> Value:
        """Make a value of JSON; an unexpected shape is a broken answer."""
        try:
            return build(data)
        except (KeyError, TypeError, ValueError, AttributeError, IndexError, OverflowError):
            host = host_of(self._root)
            raise BlogUnreachable(f"{host} answered with data of an unknown shape: look for a faulty plugin.") from None

    def _address(self, route: str) -> str:
        # The root ends in "/wp-json/" or, with plain permalinks, in "?rest_route=/"; both take the route as
        # it is.
        root = self._root if self._root.endswith("/") else self._root + "/"
        return root + route

    def _reply(self, answer: Answer, *, otherwise: type[BlogError]) -> Reply:
        data = parse_json(answer)
        code = data.get("code") if isinstance(data, dict) else None
        if answer.status >= 400 and isinstance(code, str):
            _raise_refusal(code, answer, otherwise)
        raise_for_trouble(answer)
        if data is None or not 200 <= answer.status < 300:
            raise NoData(what_came(answer))
        total = answer.headers.get("X-WP-Total", "")
        return Reply(data, int(total) if total.isdecimal() else None)


def parse_json(answer: Answer) -> Any:
    """The JSON of an answer, None where it is none."""
    try:
        return json.loads(answer.body.decode("utf-8-sig", "replace"))
    except (ValueError, RecursionError):
        return None


def _raise_refusal(code: str, answer: Answer, otherwise: type[BlogError]) -> None:
    """Raise what an error's code means; return where the status says more than the code."""
    host = host_of(answer.url)
    if code in _REFUSALS:
        kind, message = _REFUSALS[code]
        raise kind(message)
    if code == "rest_no_route":
        raise NotABlog(f"{host} doesn't offer this part of WordPress's REST API: look for a plugin that closes it.")
    if code == "rest_comment_failed_create":
        raise NotStored(f"{host} could not store the comment: look for a full or an old database.")
    if answer.status in (429, 503):
        return
    if code in _STRANGER or answer.status == 401:
        raise CredentialsRefused(f"{host} no longer accepts the user and password: make a new application password.")
    if answer.status == 403:
        raise NotAllowed(f"{host} doesn't let this account do that ({code[:60]}): use an editor's or administrator's.")
    if answer.status in (404, 410):
        raise NotFound(f"There is no such thing on {host} ({code[:60]}): it may have been deleted.")
    if answer.status < 500:
        raise otherwise(f"{host} refuses this ({code[:60]}): look for a plugin that checks what comes in.")
