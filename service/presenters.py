"""How contests, entries and draws look as JSON: the same for the command line and the web."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from service.domain.contest import Contest, Problem, Rules, Search
from service.domain.drawing import comment_id_of, rfc3339
from service.domain.eligibility import Reason, Status
from service.domain.pools import Pool, is_comment
from service.domain.posts import Composed, Evidence, Message, PostAddress
from service.i18n import reason_words, zone_of
from service.storage import draws, entries, log, posts, searches
from service.storage.draws import Announcement, Draw
from service.storage.listing import Entry
from service.storage.personal import Exclusion, PersonalEntry
from service.storage.posts import KnownPost
from service.storage.searches import SearchState
from service.usecases.add_posts import Line
from service.usecases.adopt import Plan
from service.usecases.collect import Reading
from service.usecases.draw import PoolOutcome, outcomes_of
from service.usecases.ports import Networks
from service.usecases.search import plan_of
from service.usecases.winners import Entrant, entrants

Json = dict[str, Any]
ProofUrl = Callable[[str, int], str]  # a contest's slug and a draw's number make the draw's public page


def contest_json(tx: Connection, contest: Contest, *, proof_url: ProofUrl, networks: Networks) -> Json:
    """Everything about one contest; nothing of the secret behind its commitment."""
    draw = draws.find_latest(tx, contest.id)
    announcement = draws.find_announcement(tx, contest.id, draw.number) if draw else None
    counts = entries.count_statuses(tx, contest.id)
    return {
        **contest_line_json(contest, proof_url=proof_url),
        "counts": counts_json(counts),
        "reasons": {
            status.value: _codes_json(tx, contest.id, status) for status in (Status.INELIGIBLE, Status.UNDECIDED)
        },
        "proof_url": proof_url(contest.slug, draw.number) if draw and draw.receipt else None,
        "draw": draw_json(draw, winner_names(tx, contest.id, draw)) if draw else None,
        "announcement": announcement_json(announcement) if announcement else None,
        "posts": posts_json(tx, contest, networks) if contest.wants_posts else None,
    }


def posts_json(tx: Connection, contest: Contest, networks: Networks) -> Json:
    """How the posts of a contest stand, what looking for them cost, and what entrants are asked to post."""
    states = searches.of_contest(tx, contest.id)
    plan = plan_of(contest)
    queries = {source.name: source.query(plan) for source in networks.sources(contest.search)}
    shown = [states.get(name) or SearchState(source=name) for name in {**queries, **states}]
    return {
        "counts": counts_json(posts.count_statuses(tx, contest.id)),
        "reasons": {
            status.value: {code.value: number for code, number in posts.count_codes(tx, contest.id, status).items()}
            for status in (Status.INELIGIBLE, Status.UNDECIDED)
        },
        "sights": {sight.value: number for sight, number in posts.count_sights(tx, contest.id).items()},
        "next_check_at": _instant(posts.next_check_at(tx, contest.id)),
        "searches": [search_state_json(state, query=queries.get(state.source, "")) for state in shown],
        "spent_usd": searches.spent(tx, contest.id) / 1_000_000,
        "cap_usd": contest.search.x_cap_cents / 100,
        "compose": [compose_json(network.compose(contest.message)) for network in networks.all()],
    }


def contest_line_json(contest: Contest, *, proof_url: ProofUrl) -> Json:
    """A contest as a list shows it: what costs no further look into the database."""
    return {
        "id": contest.id,
        "slug": contest.slug,
        "post_id": contest.post_id,
        "post_url": contest.post_url,
        "title": contest.post_title,
        "phase": contest.phase.value,
        "closes_at": rfc3339(contest.closes_at),
        "closes_at_local": local_time(contest.closes_at, contest.timezone),
        "timezone": contest.timezone,
        "language": contest.language,
        "winners": contest.winners,
        "alternates": contest.alternates,
        "pools": pools_json(contest.pools),
        "message": message_json(contest.message),
        "search": search_json(contest.search),
        "rules": rules_json(contest.rules),
        "automatic": contest.is_automatic,
        "template": contest.template,
        "commitment": contest.commitment,
        "opened_at": rfc3339(contest.opened_at),
        "last_read_at": _instant(contest.last_read_at),
        "due_at": _instant(contest.due_at),
        "problem": problem_json(contest.problem) if contest.problem else None,
        "page_url": proof_url(contest.slug, 1).rpartition("/draws/")[0],
    }


def contest_state_json(
    contest: Contest, *, entries_: int, eligible: int, proof_url: ProofUrl, networks: Networks
) -> Json:
    """How a contest stands, for the plugin: shown on the post and in the editor."""
    line = contest_line_json(contest, proof_url=proof_url)
    kept = (
        "id",
        "slug",
        "phase",
        "closes_at",
        "winners",
        "alternates",
        "pools",
        "message",
        "automatic",
        "rules",
        "page_url",
    )
    return {
        **{name: line[name] for name in kept},
        "entries": entries_,
        "eligible": eligible,
        "problem": contest.problem.message if contest.problem else None,
        "is_changeable": not contest.phase.is_sealed,
        "compose": [compose_json(network.compose(contest.message)) for network in networks.all()]
        if contest.wants_posts
        else [],
    }


def personal_json(entry: PersonalEntry) -> Json:
    """What one entry keeps of a person."""
    return {
        "contest": entry.contest_id,
        "comment": entry.comment_id,
        "title": entry.contest_title,
        "data": {
            "name": entry.author_name,
            "email": entry.author_email,
            "website": entry.author_url,
            "ip": entry.author_ip,
            "submitted_at": rfc3339(entry.submitted_at),
        },
    }


def exclusion_json(exclusion: Exclusion) -> Json:
    """That a contest's rules list a person."""
    return {
        "contest": exclusion.contest_id,
        "comment": None,
        "title": exclusion.contest_title,
        "data": {"excluded": exclusion.listed},
    }


