"""What every answer carries: the request's id, and what browsers may do with it."""

from __future__ import annotations

import re
from uuid import uuid4

import structlog
from flask import Flask, Response, g, request

REQUEST_ID = "X-Request-Id"
_GOOD_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")
POLICY = "Content-Security-Policy"
SAFE_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_SAFE = {
    POLICY: SAFE_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
}


def add_headers(app: Flask) -> None:
    """Have every answer of an application carry them."""
    app.before_request(_name_request)
    app.after_request(_add)


def allow(response: Response, *, forms: bool = False, scripts: bool = False) -> None:
    """Let a page send its forms to us, or run our own scripts, which may fetch what we serve; nothing of others."""
    policy = SAFE_POLICY
    if forms:
        policy = policy.replace("form-action 'none'", "form-action 'self'")
    if scripts:
        policy += "; script-src 'self'; connect-src 'self'; worker-src 'self'"
    response.headers[POLICY] = policy


def _name_request() -> None:
    """Keep the id that a proxy in front gave, so that both logs tell of the same request."""
    given = request.headers.get(REQUEST_ID, "")
    g.request_id = given if _GOOD_ID.fullmatch(given) else uuid4().hex
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(request_id=g.request_id)


def _add(response: Response) -> Response:
    for name, value in _SAFE.items():
        response.headers.setdefault(name, value)
    response.headers[REQUEST_ID] = g.get("request_id", "")
    if response.status_code >= 400 or "Cache-Control" not in response.headers:
        response.headers["Cache-Control"] = "no-store"
    return response
