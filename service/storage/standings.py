"""How one entry stands: by its number or name alone, found at once among a hundred thousand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, select

from service.domain.drawing import entry_id
from service.domain.eligibility import State, Verdict
from service.storage import posts as stored_posts
from service.storage.entries import verdict_from_row
from service.storage.tables import entries, posts


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """An entry with its verdict as it was last judged; nothing of its author.

    `state`: where the blog keeps a comment; of a post none. `posts`: the references of the posts that a comment gives.
    `is_seen`: not a post that no network ever showed.
    """

    entry: str
    verdict: Verdict
    state: State | None = None
    posts: tuple[str, ...] = ()
    is_seen: bool = True


def of_comment(tx: Connection, contest_id: int, comment_id: int) -> Standing | None:
    """A comment's standing; None where the contest has no such comment."""
    columns = [entries.c[name] for name in ("state", "status", "reasons", "overruled", "posts")]
    where = (entries.c.contest_id == contest_id, entries.c.comment_id == comment_id)
    row = tx.execute(select(*columns).where(*where)).one_or_none()
    if row is None:
        return None
    return Standing(
        entry=entry_id(comment_id),
        verdict=verdict_from_row(row),
        state=State(row.state),
        posts=tuple(row.posts.split()),
    )


def of_post(tx: Connection, contest_id: int, reference: str) -> Standing | None:
    """A post's standing, by any reference it was given under; None where the contest has no such post."""
    post_id = stored_posts.find_id(tx, contest_id, reference)
    if post_id is None:
        return None
    columns: list[ColumnElement[Any]] = [posts.c[name] for name in ("entry", "status", "reasons", "overruled")]
    columns.append(posts.c.evidence.is_not(None).label("is_seen"))
    row: Row[Any] = tx.execute(select(*columns).where(posts.c.id == post_id)).one()
    return Standing(entry=row.entry, verdict=verdict_from_row(row), is_seen=bool(row.is_seen))
