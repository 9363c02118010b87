"""The entries of a contest: what the blog reported of each comment, and the verdict on it."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from operator import attrgetter
from typing import Any

from sqlalchemy import Connection, Row, Text, bindparam, cast, func, select

from service.domain.eligibility import Action, Code, EntryFacts, Kind, Override, State, Status, Verdict
from service.domain.errors import NotFound
from service.domain.receipt import reason_from_json, reason_json
from service.domain.reports import CommentFacts
from service.storage import bulk
from service.storage.tables import entries

_KINDS = {kind.value: kind for kind in Kind}  # faster than asking the enumeration for each of a hundred thousand rows
_STATES = {state.value: state for state in State}
_FACTS = [
    entries.c[name]
    for name in (
        "comment_id",
        "parent_id",
        "account_id",
        "author_name",
        "author_email",
        "kind",
        "state",
        "submitted_at",
        "is_empty",
        "erased_at",
        "override",
        "posts",
        "handles",
    )
]
_REPORTED = (
    "parent_id",
    "account_id",
    "author_name",
    "author_email",
    "author_url",
    "author_ip",
    "kind",
    "state",
    "submitted_at",
    "content_hash",
    "is_empty",
    "posts",
    "handles",
)
_in_order = attrgetter(*_REPORTED)
FEW = 10  # rows that share a verdict and are still updated one by one
BATCH = 1_000  # rows in memory at once: a hundred thousand would be as many megabytes


def save_page(tx: Connection, contest_id: int, comments: Sequence[CommentFacts], *, now: datetime) -> int:
    """Store what a reading saw; how many rows are new or different. The same page twice changes nothing."""
    fresh = {comment.id: comment for comment in comments}
    known = _reported(tx, contest_id, fresh)
    new = [comment for comment in fresh.values() if comment.id not in known]
    changed = [
        _changes(known[comment.id], comment, now)
        for comment in fresh.values()
        if comment.id in known and _is_different(known[comment.id], comment)
    ]
    bulk.insert(tx, entries, [_new_row(contest_id, comment, now) for comment in new])
    if changed:
        statement = entries.update().where(entries.c.id == bindparam("row_id"))
        tx.execute(statement, changed)
    return len(new) + len(changed)


def mark_deleted(tx: Connection, contest_id: int, *, seen: Collection[int], before: datetime) -> int:
    """What a complete reading begun at `before` didn't see is no longer on the blog; how many."""
    query = select(entries.c.id, entries.c.comment_id).where(
        entries.c.contest_id == contest_id,
        entries.c.state != State.DELETED,
        entries.c.first_seen_at <= before,
    )
    gone = [{"row_id": row.id} for row in tx.execute(query) if row.comment_id not in seen]
    if gone:
        statement = entries.update().where(entries.c.id == bindparam("row_id")).values(state=State.DELETED)
        tx.execute(statement, gone)
    return len(gone)


def mark_gone(tx: Connection, contest_id: int, comment_ids: Collection[int]) -> int:
    """These comments are no longer on the post; how many entries that changes."""
    where = (
        entries.c.contest_id == contest_id,
        entries.c.state != State.DELETED,
        entries.c.comment_id.in_(list(comment_ids)),
    )
    return tx.execute(entries.update().where(*where).values(state=State.DELETED)).rowcount


def highest_comment_id(tx: Connection, contest_id: int) -> int:
    """The newest comment that was read; 0 before any."""
    query = select(func.max(entries.c.comment_id)).where(entries.c.contest_id == contest_id)
    return tx.execute(query).scalar_one() or 0


def facts(tx: Connection, contest_id: int) -> list[EntryFacts]:
    """What the judge needs of every entry, by rising comment id."""
    query = select(*_FACTS).where(entries.c.contest_id == contest_id).order_by(entries.c.comment_id)
    return [_facts(row) for row in tx.execute(query.execution_options(yield_per=BATCH))]


