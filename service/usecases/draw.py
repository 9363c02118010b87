"""Reveal the secret and draw. The outcome follows from what is sealed, so drawing twice gives the same."""

from __future__ import annotations

from datetime import datetime

from service.domain import drawing, receipt
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
    seed = drawing.make_seed(slug=contest.slug, digest=sealed.digest, randomness=secret)
    ranking = drawing.draw(
        seed,
        drawing.sealed_entries(sealed.sealed_text),
        winners=contest.winners,
        alternates=contest.alternates,
    )
    return receipt.build(
        contest,
        entries=sealed.entries,
        rules=sealed.rules,
        number=sealed.number,
        sealed_text=sealed.sealed_text,
        sealed_at=sealed.sealed_at,
        secret=secret,
        drawn_at=drawn_at,
        ranking=ranking,
    )


def pool_of(told: receipt.Json) -> receipt.Json:
    """The only pool of a receipt."""
    pool: receipt.Json = told["draw"]["pools"][0]
    return pool


def winners_of(told: receipt.Json) -> list[int]:
    """The comment ids of the winners, first place first."""
    return [drawing.comment_id_of(entry) for entry in pool_of(told)["winners"]]


def alternates_of(told: receipt.Json) -> list[int]:
    """The comment ids of those who come next, in order."""
    return [drawing.comment_id_of(entry) for entry in pool_of(told)["alternates"]]
