"""The API's acts after the draw: who holds the prizes, a winner is struck, a draw is drawn once more."""

from __future__ import annotations

from typing import Any

from service import draw_presenters, presenters
from service.storage import contests
from service.usecases import prizes
from service.usecases import redraw as redrawing
from service.web import answers
from service.web.context import actor, services
from service.web.documented import BODY, may_answer
from service.web.guarded import guarded
from service.web.schemas import ContestPath, RedrawBody, WinnerBody

part = guarded("prizes")


@part.get("/contests/<int:contest_id>/prizes", responses=may_answer(404, ok=answers.Prizes))
def show_prizes(path: ContestPath) -> Any:
    """Tell who holds which prize of each finished draw, and how prizes passed on"""
    return _shown(path.contest_id)


@part.post(
    "/contests/<int:contest_id>/disqualify-winner",
    responses=may_answer(404, 409, *BODY, ok=answers.Prizes),
)
def disqualify_winner(path: ContestPath, body: WinnerBody) -> Any:
    """Strike a winner after the draw; the next in its order gets the prize, and a reply on the blog tells of it"""
    prizes.disqualify_winner(services(), path.contest_id, body.entry, pool=body.pool, reason=body.reason, actor=actor())
    return _shown(path.contest_id)


@part.post("/contests/<int:contest_id>/redraw", responses=may_answer(404, 409, *BODY, ok=answers.Contest))
def redraw(path: ContestPath, body: RedrawBody) -> Any:
    """Replace the draw, which stays public; the contest is in review again, with a fresh secret"""
    contest = redrawing.redraw(services(), path.contest_id, reason=body.reason, actor=actor())
    with services().store.read() as tx:
        return presenters.contest_json(tx, contest, proof_url=services().proof_url, networks=services().networks)


def _shown(contest_id: int) -> presenters.Json:
    with services().store.read() as tx:
        return draw_presenters.prizes_json(tx, contests.get(tx, contest_id))
