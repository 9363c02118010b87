"""What a blog holds, as plain values: the same whichever API they were read through."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class CommentStatus(StrEnum):
    """Where WordPress keeps a comment. Its own word `1`/`approve` is spelled `approved` here."""

    APPROVED = "approved"
    HELD = "held"
    SPAM = "spam"
    TRASH = "trash"  # in the bin, by itself or together with its post


class CommentKind(StrEnum):
    """What a row of WordPress's comments table is."""

    COMMENT = "comment"
    PINGBACK = "pingback"
    TRACKBACK = "trackback"
    NOTE = "note"  # the editors' notes of WordPress 6.9 and later
    OTHER = "other"  # a plugin's own kind, a shop's review for example


@dataclass(frozen=True, slots=True, kw_only=True)
class Comment:
    """One comment. Everything in it but the ids, `status` and `submitted_at` was written by a stranger."""

    id: int
    post_id: int
    parent_id: int  # 0 for a comment on the post itself
    author_id: int  # the WordPress account, 0 for a guest
    author_name: str
    author_email: str
    author_url: str
    author_ip: str
    submitted_at: datetime  # aware, UTC, whole seconds: WordPress's comment_date_gmt
    status: CommentStatus
    kind: CommentKind
    content: str  # as typed: text with HTML


@dataclass(frozen=True, slots=True, kw_only=True)
class CommentCounts:
    """How many comments WordPress itself counts on a post, of every kind. None: this API can't tell."""

    approved: int
    held: int
    spam: int
    trash: int | None

    @property
    def total(self) -> int:
        """All that could be counted."""
        return self.approved + self.held + self.spam + (self.trash or 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """A post or a page that can carry a contest."""

    id: int
    kind: str  # post, page
    status: str  # publish, draft, trash, private, future, pending
    slug: str
    title: str  # plain text
    link: str
    author_id: int
    published_at: datetime | None  # aware, UTC; None for a draft
    comments_open: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """An account of the blog, as far as the connected moderator may see it."""

    id: int
    login: str  # empty where the API doesn't say
    name: str
    email: str = ""  # empty where the API doesn't say


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """The blog itself."""

    name: str
    url: str
    timezone: str  # "Europe/Paris", or an offset such as "+02:00" where the blog has no named zone
    timezone_is_named: bool
    language: str  # two letters: "fr"
