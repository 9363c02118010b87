"""The term of a contest's personal data is over: what tells of a person goes, and what a draw rests on stays."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, delete, func, or_, select

from service.storage.post_rows import evidence_from_json, evidence_to_json
from service.storage.posts import bare
from service.storage.tables import announcements, contests, draws, entries, posts, references, rests, rings, searches

BATCH = 500


def last_drawn_at(tx: Connection, contest_id: int) -> datetime | None:
    """When a contest's newest finished draw was drawn; None before any."""
    found: datetime | None = tx.execute(
        select(func.max(draws.c.drawn_at)).where(draws.c.contest_id == contest_id)
    ).scalar_one()
    return found


def ring_all(tx: Connection, phases: Collection[str], *, at: datetime) -> None:
    """Have a worker look at every contest in these phases whose personal data are still kept."""
    is_later = or_(contests.c.due_at.is_(None), contests.c.due_at > at)
    where = (contests.c.phase.in_(list(phases)), contests.c.erased_at.is_(None), is_later)
    tx.execute(contests.update().where(*where).values(due_at=at))


def forget_commenters(tx: Connection, contest_id: int, *, name: str, now: datetime) -> int:
    """Take everything personal off all entries, the hashes of their texts too: short ones can be guessed. How many."""
    values = {
        "author_name": name,
        "author_email": "",
        "author_url": "",
        "author_ip": "",
        "account_id": 0,
        "content_hash": "",
        "posts": "",
        "handles": "",
        "erased_at": now,
    }
    return tx.execute(entries.update().where(entries.c.contest_id == contest_id).values(**values)).rowcount


def forget_posters(tx: Connection, contest_id: int, names: Mapping[str, str], *, now: datetime) -> int:
    """Take everything personal off all posts; how many. `names`: each one's public name, by which alone it goes then.

    What is left of the evidence: who told it, and when the post was written. The receipt keeps the SHA-256 of its text.
    """
    tx.execute(delete(references).where(references.c.contest_id == contest_id))
    statement = posts.update().where(posts.c.id == bindparam("row_id"))
    for rows in _batches(tx, contest_id):
        changed = [{"row_id": row.id, **_forgotten(row, names), "erased_at": now} for row in rows]
        tx.execute(statement, changed)
        named = [{"contest_id": contest_id, "reference": names[row.entry], "post_id": row.id} for row in rows]
        tx.execute(references.insert(), named)
    return len(names)


def _batches(tx: Connection, contest_id: int) -> Iterator[list[Row[Any]]]:
    columns = [posts.c[name] for name in ("id", "entry", "evidence", "reasons", "overruled")]
    last = 0
    while True:
        query = select(*columns).where(posts.c.contest_id == contest_id, posts.c.id > last)
        rows = list(tx.execute(query.order_by(posts.c.id).limit(BATCH)))
        if not rows:
            return
        last = rows[-1].id
        yield rows


def _forgotten(row: Row[Any], names: Mapping[str, str]) -> dict[str, Any]:
    return {
        "entry": names[row.entry],
        "key": "",
        "host": "",
        "trouble": "",
        "check_at": None,
        "evidence": _without_traces(row.evidence) if row.evidence else None,
        "reasons": [_renamed(reason, names) for reason in row.reasons],
        "overruled": [_renamed(reason, names) for reason in row.overruled],
    }


def _without_traces(told: Mapping[str, Any]) -> dict[str, Any]:
    """Evidence without its author, and without what else was in the post: links lead to people, too."""
    return {**evidence_to_json(bare(evidence_from_json(told))), "links": [], "hashtags": [], "text_hash": ""}


def _renamed(reason: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    """A reason with the public name of the post of which this one is a duplicate."""
    detail = reason.get("detail")
    return {**reason, "detail": names[detail]} if isinstance(detail, str) and detail in names else dict(reason)


def forget_traces(tx: Connection, contest_id: int, *, now: datetime) -> None:
    """Empty what names people by the way: the words of comments on the blog, notes of searches, what rang.

    Hosts that were asked to rest until before now are forgotten with it, whichever contest asked them.
    """
    tx.execute(announcements.update().where(announcements.c.contest_id == contest_id).values(text=""))
    nothing: dict[str, Any] = {"cursor": {}, "problem": None, "run_from": None, "next_at": None}
    tx.execute(searches.update().where(searches.c.contest_id == contest_id).values(**nothing))
    tx.execute(delete(rings).where(rings.c.contest_id == contest_id))
    tx.execute(delete(rests).where(rests.c.until <= now))
