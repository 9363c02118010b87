"""Fetch the beacon's round, or reveal the secret, and draw.

The outcome follows from what is sealed and from that, so drawing twice gives the same.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from service.domain import drawing, receipt, receipt_v1
from service.domain.beacon import PATIENCE, BeaconCommitment, BeaconRound, time_of
from service.domain.contest import Contest, Phase, require_phase
from service.domain.errors import Blocked, Conflict
from service.domain.log_chain import LogLine
from service.storage import contests, draws, log
from service.storage.contests import Lease
from service.storage.draws import Draw
from service.usecases.ports import BeaconProblem
from service.usecases.review import check_reason
from service.usecases.services import Services
from service.usecases.uncollected import without_collector

DRAWN = (Phase.DRAWN, Phase.ANNOUNCING, Phase.ANNOUNCED)


def draw(services: Services, contest_id: int, *, actor: str, secret_reason: str | None = None) -> Draw:
    """Draw a sealed contest; the finished draw, also when it was drawn before.

    `secret_reason`: why the secret shall stand in for the beacon's round, which must have been missing for an hour; the
    round is used all the same where it is there. Raises Blocked while the round isn't there, Conflict, NotFound.
    """
    with services.hold(contest_id) as lease:
        return draw_under(services, lease, actor=actor, secret_reason=secret_reason)


def draw_under(services: Services, lease: Lease, *, actor: str, secret_reason: str | None = None) -> Draw:
    """Draw under a lease that the caller holds."""
    reason = None if secret_reason is None else check_reason(secret_reason)
    found = _fetch(services, lease.contest_id, reason)
    with without_collector(), services.store.write() as tx:
        contest = contests.lock(tx, lease.contest_id, lease)
        if contest.phase in DRAWN:
            return draws.latest(tx, contest.id)
        require_phase(contest, Phase.SEALED, to="draw it")
        sealed, now = draws.latest(tx, contest.id), services.clock().replace(microsecond=0)
        if sealed.beacon and found is None:
            sealed = _give_up_beacon(tx, contest, sealed, reason=reason, actor=actor, now=now)
        told = make_receipt(contest, sealed, secret=contests.secret(tx, contest.id), found=found, drawn_at=now)
        draws.finish(tx, contest.id, sealed.number, drawn_at=now, receipt=told)
        contests.update(tx, contest.id, phase=Phase.DRAWN)
        details = {"draw": sealed.number, "winners": winners_of(told)}
        log.write(tx, contest.id, LogLine(at=now, actor=actor, action="draw", reason="", details=details))
        return replace(sealed, drawn_at=now, receipt=told)


def round_out_at(services: Services, contest_id: int) -> datetime | None:
    """When the round comes out that a sealed contest waits for; None where it waits for none. Raises NotFound."""
    with services.store.read() as tx:
        promised = _promised(tx, contest_id)
    return time_of(promised.chain, promised.round) if promised else None


def _promised(tx: Connection, contest_id: int) -> BeaconCommitment | None:
    is_waiting = contests.get(tx, contest_id).phase is Phase.SEALED
    return draws.promised(tx, contest_id) if is_waiting else None


def _fetch(services: Services, contest_id: int, secret_reason: str | None) -> BeaconRound | None:
    """The round that is waited for; None where the secret decides. Raises Blocked, Conflict."""
    with services.store.read() as tx:
        promised = _promised(tx, contest_id)
    if promised is None:
        return None
    out_at, now = time_of(promised.chain, promised.round), services.clock()
    if now < out_at:
        raise Blocked(
            f"Round {promised.round} of drand's {promised.chain.name} comes out at {drawing.rfc3339(out_at)}: "
            "the draw follows by itself.",
            code="round_to_come",
        )
    if promised.chain != services.beacon.chain:
        raise Blocked(
            f"The list is sealed for the chain {promised.chain.hash} of a beacon, and this installation asks another: "
            "set DRAND_INFO as it was at the seal.",
            code="beacon_other_chain",
        )
    try:
        return services.beacon.fetch(promised.round)
    except BeaconProblem as problem:
        _check_patience(problem, secret_reason, contest_id=contest_id, gives_up_at=out_at + PATIENCE, now=now)
        return None


def _check_patience(
    problem: BeaconProblem, secret_reason: str | None, *, contest_id: int, gives_up_at: datetime, now: datetime
) -> None:
    """Returns where the secret may stand in. Raises Blocked that tells what to do, Conflict where it is too early."""
    if now < gives_up_at:
        when = drawing.rfc3339(gives_up_at)
        if secret_reason is not None:
            raise Conflict(f"{problem.message} The secret may stand in for it from {when} on.", code="too_early")
        raise Blocked(
            f"{problem.message} Tirage asks again by itself; from {when} on the secret may stand in for it.",
            code=f"beacon_{problem.code}",
        )
    if secret_reason is None:
        raise Blocked(
            f"{problem.message} It has been missing for more than an hour. Tirage goes on asking; or draw with the "
            "secret that was committed to when the contest opened, which the receipt will say: "
            f"tirage contest draw {contest_id} --with-secret --reason WHY.",
            code="beacon_given_up",
        )


def _give_up_beacon(
    tx: Connection, contest: Contest, sealed: Draw, *, reason: str | None, actor: str, now: datetime
) -> Draw:
    assert sealed.beacon is not None
    assert reason is not None, "nothing but a moderator's reason lets the secret stand in"
    details = {"draw": sealed.number, "round": sealed.beacon.round}
    log.write(tx, contest.id, LogLine(at=now, actor=actor, action="use_secret", reason=reason, details=details))
    draws.update(tx, contest.id, sealed.number, secret_reason=reason)
    return replace(sealed, secret_reason=reason)


def make_receipt(
    contest: Contest, sealed: Draw, *, secret: str, found: BeaconRound | None = None, drawn_at: datetime
) -> receipt.Json:
    """The outcome with everything needed to repeat it; `found`: the beacon's round, where it decides.

    Raises Conflict for a secret that isn't the committed one.
    """
    if not drawing.is_commitment_to(sealed.commitment, secret):
        raise Conflict("The stored secret isn't the one that was committed to: the database was tampered with.")
    given: dict[str, Any] = {
        "entries": sealed.entries,
        "rules": sealed.rules,
        "number": sealed.number,
        "sealed_text": sealed.sealed_text,
        "sealed_at": sealed.sealed_at,
        "randomness": _randomness(sealed, secret, found),
        "drawn_at": drawn_at,
    }
    if receipt_v1.is_sealed(sealed.sealed_text):
        return receipt_v1.build(contest, **given)
    return receipt.build(contest, log=sealed.log, **given)


def _randomness(sealed: Draw, secret: str, found: BeaconRound | None) -> receipt.Json:
    if sealed.beacon and found:
        return receipt.beacon_json(commitment=sealed.commitment, chain=sealed.beacon.chain, found=found)
    return receipt.secret_json(commitment=sealed.commitment, secret=secret, instead_of=sealed.beacon)


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
