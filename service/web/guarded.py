"""The parts of the API: all under one address, all behind a token, all with the same care for bodies."""

from __future__ import annotations

from flask_openapi3.blueprint import APIBlueprint

from service.web.auth import require_token
from service.web.bodies import require_json_object


def guarded(name: str) -> APIBlueprint:
    """A part of the API, to which a module adds its routes."""
    part = APIBlueprint(name, __name__, url_prefix="/api/v1", abp_security=[{"bearer": []}])
    part.before_request(require_token)
    part.before_request(require_json_object)
    return part
