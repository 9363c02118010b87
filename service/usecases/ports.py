"""What the use cases need from outside."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Protocol

from service.domain.reports import CommentFacts, Counts, PostedComment, PostFacts, SiteFacts


class BlogProblem(Exception):
    """The blog didn't do what was asked. `message` tells the moderator what to do; `permanent`: waiting won't help."""

    def __init__(self, message: str, *, code: str, permanent: bool = False, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.code = code
        self.permanent = permanent
        self.retry_after = retry_after


class Blog(Protocol):
    """The connected blog. Every method may raise BlogProblem."""

    def site(self) -> SiteFacts: ...
    def clock(self) -> datetime | None: ...
    def check(self) -> None: ...
    def staff_ids(self) -> frozenset[int]: ...
    def find_post(self, reference: str) -> PostFacts: ...
    def post(self, post_id: int) -> PostFacts: ...
    def comments(self, post_id: int) -> Iterator[list[CommentFacts]]: ...
    def count(self, post_id: int) -> Counts: ...
    def find_own_comment(self, post_id: int, text: str) -> PostedComment | None: ...
    def add_comment(self, post_id: int, content: str) -> PostedComment: ...
    def set_comments_open(self, post_id: int, *, is_open: bool) -> None: ...


Clock = Callable[[], datetime]  # aware UTC
MakeSecret = Callable[[], str]  # 64 hexadecimal digits
