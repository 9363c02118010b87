"""What is kept about one person: found by e-mail address, and taken off again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, and_, func, select

from service.domain.contest import Rules
from service.domain.people import email_key
from service.storage.tables import contests, entries


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonalEntry:
    """Everything personal in one entry."""

    contest_id: int
    contest_title: str
    comment_id: int
    author_name: str
    author_email: str
    author_url: str
    author_ip: str
    submitted_at: datetime
    posts: str  # references of posts whose addresses the comment gives, by blanks
    handles: str  # who they said they are on networks


@dataclass(frozen=True, slots=True, kw_only=True)
class Exclusion:
    """A contest whose rules list somebody's address among those that may not win, as it is listed."""

    contest_id: int
    contest_title: str
    listed: str


def find(tx: Connection, email: str) -> list[PersonalEntry]:
    """The entries under an e-mail address, in any case, as WordPress's own privacy tools look for it."""
    columns = [entries.c[name] for name in PersonalEntry.__dataclass_fields__ if name != "contest_title"]
    query = (
        select(contests.c.post_title.label("contest_title"), *columns)
        .join(contests, contests.c.id == entries.c.contest_id)
        .where(_is_under(email))
        .order_by(entries.c.contest_id, entries.c.comment_id)
    )
    return [PersonalEntry(**row._mapping) for row in tx.execute(query)]


def erase(tx: Connection, contest_id: int, email: str, *, name: str, now: datetime) -> None:
    """Take everything personal off a contest's entries under an address and put a name there that is nobody's."""
    values = {
        "author_name": name,
        "author_email": "",
        "author_url": "",
        "author_ip": "",
        "account_id": 0,
        "handles": "",
    }
    where = (entries.c.contest_id == contest_id, _is_under(email))
    tx.execute(entries.update().where(*where).values(erased_at=now, **values))


def _is_under(email: str) -> ColumnElement[bool]:
    """SQL: the database compares both with its own idea of small letters, which for SQLite are those of ASCII."""
    return and_(func.lower(entries.c.author_email) == func.lower(email.strip()), entries.c.author_email != "")


def find_exclusions(tx: Connection, email: str) -> list[Exclusion]:
    """The contests whose rules list this address among those that may not win."""
    wanted = email_key(email)
    query = select(contests.c.id, contests.c.post_title, contests.c.rules).order_by(contests.c.id)
    return [
        Exclusion(contest_id=contest_id, contest_title=title, listed=name)
        for contest_id, title, rules in tx.execute(query)
        for name in Rules(**rules).excluded
        if "@" in name and email_key(name) == wanted
    ]
