"""What is kept about one person: found by e-mail address or by account, and taken off again."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from operator import attrgetter
from typing import Any

from sqlalchemy import ColumnElement, Connection, Text, and_, cast, func, literal, select

from service.domain.contest import Rules
from service.domain.links import fold_handle
from service.domain.people import email_key
from service.domain.posts import NetworkName
from service.storage.post_rows import KnownPost, known_posts
from service.storage.tables import contests, entries, posts


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


def erase(tx: Connection, contest_id: int, email: str, *, name: str, is_read: bool, now: datetime) -> None:
    """Take everything personal off a contest's entries under an address and put a name there that is nobody's.

    `is_read`: the contest's comments are still read. Unless they are, the hash of their text goes, from which a short
    one can be guessed: a reading would bring it back, and take the comment for one that was edited.
    """
    values: dict[str, Any] = {
        "author_name": name,
        "author_email": "",
        "author_url": "",
        "author_ip": "",
        "account_id": 0,
        "handles": "",
    }
    if not is_read:
        values["content_hash"] = ""
    where = (entries.c.contest_id == contest_id, _is_under(email))
    tx.execute(entries.update().where(*where).values(erased_at=now, **values))


def _is_under(email: str) -> ColumnElement[bool]:
    """SQL: the database compares both with its own idea of small letters, which for SQLite are those of ASCII."""
    return and_(func.lower(entries.c.author_email) == func.lower(email.strip()), entries.c.author_email != "")


def find_exclusions(tx: Connection, email: str) -> list[Exclusion]:
    """The contests whose rules list this address among those that may not win."""
    wanted = email_key(email)
    return _exclusions(tx, lambda name: "@" in name and email_key(name) == wanted)


def find_account_exclusions(tx: Connection, handle: str) -> list[Exclusion]:
    """The contests whose rules list this account, as evidence spells it, among those that may not win."""
    return _exclusions(tx, lambda name: name.startswith("@") and fold_handle(name) == handle)


def find_posts(tx: Connection, network: NetworkName, handle: str) -> dict[int, list[KnownPost]]:
    """The posts of an account in every contest, by contest; `handle` as evidence spells it."""
    told = cast(posts.c.evidence, Text).contains(f'"author_handle": {json.dumps(handle)}', autoescape=True)
    rows = tx.execute(select(posts).where(posts.c.network == network, told).order_by(posts.c.contest_id, posts.c.id))
    return {
        contest_id: known_posts(tx, contest_id, list(group))
        for contest_id, group in groupby(rows.all(), key=attrgetter("contest_id"))
    }


def _exclusions(tx: Connection, is_meant: Callable[[str], bool]) -> list[Exclusion]:
    query = select(contests.c.id, contests.c.post_title, contests.c.rules).order_by(contests.c.id)
    return [
        Exclusion(contest_id=contest_id, contest_title=title, listed=name)
        for contest_id, title, rules in tx.execute(query)
        for name in Rules(**rules).excluded
        if is_meant(name)
    ]


def titles_naming(tx: Connection, account: str) -> list[str]:
    """The contests with a comment whose author says that this account ("x:ana") is theirs."""
    is_named = (literal(" ") + entries.c.handles + " ").contains(f" {account} ", autoescape=True)
    query = select(contests.c.post_title).join(entries, entries.c.contest_id == contests.c.id).where(is_named)
    return list(dict.fromkeys(tx.execute(query.order_by(contests.c.id)).scalars()))
