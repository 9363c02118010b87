"""Reveal the secret and draw. The outcome follows from what is sealed, so drawing twice gives the same."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from service.domain import drawing, receipt, receipt_v1
from service.domain.contest import Contest, Phase, require_phase
from service.domain.errors import Conflict
from service.storage import contests, draws, log
from service.storage.contests import Lease
from service.storage.draws import Draw
from service.usecases.services import Services


def draw(services: Services, contest_id: int, *, actor: str) -> Draw:
    """Draw a sealed contest; the finished draw, also when it was drawn before. Raises Conflict, NotFound."""
    with services.hold(contest_id) as lease:
        return draw_under(services, lease, actor=actor)


def draw_under(services: Services, lease: Lease, *, actor: str) -> Draw:
    """Draw under a lease that the caller holds."""
    with services.store.write() as tx:
        contest = contests.lock(tx, lease.contest_id, lease)
        if contest.phase in (Phase.DRAWN, Phase.ANNOUNCING, Phase.ANNOUNCED):
            return draws.latest(tx, contest.id)
        require_phase(contest, Phase.SEALED, to="draw it")
        sealed, now = draws.latest(tx, contest.id), services.clock().replace(microsecond=0)
        told = make_receipt(contest, sealed, secret=contests.secret(tx, contest.id), drawn_at=now)
        draws.finish(tx, contest.id, sealed.number, drawn_at=now, receipt=told)
        contests.update(tx, contest.id, phase=Phase.DRAWN)
        details = {"draw": sealed.number, "winners": winners_of(told)}
        log.write(tx, contest.id, log.LogLine(at=now, actor=actor, action="draw", reason="", details=details))
        return draws.latest(tx, contest.id)


def make_receipt(contest: Contest, sealed: Draw, *, secret: str, drawn_at: datetime) -> receipt.Json:
    """The outcome with everything needed to repeat it. Raises Conflict for a secret that isn't the committed one."""
    if not drawing.is_commitment_to(contest.commitment, secret):
        raise Conflict("The stored secret isn't the one that was committed to: the database was tampered with.")
    make = receipt_v1.build if receipt_v1.is_sealed(sealed.sealed_text) else receipt.build
    return make(
        contest,
        entries=sealed.entries,
        rules=sealed.rules,
        number=sealed.number,
        sealed_text=sealed.sealed_text,
        sealed_at=sealed.sealed_at,
        secret=secret,
        drawn_at=drawn_at,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class PoolOutcome:
    """One pool of a finished draw: entries by name, in order of place."""

    name: str
    prize: str
    winners: tuple[str, ...]
    alternates: tuple[str, ...]
    prizes_left: int


def outcomes_of(told: receipt.Json) -> list[PoolOutcome]:
    """The pools of a receipt, also of one in the first format."""
    prizes = {pool["name"]: pool["prize"] for pool in told["rules"].get("pools", [])}
    return [
        PoolOutcome(
            name=pool["name"],
            prize=prizes.get(pool["name"], ""),
            winners=tuple(pool["winners"]),
            alternates=tuple(pool["alternates"]),
            prizes_left=pool["prizes_left"],
        )
        for pool in told["draw"]["pools"]
    ]


def number_of_entries(told: receipt.Json) -> int:
    """How many entries took part in any pool."""
    return len({place["entry"] for pool in told["draw"]["pools"] for place in pool["ranking"]})


def winners_of(told: receipt.Json) -> list[str]:
    """The winners of all pools, first pool and first place first."""
    return [entry for pool in outcomes_of(told) for entry in pool.winners]
