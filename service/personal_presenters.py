"""How what is kept of one person looks as JSON: the same for the command line and WordPress's privacy tools."""

from __future__ import annotations

from typing import Any

from service.domain.drawing import comment_id_of, rfc3339
from service.domain.pools import is_comment
from service.post_presenters import instant_json
from service.presenters import exclusion_json, personal_json
from service.storage.personal import Exclusion, PersonalEntry
from service.usecases.privacy_posters import Kept, PersonalClaim, PersonalPost

Json = dict[str, Any]


def comments_json(entries: list[PersonalEntry], exclusions: list[Exclusion]) -> list[Json]:
    """What is kept under an e-mail address: its comments, and the rules that list it."""
    return [*map(personal_json, entries), *map(exclusion_json, exclusions)]


def kept_json(kept: Kept) -> list[Json]:
    """What is kept beside comments."""
    return [*map(_post_json, kept.posts), *map(_claim_json, kept.claims), *map(exclusion_json, kept.exclusions)]


def _post_json(post: PersonalPost) -> Json:
    return {
        "contest": post.contest_id,
        "comment": None,
        "post": post.entry,
        "title": post.contest_title,
        "data": {
            "name": post.name,
            "handles": f"{post.network}:{post.handle}" if post.handle else "",
            "account_id": post.account,
            "website": post.url,
            "posts": " ".join(post.references),
            "submitted_at": instant_json(post.posted_at),
        },
    }


def _claim_json(claim: PersonalClaim) -> Json:
    """A claim; the answers in one text, a field a line, as WordPress shows it."""
    return {
        "contest": claim.contest_id,
        "comment": comment_id_of(claim.entry) if is_comment(claim.entry) else None,
        "post": None if is_comment(claim.entry) else claim.entry,
        "title": claim.contest_title,
        "data": {
            "link_made_at": rfc3339(claim.created_at),
            "claimed_at": instant_json(claim.claimed_at),
            "told": "\n".join(f"{field}: {text}" for field, text in claim.answers.items()),
            "trouble": claim.trouble,
        },
    }
