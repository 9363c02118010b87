"""How contests and entries look as JSON: the same for the command line and the web."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from sqlalchemy import Connection

from service.claim_presenters import claims_json
from service.domain.contest import Contest, Problem, Rules
from service.domain.drawing import rfc3339
from service.domain.eligibility import Status
from service.domain.log_chain import LogLine, line_json
from service.domain.pools import Pool
from service.draw_presenters import announcement_json, draw_json
from service.post_presenters import (
    compose_json,
    counts_json,
    instant_json,
    local_time,
    message_json,
    posts_json,
    reason_json,
    search_json,
)
from service.storage import draws, entries
from service.storage.listing import Entry
from service.storage.personal import Exclusion, PersonalEntry
from service.usecases.adopt import Plan
from service.usecases.collect import Reading
from service.usecases.ports import Networks

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
        "draw": draw_json(tx, contest, draw) if draw else None,
        "announcement": announcement_json(announcement) if announcement else None,
        "posts": posts_json(tx, contest, networks) if contest.wants_posts else None,
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
        "randomness": contest.randomness.value,
        "publishes_list": contest.publishes_list,
        "claims": claims_json(contest.claims),
        "template": contest.template,
        "promotion_template": contest.promotion_template,
        "commitment": contest.commitment,
        "opened_at": rfc3339(contest.opened_at),
        "last_read_at": instant_json(contest.last_read_at),
        "due_at": instant_json(contest.due_at),
        "erased_at": instant_json(contest.erased_at),
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
        "publishes_list",
        "claims",
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
            "posts": entry.posts,
            "handles": entry.handles,
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


def _codes_json(tx: Connection, contest_id: int, status: Status) -> Json:
    counted = entries.count_codes(tx, contest_id, status)
    return {code.value: number for code, number in sorted(counted.items())}


def pools_json(pools: Sequence[Pool]) -> list[Json]:
    """The pools in their order."""
    return [{**asdict(pool), "channel": pool.channel.value} for pool in pools]


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
        "randomness": plan.randomness.value,
        "publishes_list": plan.publishes_list,
        "claims": claims_json(plan.claims),
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
        "details": [reason_json(reason, language) for reason in reasons],
        "overruled": [reason_json(reason, language) for reason in entry.verdict.overruled],
        "moderator": {"action": override.action.value, "reason": override.reason} if override else None,
        "flags": flags_of(entry),
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


def log_json(line: LogLine) -> Json:
    """One line of a contest's log: what is hashed, and the hash."""
    return {**line_json(line), "hash": line.hash}
