"""Draw once more: the draw that was is replaced, for a reason, and stays public for ever; the contest is in review."""

from __future__ import annotations

from sqlalchemy import Connection

from service.domain.contest import Contest, Phase, require_phase
from service.domain.drawing import comment_id_of, hash_text
from service.domain.eligibility import Action, Override
from service.domain.errors import Conflict
from service.domain.log_chain import LogLine
from service.domain.pools import is_comment
from service.domain.strikes import StrikeKind
from service.storage import claims, contests, draws, entries, log, posts, strikes
from service.usecases.freezing import public_name
from service.usecases.judging import judge_entries
from service.usecases.replies import find_waiting
from service.usecases.review import check_reason
from service.usecases.services import Services


def redraw(services: Services, contest_id: int, *, reason: str, actor: str) -> Contest:
    """Replace a finished draw: the contest goes back to review with a fresh secret, and waits for the moderator.

    Who was disqualified after the draw stays so, until somebody readmits them. What its winners told to claim their
    prizes is deleted: nobody needs it any more, and in review no term of it ends. Raises BadInput, Conflict, NotFound.
    """
    reason = check_reason(reason)
    with services.hold(contest_id) as lease, services.store.write() as tx:
        contest = contests.lock(tx, contest_id, lease)
        _require_finished(tx, contest)
        number, secret, now = draws.latest_number(tx, contest_id), services.make_secret(), services.clock()
        draws.update(tx, contest_id, number, replaced_at=now, replaced_reason=reason)
        claims.erase_draw(tx, contest_id, number, now=now)
        commitment = hash_text(secret)
        contests.update(
            tx,
            contest_id,
            secret=secret,
            commitment=commitment,
            is_automatic=False,
            phase=Phase.REVIEW,
            problem=None,
        )
        details = {
            "draw": number,
            "commitment": commitment,
            "automatic": [contest.is_automatic, False],
            "disqualified": _keep_disqualified(tx, contest, number),
        }
        log.write(tx, contest_id, LogLine(at=now, actor=actor, action="redraw", reason=reason, details=details))
        judge_entries(tx, contests.get(tx, contest_id))
        return contests.get(tx, contest_id)


def _require_finished(tx: Connection, contest: Contest) -> None:
    require_phase(contest, Phase.DRAWN, Phase.ANNOUNCED, to="draw it once more")
    if contest.erased_at is not None:
        raise Conflict(
            "The personal data of this contest were deleted when their term ended: who is one person can't be told "
            "any more, so it can't be drawn again.",
            code="erased",
        )
    if any(reply.attempted_at or reply.opened_comments for reply in find_waiting(tx, contest)):
        raise Conflict(
            "A reply to the winner comment is being written: wait until it stands on the blog, then draw once more.",
            code="reply_pending",
        )


def _keep_disqualified(tx: Connection, contest: Contest, number: int) -> list[str]:
    """Strike in review whom a moderator struck after the draw; their entries."""
    struck = [strike for strike in strikes.of_draw(tx, contest.id, number) if strike.kind is StrikeKind.DISQUALIFIED]
    reasons = {strike.entry: strike.reason for strike in struck}
    references = {}
    if not all(map(is_comment, reasons)):
        references = {public_name(post): post.entry for post in posts.facts(tx, contest.id)}
    for entry, reason in reasons.items():
        override = Override(Action.DISQUALIFY, reason)
        if is_comment(entry):
            entries.set_override(tx, contest.id, comment_id_of(entry), override)
        else:
            posts.set_override(tx, contest.id, references[entry], override)
    return list(reasons)
