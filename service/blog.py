"""The adapter onto wp_bridge: connects when first needed, and parses what the blog says into our own values."""

from __future__ import annotations

import hashlib
import html
import re
import threading
import unicodedata
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from time import monotonic
from typing import Protocol

import wp_bridge
from service.domain.eligibility import Kind, State
from service.domain.reports import CommentFacts, Counts, PostedComment, PostFacts, SiteFacts
from service.usecases.ports import BlogProblem

LONGEST_FIELD = 500
SITE_SECONDS = 30.0  # a moderator may change the blog's timezone while we run
CONNECTION_SECONDS = 600.0  # our plugin may be installed or removed while we run
_STATES = {status: State(status.value) for status in wp_bridge.CommentStatus}
_KINDS = {kind: Kind(kind.value) for kind in wp_bridge.CommentKind}
_TAGS = re.compile(r"<[^>]*>")
_IMAGES = re.compile(r"<img\b", re.IGNORECASE)

Connect = Callable[[], wp_bridge.Blog]


class SocialReader(Protocol):
    """Reads which posts on networks a comment gives, and which handles its author has."""

    def posts(self, content: str) -> str: ...
    def handles(self, name: str, url: str) -> str: ...


class ConnectedBlog:
    """The port `Blog` over a connection that is made when first needed and dropped when it fails.

    `which` tells what to connect to: with another value than before it connects anew, whichever process was told.
    """

    def __init__(
        self, connect: Connect, which: Callable[[], object] = lambda: None, reader: SocialReader | None = None
    ) -> None:
        self._connect = connect
        self._reader = reader
        self._which = which
        self._connected_to: object = None
        self._blog: wp_bridge.Blog | None = None
        self._skew: timedelta | None = None
        self._connected_at = 0.0
        self._lock = threading.Lock()

    def site(self) -> SiteFacts:
        """The blog's name, address, timezone and language, read anew where the connection isn't quite fresh."""
        if monotonic() - self._connected_at > SITE_SECONDS:
            self._blog = None
        with self._bridge() as blog:
            site = blog.site
        return SiteFacts(
            name=_clean(site.name),
            url=site.url,
            timezone=site.timezone,
            timezone_is_named=site.timezone_is_named,
            language=site.language,
        )

    def clock(self) -> datetime | None:
        """The blog's time now, by the difference its latest answer showed; None before any."""
        return None if self._skew is None else datetime.now(UTC) + self._skew

    def check(self) -> None:
        """Raises BlogProblem unless the blog answers and the moderator still has the right."""
        with self._bridge() as blog:
            blog.check()

    def staff_ids(self) -> frozenset[int]:
        """Accounts that write for or moderate the blog as far as it tells, and the connected moderator."""
        with self._bridge() as blog:
            return frozenset({blog.me.id, *(user.id for user in blog.staff() or [])})

    def find_post(self, reference: str) -> PostFacts:
        """The post for an id or an address."""
        with self._bridge() as blog:
            return _post_facts(blog.find_post(reference))

    def post(self, post_id: int) -> PostFacts:
        """The post with this id."""
        with self._bridge() as blog:
            return _post_facts(blog.post(post_id))

    def comments(self, post_id: int) -> Iterator[list[CommentFacts]]:
        """All comments of a post, page by page."""
        with self._bridge() as blog:
            for page in blog.comments(post_id):
                yield [_comment_facts(comment, self._reader) for comment in page]

    def comments_after(self, post_id: int, comment_id: int) -> Iterator[list[CommentFacts]]:
        """The comments with a greater id, page by page."""
        with self._bridge() as blog:
            for page in blog.comments_after(post_id, comment_id):
                yield [_comment_facts(comment, self._reader) for comment in page]

    def comments_by_id(self, post_id: int, comment_ids: Collection[int]) -> list[CommentFacts]:
        """Those of the named comments that stand on the post."""
        with self._bridge() as blog:
            return [_comment_facts(comment, self._reader) for comment in blog.comments_by_id(post_id, comment_ids)]

    def count(self, post_id: int) -> Counts:
        """WordPress's own count, by state."""
        with self._bridge() as blog:
            counts = blog.count_comments(post_id)
        told = {State.APPROVED: counts.approved, State.HELD: counts.held, State.SPAM: counts.spam}
        return told if counts.trash is None else {**told, State.TRASH: counts.trash}

    def find_own_comment(self, post_id: int, text: str) -> PostedComment | None:
        """The moderator's own comment that holds the text."""
        with self._bridge() as blog:
            found = blog.find_own_comment(post_id, text)
            return _posted(blog, found) if found else None

    def add_comment(self, post_id: int, content: str, *, parent_id: int = 0, key: str) -> PostedComment:
        """Write a comment that holds `key` as the moderator; at most once where the blog has the plugin."""
        with self._bridge() as blog:
            return _posted(blog, blog.add_comment(post_id, content, parent_id=parent_id, key=key))

    def set_comments_open(self, post_id: int, *, is_open: bool) -> None:
        """Open or close the comments of a post."""
        with self._bridge() as blog:
            blog.set_comments_open(post_id, is_open=is_open)

    @contextmanager
    def _bridge(self) -> Iterator[wp_bridge.Blog]:
        try:
            blog = self._connected()
            yield blog
        except wp_bridge.BlogError as error:
            if isinstance(error, wp_bridge.CredentialsRefused | wp_bridge.NotABlog):
                self._blog = None  # settings of the blog may have changed: connect anew next time
            raise BlogProblem(
                str(error), code=error.code, permanent=error.permanent, retry_after=error.retry_after
            ) from error
        else:
            self._skew = blog.clock - datetime.now(UTC) if blog.clock else None

    def _connected(self) -> wp_bridge.Blog:
        wanted = self._which()
        with self._lock:
            is_old = monotonic() - self._connected_at > CONNECTION_SECONDS
            if self._blog is None or is_old or wanted != self._connected_to:
                self._blog = None
                self._blog = self._connect()
                self._connected_at, self._connected_to = monotonic(), wanted
            return self._blog


