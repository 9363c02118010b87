"""The plugin's routes from our side: found by themselves, used where they are, done without where they aren't."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

import wp_bridge
from testbed.proxy import Proxy
from testbed.site import Site
from tests.wp_bridge.conftest import Connect
from wp_bridge import Blog, rest_plugin

COMMENTS, WINNER = "tirage/v1/comments", "tirage/v1/winner-comment"
KEY = "https://draws.example/contests/gagnez/draws/1"


@pytest.fixture
def door(wordpress_with_plugin: Site) -> Iterator[Proxy]:
    with Proxy(wordpress_with_plugin.base_url) as door:
        yield door


@pytest.fixture
def blog(connect: Connect, wordpress_with_plugin: Site, door: Proxy) -> Blog:
    return connect(wordpress_with_plugin, url=door.url)


@pytest.fixture
def post_id(wordpress_with_plugin: Site) -> int:
    return wordpress_with_plugin.create_post("Concours")


def fill(site: Site, post_id: int, number: int, content: str = "Moi") -> list[int]:
    return site.insert_comments(post_id, [{"content": content} for _ in range(number)])


def ids(pages: Iterator[list[wp_bridge.Comment]]) -> list[int]:
    return [comment.id for page in pages for comment in page]


def test_a_thousand_comments_take_one_request(blog: Blog, door: Proxy, wordpress_with_plugin: Site, post_id: int):
    written = fill(wordpress_with_plugin, post_id, 1000)
    assert ids(blog.comments(post_id)) == written
    assert door.count(path=COMMENTS) == 1
    assert ids(blog.comments_after(post_id, written[-3])) == written[-2:]
    assert door.count(path="wp/v2/comments") == 0


def test_pages_follow_one_another_by_id(
    blog: Blog, door: Proxy, wordpress_with_plugin: Site, post_id: int, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(rest_plugin, "FIRST", 7)
    written = fill(wordpress_with_plugin, post_id, 21)
    assert ids(blog.comments(post_id)) == written
    assert door.count(path=COMMENTS) == 3


def test_what_is_too_large_at_once_is_read_in_smaller_parts(
    connect: Connect, wordpress_with_plugin: Site, post_id: int
):
    written = fill(wordpress_with_plugin, post_id, 30, content="x" * 60_000)
    blog = connect(wordpress_with_plugin, max_bytes=1024 * 1024)
    assert ids(blog.comments(post_id)) == written


def test_a_post_without_comments_has_none(blog: Blog, post_id: int):
    assert ids(blog.comments(post_id)) == []
    assert blog.count_comments(post_id).total == 0


def test_a_post_that_is_gone_is_not_found(blog: Blog):
    with pytest.raises(wp_bridge.NotFound):
        ids(blog.comments(999_999))


@pytest.mark.parametrize("odd", ["[]", "{}", '{"comments": 1}', '{"comments": [{"comment_ID": "x"}], "more": true}'])
def test_an_answer_of_another_shape_is_a_broken_answer(blog: Blog, door: Proxy, post_id: int, odd: str):
    door.when(path=COMMENTS).answer(200, odd, {"Content-Type": "application/json"})
    with pytest.raises(wp_bridge.BlogUnreachable):
        ids(blog.comments(post_id))


def test_a_comment_with_a_key_is_written_once(blog: Blog, connect: Connect, wordpress_with_plugin: Site, post_id: int):
    first = blog.add_comment(post_id, f"The winner is Zoé 🎉: {KEY}", key=KEY)
    other = connect(wordpress_with_plugin)
    again = other.add_comment(post_id, f"In other words, Zoé: {KEY}", key=KEY)
    assert (again.id, again.content) == (first.id, f"The winner is Zoé 🎉: {KEY}")
    assert len(ids(blog.comments(post_id))) == 1


def test_an_answer_that_got_lost_is_given_again(blog: Blog, door: Proxy, post_id: int):
    door.when(method="POST", path=WINNER, times=1).fail(after=True)
    with pytest.raises(wp_bridge.BlogUnreachable):
        blog.add_comment(post_id, f"The winner: {KEY}", key=KEY)
    assert ids(blog.comments(post_id)) == [blog.add_comment(post_id, f"The winner: {KEY}", key=KEY).id]


def test_closed_comments_are_told_as_such(blog: Blog, wordpress_with_plugin: Site):
    closed = wordpress_with_plugin.create_post("Concours", comment_status="closed")
    with pytest.raises(wp_bridge.CommentsClosed):
        blog.add_comment(closed, f"The winner: {KEY}", key=KEY)


def test_a_key_that_the_comment_does_not_hold_is_refused(blog: Blog, post_id: int):
    with pytest.raises(wp_bridge.CommentRefused):
        blog.add_comment(post_id, "The winner", key=KEY)


def test_a_plugin_that_is_switched_off_is_missed_and_then_done_without(
    connect: Connect, wordpress_with_plugin: Site, post_id: int
):
    written = fill(wordpress_with_plugin, post_id, 3)
    blog = connect(wordpress_with_plugin)
    wordpress_with_plugin.set_option("active_plugins", [])
    try:
        with pytest.raises(wp_bridge.NotABlog):
            ids(blog.comments(post_id))
        assert ids(connect(wordpress_with_plugin).comments(post_id)) == written
    finally:
        wordpress_with_plugin.set_option("active_plugins", ["tirage/tirage.php"])