def given_references(tx: Connection, contest_id: int) -> list[str]:
    """The references of all posts whose addresses stand in comments, each once, in the order of the comments."""
    where = (entries.c.contest_id == contest_id, entries.c.posts != "")
    rows = tx.execute(select(entries.c.posts).where(*where).order_by(entries.c.comment_id)).scalars()
    return list(dict.fromkeys(reference for row in rows for reference in row.split()))


def save_verdicts(tx: Connection, contest_id: int, verdicts: Mapping[int, Verdict]) -> int:
    """Keep the verdicts, by comment id; how many are different from before."""
    comment_ids = sorted(verdicts)
    starts = range(0, len(comment_ids), BATCH)
    return sum(_save_some(tx, contest_id, comment_ids[start : start + BATCH], verdicts) for start in starts)


def _save_some(tx: Connection, contest_id: int, comment_ids: Sequence[int], verdicts: Mapping[int, Verdict]) -> int:
    reasons, overruled = cast(entries.c.reasons, Text), cast(entries.c.overruled, Text)
    where = (entries.c.contest_id == contest_id, entries.c.comment_id.between(comment_ids[0], comment_ids[-1]))
    changed: dict[Verdict, list[int]] = defaultdict(list)
    query = select(entries.c.id, entries.c.comment_id, entries.c.status, reasons, overruled).where(*where)
    for row_id, comment_id, *kept in tx.execute(query):
        verdict = verdicts[comment_id]
        if kept != _as_stored(verdict):
            changed[verdict].append(row_id)
    _change_verdicts(tx, changed)
    return sum(map(len, changed.values()))


def _change_verdicts(tx: Connection, changed: Mapping[Verdict, Sequence[int]]) -> None:
    """Set verdicts by row: one that many share at once, and all the others one by one."""
    single: list[dict[str, Any]] = []
    for verdict, row_ids in changed.items():
        if len(row_ids) > FEW:
            tx.execute(entries.update().where(entries.c.id.in_(row_ids)).values(**_verdict_row(verdict)))
        else:
            single += [{"row_id": row_id, **_verdict_row(verdict)} for row_id in row_ids]
    if single:
        tx.execute(entries.update().where(entries.c.id == bindparam("row_id")), single)


def set_override(tx: Connection, contest_id: int, comment_id: int, override: Override) -> None:
    """Keep a moderator's decision. Raises NotFound."""
    value = {"action": override.action, "reason": override.reason, "codes": list(override.codes)}
    where = (entries.c.contest_id == contest_id, entries.c.comment_id == comment_id)
    if not tx.execute(entries.update().where(*where).values(override=value)).rowcount:
        raise NotFound(f"Contest {contest_id} has no entry for comment {comment_id}.")


def email(tx: Connection, contest_id: int, comment_id: int) -> str:
    """The e-mail address under a comment, as it was typed; empty where there is none, or no such entry."""
    where = (entries.c.contest_id == contest_id, entries.c.comment_id == comment_id)
    return tx.execute(select(entries.c.author_email).where(*where)).scalar_one_or_none() or ""


def count_states(tx: Connection, contest_id: int) -> dict[State, int]:
    """How many entries the blog keeps in each state."""
    query = select(entries.c.state, func.count()).where(entries.c.contest_id == contest_id).group_by(entries.c.state)
    return {State(state): number for state, number in tx.execute(query)}


def count_statuses(tx: Connection, contest_id: int) -> dict[Status, int]:
    """How many entries have each verdict."""
    query = select(entries.c.status, func.count()).where(entries.c.contest_id == contest_id)
    counted: dict[str, int] = dict(tx.execute(query.group_by(entries.c.status)).all())
    return {status: counted.get(status, 0) for status in Status}


def count_codes(tx: Connection, contest_id: int, status: Status) -> dict[Code, int]:
    """How many entries of a status have each reason first among theirs; what isn't judged yet has none."""
    query = select(entries.c.reasons).where(entries.c.contest_id == contest_id, entries.c.status == status)
    counts: dict[Code, int] = {}
    for reasons in filter(None, tx.execute(query).scalars()):
        code = Code(reasons[0]["code"])
        counts[code] = counts.get(code, 0) + 1
    return counts