def counts_json(counts: Mapping[Status, int]) -> Json:
    """How many entries have each verdict."""
    return {status.value: counts.get(status, 0) for status in Status}


def _codes_json(tx: Connection, contest_id: int, status: Status) -> Json:
    counted = entries.count_codes(tx, contest_id, status)
    return {code.value: number for code, number in sorted(counted.items())}


def winner_names(tx: Connection, contest_id: int, draw: Draw | None) -> dict[str, Entrant]:
    """Who stands behind the entries that won or come next; empty before the draw."""
    if draw is None or draw.receipt is None:
        return {}
    named = [entry for pool in outcomes_of(draw.receipt) for entry in (*pool.winners, *pool.alternates)]
    return entrants(tx, contest_id, named)


def pools_json(pools: Sequence[Pool]) -> list[Json]:
    """The pools in their order."""
    return [{**asdict(pool), "channel": pool.channel.value} for pool in pools]


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
        "covered_until": _instant(state.covered_until),
        "next_at": _instant(state.next_at),
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
        "looked_at": _instant(facts.looked_at),
        "check_at": _instant(post.check_at),
        "trouble": post.trouble or None,
        "verdict": {
            "status": post.verdict.status.value,
            "reasons": [reason.code.value for reason in post.verdict.reasons],
        },
        "details": [_reason_json(reason, language) for reason in post.verdict.reasons],
        "overruled": [_reason_json(reason, language) for reason in post.verdict.overruled],
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
        "posted_at": _instant(posted_at),
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


def rules_json(rules: Rules) -> Json:
    """The rules as the moderator set them, with who is excluded."""
    return {**asdict(rules), "excluded": list(rules.excluded)}


def problem_json(problem: Problem) -> Json:
    """Why a contest waits."""
    return {
        "code": problem.code,
        "message": problem.message,
        "since": rfc3339(problem.since),
        "tries": problem.tries,
    }


def plan_json(plan: Plan) -> Json:
    """A contest as it would be opened."""
    return {
        "post_id": plan.post.id,
        "post_url": plan.post.url,
        "title": plan.post.title,
        "closes_at": rfc3339(plan.closes_at),
        "closes_at_local": local_time(plan.closes_at, plan.site.timezone),
        "timezone": plan.site.timezone,
        "language": plan.site.language,
        "winners": plan.winners,
        "alternates": plan.alternates,
        "pools": pools_json(plan.pools),
        "message": message_json(plan.message),
        "search": search_json(plan.search),
        "rules": rules_json(plan.rules),
        "automatic": plan.is_automatic,
    }


