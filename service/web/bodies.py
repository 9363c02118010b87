"""Request bodies: JSON objects and nothing else."""

from __future__ import annotations

from flask import Response, request
from werkzeug.exceptions import BadRequest, HTTPException

from service.web.problems import problem

LARGEST_BODY = 64 * 1024  # bytes


def raw_body() -> bytes:
    """The body as it came, kept for whoever asks next. Raises RequestEntityTooLarge, BadRequest for a broken one.

    One that tells no length is cut at the limit without a word by Werkzeug: only the byte after that raises.
    """
    try:
        raw = request.get_data()
        request.stream.read(1)
    except HTTPException:
        raise
    except Exception as error:  # each WSGI server has errors of its own for chunks that are none
        raise BadRequest("The body can't be read to its end.") from error
    return raw


def require_json_object() -> Response | None:
    """Before each request to the API: answer 413, 415, 400 or 422 unless its body is a JSON object, or empty."""
    if not raw_body():
        return None
    if not request.is_json:
        return problem(415, "Send JSON: `Content-Type: application/json`.", code="unsupported_media_type")
    try:
        value = request.get_json()
    except RecursionError:
        return problem(400, "The body is nested too deeply.", code="bad_request")
    if not isinstance(value, dict):
        errors = [{"where": "body", "pointer": "", "detail": "Input should be an object"}]
        return problem(422, "The request's body must be a JSON object.", code="invalid_request", errors=errors)
    return None
