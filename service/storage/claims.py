"""The claims of winners: who was asked, whether they took their prize, and what they left, encrypted."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, select

from service.domain.errors import NotFound
from service.storage.tables import claims, draws


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """One winner's claim to one prize. `pool`: by its number. `token` and `answers` are encrypted, and may be empty.

    `given_by`: the comment without which a post wouldn't have taken part; it has the winner's address.
    `mail_at`: when the mail is to be sent (again); none: it was sent, or given up. `mailed_at`: when the winner was
    written to, by mail or by a moderator.
    """

    id: int = 0
    draw_number: int
    pool: int
    entry: str
    given_by: str = ""
    token_hash: str = field(repr=False)
    token: str = field(repr=False)
    created_at: datetime
    expires_at: datetime
    mailed_at: datetime | None = None
    mail_tries: int = 0
    mail_at: datetime | None = None
    mail_problem: str = ""
    claimed_at: datetime | None = None
    answers: str = field(default="", repr=False)
    erased_at: datetime | None = None

    @property
    def is_sent(self) -> bool:
        """Whether the winner was written to, so that their term runs."""
        return self.mailed_at is not None

    @property
    def prize(self) -> tuple[int, str]:
        """What it is for: the pool's number, and the entry that won there."""
        return self.pool, self.entry


_COLUMNS = [claims.c[column.name] for column in fields(Claim)]


def add(tx: Connection, contest_id: int, claim: Claim) -> None:
    """Store a new claim; its id is given here. The unique entry keeps a second one for the same prize out."""
    values = {column.name: getattr(claim, column.name) for column in fields(Claim) if column.name != "id"}
    tx.execute(claims.insert().values(contest_id=contest_id, **values))


def of_contest(tx: Connection, contest_id: int) -> list[Claim]:
    """All claims of a contest, of replaced draws too, oldest first."""
    return _all(tx, select(*_COLUMNS).where(claims.c.contest_id == contest_id))


def of_draw(tx: Connection, contest_id: int, number: int) -> list[Claim]:
    """The claims to the prizes of one draw, oldest first."""
    return _all(tx, select(*_COLUMNS).where(claims.c.contest_id == contest_id, claims.c.draw_number == number))


def of_entries(tx: Connection, contest_id: int, entries: Collection[str]) -> list[Claim]:
    """What is kept of these entries, by their public names, in every draw."""
    return _all(tx, select(*_COLUMNS).where(claims.c.contest_id == contest_id, claims.c.entry.in_(list(entries))))


def of_givers(tx: Connection, contest_id: int, comments: Collection[str]) -> list[Claim]:
    """The claims to prizes of posts that took part because of these comments alone, in every draw."""
    return _all(tx, select(*_COLUMNS).where(claims.c.contest_id == contest_id, claims.c.given_by.in_(list(comments))))


def get(tx: Connection, contest_id: int, claim_id: int) -> Claim:
    """A claim by its id. Raises NotFound."""
    query = select(*_COLUMNS).where(claims.c.contest_id == contest_id, claims.c.id == claim_id)
    row = tx.execute(query).one_or_none()
    if row is None:
        raise NotFound(f"Contest {contest_id} has no claim {claim_id}.")
    return Claim(**row._mapping)


def find(tx: Connection, token_hash: str) -> tuple[int, Claim] | None:
    """The claim that a link opens, with its contest's id."""
    row = tx.execute(select(claims.c.contest_id, *_COLUMNS).where(claims.c.token_hash == token_hash)).one_or_none()
    if row is None:
        return None
    contest_id, *values = row
    return contest_id, Claim(**dict(zip((column.name for column in fields(Claim)), values, strict=True)))


def update(tx: Connection, claim_id: int, **values: Any) -> None:
    """Set columns of a claim whose contest this transaction has locked."""
    tx.execute(claims.update().where(claims.c.id == claim_id).values(**values))


def put_off_mails(tx: Connection, contest_id: int, *, until: datetime) -> None:
    """Have no mail of a contest sent before then."""
    tx.execute(claims.update().where(claims.c.contest_id == contest_id, claims.c.mail_at < until).values(mail_at=until))


def erase(tx: Connection, contest_id: int, entries: Collection[str] | None = None, *, now: datetime) -> int:
    """Delete what winners told and the links by which they told it, of these entries or of all; of how many.

    That there was a claim, and whether it was made in time, stays. What is to be sent isn't sent any more.
    """
    where = [claims.c.contest_id == contest_id, claims.c.erased_at.is_(None)]
    if entries is not None:
        where.append(claims.c.entry.in_(list(entries)))
    return _erase(tx, where, now=now)


def erase_draw(tx: Connection, contest_id: int, number: int, *, now: datetime) -> int:
    """The same of all claims to the prizes of one draw; of how many. What their links open still says why."""
    is_meant = (claims.c.contest_id == contest_id, claims.c.draw_number == number)
    return _erase(tx, [*is_meant, claims.c.erased_at.is_(None)], now=now)


def _erase(tx: Connection, where: Collection[ColumnElement[bool]], *, now: datetime) -> int:
    nothing = {"token": "", "answers": "", "mail_at": None, "mail_problem": ""}
    return tx.execute(claims.update().where(*where).values(erased_at=now, **nothing)).rowcount


def current_draw(tx: Connection, contest_id: int) -> int | None:
    """The draw whose prizes can be claimed: the newest, once it is drawn and unless it is replaced."""
    query = select(draws.c.number, draws.c.drawn_at, draws.c.replaced_at).where(draws.c.contest_id == contest_id)
    row = tx.execute(query.order_by(draws.c.number.desc()).limit(1)).one_or_none()
    return row.number if row and row.drawn_at and not row.replaced_at else None


def givers(tx: Connection, contest_id: int, number: int, posts: Collection[str]) -> dict[str, str]:
    """The comment without which each of these posts wouldn't have taken part in a draw, as the seal froze it.

    It reads the whole list."""
    if not posts:
        return {}
    query = select(draws.c.entries).where(draws.c.contest_id == contest_id, draws.c.number == number)
    frozen = tx.execute(query).scalar_one_or_none() or []
    return {kept["id"]: str(kept.get("given_by", "")) for kept in frozen if kept["id"] in posts}


def _all(tx: Connection, query: Select[Any]) -> list[Claim]:
    return [Claim(**row._mapping) for row in tx.execute(query.order_by(claims.c.id))]
