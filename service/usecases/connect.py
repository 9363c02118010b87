"""Connect to the blog that the plugin hands over: tried first, then kept with its password encrypted."""

from __future__ import annotations

from dataclasses import dataclass, field

from service.domain.contest import Phase
from service.domain.errors import Conflict
from service.domain.reports import SiteFacts
from service.storage import connections, contests, inbox
from service.storage.connections import Handover
from service.usecases.services import Services

UNFINISHED = tuple(phase for phase in Phase if phase is not Phase.ANNOUNCED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """A blog's address and a moderator's login."""

    url: str
    user: str
    password: str = field(repr=False)


def connect(services: Services, given: Credentials) -> SiteFacts:
    """Try the credentials, keep them, and have every waiting contest go on.

    Raises Conflict where the settings name the blog or lack the key to encrypt with, BlogProblem.
    """
    if services.is_blog_fixed:
        raise Conflict(
            "The service's settings name a blog themselves: take WORDPRESS_URL, WORDPRESS_USER and "
            "WORDPRESS_PASSWORD out of them to connect from here, or leave it as it is.",
            code="blog_fixed",
        )
    password = services.vault.lock(given.password)  # before anything is asked: without a key there is no use
    blog = services.open_blog(given.url, given.user, given.password)
    site = blog.site()
    blog.check()
    now = services.clock()
    with services.store.write() as tx:
        connections.save(tx, Handover(url=given.url, user=given.user, password=password, connected_at=now))
        for contest_id in inbox.contests_in(tx, UNFINISHED):
            contests.ring(tx, contest_id, at=now)
    return site
