"""How contests, entries and draws look as JSON: the same for the command line and the web."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from service.domain.contest import Contest, Problem
from service.domain.drawing import rfc3339
from service.domain.eligibility import Code, Reason, Status
from service.storage import draws, entries, listing
from service.storage.draws import Announcement, Draw
from service.storage.listing import Entry
from service.storage.log import LogLine
from service.usecases.adopt import Plan
from service.usecases.collect import Reading
from service.usecases.draw import alternates_of, pool_of, winners_of
from service.usecases.services import Services

Json = dict[str, Any]
Explain = Callable[[Reason], str]  # a reason in words, in the reader's language


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """What belongs to a contest beside itself: how its entries stand, its newest draw, its winner comment."""

    counts: Mapping[Status, int]
    codes: Mapping[Status, Mapping[Code, int]]
    draw: Draw | None = None
    announcement: Announcement | None = None
    names: Mapping[int, str] = field(default_factory=dict)


def read_overview(tx: Connection, contest_id: int) -> Overview:
    """Gather a contest's overview in one transaction."""
    draw = draws.find_latest(tx, contest_id)
    codes = {
        status: entries.count_codes(tx, contest_id, status) for status in (Status.INELIGIBLE, Status.UNDECIDED)
    }
    return Overview(
        counts=entries.count_statuses(tx, contest_id),
        codes=codes,
        draw=draw,
        announcement=draws.find_announcement(tx, contest_id, draw.number) if draw else None,
        names=winner_names(tx, contest_id, draw),
    )


def winner_names(tx: Connection, contest_id: int, draw: Draw | None) -> dict[int, str]:
    """The names under the comments that won or come next; empty before the draw."""
    if draw is None or draw.receipt is None:
        return {}
    return listing.authors(tx, contest_id, [*winners_of(draw.receipt), *alternates_of(draw.receipt)])


def contest_json(contest: Contest, services: Services, overview: Overview | None = None) -> Json:
    """A contest: in a list without its overview, alone with it. Nothing of the secret behind the commitment."""
    told: Json = {
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
        "rules": {**asdict(contest.rules), "excluded": list(contest.rules.excluded)},
        "automatic": contest.is_automatic,
        "template": contest.template,
        "commitment": contest.commitment,
        "opened_at": rfc3339(contest.opened_at),
        "last_read_at": _instant(contest.last_read_at),
        "due_at": _instant(contest.due_at),
        "problem": problem_json(contest.problem) if contest.problem else None,
        "page_url": page_url(services, contest.slug),
    }
    return told if overview is None else {**told, **_overview_json(contest, services, overview)}


def _overview_json(contest: Contest, services: Services, overview: Overview) -> Json:
    draw, announcement = overview.draw, overview.announcement
    return {
        "counts": {status.value: number for status, number in overview.counts.items()},
        "reasons": {
            status.value: {code.value: number for code, number in sorted(counted.items())}
            for status, counted in overview.codes.items()
        },
        "proof_url": services.proof_url(contest.slug, draw.number if draw else 1),
        "draw": draw_json(draw, overview.names) if draw else None,
        "announcement": announcement_json(announcement) if announcement else None,
    }


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
        "rules": {**asdict(plan.rules), "excluded": list(plan.rules.excluded)},
        "automatic": plan.is_automatic,
    }


def entry_json(entry: Entry, explain: Explain | None = None) -> Json:
    """An entry with its verdict; for the moderator's eyes, it holds the e-mail address."""
    reasons = entry.verdict.reasons
    override = entry.override
    return {
        "comment_id": entry.comment_id,
        "author": entry.author_name,
        "author_email": entry.author_email,
        "account_id": entry.account_id,
        "submitted_at": rfc3339(entry.submitted_at),
        "kind": entry.kind.value,
        "state": entry.state.value,
        "verdict": {
            "status": entry.verdict.status.value,
            "reasons": [reason.code.value for reason in reasons],
        },
        "details": [_reason_json(reason, explain) for reason in reasons],
        "overruled": [_reason_json(reason, explain) for reason in entry.verdict.overruled],
        "moderator": {"action": override.action.value, "reason": override.reason} if override else None,
        "flags": flags_of(entry),
    }


def _reason_json(reason: Reason, explain: Explain | None) -> Json:
    told: Json = {"code": reason.code.value, "detail": reason.detail}
    return {**told, "words": explain(reason)} if explain else told


def flags_of(entry: Entry) -> list[str]:
    """What a moderator should look at; none of these decides anything."""
    flags = {
        "edited_after_deadline": entry.is_edited_after_deadline,
        "approved_after_deadline": entry.is_approved_after_deadline,
        "shared_ip": entry.shares_ip_with > 0,
    }
    return [flag for flag, is_set in flags.items() if is_set]


def reading_json(reading: Reading) -> Json:
    """What a reading of the blog did; `gap` says what is missing, null when it is complete."""
    return {
        "comments": reading.comments,
        "changed": reading.changed,
        "deleted": reading.deleted,
        "seconds": round(reading.seconds, 3),
        "complete": not reading.gap,
        "gap": reading.gap or None,
    }


def draw_json(draw: Draw, names: Mapping[int, str]) -> Json:
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
        "winners": _people(winners_of(draw.receipt), names),
        "alternates": _people(alternates_of(draw.receipt), names),
        "prizes_left": pool_of(draw.receipt)["prizes_left"],
    }


def _people(comment_ids: list[int], names: Mapping[int, str]) -> list[Json]:
    return [{"comment_id": number, "author": names.get(number, "")} for number in comment_ids]


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


def log_line_json(line: LogLine) -> Json:
    """One line of a contest's log."""
    return {
        "at": rfc3339(line.at),
        "actor": line.actor,
        "action": line.action,
        "reason": line.reason,
        "details": dict(line.details),
    }


def page_url(services: Services, slug: str) -> str:
    """The contest's public page."""
    return f"{services.public_url.rstrip('/')}/contests/{slug}"


def zone(name: str) -> tzinfo:
    """The timezone of an IANA name, or of an offset such as "+02:00"."""
    if name[:1] not in ("+", "-"):
        return ZoneInfo(name)
    hours, _, minutes = name[1:].partition(":")
    offset = timedelta(hours=int(hours), minutes=int(minutes or 0))
    return timezone(-offset if name[0] == "-" else offset)


def local_time(instant: datetime, timezone_name: str) -> str:
    """An instant on the blog's clock, with its offset: 2026-11-27T17:00:00+01:00."""
    return instant.astimezone(zone(timezone_name)).isoformat(timespec="seconds")


def _instant(instant: datetime | None) -> str | None:
    return rfc3339(instant.astimezone(UTC)) if instant else None
