"""Winners claim their prize: each gets a link by e-mail and a term; a prize that isn't claimed passes on.

The term of a winner begins with the mail, so it is written anew with each try to send it. Where no mail goes out, it
begins when a moderator says that they wrote to the winner: nobody loses a prize that they were never told of. It ends a
minute after the instant that the winner was told: what came in before that instant is stored by then. No term outlasts
the personal data: whoever would have less than a day holds the prize without a link, as where winners claim nothing.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

import structlog
from sqlalchemy import Connection

from service.domain.contest import Contest, Phase, require_phase
from service.domain.drawing import hash_text
from service.domain.errors import Conflict
from service.domain.log_chain import LogLine
from service.domain.pools import is_comment
from service.domain.strikes import StrikeKind
from service.i18n import translator
from service.storage import claims, contests, log
from service.storage.claims import Claim
from service.storage.contests import Lease
from service.usecases import prizes
from service.usecases.claim_mail import Mail, find_address, write_mail
from service.usecases.claim_states import SHORTEST, ClaimState, states, term_from
from service.usecases.ports import MailProblem, NoMailer
from service.usecases.services import Services, later

WORKER = "worker"
MARGIN = 60.0  # seconds that a claim may wait for the database and still be in time
MOST_AT_ONCE = 10  # mails and strikes in one step: other contests wait meanwhile
MOST_TRIES = 12  # spread over a day
FIRST_PAUSE, LONGEST_PAUSE = 60.0, 6 * 3600.0
logger = structlog.get_logger()
NO_ADDRESS = "No e-mail address of this winner is known: send the text where you can reach them."
NO_TIME = "The personal data of this contest are deleted within a day or so: settle the prize with the winner yourself."


def tend_claims(services: Services, lease: Lease) -> datetime | None:
    """Pass on what wasn't claimed, give whoever holds a prize a link, and mail it; when something is to do again.

    Each mail is noted before and after it is sent. Usually that makes one mail a winner; after a crash between sending
    and noting, or an end that leaves open whether it arrived, it is sent again: a second mail is better than none.
    What a mail server refuses is kept with the claim, for the moderator, and holds up nobody else.
    Raises Conflict where the links can't be encrypted or decrypted.
    """
    with services.store.read() as tx:
        contest = contests.get(tx, lease.contest_id)
    if not contest.claims.is_on or contest.erased_at is not None:
        return None
    with services.store.write() as tx:
        contest = contests.lock(tx, lease.contest_id, lease)
        number = claims.current_draw(tx, contest.id)
        if number is None:
            return None
        _pass_on(tx, services, contest, number)
        _invite(tx, services, contest, number)
    _mail_all(services, lease, number)
    return _next_at(services, contest, number)


def send_again(services: Services, contest_id: int, claim_id: int, *, actor: str) -> Claim:
    """Have the mail of a claim sent once more, with a new term; until then the term that runs goes on.

    Raises Conflict where it waits for nobody or can't be mailed, NotFound."""
    if isinstance(services.mailer, NoMailer):
        raise Conflict("No mail server is set up (SMTP_HOST): send the text yourself, then note it.", code="no_mailer")
    with services.store.write() as tx:
        contest, claim = _waiting(tx, services, contest_id, claim_id, to="send a link")
        if not find_address(tx, contest, claim):
            raise Conflict(NO_ADDRESS, code="no_address")
        claims.update(tx, claim_id, mail_at=services.clock(), mail_tries=0, mail_problem="")
        _log_sent(tx, services, contest, claim, action="send_link", actor=actor)
        return claims.get(tx, contest_id, claim_id)


def note_sent(services: Services, contest_id: int, claim_id: int, *, actor: str) -> Claim:
    """A moderator wrote to the winner: the term begins. Raises Conflict where the claim waits for nobody, NotFound."""
    with services.store.write() as tx:
        contest, claim = _waiting(tx, services, contest_id, claim_id, to="note that a link was sent")
        now = services.clock()
        noted = {"mailed_at": now, "mail_at": None, "mail_problem": ""}
        claims.update(tx, claim_id, expires_at=term_from(tx, services, contest), **noted)
        _log_sent(tx, services, contest, claim, action="link_sent", actor=actor)
        return claims.get(tx, contest_id, claim_id)


