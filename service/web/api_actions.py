"""The API's acts: collect, seal, preview, draw, announce, and the receipt. Each waits until it is done."""

from __future__ import annotations

from typing import Any

from service import draw_presenters, presenters
from service.domain.errors import Conflict
from service.storage import contests, draws, entries
from service.storage.draws import Draw
from service.usecases import announce, collect, draw, seal
from service.web import answers
from service.web.context import actor, services
from service.web.documented import BLOG, BODY, may_answer
from service.web.guarded import guarded
from service.web.schemas import ContestPath, DrawBody, PreviewBody, SealBody

part = guarded("actions")


@part.post("/contests/<int:contest_id>/collect", responses=may_answer(404, 409, *BODY, *BLOG, ok=answers.Reading))
def collect_now(path: ContestPath) -> Any:
    """Read the post's comments now and judge them"""
    reading = collect.collect(services(), path.contest_id)
    with services().store.read() as tx:
        counts = entries.count_statuses(tx, path.contest_id)
    return presenters.reading_json(reading, counts)


@part.post("/contests/<int:contest_id>/seal", responses=may_answer(404, 409, *BODY, *BLOG, ok=answers.Draw))
def seal_now(path: ContestPath, body: SealBody) -> Any:
    """Freeze the list of eligible entries; a second time changes nothing"""
    sealed = seal.seal(
        services(),
        path.contest_id,
        actor=actor(),
        leave_out=body.leave_out_undecided,
        without_search=body.without_search,
    )
    return _shown(path.contest_id, sealed)


@part.get("/contests/<int:contest_id>/preview", responses=may_answer(404, ok=answers.Preview))
def preview(path: ContestPath) -> Any:
    """Show the winner comment as it would be posted, with made-up names before the draw"""
    return {"text": announce.preview(services(), path.contest_id)}


@part.post("/contests/<int:contest_id>/preview", responses=may_answer(404, *BODY, ok=answers.Preview))
def preview_template(path: ContestPath, body: PreviewBody) -> Any:
    """Show the winner comment as another template would make it"""
    return {"text": announce.preview(services(), path.contest_id, template=body.template)}


@part.post("/contests/<int:contest_id>/draw", responses=may_answer(404, 409, *BODY, ok=answers.Draw))
def draw_now(path: ContestPath, body: DrawBody) -> Any:
    """Draw, once the beacon's round is out; a second time changes nothing"""
    done = draw.draw(services(), path.contest_id, actor=actor(), secret_reason=body.secret_reason)
    return _shown(path.contest_id, done)


@part.post(
    "/contests/<int:contest_id>/announce",
    responses=may_answer(404, 409, *BODY, *BLOG, ok=answers.Announcement),
)
def announce_now(path: ContestPath) -> Any:
    """Write the winner comment on the post, exactly once"""
    done = announce.announce(services(), path.contest_id, actor=actor())
    return draw_presenters.announcement_json(done)


@part.get("/contests/<int:contest_id>/receipt", responses=may_answer(404, 409, ok=answers.Receipt))
def show_receipt(path: ContestPath) -> Any:
    """Give everything needed to repeat the newest draw"""
    with services().store.read() as tx:
        receipt = draws.latest(tx, path.contest_id).receipt
    if receipt is None:
        raise Conflict(f"Contest {path.contest_id} isn't drawn yet.", code="not_drawn")
    return receipt


def _shown(contest_id: int, done: Draw) -> presenters.Json:
    with services().store.read() as tx:
        return draw_presenters.draw_json(tx, contests.get(tx, contest_id), done)
