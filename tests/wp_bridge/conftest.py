"""Blogs, posts and connections for the bridge's tests."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Protocol

import pytest

import wp_bridge
from testbed.proxy import Proxy
from testbed.site import Site
from wp_bridge import Blog

APIS = ["rest", "xmlrpc"]


class Connect(Protocol):
    """`connect(site)` as the moderator, with whatever a test wants otherwise."""

    def __call__(self, site: Site, **wishes: Any) -> Blog: ...


@pytest.fixture
def connect() -> Iterator[Connect]:
    """Connects as the moderator, and closes in the end."""
    opened: list[Blog] = []

    def connect(site: Site, **wishes: Any) -> Blog:
        user = wishes.pop("user", "moderateur")
        password = wishes.pop("password", None) or site.users[user].app_password
        url = wishes.pop("url", site.base_url)
        blog = wp_bridge.connect(url, user=user, password=password, **wishes)
        opened.append(blog)
        return blog

    yield connect
    for blog in opened:
        blog.close()


@pytest.fixture(scope="session", params=["6.1", "6.8"])
def site(request: pytest.FixtureRequest) -> Site:
    """Each WordPress in turn."""
    fixture = {"6.1": "wordpress", "6.8": "wordpress_68"}[request.param]
    found: Site = request.getfixturevalue(fixture)
    return found


@pytest.fixture(scope="session", params=APIS)
def blog(request: pytest.FixtureRequest, site: Site) -> Iterator[Blog]:
    """Each WordPress over each API in turn."""
    password = site.users["moderateur"].app_password
    blog = wp_bridge.connect(site.base_url, user="moderateur", password=password, api=request.param)
    yield blog
    blog.close()


@pytest.fixture
def new_post(site: Site) -> Callable[..., int]:
    """Makes a post on `site`."""
    return lambda title="Concours", **wishes: site.create_post(title, "Un livre à gagner.", **wishes)


@pytest.fixture
def post_id(new_post: Callable[..., int]) -> int:
    """A published post on `site`."""
    return new_post()


@pytest.fixture
def proxy(wordpress: Site) -> Iterator[Proxy]:
    """Something that can misbehave in front of WordPress 6.1."""
    with Proxy(wordpress.base_url) as proxy:
        yield proxy
