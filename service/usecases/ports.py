"""What the use cases need from outside."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
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
    def comments_after(self, post_id: int, comment_id: int) -> Iterator[list[CommentFacts]]: ...
    def comments_by_id(self, post_id: int, comment_ids: Collection[int]) -> list[CommentFacts]: ...
    def count(self, post_id: int) -> Counts: ...
    def find_own_comment(self, post_id: int, text: str) -> PostedComment | None: ...
    def add_comment(self, post_id: int, content: str, *, key: str) -> PostedComment: ...
    def set_comments_open(self, post_id: int, *, is_open: bool) -> None: ...


class Vault(Protocol):
    """Encrypts what is kept and has to be read again. Both may raise Conflict."""

    def lock(self, text: str) -> str: ...
    def unlock(self, locked: str) -> str: ...


OpenBlog = Callable[[str, str, str], Blog]  # by address, user and password; connects when first asked something
Clock = Callable[[], datetime]  # aware UTC
MakeSecret = Callable[[], str]  # 64 hexadecimal digits