def entry_json(entry: Entry, *, language: str, timezone: str) -> Json:
    """An entry with its verdict, in words too; for the moderator's eyes, it holds the e-mail address."""
    reasons = entry.verdict.reasons
    override = entry.override
    return {
        "comment_id": entry.comment_id,
        "author": entry.author_name,
        "author_email": entry.author_email,
        "account_id": entry.account_id,
        "submitted_at": rfc3339(entry.submitted_at),
        "submitted_at_local": local_time(entry.submitted_at, timezone),
        "kind": entry.kind.value,
        "state": entry.state.value,
        "verdict": {
            "status": entry.verdict.status.value,
            "reasons": [reason.code.value for reason in reasons],
        },
        "details": [_reason_json(reason, language) for reason in reasons],
        "overruled": [_reason_json(reason, language) for reason in entry.verdict.overruled],
        "moderator": {"action": override.action.value, "reason": override.reason} if override else None,
        "flags": flags_of(entry),
    }


def _reason_json(reason: Reason, language: str) -> Json:
    return {
        "code": reason.code.value,
        "detail": reason.detail,
        "words": reason_words(reason, language=language),
    }


def flags_of(entry: Entry) -> list[str]:
    """What a moderator should look at; none of these decides anything."""
    flags = {
        "edited_after_deadline": entry.is_edited_after_deadline,
        "approved_after_deadline": entry.is_approved_after_deadline,
        "shared_ip": entry.shares_ip_with > 0,
    }
    return [flag for flag, is_set in flags.items() if is_set]


def reading_json(reading: Reading, counts: Mapping[Status, int]) -> Json:
    """What a reading of the blog did; `gap` says what is missing, `counts` how the entries stand now."""
    return {
        "comments": reading.comments,
        "changed": reading.changed,
        "deleted": reading.deleted,
        "seconds": round(reading.seconds, 3),
        "complete": not reading.gap,
        "gap": reading.gap or None,
        "counts": counts_json(counts),
    }


def draw_json(draw: Draw, names: Mapping[str, Entrant] | None = None) -> Json:
    """A draw; winners and alternates in order of place, empty while it is only sealed."""
    told: Json = {
        "number": draw.number,
        "sealed_at": rfc3339(draw.sealed_at),
        "digest": draw.digest,
        "drawn_at": _instant(draw.drawn_at),
        "seed": None,
        "winners": [],
        "alternates": [],
        "prizes_left": None,
    }
    if draw.receipt is None:
        return told
    pools = outcomes_of(draw.receipt)
    named = names or {}
    return {
        **told,
        "seed": draw.receipt["draw"].get("seed") or draw.receipt["draw"]["pools"][0]["seed"],
        "winners": [_person(entry, pool, named) for pool in pools for entry in pool.winners],
        "alternates": [_person(entry, pool, named) for pool in pools for entry in pool.alternates],
        "prizes_left": sum(pool.prizes_left for pool in pools),
    }


def _person(entry: str, pool: PoolOutcome, names: Mapping[str, Entrant]) -> Json:
    entrant = names.get(entry)
    return {
        "entry": entry,
        "comment_id": comment_id_of(entry) if is_comment(entry) else None,
        "author": entrant.name if entrant else None,
        "url": (entrant.url if entrant else "") or None,
        "pool": pool.name,
        "prize": pool.prize,
    }


def announcement_json(announcement: Announcement) -> Json:
    """The winner comment, written (with its comment's id and address) or to be written."""
    return {
        "draw": announcement.draw_number,
        "text": announcement.text,
        "actor": announcement.actor,
        "comment_id": announcement.comment_id,
        "comment_url": announcement.comment_url,
        "posted_at": _instant(announcement.posted_at),
    }


def log_json(line: log.LogLine) -> Json:
    """One line of a contest's log."""
    return {
        "at": rfc3339(line.at),
        "actor": line.actor,
        "action": line.action,
        "reason": line.reason,
        "details": dict(line.details),
    }


def local_time(instant: datetime, timezone: str) -> str:
    """An instant on the blog's clock, with its offset: 2026-11-27T17:00:00+01:00."""
    return instant.astimezone(zone_of(timezone)).isoformat(timespec="seconds")


def _instant(instant: datetime | None) -> str | None:
    return rfc3339(instant) if instant else None
