"""Doorbells from WordPress: our plugin's, signed, and those of two webhook plugins that others use.

Of a body only the ids are read; nothing of it is stored or logged. docs/plugin-protocol.md describes ours.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Iterator
from typing import Any

from flask import Blueprint, request

from service.domain.errors import BadInput
from service.usecases.doorbell import Bell, Delivery
from service.web.bodies import raw_body
from service.web.context import context
from service.web.problems import problem
from service.web.signed import no_secret, read_signed
from service.web.values import LARGEST_ID

part = Blueprint("hooks", __name__, url_prefix="/webhooks")
part.register_error_handler(BadInput, lambda error: problem(400, error.message, code=error.code))
MOST_BELLS = 500
LARGEST_FOREIGN_BODY = 1024 * 1024  # WP Webhooks sends the whole post along
WHOLE_BLOG = "privacy.erased"


@part.post("/wordpress")
def wordpress() -> Any:
    """Our plugin's doorbell: 202 also for a repeat, which does nothing."""
    message_id, body = read_signed("doorbell")
    is_new = context().doorbells.ask(Delivery(_bells(body), message_id))
    return {"status": "accepted" if is_new else "repeated"}, 202


@part.post("/wp-webhooks")
def wp_webhooks() -> Any:
    """The plugin WP Webhooks: JSON, with its own signature, which covers neither a time nor an id."""
    request.max_content_length = LARGEST_FOREIGN_BODY
    raw = raw_body()
    secrets = context().doorkeys.shared
    if not secrets:
        return no_secret()
    given = request.headers.get("X-WP-Webhook-Signature", "").encode()
    expected = (base64.b64encode(hmac.digest(secret, raw, hashlib.sha256)) for secret in secrets)
    if not any(hmac.compare_digest(given, one) for one in expected):
        return problem(
            401,
            "The signature is missing or wrong: put the plugin's secret into WEBHOOK_SECRETS.",
            code="signature_wrong",
        )
    body = _json_object(raw)
    comment = body.get("comment_data")
    told = comment if isinstance(comment, dict) else {}
    return _hint(post=told.get("comment_post_ID"), comment=told.get("comment_ID", body.get("comment_id")))


@part.post("/hookpress/<key>")
def hookpress(key: str) -> Any:
    """The plugin HookPress: a form, unsigned; what is in the address tells that it is ours."""
    if not any(hmac.compare_digest(key.encode(), one.encode()) for one in context().doorkeys.addresses):
        return problem(
            404, "There is nothing at this address; `tirage webhook addresses` shows the right one.", code="not_found"
        )
    return _hint(post=request.form.get("comment_post_ID"), comment=request.form.get("comment_ID"))


def _hint(*, post: object, comment: object) -> Any:
    """Ring for a comment; where the post isn't told, for the contest that has the comment."""
    comment_id, post_id = _id(comment), _id(post)
    if comment_id is None and post_id is None:
        raise BadInput("No comment's number was found: send comment_ID and comment_post_ID.", code="no_ids")
    context().doorbells.ask(Delivery([Bell(post_id, comment_id)]))
    return {"status": "accepted"}, 202


def _bells(body: dict[str, Any]) -> list[Bell]:
    """What a doorbell of ours rings for. Raises BadInput."""
    events = body.get("events")
    if not isinstance(events, list) or len(events) > MOST_BELLS:
        raise BadInput(f"`events` must be a list of at most {MOST_BELLS}.", code="events_malformed")
    return list(_read_events(events))


def _read_events(events: list[Any]) -> Iterator[Bell]:
    for number, event in enumerate(events):
        told = event if isinstance(event, dict) else {}
        post_id, comment_id = _id(told.get("post")), _id(told.get("comment"))
        if post_id is None and told.get("event") != WHOLE_BLOG:
            raise BadInput(f"Event {number} names no post.", code="events_malformed")
        yield Bell(post_id, comment_id)


def _id(value: object) -> int | None:
    """A positive id, as a number or in digits; None for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | str):
        return None
    if isinstance(value, str) and not (value.isascii() and value.isdecimal() and len(value) < 20):
        return None
    return number if 1 <= (number := int(value)) <= LARGEST_ID else None


def _json_object(raw: bytes) -> dict[str, Any]:
    try:
        value = json.loads(raw)
    except (ValueError, RecursionError):
        value = None
    if not isinstance(value, dict):
        raise BadInput("The body must be a JSON object.", code="body_malformed")
    return value
