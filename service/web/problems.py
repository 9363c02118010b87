"""Errors as answers: RFC 9457 problem documents for programs, a plain page for people.

    BadInput, a body or parameter of the wrong shape    422
    NotFound                                            404
    Conflict, Blocked                                   409  `code` tells: sealed, still_open, undecided, incomplete, …
    LeaseLost                                           409  with Retry-After
    BlogProblem: waiting may help / won't help          503 with Retry-After / 502
    the database is away or locked                      503  with Retry-After
    anything else                                       500  the log has the trace under the request's id

Blocked is a conflict rather than "unavailable": the same request succeeds once the moderator or the blog's visitors
have changed something, not because time goes by.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

import structlog
from flask import Flask, Response, json, render_template, request
from pydantic import ValidationError
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import HTTPException

from service.domain.errors import BadInput, LeaseLost, NotFound, TirageError
from service.usecases.ports import BlogProblem
from service.web.context import request_id
from service.web.languages import choose_language

FOR_PROGRAMS = ("/api/", "/plugin/", "/webhooks/")
MEDIA_TYPE = "application/problem+json"
BUSY_SECONDS = 30
BLOG_SECONDS = 60
DATABASE_SECONDS = 10

log = structlog.get_logger()


def handle_errors(app: Flask) -> None:
    """Have every error of an application answered here."""
    app.register_error_handler(TirageError, _tirage_error)
    app.register_error_handler(BlogProblem, _blog_problem)
    app.register_error_handler(OperationalError, _database_error)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(Exception, _unexpected)


def problem(status: int, detail: str, *, code: str, headers: dict[str, str] | None = None, **members: Any) -> Response:
    """One problem document. `members` are extensions, such as `errors`."""
    title = HTTPStatus(status).phrase
    if _wants_page():
        return _page(status, title, headers)
    told = {
        "type": "about:blank",
        "title": title,
        "status": status,
        "detail": detail,
        "code": code,
        **members,
    }
    return Response(json.dumps(told, ensure_ascii=False), status, headers, mimetype=MEDIA_TYPE)


def _page(status: int, title: str, headers: dict[str, str] | None) -> Response:
    """For a reader who followed a link: in their language, without our terms."""
    choose_language("en")
    page = render_template("problem.html", title=title, status=status)
    return Response(page, status, headers, mimetype="text/html")


def wrong_values(error: ValidationError) -> Response:
    """The answer to a request of the wrong shape: each error with its part and a JSON Pointer into it."""
    part = next(part for part in ("body", "query", "path") if error.title.lower().endswith(part))
    errors = [
        {"where": part, "pointer": _pointer(item["loc"]), "detail": item["msg"]}
        for item in error.errors(include_url=False, include_context=False, include_input=False)
    ]
    first = errors[0]
    where = first["pointer"].replace("/", ".").lstrip(".") or "It"
    detail = f"The request's {part} is wrong. {where}: {first['detail']}."
    return problem(422, detail, code="invalid_request", errors=errors)


def _pointer(location: tuple[int | str, ...]) -> str:
    return "".join("/" + str(step).replace("~", "~0").replace("/", "~1") for step in location)


def _tirage_error(error: TirageError) -> Response:
    headers = {"Retry-After": str(BUSY_SECONDS)} if isinstance(error, LeaseLost) else None
    return problem(_status_of(error), error.message, code=error.code, headers=headers)


def _status_of(error: TirageError) -> int:
    if isinstance(error, BadInput):
        return 422
    return 404 if isinstance(error, NotFound) else 409


def _blog_problem(error: BlogProblem) -> Response:
    log.warning("blog_problem", code=error.code, permanent=error.permanent)
    if error.permanent:
        return problem(502, error.message, code=error.code)
    pause = max(1, round(error.retry_after or BLOG_SECONDS))
    return problem(503, error.message, code=error.code, headers={"Retry-After": str(pause)})


def _database_error(_error: OperationalError) -> Response:
    log.exception("database_away", request_id=request_id())
    return problem(
        503,
        "The database doesn't answer; try again in a moment.",
        code="database_unavailable",
        headers={"Retry-After": str(DATABASE_SECONDS)},
    )


def _http_error(error: HTTPException) -> Response | HTTPException:
    if error.response is not None or error.code is None:
        return error
    code = HTTPStatus(error.code).name.lower()
    headers = {name: value for name, value in error.get_headers() if name != "Content-Type"}
    return problem(error.code, _words(error), code=code, headers=headers)


def _words(error: HTTPException) -> str:
    if error.code == 404:
        return "There is nothing at this address."
    if error.code == 405:
        return f"{request.method} isn't possible here."
    return error.description or HTTPStatus(error.code or 500).phrase


def _unexpected(error: Exception) -> Response:
    log.exception("request_failed", request_id=request_id(), method=request.method, route=str(request.url_rule))
    detail = "Tirage itself failed here; its log tells more under this request's id."
    return problem(500, detail, code="internal", request_id=request_id())


def _wants_page() -> bool:
    """Whether a browser asks for one of the pages, rather than a program for the API or the plugin."""
    if request.path.startswith(FOR_PROGRAMS):
        return False
    return request.accept_mimetypes.best_match([MEDIA_TYPE, "application/json", "text/html"]) == "text/html"