def _post_facts(post: wp_bridge.Post) -> PostFacts:
    return PostFacts(
        id=post.id,
        slug=_clean(post.slug),
        title=_clean(post.title),
        url=_ascii_url(post.link),
        status=post.status,
        author_id=post.author_id,
        published_at=post.published_at,
        comments_open=post.comments_open,
    )


def _comment_facts(comment: wp_bridge.Comment, reader: SocialReader | None) -> CommentFacts:
    name, website = _clean(html.unescape(comment.author_name)), _clean(comment.author_url)
    return CommentFacts(
        id=comment.id,
        parent_id=comment.parent_id,
        account_id=comment.author_id,
        author_name=name,  # the blog keeps it as HTML: readers see "A & B" for "A &amp; B"
        author_email=_clean(comment.author_email),
        author_url=website,
        author_ip=_clean(comment.author_ip),
        submitted_at=comment.submitted_at,
        state=_STATES[comment.status],
        kind=_KINDS[comment.kind],
        content_hash=hashlib.sha256(comment.content.encode("utf-8", "replace")).hexdigest(),
        is_empty=is_empty(comment.content),
        posts=reader.posts(comment.content) if reader else "",
        handles=reader.handles(name, website) if reader and (website or name[:1] == "@") else "",
    )


def _posted(blog: wp_bridge.Blog, comment: wp_bridge.Comment) -> PostedComment:
    url = f"{_ascii_url(blog.post(comment.post_id).link)}#comment-{comment.id}"
    return PostedComment(id=comment.id, state=State(comment.status.value), url=url)


def is_empty(content: str) -> bool:
    """Whether a comment shows nothing: no letter, digit, sign or picture once tags and blanks are gone."""
    if content[:1].isalnum() or ("<" in content and _IMAGES.search(content)):
        return False
    text = html.unescape(_TAGS.sub("", content))
    return not any(unicodedata.category(character)[0] in "LNPS" for character in text)


def _clean(text: str) -> str:
    """One line without control characters (PostgreSQL takes no U+0000), and no longer than a field of a form."""
    if not text.isprintable():  # hardly ever, and a look at each character takes long
        text = "".join(c if c.isprintable() else " " for c in text)
    elif "  " not in text:  # nearly always
        return text.strip()[:LONGEST_FIELD]
    return " ".join(text.split())[:LONGEST_FIELD]


def _ascii_url(url: str) -> str:
    """An address in printable ASCII: the sealed text and the winner comment hold it."""
    return "".join(c if "!" <= c <= "~" else "".join(f"%{byte:02X}" for byte in c.encode()) for c in url)
