"""The one place that builds and connects everything."""

from __future__ import annotations

from typing import TYPE_CHECKING

import wp_bridge
from service.blog import ConnectedBlog
from service.domain.errors import BadInput
from service.settings import Settings, read_settings
from service.storage.store import Store
from service.usecases.ports import BlogProblem
from service.usecases.services import Services

if TYPE_CHECKING:
    from flask_openapi3.openapi import OpenAPI


def make_services(settings: Settings) -> Services:
    """What the use cases need. Opens the database lazily and the blog when it is first asked something."""
    return Services(
        store=Store(settings.database_url),
        blog=ConnectedBlog(lambda: connect_blog(settings)),
        public_url=str(settings.public_url),
        timing=settings.timing,
    )


def connect_blog(settings: Settings) -> wp_bridge.Blog:
    """Connect over the network. Raises BlogProblem when settings are missing, BlogError."""
    try:
        settings.require_blog()
    except BadInput as error:
        raise BlogProblem(error.message, code=error.code, permanent=True) from error
    return wp_bridge.connect(
        settings.wordpress_url,
        user=settings.wordpress_user,
        password=settings.wordpress_password.get_secret_value(),
        api=settings.wordpress_api.value,
        timeout=settings.wordpress_timeout_seconds,
        user_agent=f"Tirage (+{settings.public_url})",
    )


def create_app(settings: Settings | None = None, services: Services | None = None) -> OpenAPI:
    """The web application; makes no network request. Raises BadInput for wrong settings."""
    from service.web.site import build  # here, so that the CLI and the worker don't load a web framework

    settings = settings or read_settings()
    return build(settings, services or make_services(settings))
