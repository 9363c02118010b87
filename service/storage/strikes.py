"""Prizes that passed on, and what of a finished draw decides to whom."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import fields

from sqlalchemy import Connection, select

from service.domain.receipt_outline import Place
from service.domain.strikes import PoolPrizes, Strike, StrikeKind
from service.storage import published
from service.storage.tables import strikes, tickets
from service.storage.tickets import page

PAGE = 500
_COLUMNS = [strikes.c[field.name] for field in fields(Strike)]


def add(tx: Connection, contest_id: int, strike: Strike) -> None:
    """Store a strike. Unique constraints keep out a second with its number, or of the same entry in a pool."""
    values = {field.name: getattr(strike, field.name) for field in fields(Strike)}
    tx.execute(strikes.insert().values(contest_id=contest_id, **values))


def of_draw(tx: Connection, contest_id: int, draw_number: int) -> list[Strike]:
    """The strikes of a draw in their order."""
    query = select(*_COLUMNS).where(strikes.c.contest_id == contest_id, strikes.c.draw_number == draw_number)
    rows = tx.execute(query.order_by(strikes.c.number))
    return [Strike(**{**row._mapping, "kind": StrikeKind(row.kind)}) for row in rows]


def drawn_pools(tx: Connection, contest_id: int, draw_number: int) -> list[PoolPrizes]:
    """The prizes of a finished draw with who won them, pool by pool. Raises NotFound."""
    names = [field.name for field in fields(PoolPrizes)]
    pools = published.outcome(tx, contest_id, draw_number).pools
    return [PoolPrizes(**{name: getattr(pool, name) for name in names}) for pool in pools]


def is_one_prize(tx: Connection, contest_id: int, draw_number: int) -> bool:
    """Whether a draw passed over who had won already; the first format knew no other way."""
    return bool(published.outcome(tx, contest_id, draw_number).rules.get("one_prize", True))


def order(tx: Connection, contest_id: int, draw_number: int, *, pool: int) -> Iterator[Place]:
    """The order of a pool, lowest ticket first, read as far as it is gone through."""
    after = 0
    while found := page(tx, contest_id, draw_number, pool=pool, after=after, limit=PAGE):
        yield from found
        after = found[-1].place


def people(tx: Connection, contest_id: int, draw_number: int, entries: Collection[str]) -> dict[str, str]:
    """The entries that stand for the people behind these, where they are others."""
    query = select(tickets.c.entry, tickets.c.person).where(
        tickets.c.contest_id == contest_id,
        tickets.c.draw_number == draw_number,
        tickets.c.entry.in_(entries),
        tickets.c.person != "",
    )
    return {row.entry: row.person for row in tx.execute(query)}


def named(tx: Connection, contest_id: int) -> set[str]:
    """Every entry that a winner comment or a reply of any draw may name."""
    query = select(strikes.c.promoted).where(strikes.c.contest_id == contest_id)
    drawn = [draw.number for draw in published.all_draws(tx, contest_id) if draw.drawn_at]
    won = (entry for number in drawn for pool in drawn_pools(tx, contest_id, number) for entry in pool.winners)
    return {*won, *tx.execute(query).scalars()}
