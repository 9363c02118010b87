"""Values for tests: sensible in everything that the test doesn't say."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from service.domain.contest import Contest, Phase
from service.domain.drawing import hash_text
from service.domain.eligibility import EntryFacts, Kind, State
from service.domain.pools import default_pools
from service.domain.post_judging import SocialPost
from service.domain.posts import Evidence, NetworkName, Sight
from service.domain.reports import CommentFacts, PostFacts, SiteFacts

CLOSES_AT = datetime(2026, 11, 27, 16, 0, tzinfo=UTC)
SECRET = "5ec7e7" + "0" * 58


def make_contest(**given: Any) -> Contest:
    """A contest on post 7 by account 1 that closed on Friday 17:00 in Paris; `winners`, `alternates`: of one pool."""
    values: dict[str, Any] = {
        "id": 1,
        "slug": "deux-livres",
        "post_id": 7,
        "post_url": "https://blog.example/deux-livres/",
        "post_title": "Deux livres à gagner",
        "post_author_id": 1,
        "timezone": "Europe/Paris",
        "language": "fr",
        "phase": Phase.REVIEW,
        "closes_at": CLOSES_AT,
        "commitment": hash_text(SECRET),
        "opened_at": CLOSES_AT - timedelta(days=4),
    }
    places = {name: given.pop(name) for name in ("winners", "alternates") if name in given}
    if places:
        values["pools"] = default_pools(**places)
    return Contest(**{**values, **given})


def make_entry(comment_id: int = 100, **given: Any) -> EntryFacts:
    """An approved comment by a guest, an hour before the deadline, with an address of its own."""
    values: dict[str, Any] = {
        "comment_id": comment_id,
        "author_name": f"Reader {comment_id}",
        "author_email": f"reader{comment_id}@example.org",
        "submitted_at": CLOSES_AT - timedelta(hours=1) + timedelta(seconds=comment_id % 3000),
    }
    return EntryFacts(**{**values, **given})


def make_comment(comment_id: int = 100, **given: Any) -> CommentFacts:
    """The same as the blog reports it."""
    values: dict[str, Any] = {
        "id": comment_id,
        "parent_id": 0,
        "account_id": 0,
        "author_name": f"Reader {comment_id}",
        "author_email": f"reader{comment_id}@example.org",
        "author_url": "",
        "author_ip": f"192.0.2.{comment_id % 250}",
        "submitted_at": CLOSES_AT - timedelta(hours=1) + timedelta(seconds=comment_id % 3000),
        "state": State.APPROVED,
        "kind": Kind.COMMENT,
        "content_hash": hash_text(f"I take part {comment_id}"),
        "is_empty": False,
    }
    return CommentFacts(**{**values, **given})


def make_post(post_id: int = 7, **given: Any) -> PostFacts:
    """A published post with open comments, by account 1."""
    values: dict[str, Any] = {
        "id": post_id,
        "slug": f"deux-livres-{post_id}",
        "title": "Deux livres à gagner",
        "url": f"https://blog.example/deux-livres-{post_id}/",
        "status": "publish",
        "author_id": 1,
        "published_at": CLOSES_AT - timedelta(days=4),
        "comments_open": True,
    }
    return PostFacts(**{**values, **given})


def make_site(**given: Any) -> SiteFacts:
    """A French blog in Paris."""
    values: dict[str, Any] = {
        "name": "Le blog",
        "url": "https://blog.example",
        "timezone": "Europe/Paris",
        "timezone_is_named": True,
        "language": "fr",
    }
    return SiteFacts(**{**values, **given})


def make_evidence(number: int = 1, **given: Any) -> Evidence:
    """A post on X with the link of the contest's post, a day before the deadline, by an author of its own."""
    values: dict[str, Any] = {
        "network": NetworkName.X,
        "entry": f"x:{1_990_000_000_000_000_000 + number}",
        "url": f"https://x.com/i/web/status/{1_990_000_000_000_000_000 + number}",
        "author_id": str(number),
        "author_handle": f"poster{number}",
        "author_name": f"Poster {number}",
        "posted_at": CLOSES_AT - timedelta(days=1) + timedelta(seconds=number),
        "links": ("https://blog.example/deux-livres/", "https://blog.example/deux-livres-7/?utm_source=x"),
        "text_hash": hash_text(f"post {number}"),
        "source": "x.oembed",
        "checked_at": CLOSES_AT + timedelta(minutes=1),
    }
    return Evidence(**{**values, **given})


def make_found(number: int = 1, *, evidence: dict[str, Any] | None = None, **given: Any) -> SocialPost:
    """The same as the judge sees it: found by a search, and looked at after the deadline."""
    told = make_evidence(number, **(evidence or {}))
    values: dict[str, Any] = {
        "entry": told.entry,
        "references": (told.entry,),
        "sight": Sight.SEEN,
        "evidence": told,
        "is_found": True,
        "looked_at": told.checked_at,
    }
    return SocialPost(**{**values, **given})
