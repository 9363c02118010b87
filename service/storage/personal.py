"""What is kept about one person: found by e-mail address, and taken off again."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, select

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


def find(tx: Connection, email: str) -> list[PersonalEntry]:
    """The entries under an e-mail address, in any case, as WordPress's own privacy tools look for it."""
    columns = [entries.c[name] for name in PersonalEntry.__dataclass_fields__ if name != "contest_title"]
    query = (
        select(contests.c.post_title.label("contest_title"), *columns)
        .join(contests, contests.c.id == entries.c.contest_id)
        .where(func.lower(entries.c.author_email) == email.strip().lower(), entries.c.author_email != "")
        .order_by(entries.c.contest_id, entries.c.comment_id)
    )
    return [PersonalEntry(**row._mapping) for row in tx.execute(query)]


def erase(tx: Connection, contest_id: int, comment_ids: Collection[int], *, name: str, now: datetime) -> None:
    """Take everything personal off these entries and put a name there that is nobody's."""
    values = {"author_name": name, "author_email": "", "author_url": "", "author_ip": "", "account_id": 0}
    where = (entries.c.contest_id == contest_id, entries.c.comment_id.in_(list(comment_ids)))
    tx.execute(entries.update().where(*where).values(erased_at=now, **values))


def contests_that_exclude(tx: Connection, email: str) -> list[str]:
    """The titles of the contests whose rules list this address among those that may not win."""
    wanted = email_key(email)
    query = select(contests.c.post_title, contests.c.rules).order_by(contests.c.id)
    return [
        title
        for title, rules in tx.execute(query)
        if any("@" in name and email_key(name) == wanted for name in Rules(**rules).excluded)
    ]
