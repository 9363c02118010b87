"""The web application: its parts put together."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any

from flask import Response, json
from flask_openapi3.openapi import OpenAPI

from service.settings import Settings
from service.usecases import doorbell
from service.usecases.services import Services
from service.web import (
    api_actions,
    api_claims,
    api_contests,
    api_entries,
    api_exports,
    api_posts,
    api_prizes,
    claims,
    hooks,
    plugin_calls,
    problems,
    public,
    status,
)
from service.web.answers import Problem
from service.web.auth import SECURITY_SCHEMES
from service.web.bodies import LARGEST_BODY
from service.web.checking import add_check
from service.web.context import Context, attach
from service.web.documented import INFO
from service.web.doorkeys import Doorkeys
from service.web.headers import add_headers
from service.web.languages import set_up_templates
from service.web.readiness import Readiness
from service.web.together import Together

LONGEST_LEASE_WAIT = 20.0  # a proxy in front gives up on an answer long before the command line would


def build(settings: Settings, services: Services) -> OpenAPI:
    """The application on these services."""
    app = OpenAPI(
        "service.web",
        info=INFO,
        security_schemes=SECURITY_SCHEMES,
        validation_error_model=Problem,
        validation_error_callback=problems.wrong_values,
        doc_ui=False,
    )
    app.config["MAX_CONTENT_LENGTH"] = LARGEST_BODY
    app.config["SECRET_KEY"] = settings.secret_key.get_secret_value() or None
    app.json.sort_keys = False  # type: ignore[attr-defined]  # so does it this
    app.json.ensure_ascii = False  # type: ignore[attr-defined]  # Flask's default provider has it
    services = _for_requests(services)
    attach(app, _context(settings, services))
    add_headers(app)
    problems.handle_errors(app)
    set_up_templates(app)
    for room in (api_contests, api_entries, api_posts, api_exports, api_actions, api_prizes, api_claims, status):
        app.register_api(room.part)
    app.register_blueprint(hooks.part)
    app.register_blueprint(plugin_calls.part)
    app.register_blueprint(claims.part)
    public.add_pages(app)
    add_check(app)
    app.add_url_rule("/openapi.json", view_func=lambda: _document(app), endpoint="openapi")
    return app


def _context(settings: Settings, services: Services) -> Context:
    return Context(
        services=services,
        readiness=Readiness(services),
        doorkeys=Doorkeys.from_settings(settings),
        doorbells=Together(partial(doorbell.ring, services)),
    )


def _for_requests(services: Services) -> Services:
    wait = min(services.timing.lease_wait, LONGEST_LEASE_WAIT)
    return replace(services, timing=replace(services.timing, lease_wait=wait))


def _document(app: OpenAPI) -> Response:
    document: dict[str, Any] = app.api_doc
    return Response(json.dumps(document, ensure_ascii=False), mimetype="application/json")
