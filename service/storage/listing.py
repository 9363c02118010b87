"""Entries as a moderator looks at them: filtered, by page, with hints."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, func, select

from service.domain.eligibility import Code, Kind, Override, State, Status, Verdict
from service.domain.errors import NotFound
from service.storage.entries import has_code, override_from_json, verdict_from_row
from service.storage.tables import contests, entries


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One entry. `shares_ip_with` counts the other addresses of people who wrote from the same IP: a hint only."""

    comment_id: int
    author_name: str
    author_email: str
    account_id: int
    submitted_at: datetime
    kind: Kind
    state: State
    verdict: Verdict
    override: Override | None
    is_edited_after_deadline: bool
    is_approved_after_deadline: bool
    shares_ip_with: int


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryFilter:
    """Which entries to list; None means any. `author` is part of a name or an e-mail address."""

    status: Status | None = None
    code: Code | None = None
    author: str | None = None


def page(
    tx: Connection,
    contest_id: int,
    wanted: EntryFilter = EntryFilter(),
    *,
    limit: int = 100,
    after_id: int = 0,
    with_hints: bool = True,
) -> list[Entry]:
    """Entries by rising comment id, from the one after `after_id`. Without hints none shares an IP with anybody."""
    query = (
        select(entries, contests.c.closes_at)
        .join(contests, contests.c.id == entries.c.contest_id)
        .where(entries.c.contest_id == contest_id, entries.c.comment_id > after_id, *_conditions(wanted))
        .order_by(entries.c.comment_id)
        .limit(limit)
    )
    rows = tx.execute(query).all()
    shared = _people_by_ip(tx, contest_id, {row.author_ip for row in rows if row.author_ip and with_hints})
    return [_entry(row, shared.get(row.author_ip, 1) - 1) for row in rows]


def one(tx: Connection, contest_id: int, comment_id: int) -> Entry:
    """The entry of one comment. Raises NotFound."""
    found = page(tx, contest_id, limit=1, after_id=comment_id - 1)
    if not found or found[0].comment_id != comment_id:
        raise NotFound(f"Contest {contest_id} has no entry for comment {comment_id}.")
    return found[0]


def authors(tx: Connection, contest_id: int, comment_ids: list[int]) -> dict[int, str]:
    """The names under these comments."""
    where = (entries.c.contest_id == contest_id, entries.c.comment_id.in_(comment_ids))
    return dict(tx.execute(select(entries.c.comment_id, entries.c.author_name).where(*where)).all())


def emails(tx: Connection, contest_id: int, comment_ids: list[int]) -> dict[int, str]:
    """The e-mail addresses under these comments."""
    where = (entries.c.contest_id == contest_id, entries.c.comment_id.in_(comment_ids))
    return dict(tx.execute(select(entries.c.comment_id, entries.c.author_email).where(*where)).all())


def _conditions(wanted: EntryFilter) -> list[Any]:
    conditions: list[Any] = []
    if wanted.status is not None:
        conditions.append(entries.c.status == wanted.status)
    if wanted.code is not None:
        conditions.append(has_code(wanted.code))
    if wanted.author:
        text = wanted.author.lower()
        names = func.lower(entries.c.author_name).contains(text, autoescape=True)
        conditions.append(names | func.lower(entries.c.author_email).contains(text, autoescape=True))
    return conditions


def _people_by_ip(tx: Connection, contest_id: int, addresses: set[str]) -> dict[str, int]:
    if not addresses:
        return {}
    people = func.count(func.distinct(func.lower(entries.c.author_email)))
    where = (entries.c.contest_id == contest_id, entries.c.author_ip.in_(addresses))
    return dict(tx.execute(select(entries.c.author_ip, people).where(*where).group_by(entries.c.author_ip)).all())


def _entry(row: Row[Any], shares_ip_with: int) -> Entry:
    return Entry(
        comment_id=row.comment_id,
        author_name=row.author_name,
        author_email=row.author_email,
        account_id=row.account_id,
        submitted_at=row.submitted_at,
        kind=Kind(row.kind),
        state=State(row.state),
        verdict=verdict_from_row(row),
        override=override_from_json(row.override),
        is_edited_after_deadline=row.edited_at is not None and row.edited_at > row.closes_at,
        is_approved_after_deadline=row.approved_at is not None and row.approved_at > row.closes_at,
        shares_ip_with=shares_ip_with,
    )