def _waiting(tx: Connection, services: Services, contest_id: int, claim_id: int, *, to: str) -> tuple[Contest, Claim]:
    """The contest, locked, and a claim of it that waits for its winner. Raises Conflict, NotFound."""
    contest = contests.lock(tx, contest_id)
    require_phase(contest, Phase.ANNOUNCED, to=to)
    claim = claims.get(tx, contest_id, claim_id)
    state = states(tx, contest, [claim], now=services.clock())[claim_id]
    if state is not ClaimState.WAITING:
        raise Conflict(f"The claim of {claim.entry} is {state}: there is nothing to send.", code="claim_over")
    if not _has_time(tx, services, contest):
        raise Conflict(NO_TIME, code="no_time")
    return contest, claim


def _has_time(tx: Connection, services: Services, contest: Contest) -> bool:
    """Whether a term that begins now leaves a winner the time to see it."""
    return term_from(tx, services, contest) - services.clock() >= SHORTEST


def _log_sent(tx: Connection, services: Services, contest: Contest, claim: Claim, *, action: str, actor: str) -> None:
    now, details = services.clock(), {"draw": claim.draw_number, "pool": claim.pool, "entry": claim.entry}
    log.write(tx, contest.id, LogLine(at=now, actor=actor, action=action, reason="", details=details))
    contests.ring(tx, contest.id, at=now)


def _pass_on(tx: Connection, services: Services, contest: Contest, number: int) -> None:
    """Strike who let the term run out, a few at once."""
    now = services.clock()
    asked = {claim.prize: claim for claim in claims.of_draw(tx, contest.id, number)}
    held = [(holder.pool, holder.entry) for holder in prizes.holders(tx, contest, number)]
    late = [prize for prize in held if prize in asked and _ends_at(asked[prize]) <= now]
    for pool, entry in late[:MOST_AT_ONCE]:
        prizes.strike_in(
            tx,
            services,
            contest,
            pool=pool,
            entry=entry,
            kind=StrikeKind.UNCLAIMED,
            reason=_unclaimed(contest),
            actor=WORKER,
        )


def _unclaimed(contest: Contest) -> str:
    days = contest.claims.days
    words = translator(contest.language)
    return words.ngettext("Not claimed within %(days)s day.", "Not claimed within %(days)s days.", days) % {
        "days": days
    }


def _invite(tx: Connection, services: Services, contest: Contest, number: int) -> None:
    """Give everybody who holds a prize a claim of their own, with the link to be mailed."""
    if not _has_time(tx, services, contest):
        return
    now = services.clock()
    asked = {claim.prize for claim in claims.of_draw(tx, contest.id, number)}
    new = [holder for holder in prizes.holders(tx, contest, number) if (holder.pool, holder.entry) not in asked]
    posts = {holder.entry for holder in new if not is_comment(holder.entry)}
    givers = claims.givers(tx, contest.id, number, posts)
    for holder in new:
        token = secrets.token_urlsafe(32)
        claim = Claim(
            draw_number=number,
            pool=holder.pool,
            entry=holder.entry,
            given_by=givers.get(holder.entry, ""),
            token_hash=hash_text(token),
            token=services.vault.lock(token),
            created_at=now,
            expires_at=term_from(tx, services, contest),
            mail_at=now,
        )
        claims.add(tx, contest.id, claim)


def _ends_at(claim: Claim) -> datetime:
    """When the prize passes on: never once it is claimed, nor before the winner was written to."""
    if claim.claimed_at is not None or not claim.is_sent:
        return datetime.max.replace(tzinfo=claim.created_at.tzinfo)
    return later(claim.expires_at, MARGIN)


