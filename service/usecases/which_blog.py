"""Which blog we work with: whether it answers, and whether it is the one that asks."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

from service.domain.errors import Conflict
from service.domain.reports import SiteFacts
from service.storage import connections
from service.usecases.ports import Blog, BlogProblem
from service.usecases.services import Services

_USUAL_PORTS = (None, 80, 443)


def look(services: Services) -> SiteFacts:
    """What the blog says of itself, with the moderator's right checked, while somebody waits for it.

    Raises BlogProblem, also once it took longer than `timing.look`: the blog's own time-out may be far longer than the
    plugin waits for us.
    """
    pool = ThreadPoolExecutor(max_workers=1)
    try:
        return pool.submit(_look, services.blog).result(timeout=services.timing.look)
    except TimeoutError:
        raise BlogProblem(
            f"The blog didn't answer the service within {services.timing.look:g} seconds: check that the service's "
            "machine reaches the blog's address, and that the blog can serve two requests at once.",
            code="blog_unreachable",
        ) from None
    finally:
        pool.shutdown(wait=False)


def _look(blog: Blog) -> SiteFacts:
    blog.check()
    return blog.site()


def refuse_other_blog(services: Services, url: str) -> None:
    """On a network of sites the posts of two blogs have the same ids. Raises Conflict, BlogProblem.

    A blog that was handed over is known by that address, without asking it.
    """
    with services.store.read() as tx:
        handover = None if services.is_blog_fixed else connections.find(tx)
    if handover is None and not services.is_blog_fixed:
        return  # no blog is connected, which whoever needs one is told
    ours = handover.url if handover else services.blog.site().url
    if _bare(ours) != _bare(url):
        raise Conflict(
            f"This service works with the blog at {ours}: connect it to the one at {url}, or give that a service of "
            "its own.",
            code="other_blog",
        )


def _bare(url: str) -> tuple[str, int | None, str]:
    """An address without what differs between two spellings: http or https, www., small letters, the last slash."""
    parts = urlsplit(url)
    host = (parts.hostname or "").removeprefix("www.")
    return host, None if parts.port in _USUAL_PORTS else parts.port, parts.path.rstrip("/")
