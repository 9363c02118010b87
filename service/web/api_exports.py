"""The API's exports: files for other programs, sent as they are read."""

from __future__ import annotations

from typing import Any

from flask import Response
from pydantic import Field

from service.exports import What, export
from service.tables_out import MIMETYPES, Form, write
from service.web.context import services
from service.web.documented import Responses, may_answer
from service.web.guarded import guarded
from service.web.schemas import ContestPath

part = guarded("exports")


class ExportPath(ContestPath):
    """Which contest, what of it, and as what."""

    what: What = Field(description="winners: once it is drawn")
    form: Form


def _files() -> Responses:
    content = {
        "text/csv": {"schema": {"type": "string"}},
        "application/json": {"schema": {"type": "array", "items": {"type": "object"}}},
    }
    return {**may_answer(404, 409), "200": {"description": "The file", "content": content}}


@part.get("/contests/<int:contest_id>/export/<any(entries,winners,log):what>.<any(csv,json):form>", responses=_files())
def export_file(path: ExportPath) -> Any:
    """Give all entries, the winners or the log as a file; it holds names and e-mail addresses"""
    table = export(services(), path.contest_id, path.what)
    response = Response(write(table, path.form), content_type=f"{MIMETYPES[path.form]}; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{table.name}.{path.form}"'
    return response
