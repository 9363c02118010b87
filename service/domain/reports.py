"""What a blog reports of itself, its posts and its comments: plain values, parsed at the border."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from service.domain.eligibility import Kind, State


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
    """One comment as read now. Its text isn't kept: only whether there is any, its SHA-256, and posts it names."""

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
    posts: str = ""  # references of the posts whose addresses it gives, separated by blanks
    handles: str = ""  # who its author says they are on networks, by name or website: "x:ana bluesky:ana.example"


@dataclass(frozen=True, slots=True, kw_only=True)
class PostedComment:
    """A comment of the moderator's own, as it stands on the blog."""

    id: int
    state: State
    url: str


Counts = dict[State, int]  # WordPress's own count; a state that the API can't count is missing
