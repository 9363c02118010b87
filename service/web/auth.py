"""Who may use the API: whoever shows a token that `tirage token new` made."""

from __future__ import annotations

from typing import Any

from flask import Response, g, request
from flask_openapi3.models.security_scheme import SecurityScheme

from service.storage import tokens
from service.web.context import services
from service.web.problems import problem

SECURITY_SCHEMES: dict[str, SecurityScheme | dict[str, Any]] = {"bearer": {"type": "http", "scheme": "bearer"}}
_SCHEME = "bearer"


def require_token() -> Response | None:
    """Before each request to the API: keep the token's name as the actor, or answer 401.

    A request without a token goes the same way, one hash and one look-up, as one with a wrong one.
    """
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    is_bearer = scheme.lower() == _SCHEME and bool(token.strip())
    with services().store.read() as tx:
        name = tokens.find_name(tx, token.strip() if is_bearer else "")
    if name is not None and is_bearer:
        g.actor = name
        return None
    return _refuse(was_given=is_bearer)


def _refuse(*, was_given: bool) -> Response:
    if was_given:
        challenge = 'Bearer realm="tirage", error="invalid_token"'
        detail = "This token isn't valid: it is unknown or was revoked."
    else:
        challenge = 'Bearer realm="tirage"'
        detail = "Send a token: `Authorization: Bearer …`; `tirage token new NAME` makes one."
    return problem(401, detail, code="unauthorized", headers={"WWW-Authenticate": challenge})
