"""Searches for posts: where each goes on, what it found and cost; and hosts that want a rest."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, select
from sqlalchemy.exc import IntegrityError

from service.storage.tables import rests, searches


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchState:
    """How a search of one source stands. `spent` is in millionths of a US dollar; `problem` {"code", "message"}.

    `run_from`: when the run in hand began, None between two; `covered_until`: what the finished runs cover.
    """

    source: str
    cursor: Mapping[str, Any] = field(default_factory=dict)
    run_from: datetime | None = None
    covered_until: datetime | None = None
    found: int = 0
    spent: int = 0
    next_at: datetime | None = None
    problem: Mapping[str, Any] | None = None
    gap: str = ""


_COLUMNS = [searches.c[name] for name in SearchState.__dataclass_fields__]


def of_contest(tx: Connection, contest_id: int) -> dict[str, SearchState]:
    """Every search that the contest ever had, by source."""
    query = select(*_COLUMNS).where(searches.c.contest_id == contest_id).order_by(searches.c.source)
    return {row.source: SearchState(**row._mapping) for row in tx.execute(query)}


def save(tx: Connection, contest_id: int, source: str, **values: Any) -> None:
    """Set columns of a search, which begins with this."""
    where = (searches.c.contest_id == contest_id, searches.c.source == source)
    if not tx.execute(searches.update().where(*where).values(**values)).rowcount:
        tx.execute(searches.insert().values(contest_id=contest_id, source=source, **values))


def restart(tx: Connection, contest_id: int, *, from_the_beginning: bool) -> None:
    """Let every search of a contest be due now; from the beginning, where it is for other posts than before."""
    values: dict[str, Any] = {"next_at": None, "problem": None}
    if from_the_beginning:
        values |= {"cursor": {}, "run_from": None, "covered_until": None}
    tx.execute(searches.update().where(searches.c.contest_id == contest_id).values(**values))


def spend(tx: Connection, contest_id: int, source: str, cost: int) -> None:
    """Note what a look cost, in millionths of a US dollar."""
    where = (searches.c.contest_id == contest_id, searches.c.source == source)
    if not tx.execute(searches.update().where(*where).values(spent=searches.c.spent + cost)).rowcount:
        tx.execute(searches.insert().values(contest_id=contest_id, source=source, spent=cost))


def spent(tx: Connection, contest_id: int) -> int:
    """What all searches and looks of a contest cost so far, in millionths of a US dollar."""
    query = select(func.coalesce(func.sum(searches.c.spent), 0)).where(searches.c.contest_id == contest_id)
    return int(tx.execute(query).scalar_one())


def rest(tx: Connection, host: str, *, until: datetime, code: str, message: str) -> None:
    """Ask this host nothing before then."""
    values = {"until": until, "code": code, "message": message}
    if tx.execute(rests.update().where(rests.c.host == host).values(**values)).rowcount:
        return
    try:
        with tx.begin_nested():
            tx.execute(rests.insert().values(host=host, **values))
    except IntegrityError:  # another contest's worker was quicker
        tx.execute(rests.update().where(rests.c.host == host).values(**values))


def resting(tx: Connection, hosts: Collection[str], *, now: datetime) -> dict[str, datetime]:
    """Those of the hosts that rest now, with until when."""
    query = select(rests.c.host, rests.c.until).where(rests.c.host.in_(list(hosts)), rests.c.until > now)
    return dict(tx.execute(query).all())
