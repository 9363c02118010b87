"""The parts of a draw that pages show. Pages never read a receipt: of a hundred thousand entries it takes seconds."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Text, and_, cast, select

from service.domain.beacon import BeaconCommitment
from service.domain.errors import NotFound
from service.storage.draws import commitment_from_json
from service.storage.tables import announcements, draws


@dataclass(frozen=True, slots=True, kw_only=True)
class Sealed:
    """A draw by what may be told of it as soon as it is sealed; nothing in it names a winner.

    `posted_at`, `comment_url`: of its winner comment, once that stands on the blog.
    """

    number: int
    sealed_at: datetime
    digest: str
    commitment: str
    beacon: BeaconCommitment | None = None
    secret_reason: str = ""
    drawn_at: datetime | None = None
    replaced_at: datetime | None = None
    replaced_reason: str = ""
    posted_at: datetime | None = None
    comment_url: str = ""

    @property
    def is_public(self) -> bool:
        """Whether everything of it may be told: its winner comment stands on the blog, or it counts no more."""
        return self.posted_at is not None or self.replaced_at is not None

    @property
    def is_proven(self) -> bool:
        """Whether it has a proof page."""
        return self.is_public and self.drawn_at is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawnPool:
    """One pool of a finished draw; `prize` may be empty, `number_of_tickets` is how many took part."""

    number: int
    name: str
    prize: str
    seed: str
    winners: tuple[str, ...]
    alternates: tuple[str, ...]
    passed_over: tuple[str, ...]
    prizes_left: int
    number_of_tickets: int

    @property
    def number_named(self) -> int:
        """How many places are spoken for, from the first on."""
        return len(self.winners) + len(self.alternates) + len(self.passed_over)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a finished draw's receipt tells beside its lists; `randomness` is the receipt's.

    `is_numbered`: a pool's number is part of its seed, as in all formats but the first.
    """

    drawn_at: datetime
    rules: dict[str, Any]
    randomness: dict[str, Any]
    is_numbered: bool
    pools: tuple[DrawnPool, ...]
    number_of_eligible: int
    number_of_entries: int


_SEALED = (
    "number",
    "sealed_at",
    "digest",
    "commitment",
    "beacon",
    "secret_reason",
    "drawn_at",
    "replaced_at",
    "replaced_reason",
)


def all_draws(tx: Connection, contest_id: int) -> list[Sealed]:
    """A contest's draws by number."""
    is_its_comment = and_(
        announcements.c.contest_id == draws.c.contest_id,
        announcements.c.draw_number == draws.c.number,
        announcements.c.strike == 0,
        announcements.c.posted_at.is_not(None),
    )
    columns = [draws.c[name] for name in _SEALED]
    query = (
        select(*columns, announcements.c.posted_at, announcements.c.comment_url)
        .outerjoin_from(draws, announcements, is_its_comment)
        .where(draws.c.contest_id == contest_id)
        .order_by(draws.c.number)
    )
    return [
        Sealed(
            **{
                **row._mapping,
                "beacon": commitment_from_json(row.beacon),
                "comment_url": row.comment_url or "",
            }
        )
        for row in tx.execute(query)
    ]


def outcome(tx: Connection, contest_id: int, number: int) -> Outcome:
    """A finished draw. Raises NotFound."""
    where = (draws.c.contest_id == contest_id, draws.c.number == number, draws.c.drawn_at.is_not(None))
    row = tx.execute(select(draws.c.drawn_at, draws.c.outline).where(*where)).one_or_none()
    if row is None:
        raise NotFound("This draw isn't drawn yet.")
    told = row.outline
    prizes = [pool["prize"] for pool in told["rules"].get("pools", [])] or [""]
    seed = told["draw"].get("seed")
    pools = enumerate(zip(told["draw"]["pools"], prizes, strict=True), 1)
    return Outcome(
        drawn_at=row.drawn_at,
        rules=told["rules"],
        randomness=told["randomness"],
        is_numbered=seed is None,
        pools=tuple(_pool(place, pool, prize=prize, seed=seed or pool["seed"]) for place, (pool, prize) in pools),
        number_of_eligible=told["eligible"],
        number_of_entries=told["entries"],
    )


def receipt_text(tx: Connection, contest_id: int, number: int) -> str:
    """The receipt of a finished draw as it is stored, JSON in ASCII. Raises NotFound."""
    where = (draws.c.contest_id == contest_id, draws.c.number == number, draws.c.drawn_at.is_not(None))
    return _text(tx.execute(select(cast(draws.c.receipt, Text)).where(*where)).scalar_one_or_none())


def sealed_text(tx: Connection, contest_id: int, number: int) -> str:
    """The sealed text of a draw. Raises NotFound."""
    where = (draws.c.contest_id == contest_id, draws.c.number == number)
    return _text(tx.execute(select(draws.c.sealed_text).where(*where)).scalar_one_or_none())


def _text(found: str | None) -> str:
    if found is None:
        raise NotFound("There is no such draw.")
    return found


def _pool(number: int, pool: dict[str, Any], *, prize: str, seed: str) -> DrawnPool:
    return DrawnPool(
        number=number,
        name=pool["name"],
        prize=prize,
        seed=seed,
        winners=tuple(pool["winners"]),
        alternates=tuple(pool["alternates"]),
        passed_over=tuple(pool.get("passed_over", ())),
        prizes_left=pool["prizes_left"],
        number_of_tickets=pool["ranking"],
    )
