"""What a view is given with every request: the services, who acts, the request's own id."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Flask, current_app, g

from service.usecases.doorbell import Delivery
from service.usecases.services import Services
from service.web.doorkeys import Doorkeys
from service.web.readiness import Readiness
from service.web.together import Together

_NAME = "tirage"


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """Built once an application, in `service.web.site`."""

    services: Services
    readiness: Readiness
    doorkeys: Doorkeys
    doorbells: Together[Delivery, bool]


def attach(app: Flask, context: Context) -> None:
    """Give an application its context."""
    app.extensions[_NAME] = context


def context() -> Context:
    """The running application's context."""
    found: Context = current_app.extensions[_NAME]
    return found


def services() -> Services:
    """The running application's services."""
    return context().services


def actor() -> str:
    """The name of the token that this request came with."""
    return str(g.actor)


def request_id() -> str:
    """The id under which the log tells of this request; empty outside of one."""
    return str(g.get("request_id", ""))
