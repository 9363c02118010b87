"""A contest promises where its randomness comes from: once one of its deadlines has passed, that stays."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from service.domain.contest import Contest, Randomness
from service.domain.errors import Conflict
from service.storage import log

_PROMISES = {
    Randomness.DRAND: (
        "to draw by the beacon, so it can't draw by the secret any more. Where the round can't be fetched, the secret "
        "may stand in for it an hour after it was due."
    ),
    Randomness.COMMIT_REVEAL: "to draw by the secret, so it can't draw by the beacon any more.",
}


def require_promised(tx: Connection, contest: Contest, wanted: Randomness | None, *, now: datetime) -> None:
    """Raise Conflict for another randomness once a deadline has passed, also one that was put off afterwards.

    Who is in is known by then, and whoever has the secret knows whom it would draw: either way it would be a choice.
    """
    if wanted in (None, contest.randomness) or not _has_been_over(tx, contest, now):
        return
    raise Conflict(
        f"Contest {contest.id} promised until its deadline {_PROMISES[contest.randomness]}",
        code="randomness_promised",
    )


def _has_been_over(tx: Connection, contest: Contest, now: datetime) -> bool:
    """Whether any deadline ever passed: the one of now, or one that was changed when it was over."""
    if contest.closes_at <= now:
        return True
    changes = [line for line in log.lines(tx, contest.id) if line.action == "change" and "closes_at" in line.details]
    return any(datetime.fromisoformat(line.details["closes_at"][0]) <= line.at for line in changes)
