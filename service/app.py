"""The one place that builds and connects everything."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import wp_bridge
from service.beacons.drand import DrandBeacon, make_http
from service.blog import ConnectedBlog
from service.domain.contest import Search, XSearch
from service.domain.errors import BadInput, TirageError
from service.logs import set_up_logs
from service.mail import SmtpMailer, read_sender
from service.networks.bluesky import BlueskyNetwork
from service.networks.http import Http
from service.networks.mastodon import MastodonNetwork
from service.networks.origins import read_origins
from service.networks.registry import AllNetworks, Reader
from service.networks.x import XNetwork
from service.settings import Settings, read_settings
from service.storage import connections
from service.storage.connections import Handover
from service.storage.store import Store
from service.usecases.ports import BlogProblem, Mailer, NoMailer, Source
from service.usecases.services import Services, utc_now
from service.vault import Vault

if TYPE_CHECKING:
    from flask_openapi3.openapi import OpenAPI

# A thread that reads ahead must not wait Python's usual 5 ms for its turn with each piece of an answer.
SWITCH_SECONDS = 0.0005
X_PAGE_BYTES = 20_000_000  # a page of a hundred posts of 25,000 signs each, which is paid for


def make_services(settings: Settings) -> Services:
    """What the use cases need. Opens the database lazily and the blog when it is first asked something."""
    sys.setswitchinterval(SWITCH_SECONDS)
    store, vault = Store(settings.database_url), Vault(settings.secret_key.get_secret_value())
    networks = make_networks(settings)
    reader = Reader(networks.all())
    return Services(
        store=store,
        blog=ConnectedBlog(
            lambda: connect_blog(settings, store, vault), which=lambda: _handed_over(settings, store), reader=reader
        ),
        public_url=str(settings.public_url),
        timing=settings.timing,
        vault=vault,
        open_blog=lambda url, user, password: ConnectedBlog(lambda: _connect(settings, url, user, password)),
        is_blog_fixed=settings.names_a_blog,
        networks=networks,
        beacon=DrandBeacon(
            make_http(user_agent=f"Tirage (+{settings.public_url})", origins=read_origins(settings.network_origins)),
            chain=settings.chain,
        ),
        mailer=make_mailer(settings),
        randomness=settings.usual_randomness,
        personal_data_days=settings.personal_data_days,
    )


def make_networks(settings: Settings) -> AllNetworks:
    """Every network that entrants may post on, with the keys that the settings hold."""
    agent, origins = f"Tirage (+{settings.public_url})", read_origins(settings.network_origins)
    http = Http(user_agent=agent, origins=origins)
    x_http = Http(user_agent=agent, origins=origins, max_bytes=X_PAGE_BYTES)
    x_keyless = XNetwork(x_http, clock=utc_now)
    x = XNetwork(
        x_http,
        bearer_token=settings.x_bearer_token.get_secret_value(),
        user_token=settings.x_user_token.get_secret_value(),
        user_id=settings.x_user_id,
        clock=utc_now,
    )
    mastodon = MastodonNetwork(
        http,
        tokens=settings.mastodon_token_map,
        share_server=settings.mastodon_share_server,
        clock=utc_now,
    )
    bluesky = BlueskyNetwork(
        http,
        handle=settings.bluesky_handle,
        app_password=settings.bluesky_app_password.get_secret_value(),
        clock=utc_now,
    )

    def sources(search: Search) -> list[Source]:
        found: list[Source] = []
        if search.x is not XSearch.OFF:
            found.append(x.source(search.x))
        try:
            found += mastodon.sources(search.mastodon)
        except ValueError as error:
            raise BadInput(f"Mastodon is searched by the names of servers, such as mastodon.social: {error}.") from None
        if search.bluesky:
            found.append(bluesky.source())
        return found

    return AllNetworks([x, mastodon, bluesky], [x_keyless], sources=sources)


def make_mailer(settings: Settings) -> Mailer:
    """Sends mails by the mail server that the settings name; without one, moderators send them."""
    if not settings.smtp_host:
        return NoMailer()
    return SmtpMailer(
        host=settings.smtp_host,
        port=settings.smtp_port,
        security=settings.smtp_security,
        sender=read_sender(settings.mail_from),
        user=settings.smtp_user,
        password=settings.smtp_password.get_secret_value(),
        clock=utc_now,
    )


def connect_blog(settings: Settings, store: Store, vault: Vault) -> wp_bridge.Blog:
    """Connect to the blog that the settings name, else to the one that the plugin handed over.

    Raises BlogProblem when there is neither, BlogError.
    """
    try:
        handover = _handed_over(settings, store)
        if handover is not None:
            return _connect(settings, handover.url, handover.user, vault.unlock(handover.password))
        settings.require_blog()
    except TirageError as error:
        raise BlogProblem(error.message, code=error.code, permanent=True) from error
    return _connect(
        settings, settings.wordpress_url, settings.wordpress_user, settings.wordpress_password.get_secret_value()
    )


def _handed_over(settings: Settings, store: Store) -> Handover | None:
    """What the plugin handed over last, where the settings leave the blog open."""
    if settings.names_a_blog:
        return None
    with store.read() as tx:
        return connections.find(tx)


def _connect(settings: Settings, url: str, user: str, password: str) -> wp_bridge.Blog:
    return wp_bridge.connect(
        url,
        user=user,
        password=password,
        api=settings.wordpress_api.value,
        timeout=settings.wordpress_timeout_seconds,
        user_agent=f"Tirage (+{settings.public_url})",
    )


def create_app(settings: Settings | None = None, services: Services | None = None) -> OpenAPI:
    """The web application; makes no network request. Without settings it is a process of its own: reads them, sets up
    the logs. Raises BadInput for wrong settings.
    """
    from service.web.site import build  # here, so that the CLI and the worker don't load a web framework

    if settings is None:
        settings = read_settings()
        set_up_logs(settings.log_level)
    return build(settings, services or make_services(settings))
