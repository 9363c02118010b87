"""A blog through the REST API with an Application Password."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime, tzinfo
from typing import Any

from wp_bridge import rest_pages, rest_plugin
from wp_bridge.blog import Blog
from wp_bridge.errors import TOO_OLD, CommentsClosed, NotAllowed, NotFound
from wp_bridge.models import Comment, CommentCounts, Post, Site, User
from wp_bridge.references import PostFinder
from wp_bridge.rest_client import COMMENTS, Json, NotStored, RestClient
from wp_bridge.rest_pages import everything, total
from wp_bridge.rest_plugin import comment_from_row
from wp_bridge.rest_values import (
    COMMENT_FIELDS,
    POST_FIELDS,
    USER_FIELDS,
    comment_from_json,
    may,
    post_from_json,
    user_from_json,
)
from wp_bridge.text import clean, has_long_characters, holds, is_same_wording, with_entities
from wp_bridge.transport import Transport

_POSTS, _PAGES = "wp/v2/posts", "wp/v2/pages"
_GONE = "There is no post or page with the number {}: check its number or address."


class RestBlog(Blog):
    """Made by `wp_bridge.connect()`."""

    api = "rest"

    def __init__(
        self, transport: Transport, client: RestClient, *, me: Json, site: Site, zone: tzinfo, has_plugin: bool
    ) -> None:
        self.site = site
        self._has_plugin = has_plugin
        self.me = client.parse(user_from_json, me)
        self._may_list_users = may(me, "list_users")
        self._transport = transport
        self._client = client
        self._zone = zone
        self._finder = PostFinder(transport, site.url, by_id=self.post, by_slug=self._posts_by_slug)

    @property
    def clock(self) -> datetime | None:
        return self._transport.clock

    def check(self) -> None:
        require_moderator(read_me(self._client))

    def staff(self) -> list[User] | None:
        # `who=authors` is all that an editor may ask for; an administrator also sees those who only moderate.
        users = {user.id: user for user in self._users(who="authors")}
        if self._may_list_users:
            users |= {user.id: user for user in self._users(who="authors", context="edit")}
            users |= {user.id: user for user in self._users(capabilities="moderate_comments", context="edit")}
        return sorted(users.values(), key=lambda user: user.id)

    def _users(self, **query: str) -> Iterator[User]:
        for data in rest_pages.paged(self._client, "wp/v2/users", {"_fields": USER_FIELDS, **query}):
            yield from self._client.parse(lambda items: [user_from_json(item) for item in items], data)

    def find_post(self, reference: str) -> Post:
        return self._finder.find(reference)

    def post(self, post_id: int) -> Post:
        return self._post_and_route(post_id)[0]

    def _post_and_route(self, post_id: int) -> tuple[Post, str]:
        for route in (_POSTS, _PAGES):
            address = f"{route}/{post_id}"
            try:
                reply = self._client.get(address, context="edit", _fields=POST_FIELDS)
            except NotFound:
                continue
            return self._client.parse(self._to_post, reply.data), address
        raise NotFound(_GONE.format(post_id))

    def _posts_by_slug(self, slug: str) -> list[Post]:
        posts: list[Post] = []
        for route in (_POSTS, _PAGES):
            reply = self._client.get(
                route, slug=slug, status="any", context="edit", per_page="100", _fields=POST_FIELDS
            )
            posts += self._client.parse(lambda data: [self._to_post(item) for item in data], reply.data)
        return posts

    def _to_post(self, data: Json) -> Post:
        return post_from_json(data, self._zone)

    def comments(self, post_id: int) -> Iterator[list[Comment]]:
        if self._has_plugin:
            yield from self._plugin_comments(post_id, after_id=0)
            return
        for page in rest_pages.read_all(self._client, post_id):
            yield self._to_comments(page)

    def comments_after(self, post_id: int, comment_id: int) -> Iterator[list[Comment]]:
        if self._has_plugin:
            yield from self._plugin_comments(post_id, after_id=comment_id)
            return
        for page in rest_pages.read_newest(self._client, post_id, after_id=comment_id):
            yield self._to_comments(page)

    def _plugin_comments(self, post_id: int, *, after_id: int) -> Iterator[list[Comment]]:
        for rows in rest_plugin.read_all(self._client, post_id, after_id=after_id):
            yield self._client.parse(lambda data: [comment_from_row(row, self._zone) for row in data], rows)

    def comments_by_id(self, post_id: int, comment_ids: Collection[int]) -> list[Comment]:
        wanted = sorted(set(comment_ids))
        chunks = (wanted[start : start + rest_pages.PER_PAGE] for start in range(0, len(wanted), rest_pages.PER_PAGE))
        queries = ({**everything(post_id), **rest_pages.window(chunk)} for chunk in chunks)
        return [comment for page in rest_pages.read_ahead(self._client, queries) for comment in self._to_comments(page)]

    def _to_comments(self, data: Any) -> list[Comment]:
        return self._client.parse(lambda items: [comment_from_json(item, self._zone) for item in items], data)

    def count_comments(self, post_id: int) -> CommentCounts:
        if self._has_plugin:
            return rest_plugin.count(self._client, post_id)
        counts = {
            status: self._count(post_id, status) for status in ("any", "approve", "spam", "trash", "post-trashed")
        }
        approved, spam, trash = counts["approve"], counts["spam"], counts["trash"] + counts["post-trashed"]
        # What is left is held, including the statuses of plugins, just as when comments are read.
        return CommentCounts(
            approved=approved, held=max(0, counts["any"] - approved - spam - trash), spam=spam, trash=trash
        )

    def _count(self, post_id: int, status: str) -> int:
        query = {**everything(post_id), "status": status, "per_page": "1", "_fields": "id"}
        return total(self._client.get(COMMENTS, **query))

    def find_own_comment(self, post_id: int, text: str) -> Comment | None:
        return next((comment for comment in self._own_comments(post_id) if holds(comment.content, text)), None)

    def _own_comments(self, post_id: int) -> Iterator[Comment]:
        own = {"author": str(self.me.id), "orderby": "id", "order": "asc", "_fields": COMMENT_FIELDS}
        for data in rest_pages.paged(self._client, COMMENTS, {**everything(post_id), **own}):
            yield from self._to_comments(data)

    def add_comment(self, post_id: int, content: str, *, parent_id: int = 0, key: str = "") -> Comment:
        text = clean(content)
        try:
            comment_id = self._create(post_id, text, parent_id, key)
        except NotStored:
            comment_id = self._create_without_long_characters(post_id, text, parent_id, key)
        except CommentsClosed:
            if self.post(post_id).comments_open:
                raise CommentsClosed(TOO_OLD) from None
            raise
        reply = self._client.get(f"{COMMENTS}/{comment_id}", context="edit", _fields=COMMENT_FIELDS)
        return self._to_comments([reply.data])[0]

    def _create(self, post_id: int, text: str, parent_id: int, key: str) -> int:
        if key and self._has_plugin:
            return rest_plugin.add_once(self._client, post_id, text, parent_id=parent_id, key=key)
        created = self._client.post(COMMENTS, {"post": post_id, "content": text, "parent": parent_id})
        return self._client.parse(lambda data: int(data["id"]), created)

    def _create_without_long_characters(self, post_id: int, text: str, parent_id: int, key: str) -> int:
        """Once more for a database that can't store emoji, and only after looking that nothing was stored."""
        if not has_long_characters(text):
            raise NotStored("The blog's database could not store the comment: try again later.")
        for comment in self._own_comments(post_id):
            if comment.parent_id == parent_id and is_same_wording(comment.content, text):
                return comment.id
        return self._create(post_id, with_entities(text), parent_id, key)

    def set_comments_open(self, post_id: int, *, is_open: bool) -> None:
        address = self._post_and_route(post_id)[1]
        self._client.post(address, {"comment_status": "open" if is_open else "closed"})

    def close(self) -> None:
        self._transport.close()


def read_me(client: RestClient) -> Json:
    """The connected user as wp/v2/users/me tells it."""
    reply = client.get("wp/v2/users/me", context="edit", _fields=USER_FIELDS)
    return client.parse(lambda data: {**data}, reply.data)


def require_moderator(me: Json) -> None:
    """Raise NotAllowed when the user may not moderate comments."""
    if not may(me, "moderate_comments"):
        name = str(me.get("username") or me.get("name") or "This user")
        raise NotAllowed(f"{name} may not moderate comments on this blog: use an editor's or administrator's account.")