def _reported(tx: Connection, contest_id: int, comment_ids: Iterable[int]) -> dict[int, Row[Any]]:
    names = ("id", "comment_id", "edited_at", "approved_at", "erased_at", *_REPORTED)
    columns = [entries.c[name] for name in names]
    where = (entries.c.contest_id == contest_id, entries.c.comment_id.in_(list(comment_ids)))
    return {row.comment_id: row for row in tx.execute(select(*columns).where(*where))}


def _is_different(row: Row[Any], comment: CommentFacts) -> bool:
    return row[-len(_REPORTED) :] != _in_order(comment)


def _changes(row: Row[Any], comment: CommentFacts, now: datetime) -> dict[str, Any]:
    values = {
        "row_id": row.id,
        **_values(comment),
        "edited_at": row.edited_at,
        "approved_at": row.approved_at,
        "erased_at": None if comment.author_email else row.erased_at,
    }
    if row.content_hash != comment.content_hash:
        values["edited_at"] = now
    if row.state == State.HELD and comment.state is State.APPROVED:
        values["approved_at"] = now
    if row.author_email and _is_anonymous(comment):
        values["erased_at"] = now
    return values


def _is_anonymous(comment: CommentFacts) -> bool:
    """As WordPress's eraser leaves a comment: a name that is nobody's, and nothing else."""
    return not (comment.author_email or comment.author_url or comment.account_id)


def _values(comment: CommentFacts) -> dict[str, Any]:
    return dict(zip(_REPORTED, _in_order(comment), strict=True))


def _new_row(contest_id: int, comment: CommentFacts, now: datetime) -> dict[str, Any]:
    return {"contest_id": contest_id, "comment_id": comment.id, "first_seen_at": now, **_values(comment)}


def _facts(row: Sequence[Any]) -> EntryFacts:
    comment_id, parent_id, account_id, name, email, kind, state, submitted_at, *rest = row
    is_empty, erased_at, override, posts, handles = rest
    return EntryFacts(
        comment_id=comment_id,
        parent_id=parent_id,
        account_id=account_id,
        author_name=name,
        author_email=email,
        kind=_KINDS[kind],
        state=_STATES[state],
        submitted_at=submitted_at,
        is_empty=is_empty,
        is_erased=erased_at is not None,
        override=override_from_json(override),
        posts=tuple(posts.split()),
        handles=tuple(handles.split()),
    )


def override_from_json(value: Mapping[str, Any] | None) -> Override | None:
    """A moderator's decision as stored."""
    if not value:
        return None
    return Override(Action(value["action"]), value["reason"], tuple(Code(code) for code in value["codes"]))


def _verdict_row(verdict: Verdict) -> dict[str, Any]:
    return {
        "status": verdict.status.value,
        "reasons": [reason_json(reason) for reason in verdict.reasons],
        "overruled": [reason_json(reason) for reason in verdict.overruled],
    }


@lru_cache(maxsize=1_000)  # nearly all entries have the same
def _as_stored(verdict: Verdict) -> list[str]:
    """The status, and the reasons as the database has them: parsing what is stored would take longer."""
    row = _verdict_row(verdict)
    return [row["status"], json.dumps(row["reasons"]), json.dumps(row["overruled"])]


def verdict_from_row(row: Row[Any]) -> Verdict:
    """The verdict in an entry's row."""
    reasons = tuple(reason_from_json(reason) for reason in row.reasons)
    overruled = tuple(reason_from_json(reason) for reason in row.overruled)
    return Verdict(Status(row.status), reasons, overruled)


def has_code(code: Code) -> Any:
    """SQL: the entry's verdict names this reason. JSON is stored as written, so its text can be searched."""
    return cast(entries.c.reasons, Text).like(f'%"code": "{code.value}"%')
