"""How claims look as JSON, for the moderator: with the link, the mail and what the winner told."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from service.domain.contest import Claims
from service.domain.drawing import rfc3339
from service.post_presenters import instant_json, local_time
from service.usecases.claim_reports import ClaimReport

Json = dict[str, Any]


def claims_json(claims: Claims) -> Json:
    """Whether winners claim their prize, and what they are asked for."""
    return {"days": claims.days, "fields": list(claims.fields)}


def reports_json(reports: Sequence[ClaimReport]) -> list[Json]:
    """The claims of a contest."""
    return [report_json(report) for report in reports]


def report_json(report: ClaimReport) -> Json:
    """One claim."""
    claim, mail = report.claim, report.mail
    return {
        "id": claim.id,
        "draw": claim.draw_number,
        "entry": claim.entry,
        "author": report.prize.name or None,
        "email": report.email or None,
        "pool": report.prize.pool,
        "prize": report.prize.prize,
        "state": report.state.value,
        "created_at": rfc3339(claim.created_at),
        "expires_at": rfc3339(claim.expires_at),
        "expires_at_local": local_time(claim.expires_at, report.contest.timezone),
        "claimed_at": instant_json(claim.claimed_at),
        "erased_at": instant_json(claim.erased_at),
        "answers": dict(report.answers),
        "link": report.link or None,
        "mail": {
            "sent_at": instant_json(claim.mailed_at),
            "next_at": instant_json(claim.mail_at),
            "tries": claim.mail_tries,
            "problem": claim.mail_problem or None,
            "subject": mail.subject if mail else None,
            "text": mail.text if mail else None,
        },
    }
