"""Prizes that passed on, and what of a finished draw decides to whom: taken out of the receipt by the database."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields

from sqlalchemy import ColumnElement, Connection, select

from service.domain.errors import NotFound
from service.domain.strikes import DrawnPool, Rules, Strike, StrikeKind
from service.storage.tables import draws, strikes

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


def drawn_pools(tx: Connection, contest_id: int, draw_number: int) -> list[DrawnPool]:
    """The pools of a finished draw with their winners, in receipts of any format. Raises NotFound."""
    where = (*_draw(contest_id, draw_number), draws.c.drawn_at.is_not(None))
    rules = tx.execute(select(draws.c.rules).where(*where)).scalar_one_or_none()
    if rules is None:
        raise NotFound("There is no such draw, or it isn't drawn yet.")
    prizes = [pool["prize"] for pool in rules.get("pools", [])] or [""]
    parts = ("name", "winners", "prizes_left")
    columns = [draws.c.receipt[("draw", "pools", place, part)] for place in range(len(prizes)) for part in parts]
    told = iter(tx.execute(select(*columns).where(*where)).one())
    return [
        DrawnPool(number=number, prize=prize, name=name, winners=tuple(winners), prizes_left=prizes_left)
        for number, (prize, name, winners, prizes_left) in enumerate(zip(prizes, told, told, told, strict=True), 1)
    ]


def rules(tx: Connection, contest_id: int, draw_number: int) -> Rules:
    """What decides who may be promoted in a draw, as the seal froze it."""
    query = select(draws.c.rules, draws.c.entries).where(*_draw(contest_id, draw_number))
    frozen, entries = tx.execute(query).one()
    person_of = {entry["id"]: entry["person"] for entry in entries if "person" in entry}
    return Rules(one_prize=frozen.get("one_prize", True), person_of=person_of)


def ranking(tx: Connection, contest_id: int, draw_number: int, *, pool: int) -> Sequence[str]:
    """The entries of a drawn pool, lowest ticket first."""
    query = select(draws.c.receipt[("draw", "pools", pool - 1, "ranking")])
    return [place["entry"] for place in tx.execute(query.where(*_draw(contest_id, draw_number))).scalar_one()]


def _draw(contest_id: int, number: int) -> tuple[ColumnElement[bool], ...]:
    return draws.c.contest_id == contest_id, draws.c.number == number
