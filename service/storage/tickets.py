"""The order of finished draws, a row a ticket, so that a page of it or one entry's place is found at once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, fields

from sqlalchemy import Connection, select

from service.domain.receipt_outline import Place
from service.storage import bulk
from service.storage.tables import tickets

BATCH = 10_000
_COLUMNS = [tickets.c[field.name] for field in fields(Place)]


def add(tx: Connection, contest_id: int, draw_number: int, places: Iterable[Place]) -> None:
    """Store the order of a draw. Unique constraints keep a second one out."""
    rows = []
    for place in places:
        rows.append({"contest_id": contest_id, "draw_number": draw_number, **asdict(place)})
        if len(rows) == BATCH:
            bulk.insert(tx, tickets, rows)
            rows = []
    bulk.insert(tx, tickets, rows)


def page(tx: Connection, contest_id: int, draw_number: int, *, pool: int, after: int, limit: int) -> list[Place]:
    """The places of a pool from the one after `after`."""
    where = (
        tickets.c.contest_id == contest_id,
        tickets.c.draw_number == draw_number,
        tickets.c.pool == pool,
        tickets.c.place.between(after + 1, after + limit),
    )
    rows = tx.execute(select(*_COLUMNS).where(*where).order_by(tickets.c.place))
    return [Place(**row._mapping) for row in rows]


def of_entry(tx: Connection, contest_id: int, draw_number: int, entry: str) -> list[Place]:
    """An entry's place in each pool that it took part in."""
    where = (tickets.c.contest_id == contest_id, tickets.c.draw_number == draw_number, tickets.c.entry == entry)
    return [Place(**row._mapping) for row in tx.execute(select(*_COLUMNS).where(*where).order_by(tickets.c.pool))]
