"""How posts, and what entrants are asked to post, look as JSON: the same for the command line and the web."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from service.domain.contest import Contest, Search
from service.domain.drawing import rfc3339
from service.domain.eligibility import Reason, Status
from service.domain.posts import Composed, Evidence, Message, PostAddress
from service.i18n import reason_words, zone_of
from service.storage import posts, searches
from service.storage.post_rows import KnownPost
from service.storage.searches import SearchState
from service.usecases.add_posts import Line
from service.usecases.ports import Networks
from service.usecases.search import no_key, plan_of, sources_of

Json = dict[str, Any]


def posts_json(tx: Connection, contest: Contest, networks: Networks) -> Json:
    """How the posts of a contest stand, what looking for them cost, and what entrants are asked to post."""
    states = searches.of_contest(tx, contest.id)
    plan = plan_of(contest)
    sources, missing = sources_of(networks, contest.search)
    queries = {source.name: source.query(plan) for source in sources}
    shown = [states.get(name) or SearchState(source=name) for name in {**queries, **missing, **states}]
    shown = [
        replace(state, problem=no_key(missing[state.source])) if state.source in missing else state for state in shown
    ]
    return {
        "counts": counts_json(posts.count_statuses(tx, contest.id)),
        "reasons": {
            status.value: {code.value: number for code, number in posts.count_codes(tx, contest.id, status).items()}
            for status in (Status.INELIGIBLE, Status.UNDECIDED)
        },
        "sights": {sight.value: number for sight, number in posts.count_sights(tx, contest.id).items()},
        "next_check_at": instant_json(posts.next_check_at(tx, contest.id)),
        "searches": [search_state_json(state, query=queries.get(state.source, "")) for state in shown],
        "spent_usd": searches.spent(tx, contest.id) / 1_000_000,
        "cap_usd": contest.search.x_cap_cents / 100,
        "compose": [compose_json(network.compose(contest.message)) for network in networks.all()],
    }


def message_json(message: Message) -> Json:
    """What entrants are asked to post."""
    return {
        "text": message.text,
        "links": list(message.links),
        "hashtags": list(message.hashtags),
        "mentions": list(message.mentions),
    }


def search_json(search: Search) -> Json:
    """Where posts are searched for."""
    return {
        "x": search.x.value,
        "x_cap_cents": search.x_cap_cents,
        "mastodon": list(search.mastodon),
        "bluesky": search.bluesky,
    }


def compose_json(composed: Composed) -> Json:
    """A message ready to post on one network."""
    return {
        "network": composed.network.value,
        "url": composed.url,
        "text": composed.text,
        "length": composed.length,
        "longest": composed.longest,
        "fits": composed.fits,
    }


def search_state_json(state: SearchState, *, query: str) -> Json:
    """How one search stands; money in US dollars."""
    return {
        "source": state.source,
        "query": query,
        "found": state.found,
        "spent_usd": state.spent / 1_000_000,
        "covered_until": instant_json(state.covered_until),
        "next_at": instant_json(state.next_at),
        "problem": {"code": state.problem["code"], "message": state.problem["message"]} if state.problem else None,
        "gap": state.gap or None,
    }


def post_json(post: KnownPost, *, language: str, timezone: str) -> Json:
    """A post with its verdict, in words too; for the moderator's eyes."""
    facts, evidence, override = post.facts, post.facts.evidence, post.facts.override
    return {
        "post": facts.entry,
        "references": list(facts.references),
        "network": post.network.value,
        "author": evidence.author_handle if evidence else None,
        "author_name": evidence.author_name if evidence else None,
        "url": evidence.url if evidence else None,
        "posted_at": rfc3339(evidence.posted_at) if evidence else None,
        "posted_at_local": local_time(evidence.posted_at, timezone) if evidence else None,
        "sight": facts.sight.value,
        "brought_by": post.brought_by,
        "looked_at": instant_json(facts.looked_at),
        "check_at": instant_json(post.check_at),
        "trouble": post.trouble or None,
        "verdict": {
            "status": post.verdict.status.value,
            "reasons": [reason.code.value for reason in post.verdict.reasons],
        },
        "details": [reason_json(reason, language) for reason in post.verdict.reasons],
        "overruled": [reason_json(reason, language) for reason in post.verdict.overruled],
        "moderator": {"action": override.action.value, "reason": override.reason} if override else None,
    }


def line_json(line: Line) -> Json:
    """What became of one line that a moderator gave."""
    return {
        "line": line.number,
        "text": line.text,
        "became": line.became.value,
        "post": line.reference or None,
    }


def check_json(address: PostAddress, evidence: Evidence | None) -> Json:
    """What is known of one post, by its address alone or by what its network told."""
    posted_at = evidence.posted_at if evidence else address.posted_at
    return {
        "network": address.network.value,
        "id": address.id,
        "author": (evidence.author_handle if evidence else None) or address.author,
        "posted_at": instant_json(posted_at),
        "canonical_url": evidence.url if evidence and evidence.url else address.url,
        "evidence": evidence_json(evidence) if evidence else None,
    }


def evidence_json(evidence: Evidence) -> Json:
    """All that a network told of a post."""
    told = {name: value for name, value in asdict(evidence).items() if name not in ("posted_at", "checked_at")}
    return {
        **{name: list(value) if isinstance(value, tuple) else value for name, value in told.items()},
        "network": evidence.network.value,
        "kind": evidence.kind.value,
        "posted_at": rfc3339(evidence.posted_at),
        "checked_at": rfc3339(evidence.checked_at),
    }


def counts_json(counts: Mapping[Status, int]) -> Json:
    """How many entries have each verdict."""
    return {status.value: counts.get(status, 0) for status in Status}


def reason_json(reason: Reason, language: str) -> Json:
    return {
        "code": reason.code.value,
        "detail": reason.detail,
        "words": reason_words(reason, language=language),
    }


def local_time(instant: datetime, timezone: str) -> str:
    """An instant on the blog's clock, with its offset: 2026-11-27T17:00:00+01:00."""
    return instant.astimezone(zone_of(timezone)).isoformat(timespec="seconds")


def instant_json(instant: datetime | None) -> str | None:
    return rfc3339(instant) if instant else None
