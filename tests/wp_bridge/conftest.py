"""Blogs, posts and connections for the bridge's tests."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Protocol

import pytest

import wp_bridge
from testbed.proxy import Proxy
from testbed.proxy_rules import Rules
from testbed.site import Site
from wp_bridge import Blog, transport
from wp_bridge.connecting import Api

APIS: list[Api] = ["rest", "xmlrpc"]


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


@pytest.fixture(scope="session", params=["6.1", "6.8", "6.8-plugin"])
def site(request: pytest.FixtureRequest) -> Site:
    """Each WordPress in turn, and one with the plugin, whose own routes are used over REST."""
    fixture = {"6.1": "wordpress", "6.8": "wordpress_68", "6.8-plugin": "wordpress_with_plugin"}[request.param]
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


@dataclass
class Behind:
    """A connected blog and the proxy in front of it, which misbehaves until the test ends."""

    blog: Blog
    proxy: Proxy

    def times_commented(self) -> int:
        """How often a comment was sent so far."""
        if self.blog.api == "rest":
            return self.proxy.count(method="POST", path="/comments")
        return self.proxy.count(body="wp.newComment")

    def when_commenting(self) -> Rules:
        """A rule for the request that sends a comment."""
        if self.blog.api == "rest":
            return self.proxy.when(method="POST", path="/comments")
        return self.proxy.when(body="wp.newComment")


@pytest.fixture(scope="session")
def all_behind(wordpress: Site) -> Iterator[dict[Api, Behind]]:
    """WordPress 6.1 over each API, connected once, with short limits."""
    password = wordpress.users["moderateur"].app_password
    wishes: dict[str, Any] = {"user": "moderateur", "password": password, "timeout": 3, "max_bytes": 1024 * 1024}
    with Proxy(wordpress.base_url) as first, Proxy(wordpress.base_url) as second:
        proxies = dict(zip(APIS, (first, second), strict=True))
        blogs = {api: wp_bridge.connect(proxy.url, **wishes, api=api) for api, proxy in proxies.items()}
        yield {api: Behind(blogs[api], proxies[api]) for api in APIS}
        for blog in blogs.values():
            blog.close()


@pytest.fixture
def rest_behind(all_behind: dict[Api, Behind], monkeypatch: pytest.MonkeyPatch) -> Iterator[Behind]:
    """A blog over REST behind a proxy."""
    yield from _until_it_behaves(all_behind["rest"], monkeypatch)


@pytest.fixture
def xmlrpc_behind(all_behind: dict[Api, Behind], monkeypatch: pytest.MonkeyPatch) -> Iterator[Behind]:
    """A blog over XML-RPC behind a proxy."""
    yield from _until_it_behaves(all_behind["xmlrpc"], monkeypatch)


@pytest.fixture(params=APIS)
def behind(
    request: pytest.FixtureRequest, all_behind: dict[Api, Behind], monkeypatch: pytest.MonkeyPatch
) -> Iterator[Behind]:
    """A blog over each API in turn behind a proxy."""
    yield from _until_it_behaves(all_behind[request.param], monkeypatch)


def _until_it_behaves(behind: Behind, monkeypatch: pytest.MonkeyPatch) -> Iterator[Behind]:
    monkeypatch.setattr(transport, "_FIRST_PAUSE", 0.01)
    yield behind
    behind.proxy.clear()


@pytest.fixture(scope="session")
def commented_post_id(wordpress: Site) -> int:
    """A post on WordPress 6.1 with a comment or more, for tests that don't mind what else stands there."""
    post_id = wordpress.create_post("Concours")
    wordpress.insert_comments(post_id, [{"content": "Moi"}])
    return post_id
