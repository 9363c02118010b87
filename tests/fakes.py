"""Small working worlds in place of what tests can't wait for: a blog in memory, a clock that is set."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from service.beacons import bls
from service.domain.beacon import BeaconRound, Chain, time_of
from service.domain.drawing import hash_text
from service.domain.eligibility import State
from service.domain.reports import CommentFacts, Counts, PostedComment, PostFacts, SiteFacts
from service.usecases.ports import BeaconProblem, BlogProblem
from testbed.drand import Drand
from tests.factories import CLOSES_AT, make_comment, make_post, make_site

MODERATOR = 99
UNREACHABLE = BlogProblem("blog.example doesn't answer; Tirage tries again.", code="blog_unreachable")


class FakeClock:
    """A clock that stands still until it is moved; a day before the deadline of tests/factories.py at first."""

    def __init__(self, now: datetime = CLOSES_AT - timedelta(days=1)) -> None:
        self.now = now

    def __call__(self) -> datetime:
        """The time it shows, aware UTC."""
        return self.now

    def move_to(self, instant: datetime) -> None:
        """Set it."""
        self.now = instant

    def forward(self, seconds: float) -> None:
        """Move it on."""
        self.now += timedelta(seconds=seconds)


class FakeVault:
    """The port `Vault` without any secrecy."""

    def lock(self, text: str) -> str:
        """The text, turned round."""
        return text[::-1]

    def unlock(self, locked: str) -> str:
        """The text again."""
        return locked[::-1]


class FakeBlog:
    """The port `Blog` in memory, for many threads: posts, comments, and failures that are asked for.

    `writes` lists (method, post id) of everything that changed the blog, `calls` the names of all calls.
    """

    def __init__(self, site: SiteFacts | None = None, *, page_size: int = 100) -> None:
        self._site = site or make_site()
        self._page_size = page_size
        self._posts: dict[int, PostFacts] = {}
        self._comments: dict[int, tuple[int, CommentFacts, str]] = {}  # by id: post, facts, text
        self._failures: dict[str, list[BlogProblem]] = {}
        self._lost_answers = 0
        self._lock = threading.RLock()
        self.time: datetime | None = None  # the blog's own clock, where a test cares
        self.staff: frozenset[int] = frozenset({1, MODERATOR})
        self.hidden: set[int] = set()  # comments that are counted but not listed
        self.calls: list[str] = []
        self.writes: list[tuple[str, int]] = []

    # What a test arranges

    def add_post(self, post_id: int = 7, **given: Any) -> PostFacts:
        """Publish a post."""
        with self._lock:
            self._posts[post_id] = make_post(post_id, **given)
            return self._posts[post_id]

    def add(self, post_id: int = 7, comment_id: int | None = None, *, text: str = "", **given: Any) -> CommentFacts:
        """A visitor's comment on a post."""
        with self._lock:
            number = comment_id or max(self._comments, default=99) + 1
            words = text or f"I take part, says {number}"
            comment = make_comment(number, **{"content_hash": hash_text(words), **given})
            self._comments[number] = (post_id, comment, words)
            return comment

    def edit(self, comment_id: int, *, text: str | None = None, **changes: Any) -> None:
        """Change a comment as somebody in WordPress would: its text, its state, its author."""
        with self._lock:
            post_id, comment, words = self._comments[comment_id]
            words = words if text is None else text
            changed = replace(comment, content_hash=hash_text(words), **changes)
            self._comments[comment_id] = (post_id, changed, words)

    def move(self, comment_id: int, post_id: int) -> None:
        """Move a comment to another post."""
        with self._lock:
            _, comment, words = self._comments[comment_id]
            self._comments[comment_id] = (post_id, comment, words)

    def delete(self, comment_id: int) -> None:
        """Delete a comment for good."""
        with self._lock:
            del self._comments[comment_id]

    def fail(self, method: str, problem: BlogProblem = UNREACHABLE, *, times: int = 1) -> None:
        """Have the next calls of a method raise a problem, before they do anything."""
        with self._lock:
            self._failures.setdefault(method, []).extend([problem] * times)

    def heal(self) -> None:
        """Take all failures back."""
        with self._lock:
            self._failures.clear()
            self._lost_answers = 0

    def lose_answers(self, times: int = 1) -> None:
        """Have the next comments stored although their answers get lost."""
        with self._lock:
            self._lost_answers += times

    def texts(self, post_id: int = 7) -> list[str]:
        """What the moderator wrote on a post, oldest first."""
        with self._lock:
            return [
                words
                for post, comment, words in self._comments.values()
                if (post, comment.account_id) == (post_id, MODERATOR)
            ]

    # The port

    def site(self) -> SiteFacts:
        """The blog's name, address, timezone and language."""
        with self._called("site"):
            return self._site

    def clock(self) -> datetime | None:
        """The blog's time, where the test set it."""
        return self.time

    def check(self) -> None:
        """Raises the failure that the test asked for."""
        with self._called("check"):
            return

    def staff_ids(self) -> frozenset[int]:
        """Accounts that write for or moderate the blog."""
        with self._called("staff_ids"):
            return self.staff

    def find_post(self, reference: str) -> PostFacts:
        """The post for an id or an address."""
        with self._called("find_post"):
            for post in self._posts.values():
                if reference in (str(post.id), post.url):
                    return post
        raise _not_found(f"There is no post {reference} on this blog.")

    def post(self, post_id: int) -> PostFacts:
        """The post with this id."""
        with self._called("post"):
            return self._post(post_id)

    def comments(self, post_id: int) -> Iterator[list[CommentFacts]]:
        """All comments of a post, page by page, as they are when each page is asked for."""
        last = 0
        while True:
            with self._called("comments"):
                self._post(post_id)
                left = [comment for comment in self._of(post_id) if comment.id > last and comment.id not in self.hidden]
            page = left[: self._page_size]
            if not page:
                return
            last = page[-1].id
            yield page

    def comments_after(self, post_id: int, comment_id: int) -> Iterator[list[CommentFacts]]:
        """The comments with a greater id, in one page."""
        with self._called("comments_after"):
            self._post(post_id)
            found = [comment for comment in self._of(post_id) if comment.id > comment_id]
        yield [comment for comment in found if comment.id not in self.hidden]

    def comments_by_id(self, post_id: int, comment_ids: Collection[int]) -> list[CommentFacts]:
        """Those of the named comments that stand on the post."""
        with self._called("comments_by_id"):
            return [comment for comment in self._of(post_id) if comment.id in comment_ids]

    def count(self, post_id: int) -> Counts:
        """The comments by state."""
        with self._called("count"):
            self._post(post_id)
            counted = Counter(comment.state for comment in self._of(post_id))
        return {state: counted[state] for state in (State.APPROVED, State.HELD, State.SPAM, State.TRASH)}

    def find_own_comment(self, post_id: int, text: str) -> PostedComment | None:
        """The moderator's own comment that holds the text."""
        with self._called("find_own_comment"):
            for comment in self._of(post_id):
                if comment.account_id == MODERATOR and text in self._comments[comment.id][2]:
                    return self._posted(post_id, comment)
        return None

    def add_comment(self, post_id: int, content: str, *, parent_id: int = 0, key: str) -> PostedComment:
        """Write a comment as the moderator; refused where comments are closed, and a second time."""
        with self._called("add_comment"):
            if not self._post(post_id).comments_open:
                raise BlogProblem("Comments are closed on this post.", code="comments_closed", permanent=True)
            if content in self.texts(post_id):
                raise BlogProblem("This comment stands there already.", code="comment_duplicate", permanent=True)
            if parent_id and self._comments.get(parent_id, (0,))[0] != post_id:
                raise _not_found("The comment to reply to is gone: write on the post itself.")
            comment = self.add(
                post_id, text=content, account_id=MODERATOR, author_name="Modérateur", parent_id=parent_id
            )
            self.writes.append(("add_comment", post_id))
            if self._lost_answers:
                self._lost_answers -= 1
                raise UNREACHABLE
            return self._posted(post_id, comment)

    def set_comments_open(self, post_id: int, *, is_open: bool) -> None:
        """Open or close the comments of a post."""
        with self._called("set_comments_open"):
            self._posts[post_id] = replace(self._post(post_id), comments_open=is_open)
            self.writes.append(("set_comments_open", post_id))

    def _called(self, method: str) -> threading.RLock:
        """Note the call, fail if a test wants it; the lock to hold meanwhile."""
        with self._lock:
            self.calls.append(method)
            failures = self._failures.get(method)
            if failures:
                raise failures.pop(0)
        return self._lock

    def _post(self, post_id: int) -> PostFacts:
        if post_id not in self._posts:
            raise _not_found(f"There is no post {post_id} on this blog.")
        return self._posts[post_id]

    def _of(self, post_id: int) -> list[CommentFacts]:
        found = [comment for post, comment, _ in self._comments.values() if post == post_id]
        return sorted(found, key=lambda comment: comment.id)

    def _posted(self, post_id: int, comment: CommentFacts) -> PostedComment:
        url = f"{self._post(post_id).url}#comment-{comment.id}"
        return PostedComment(id=comment.id, state=comment.state, url=url)


def _not_found(message: str) -> BlogProblem:
    return BlogProblem(message, code="not_found", permanent=True)


class FakeBeacon:
    """The port `Beacon`: a chain with a real key, whose rounds come out by a clock that is set.

    `problem` is raised in place of every round until it is taken off again; `asked` lists the rounds that were wanted.
    """

    def __init__(self, clock: FakeClock) -> None:
        self._drand = Drand(period=3)
        self._clock = clock
        self.chain = self._drand.chain
        self.problem: BeaconProblem | None = None
        self.asked: list[int] = []

    def fetch(self, round_: int) -> BeaconRound:
        """The round, once it is out."""
        self.asked.append(round_)
        if self.problem:
            raise self.problem
        if time_of(self.chain, round_) > self._clock():
            raise BeaconProblem(f"Round {round_} isn't out yet.", code="not_out_yet", retry_after=3.0)
        return self._drand.round(round_)

    def is_valid(self, chain: Chain, found: BeaconRound) -> bool:
        """Whether the signature is the chain's."""
        return bls.is_valid(chain, found.round, found.signature)

    def is_reachable(self, now: datetime) -> bool:
        """Whether no problem is set."""
        return self.problem is None
