"""The claims of a contest for its moderator: how they stand, what winners told, and the mails to send by hand."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace

from sqlalchemy import Connection

from service.domain.contest import Contest
from service.storage import claims, contests
from service.storage.claims import Claim
from service.usecases.claim_mail import Mail, Prize, find_address, prize_of, write_mail
from service.usecases.claim_states import ClaimState, states, term_from
from service.usecases.services import Services


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimReport:
    """One claim, decrypted. `answers` is empty until it is claimed; `link` and `mail` are there while it waits."""

    claim: Claim
    contest: Contest
    state: ClaimState
    prize: Prize
    email: str
    answers: Mapping[str, str]
    link: str = ""
    mail: Mail | None = None


def reports(services: Services, contest_id: int) -> list[ClaimReport]:
    """All claims, of replaced draws too, oldest first. Raises NotFound, Conflict where one can't be decrypted."""
    with services.store.read() as tx:
        contest, asked = contests.get(tx, contest_id), claims.of_contest(tx, contest_id)
        stand = states(tx, contest, asked, now=services.clock())
        return [_report(tx, services, contest, claim, stand[claim.id]) for claim in asked]


def read_answers(services: Services, claim: Claim) -> Mapping[str, str]:
    """What a winner told, by field; empty where nothing was. Raises Conflict where it can't be decrypted."""
    answers: dict[str, str] = json.loads(services.vault.unlock(claim.answers)) if claim.answers else {}
    return answers


def _report(tx: Connection, services: Services, contest: Contest, claim: Claim, state: ClaimState) -> ClaimReport:
    waits = state is ClaimState.WAITING
    if waits and not claim.is_sent:  # the term that it has if it is sent now
        claim = replace(claim, expires_at=term_from(tx, services, contest))
    mail = write_mail(tx, services, contest, claim) if waits else None
    return ClaimReport(
        claim=claim,
        contest=contest,
        state=state,
        prize=prize_of(tx, contest, claim),
        email=mail.to if mail else find_address(tx, contest, claim),
        answers=read_answers(services, claim),
        link=services.claim_url(services.vault.unlock(claim.token)) if waits else "",
        mail=mail,
    )
