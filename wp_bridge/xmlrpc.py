"""A blog through XML-RPC, for where the REST API is closed."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from datetime import datetime
from itertools import islice
from typing import Any, TypeVar
from xmlrpc.client import Fault

from wordpress_xmlrpc.methods.comments import EditComment, GetComment, GetCommentCount, NewComment
from wordpress_xmlrpc.methods.posts import EditPost, GetPost, GetPosts
from wordpress_xmlrpc.methods.users import GetUsers

from wp_bridge import xmlrpc_pages
from wp_bridge.blog import Blog
from wp_bridge.errors import CommentRefused, NotFound
from wp_bridge.models import Comment, CommentCounts, Post, Site, User
from wp_bridge.references import PostFinder
from wp_bridge.text import clean, has_long_characters, holds, with_entities
from wp_bridge.transport import Transport
from wp_bridge.xmlrpc_client import Method, XmlRpcClient
from wp_bridge.xmlrpc_faults import error_from, read_me, refusal_of_comment, require_moderator
from wp_bridge.xmlrpc_values import (
    POST_FIELDS,
    Struct,
    comment_from_struct,
    post_from_struct,
    user_from_struct,
)

Value = TypeVar("Value")
_LONGEST = 65_525  # bytes, as wp_get_comment_fields_max_lengths() says
_FEW = 5
_AT_ONCE = 50  # calls in one system.multicall


class XmlRpcBlog(Blog):
    """Made by `wp_bridge.connect()`."""

    api = "xmlrpc"

    def __init__(self, transport: Transport, client: XmlRpcClient, *, me: Struct, site: Site) -> None:
        self.site = site
        self._transport = transport
        self._client = client
        self.me = self._parse(user_from_struct, me)
        self._finder = PostFinder(transport, site.url, by_id=self.post, by_slug=self._posts_by_slug)

    @property
    def clock(self) -> datetime | None:
        return self._transport.clock

    def check(self) -> None:
        self._parse(user_from_struct, read_me(self._client))
        require_moderator(self._client, self.me.login)

    def staff(self) -> list[User] | None:
        users: list[User] = []
        while True:
            try:
                page = self._client.read(GetUsers({"who": "authors", "number": 50, "offset": len(users)}))
            except Fault as fault:
                if fault.faultCode == 401:  # only an administrator may list users here
                    return None
                raise error_from(self._client, fault) from None
            users += self._parse(lambda items: [user_from_struct(item) for item in items], page)
            if len(page) < 50:
                return sorted(users, key=lambda user: user.id)

    def find_post(self, reference: str) -> Post:
        return self._finder.find(reference)

    def post(self, post_id: int) -> Post:
        post = self._parse(post_from_struct, self._read(GetPost(post_id, POST_FIELDS)))
        if post.kind not in ("post", "page"):
            raise NotFound(f"There is no post or page with the number {post_id}: check its number or address.")
        return post

    def _posts_by_slug(self, slug: str) -> list[Post]:
        # There is no search by slug; one by words finds most, and the page itself tells its id in the end.
        posts: list[Post] = []
        for kind in ("post", "page"):
            wish = {"post_type": kind, "number": 20, "s": slug.replace("-", " ")}
            found = self._read(GetPosts(wish, POST_FIELDS))
            posts += self._parse(lambda items: [post_from_struct(item) for item in items], found)
        return posts

    def comments(self, post_id: int) -> Iterator[list[Comment]]:
        try:
            for page in xmlrpc_pages.read_all(self._client, post_id, count=lambda: self.count_comments(post_id).total):
                yield self._parse(lambda items: [comment_from_struct(item) for item in items], page)
        except Fault as fault:
            raise error_from(self._client, fault) from None

    def comments_by_id(self, post_id: int, comment_ids: Collection[int]) -> list[Comment]:
        wanted = set(comment_ids)
        comments = self._among_the_newest(post_id, wanted) if len(wanted) > _FEW else []
        missing = sorted(wanted - {comment.id for comment in comments})
        for start in range(0, len(missing), _AT_ONCE):
            answers = self._client.read_many([GetComment(number) for number in missing[start : start + _AT_ONCE]])
            comments += [comment for answer in answers if (comment := self._comment_unless_gone(answer))]
        return [comment for comment in comments if comment.post_id == post_id]

    def _among_the_newest(self, post_id: int, wanted: set[int]) -> list[Comment]:
        # WordPress checks the password anew for every single comment asked for, at up to 65 ms each.
        pages = islice(self.comments(post_id), 2)
        return [comment for page in pages for comment in page if comment.id in wanted]

    def _comment_unless_gone(self, answer: Any) -> Comment | None:
        if not isinstance(answer, Fault):
            return self._parse(comment_from_struct, answer)
        if answer.faultCode == 404:
            return None
        raise error_from(self._client, answer)

    def comments_after(self, post_id: int, comment_id: int) -> Iterator[list[Comment]]:
        try:
            for page in xmlrpc_pages.read_newest(self._client, post_id, after_id=comment_id):
                yield self._parse(lambda items: [comment_from_struct(item) for item in items], page)
        except Fault as fault:
            raise error_from(self._client, fault) from None

    def count_comments(self, post_id: int) -> CommentCounts:
        counts = self._read(GetCommentCount(post_id))
        return self._parse(_counts, counts)

    def find_own_comment(self, post_id: int, text: str) -> Comment | None:
        own = (comment for page in self.comments(post_id) for comment in page if comment.author_id == self.me.id)
        matching = (comment for comment in own if holds(comment.content, text))
        return min(matching, key=lambda comment: comment.id, default=None)

    def add_comment(self, post_id: int, content: str, *, parent_id: int = 0, key: str = "") -> Comment:
        text = clean(content).strip()
        self._check_comment(post_id, text)
        try:
            created = self._client.write(NewComment(post_id, {"content": text, "comment_parent": parent_id}))
        except Fault as fault:
            raise refusal_of_comment(
                self, self._client, fault, post_id=post_id, text=text, parent_id=parent_id
            ) from None
        comment = self._comment(self._parse(int, created))
        if has_long_characters(text) and not has_long_characters(comment.content):
            # A database with MySQL's three-byte "utf8" drops emoji without a word.
            self._write(EditComment(comment.id, {"content": with_entities(text)}))
            comment = self._comment(comment.id)
        return comment

    def _check_comment(self, post_id: int, text: str) -> None:
        """What the REST API would refuse, and XML-RPC takes."""
        if not text:
            raise CommentRefused("WordPress takes no empty comment: give it a text.")
        if len(text.encode()) > _LONGEST:
            raise CommentRefused("The comment is too long for WordPress: shorten it.")
        if self.post(post_id).status in ("draft", "auto-draft", "trash"):
            raise CommentRefused("This post is a draft or in the bin, which takes no comments: publish it first.")

    def _comment(self, comment_id: int) -> Comment:
        return self._parse(comment_from_struct, self._read(GetComment(comment_id)))

    def set_comments_open(self, post_id: int, *, is_open: bool) -> None:
        self._write(EditPost(post_id, {"comment_status": "open" if is_open else "closed"}))

    def close(self) -> None:
        self._transport.close()

    def _read(self, method: Method) -> Any:
        try:
            return self._client.read(method)
        except Fault as fault:
            raise error_from(self._client, fault) from None

    def _write(self, method: Method) -> Any:
        try:
            return self._client.write(method)
        except Fault as fault:
            raise error_from(self._client, fault) from None

    def _parse(self, build: Callable[[Any], Value], data: Any) -> Value:
        try:
            return build(data)
        except (KeyError, TypeError, ValueError, AttributeError, OverflowError):
            raise self._client.odd() from None


def _counts(data: Struct) -> CommentCounts:
    return CommentCounts(
        approved=int(data["approved"]),
        held=int(data["awaiting_moderation"]),
        spam=int(data["spam"]),
        trash=None,
    )
