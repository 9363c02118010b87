"""How contests, entries and draws look as JSON: the same for the command line and the web."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from service.domain.contest import Contest, Problem, Rules
from service.domain.drawing import rfc3339
from service.domain.eligibility import Reason, Status
from service.i18n import reason_words, zone_of
from service.storage import draws, entries, listing, log
from service.storage.draws import Announcement, Draw
from service.storage.listing import Entry
from service.storage.personal import Exclusion, PersonalEntry
from service.usecases.adopt import Plan
from service.usecases.collect import Reading
from service.usecases.draw import alternates_of, pool_of, winners_of

Json = dict[str, Any]
ProofUrl = Callable[[str, int], str]  # a contest's slug and a draw's number make the draw's public page


def contest_json(tx: Connection, contest: Contest, *, proof_url: ProofUrl) -> Json:
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


def contest_state_json(contest: Contest, counts: Mapping[Status, int], *, proof_url: ProofUrl) -> Json:
    """How a contest stands, for the plugin: shown on the post and in the editor."""
    line = contest_line_json(contest, proof_url=proof_url)
    kept = ("id", "slug", "phase", "closes_at", "winners", "alternates", "automatic", "rules", "page_url")
    return {
        **{name: line[name] for name in kept},
        "entries": sum(counts.values()),
        "eligible": counts.get(Status.ELIGIBLE, 0),
        "problem": contest.problem.message if contest.problem else None,
        "is_changeable": not contest.phase.is_sealed,
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


def winner_names(tx: Connection, contest_id: int, draw: Draw | None) -> dict[int, str]:
    """The names under the comments that won or come next; empty before the draw."""
    if draw is None or draw.receipt is None:
        return {}
    return listing.authors(tx, contest_id, [*winners_of(draw.receipt), *alternates_of(draw.receipt)])


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


def draw_json(draw: Draw, names: Mapping[int, str] | None = None) -> Json:
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
    return {
        **told,
        "seed": draw.receipt["draw"]["seed"],
        "winners": _people(winners_of(draw.receipt), names or {}),
        "alternates": _people(alternates_of(draw.receipt), names or {}),
        "prizes_left": pool_of(draw.receipt)["prizes_left"],
    }


def _people(comment_ids: list[int], names: Mapping[int, str]) -> list[Json]:
    return [{"comment_id": number, "author": names.get(number)} for number in comment_ids]


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
