"""The OpenAPI document: what each answer of the API may be, and the errors that any of them shares."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from flask_openapi3.models.info import Info

from service.web.answers import Problem
from service.web.problems import MEDIA_TYPE

INFO = Info(
    title="Tirage",
    version="1",
    summary="Giveaways on a WordPress blog",
    description="Times are RFC 3339 in UTC, errors are problem documents as RFC 9457 describes them.",
)
_SCHEMA = {"$ref": f"#/components/schemas/{Problem.__name__}"}
_WORDS = {
    400: "The body isn't JSON",
    401: "No valid token",
    404: "There is no such thing",
    409: "Not in this state of the contest; `code` tells why",
    413: "The body is too large",
    415: "The body isn't declared as JSON",
    422: "A value is wrong",
    500: "Tirage itself failed",
    502: "The blog won't do it, and waiting doesn't help",
    503: "The blog or the database doesn't answer now; Retry-After tells when to ask again",
}
Responses = dict[str | int | HTTPStatus, Any]
BODY = (400, 413, 415)
BLOG = (502, 503)


def may_answer(*problems: int, **models: Any) -> Responses:
    """An operation's answers: its problems by status, its successes as `ok`, `created`."""
    statuses = {"ok": "200", "created": "201"}
    told: Responses = {statuses[name]: model for name, model in models.items()}
    return {**told, **{str(status): _problem(status) for status in sorted({401, 422, 500, 503, *problems})}}


def _problem(status: int) -> dict[str, Any]:
    return {"description": _WORDS[status], "content": {MEDIA_TYPE: {"schema": _SCHEMA}}}
