"""What the use cases need from outside, and the values that cross the border."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from service.domain.eligibility import Kind, State


class BlogProblem(Exception):
    """The blog didn't do what was asked. `message` tells the moderator what to do; `permanent`: waiting won't help."""

    def __init__(
        self, message: str, *, code: str, permanent: bool = False, retry_after: float | None = None
    ) -> None:
        super().__init__(message)
        self.message = message
        self.code = code
        self.permanent = permanent
        self.retry_after = retry_after


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteFacts:
    """The blog: `timezone` is an IANA name, or an offset such as "+02:00"; `language` has two letters."""

    name: str
    url: str
    timezone: str
    timezone_is_named: bool
    language: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PostFacts:
    """The post a contest stands on."""

    id: int
    slug: str
    title: str
    url: str
    status: str
    author_id: int
    published_at: datetime | None
    comments_open: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CommentFacts:
    """One comment as read now. Its text itself isn't kept: only whether there is any, and its SHA-256."""

    id: int
    parent_id: int
    account_id: int
    author_name: str
    author_email: str
    author_url: str
    author_ip: str
    submitted_at: datetime
    state: State
    kind: Kind
    content_hash: str
    is_empty: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PostedComment:
    """A comment of the moderator's own, as it stands on the blog."""

    id: int
    state: State
    url: str


Counts = dict[State, int]  # WordPress's own count; a state that the API can't count is missing


class Blog(Protocol):
    """The connected blog. Every method may raise BlogProblem."""

    def site(self) -> SiteFacts: ...
    def moderator_id(self) -> int: ...
    def clock(self) -> datetime | None: ...
    def check(self) -> None: ...
    def staff_ids(self) -> frozenset[int] | None: ...
    def find_post(self, reference: str) -> PostFacts: ...
    def post(self, post_id: int) -> PostFacts: ...
    def comments(self, post_id: int) -> Iterator[list[CommentFacts]]: ...
    def count(self, post_id: int) -> Counts: ...
    def find_own_comment(self, post_id: int, text: str) -> PostedComment | None: ...
    def add_comment(self, post_id: int, content: str) -> PostedComment: ...
    def set_comments_open(self, post_id: int, *, is_open: bool) -> None: ...


Clock = Callable[[], datetime]  # aware UTC
MakeSecret = Callable[[], str]  # 64 hexadecimal digits
