"""The adapter onto wp_bridge: when it connects anew."""

from __future__ import annotations

from typing import Any

import pytest

import wp_bridge
from service import blog as adapter
from service.blog import ConnectedBlog
from service.usecases.ports import BlogProblem


class Bridge:
    """As much of a connection as is needed here; `error` is raised by a check."""

    clock = None
    error: wp_bridge.BlogError | None = None

    def check(self) -> None:
        if self.error:
            raise self.error


@pytest.fixture
def made() -> list[Any]:
    """Every connection that was made."""
    return []


@pytest.fixture
def blog(made: list[Any]) -> ConnectedBlog:
    def connect() -> Any:
        made.append(Bridge())
        return made[-1]

    return ConnectedBlog(connect)


def test_one_connection_serves_for_a_while_and_then_what_changed_is_found(
    blog: ConnectedBlog, made: list[Any], monkeypatch: pytest.MonkeyPatch
):
    now = 1000.0
    monkeypatch.setattr(adapter, "monotonic", lambda: now)
    blog.check()
    now += adapter.CONNECTION_SECONDS
    blog.check()
    assert len(made) == 1
    now += 1
    blog.check()
    assert len(made) == 2


@pytest.mark.parametrize("error", [wp_bridge.NotABlog("gone"), wp_bridge.CredentialsRefused("no")])
def test_a_route_or_login_that_is_gone_is_looked_for_anew(
    blog: ConnectedBlog, made: list[Any], error: wp_bridge.BlogError
):
    blog.check()
    made[0].error = error
    with pytest.raises(BlogProblem):
        blog.check()
    blog.check()
    assert len(made) == 2


def test_a_blog_that_is_only_down_is_asked_over_the_same_connection(blog: ConnectedBlog, made: list[Any]):
    blog.check()
    made[0].error = wp_bridge.BlogUnreachable("down")
    with pytest.raises(BlogProblem):
        blog.check()
    made[0].error = None
    blog.check()
    assert len(made) == 1