def _mail_all(services: Services, lease: Lease, number: int) -> None:
    """Send the mails that are due, a few at once, and none more where the mail server is in trouble.

    Those that were tried less come first: one address that always fails holds up no other."""
    with services.store.read() as tx:
        now, found = services.clock(), claims.of_draw(tx, lease.contest_id, number)
    due = [claim for claim in found if claim.mail_at is not None and claim.mail_at <= now]
    for claim in sorted(due, key=lambda claim: claim.mail_tries)[:MOST_AT_ONCE]:
        if not _mail(services, lease, claim.id):
            return


def _mail(services: Services, lease: Lease, claim_id: int) -> bool:
    """Send one mail; whether others can be sent now."""
    mail = _prepare(services, lease, claim_id)
    if mail is None:
        return True
    try:
        services.mailer.send(mail.to, mail.subject, mail.text)
    except MailProblem as problem:
        _note_problem(services, lease, claim_id, problem)
        return problem.permanent
    with services.store.write() as tx:  # whoever holds the lease by now: it was sent
        contests.lock(tx, lease.contest_id)
        claims.update(tx, claim_id, mailed_at=services.clock(), mail_at=None, mail_problem="")
    return True


def _prepare(services: Services, lease: Lease, claim_id: int) -> Mail | None:
    """Note the try and renew the term; the mail, or None where there is nobody to send it to (any more)."""
    with services.store.write() as tx:
        contest = contests.lock(tx, lease.contest_id, lease)
        now, claim = services.clock(), claims.get(tx, contest.id, claim_id)
        if claim.mail_at is None or claim.claimed_at is not None:
            return None
        if not _has_time(tx, services, contest):
            claims.update(tx, claim_id, mail_at=None, mail_problem=NO_TIME)
            return None
        renewed = replace(claim, expires_at=term_from(tx, services, contest))
        if states(tx, contest, [renewed], now=now)[claim_id] is not ClaimState.WAITING:
            claims.update(tx, claim_id, mail_at=None)
            return None
        mail = write_mail(tx, services, contest, renewed)
        if not mail.to:
            logger.warning("claim_not_mailed", contest=contest.id, claim=claim_id)
            claims.update(tx, claim_id, mail_at=None, mail_problem=NO_ADDRESS)
            return None
        again_at = later(now, min(LONGEST_PAUSE, FIRST_PAUSE * 2.0**claim.mail_tries))
        noted = {"mail_tries": claim.mail_tries + 1, "mail_at": again_at}
        claims.update(tx, claim_id, expires_at=renewed.expires_at, **noted)
    return mail


def _note_problem(services: Services, lease: Lease, claim_id: int, problem: MailProblem) -> None:
    """Keep why a mail wasn't taken; it is given up where trying again won't help, or was tried often enough.

    Otherwise the contest's other mails wait a little too: a mail server that hangs costs its time only once a pause."""
    with services.store.write() as tx:
        contests.lock(tx, lease.contest_id, lease)
        claim = claims.get(tx, lease.contest_id, claim_id)
        if not problem.permanent:
            claims.put_off_mails(tx, lease.contest_id, until=later(services.clock(), FIRST_PAUSE))
        if claim.mail_at is None:  # claimed or erased meanwhile
            return
        is_given_up = problem.permanent or claim.mail_tries >= MOST_TRIES
        mail_at = None if is_given_up else claim.mail_at
        logger.warning("claim_not_mailed", contest=lease.contest_id, claim=claim_id, is_tried_again=not is_given_up)
        claims.update(tx, claim_id, mail_problem=problem.message, mail_at=mail_at)


def _next_at(services: Services, contest: Contest, number: int) -> datetime | None:
    """When the next mail is due or the next term ends; None when every prize is claimed or left."""
    with services.store.read() as tx:
        found = claims.of_draw(tx, contest.id, number)
        held = {(holder.pool, holder.entry) for holder in prizes.holders(tx, contest, number)}
    return min(_due_times([claim for claim in found if claim.prize in held]), default=None)


def _due_times(waiting: Sequence[Claim]) -> list[datetime]:
    open_ones = [claim for claim in waiting if claim.claimed_at is None]
    return [claim.mail_at or _ends_at(claim) for claim in open_ones if claim.mail_at or claim.is_sent]
