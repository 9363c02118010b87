"""Requests that our plugin signed: the checks that its doorbells and calls share."""

from __future__ import annotations

import json
from typing import Any

from flask import Response, abort, request

from service.web.bodies import raw_body
from service.web.context import context, services
from service.web.problems import problem
from wp_bridge.signature import MalformedSignature, TimestampRefused, WrongSignature, verify


def read_signed(kind: str) -> tuple[str, dict[str, Any]]:
    """The id and the body of a request that our plugin signed, of that type. Aborts with 400, 401, 413 or 503."""
    raw = raw_body()
    keys = context().doorkeys.signing
    if not keys:
        abort(no_secret())
    try:
        message_id = verify(keys, request.headers, raw, now=services().clock().timestamp())
    except (MalformedSignature, TimestampRefused) as error:
        abort(problem(400, str(error), code=error.code))
    except WrongSignature as error:
        abort(problem(401, str(error), code=error.code, headers={"WWW-Authenticate": "Webhook-Signature"}))
    return message_id, _body(raw, kind)


def _body(raw: bytes, kind: str) -> dict[str, Any]:
    try:
        value = json.loads(raw)
    except (ValueError, RecursionError):
        value = None
    if not isinstance(value, dict):
        abort(problem(400, "The body must be a JSON object.", code="body_malformed"))
    if value.get("type") != kind:
        abort(problem(400, f"The body's type must be {kind}, which this address is for.", code="wrong_type"))
    return value


def no_secret() -> Response:
    """The answer while nobody could sign anything."""
    return problem(
        503,
        "No secret is set: put the one that WordPress shows under Settings → Tirage into WEBHOOK_SECRETS.",
        code="no_secret",
    )
