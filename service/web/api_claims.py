"""The API's look at claims: who was asked, who took their prize, and what they told."""

from __future__ import annotations

from typing import Any

from service import claim_presenters
from service.usecases.claim_reports import reports
from service.usecases.claims import note_sent, send_again
from service.web import answers
from service.web.context import actor, services
from service.web.documented import may_answer
from service.web.guarded import guarded
from service.web.schemas import ClaimPath, ContestPath

part = guarded("claims_of_contest")


@part.get("/contests/<int:contest_id>/claims", responses=may_answer(404, 409, ok=answers.Claims))
def show_claims(path: ContestPath) -> Any:
    """Show the winners' claims, with their links, the mails to send by hand, and what the winners told"""
    return _shown(path.contest_id)


@part.post("/contests/<int:contest_id>/claims/<int:claim_id>/resend", responses=may_answer(404, 409, ok=answers.Claims))
def resend(path: ClaimPath) -> Any:
    """Have the mail of a claim that waits sent once more; the term begins anew with it"""
    send_again(services(), path.contest_id, path.claim_id, actor=actor())
    return _shown(path.contest_id)


@part.post("/contests/<int:contest_id>/claims/<int:claim_id>/sent", responses=may_answer(404, 409, ok=answers.Claims))
def sent(path: ClaimPath) -> Any:
    """Note that you wrote to the winner yourself: their term begins"""
    note_sent(services(), path.contest_id, path.claim_id, actor=actor())
    return _shown(path.contest_id)


def _shown(contest_id: int) -> dict[str, Any]:
    return {"claims": claim_presenters.reports_json(reports(services(), contest_id))}
