"""What both APIs can do: the one interface behind `connect()`."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Collection, Iterator
from datetime import datetime

from wp_bridge.models import Comment, CommentCounts, Post, Site, User


class Blog(ABC):
    """A WordPress blog seen with a moderator's rights. Every method may raise a `BlogError`.

    No method holds more than a few pages of comments at a time, waits longer than the time-outs given to
    `connect()`, or reads more than its size limit. Reads are retried a few times within that; writes never
    are.
    """

    api: str  # "rest" or "xmlrpc"
    me: User  # the connected moderator
    site: Site

    @property
    @abstractmethod
    def clock(self) -> datetime | None:
        """The blog's own time, aware UTC, from the Date header of its latest answer; None before any."""

    @abstractmethod
    def check(self) -> None:
        """Ask for the connected user again: raises when the blog is away or the moderator lost the right."""

    @abstractmethod
    def staff(self) -> list[User] | None:
        """Those who write for or moderate the blog; None where this API doesn't tell a moderator."""

    @abstractmethod
    def find_post(self, reference: str) -> Post:
        """The post for an id ("42") or an address on this blog, with pretty or plain permalinks."""

    @abstractmethod
    def post(self, post_id: int) -> Post:
        """The post or page with this id."""

    @abstractmethod
    def comments(self, post_id: int) -> Iterator[list[Comment]]:
        """All comments of a post in every status and of every kind, page by page, in no promised order.

        What is posted while it reads may or may not be there; `count_comments` before and after tells.
        A comment may come twice.
        """

    @abstractmethod
    def comments_by_id(self, post_id: int, comment_ids: Collection[int]) -> list[Comment]:
        """Those of the named comments that exist on the post."""

    @abstractmethod
    def comments_after(self, post_id: int, comment_id: int) -> Iterator[list[Comment]]:
        """The comments of a post that came after that one: those with a greater id, page by page.

        One may come twice, and older ones may come with them.
        """

    @abstractmethod
    def count_comments(self, post_id: int) -> CommentCounts:
        """WordPress's own count."""

    @abstractmethod
    def find_own_comment(self, post_id: int, text: str) -> Comment | None:
        """The moderator's own oldest comment on the post that holds `text`, in any status.

        A letter or digit right after it makes it another text: ".../1" isn't found in ".../12".
        """

    @abstractmethod
    def add_comment(self, post_id: int, content: str, *, parent_id: int = 0, key: str = "") -> Comment:
        """Write a comment as the moderator and read it back. Never retried: after an error it may stand.

        With a `key` that is part of the content, a blog with the Tirage plugin writes it at most once, however often
        and from wherever it is asked, and gives the one that stands; other blogs take no notice of it.
        """

    @abstractmethod
    def set_comments_open(self, post_id: int, *, is_open: bool) -> None:
        """Open or close the comments of a post."""

    @abstractmethod
    def close(self) -> None:
        """Let go of the connections."""
