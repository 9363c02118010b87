"""Close and seal: read everything a last time, then freeze who is in before any randomness is known."""

from __future__ import annotations

from sqlalchemy import Connection

from service.domain import receipt
from service.domain.contest import Contest, Phase, require_phase
from service.domain.drawing import hash_text, rfc3339
from service.domain.eligibility import EntryFacts, Status, judge, leave_out_undecided
from service.domain.errors import Blocked, Conflict
from service.storage import contests, draws, entries, log
from service.storage.contests import Lease
from service.storage.draws import Draw
from service.usecases.collect import Progress, ignore, is_over, read_comments, require_complete
from service.usecases.services import Services

BEFORE_SEAL = (Phase.OPEN, Phase.CLOSING, Phase.REVIEW)


def seal(
    services: Services, contest_id: int, *, actor: str, leave_out: bool = False, progress: Progress = ignore
) -> Draw:
    """Seal a contest whose deadline has passed; the sealed draw, also when it was sealed before.

    Raises Blocked when the reading isn't complete, or when entries are undecided and `leave_out` is false;
    Conflict before the deadline; BlogProblem.
    """
    with services.hold(contest_id) as lease:
        return seal_under(services, lease, actor=actor, leave_out=leave_out, progress=progress)


def seal_under(services: Services, lease: Lease, *, actor: str, leave_out: bool, progress: Progress = ignore) -> Draw:
    """Seal under a lease that the caller holds."""
    with services.store.read() as tx:
        contest = contests.get(tx, lease.contest_id)
        if contest.phase.is_sealed:
            return draws.latest(tx, contest.id)
    close_under(services, lease, progress)
    with services.store.write() as tx:
        contest = contests.lock(tx, contest.id, lease)
        require_phase(contest, Phase.REVIEW, to="seal it")
        _require_over(services, contest)
        return _freeze(tx, services, contest, actor=actor, leave_out=leave_out)


def close_under(services: Services, lease: Lease, progress: Progress = ignore) -> None:
    """After the deadline: a full reading that must match WordPress's count, then review."""
    with services.store.write() as tx:
        contest = contests.lock(tx, lease.contest_id, lease)
        require_phase(contest, *BEFORE_SEAL, to="close it")
        _require_over(services, contest)
        if contest.phase is Phase.OPEN:
            contests.update(tx, contest.id, phase=Phase.CLOSING)
    reading = read_comments(services, lease, progress)
    require_complete(reading)
    with services.store.write() as tx:
        contest = contests.lock(tx, lease.contest_id, lease)
        if contest.phase is Phase.CLOSING:
            contests.update(tx, contest.id, phase=Phase.REVIEW)
            line = log.LogLine(
                at=services.clock(),
                actor="worker",
                action="close",
                reason="",
                details={"comments": reading.comments},
            )
            log.write(tx, contest.id, line)


def _require_over(services: Services, contest: Contest) -> None:
    if not is_over(services, contest):
        raise Conflict(
            f"Contest {contest.id} is open until {rfc3339(contest.closes_at)}; change its deadline to end it sooner.",
            code="still_open",
        )


def _freeze(tx: Connection, services: Services, contest: Contest, *, actor: str, leave_out: bool) -> Draw:
    judged = _judged(contest, entries.facts(tx, contest.id))
    undecided = [entry.comment_id for entry in judged if entry.verdict.status is Status.UNDECIDED]
    if undecided and not leave_out:
        raise Blocked(undecided_message(len(undecided)), code="undecided")
    frozen = [_decided(entry) for entry in judged]
    now, number = services.clock().replace(microsecond=0), draws.next_number(tx, contest.id)
    text = receipt.seal(contest, frozen, number=number, sealed_at=now)
    draw = Draw(
        number=number,
        sealed_at=now,
        sealed_text=text,
        digest=hash_text(text),
        rules=receipt.rules_json(contest),
        entries=[receipt.entry_json(entry) for entry in frozen],
    )
    draws.add(tx, contest.id, draw)
    entries.save_verdicts(tx, contest.id, {entry.comment_id: entry.verdict for entry in frozen})
    contests.update(tx, contest.id, phase=Phase.SEALED)
    details = {"draw": number, "digest": draw.digest, "left_out": len(undecided)}
    log.write(tx, contest.id, log.LogLine(at=now, actor=actor, action="seal", reason="", details=details))
    return draw


def undecided_message(number: int) -> str:
    """What to do about comments that are still held."""
    comments = "1 comment is" if number == 1 else f"{number} comments are"
    return (
        f"{comments} still held for moderation: approve or bin in WordPress, disqualify with a reason, "
        "or seal and leave out what is held."
    )


def _judged(contest: Contest, facts: list[EntryFacts]) -> list[receipt.JudgedEntry]:
    return [
        receipt.JudgedEntry(
            comment_id=entry.comment_id,
            submitted_at=entry.submitted_at,
            verdict=verdict,
            override=entry.override,
        )
        for entry, verdict in zip(facts, judge(contest, facts), strict=True)
    ]


def _decided(entry: receipt.JudgedEntry) -> receipt.JudgedEntry:
    return receipt.JudgedEntry(
        comment_id=entry.comment_id,
        submitted_at=entry.submitted_at,
        verdict=leave_out_undecided(entry.verdict),
        override=entry.override,
    )
