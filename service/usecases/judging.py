"""Judge a contest's entries from what is stored, and keep the verdicts that changed."""

from __future__ import annotations

from sqlalchemy import Connection

from service.domain.contest import Contest
from service.domain.eligibility import judge
from service.storage import entries


def judge_entries(tx: Connection, contest: Contest) -> int:
    """Bring every verdict up to date; how many changed."""
    facts = entries.facts(tx, contest.id)
    verdicts = judge(contest, facts)
    by_comment = {entry.comment_id: verdict for entry, verdict in zip(facts, verdicts, strict=True)}
    return entries.save_verdicts(tx, contest.id, by_comment)
