"""The API's entries: listed with filters, struck and let in."""

from __future__ import annotations

from typing import Any

from flask import url_for

from service import presenters
from service.storage import contests, listing
from service.storage.listing import Entry, EntryFilter
from service.usecases import review
from service.web import answers
from service.web.context import actor, services
from service.web.documented import BODY, may_answer
from service.web.guarded import guarded
from service.web.schemas import ContestPath, EntriesQuery, EntryPath, ReasonBody

part = guarded("entries")


@part.get("/contests/<int:contest_id>/entries", responses=may_answer(404, ok=answers.Entries))
def list_entries(path: ContestPath, query: EntriesQuery) -> Any:
    """List entries by rising comment id"""
    wanted = EntryFilter(status=query.status, code=query.reason, author=query.author)
    with services().store.read() as tx:
        contest = contests.get(tx, path.contest_id)
        found = listing.page(tx, contest.id, wanted, limit=query.limit + 1, after_id=query.after)
    shown = found[: query.limit]
    following = _next_page(path.contest_id, query, shown[-1]) if len(found) > query.limit else None
    rows = [presenters.entry_json(entry, language=contest.language, timezone=contest.timezone) for entry in shown]
    return {"entries": rows, "next": following}


def _next_page(contest_id: int, query: EntriesQuery, last: Entry) -> str:
    asked = query.model_dump(mode="json", exclude_none=True, exclude={"after"})
    return url_for("entries.list_entries", contest_id=contest_id, after=last.comment_id, **asked)


@part.post(
    "/contests/<int:contest_id>/entries/<int:comment_id>/disqualify",
    responses=may_answer(404, 409, *BODY, ok=answers.Entry),
)
def disqualify(path: EntryPath, body: ReasonBody) -> Any:
    """Strike an entry"""
    entry = review.disqualify(services(), path.contest_id, path.comment_id, reason=body.reason, actor=actor())
    return _shown(path.contest_id, entry)


@part.post(
    "/contests/<int:contest_id>/entries/<int:comment_id>/readmit",
    responses=may_answer(404, 409, *BODY, ok=answers.Entry),
)
def readmit(path: EntryPath, body: ReasonBody) -> Any:
    """Let an entry in, whatever speaks against it"""
    entry = review.readmit(services(), path.contest_id, path.comment_id, reason=body.reason, actor=actor())
    return _shown(path.contest_id, entry)


def _shown(contest_id: int, entry: Entry) -> presenters.Json:
    with services().store.read() as tx:
        contest = contests.get(tx, contest_id)
    return presenters.entry_json(entry, language=contest.language, timezone=contest.timezone)
