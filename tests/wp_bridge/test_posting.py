"""Writing comments on blogs whose database is old."""

from __future__ import annotations

import html

import pytest

import wp_bridge
from testbed.proxy import Proxy
from testbed.site import Site
from tests.wp_bridge.conftest import APIS, Connect

TEXT = 'Bravo \U0001f389\U0001f469\u200d\U0001f467 Zoé ! <a href="https://draw.example/9">La preuve</a>'


@pytest.mark.parametrize("api", APIS)
def test_emoji_reach_a_database_of_three_byte_characters(
    connect: Connect, wordpress_on_mariadb: Site, api: str
) -> None:
    post_id = wordpress_on_mariadb.create_post("Vieux blog")
    blog = connect(wordpress_on_mariadb, api=api)
    comment = blog.add_comment(post_id, TEXT)
    assert html.unescape(comment.content).startswith("Bravo \U0001f389\U0001f469\u200d\U0001f467 Zoé !")
    assert blog.find_own_comment(post_id, "https://draw.example/9") == comment
    assert blog.count_comments(post_id).total == 1


def test_a_comment_that_was_stored_after_all_is_not_sent_again(connect: Connect, wordpress: Site, proxy: Proxy) -> None:
    """REST says that the database failed, though the comment is there."""
    post_id = wordpress.create_post("Deux fois")
    blog = connect(wordpress, url=proxy.url, api="rest")
    body = '{"code":"rest_comment_failed_create","message":"","data":{"status":500}}'
    proxy.when(method="POST").answer(500, body, {"Content-Type": "application/json"}, after=True)
    comment = blog.add_comment(post_id, TEXT)
    assert proxy.count(method="POST") == 1
    assert blog.count_comments(post_id).total == 1
    assert comment == blog.find_own_comment(post_id, "https://draw.example/9")


def test_a_text_without_emoji_is_not_sent_again(connect: Connect, wordpress: Site, proxy: Proxy) -> None:
    post_id = wordpress.create_post("Une fois")
    blog = connect(wordpress, url=proxy.url, api="rest")
    body = '{"code":"rest_comment_failed_create","message":"","data":{"status":500}}'
    proxy.when(method="POST").answer(500, body, {"Content-Type": "application/json"})
    with pytest.raises(wp_bridge.BlogUnreachable):
        blog.add_comment(post_id, "Bravo")
    assert proxy.count(method="POST") == 1


@pytest.mark.parametrize("api", APIS)
def test_a_duplicate_differs_in_more_than_case_and_accents_on_mariadb(
    connect: Connect, wordpress_on_mariadb: Site, api: str
) -> None:
    post_id = wordpress_on_mariadb.create_post("Doublon")
    blog = connect(wordpress_on_mariadb, api=api)
    blog.add_comment(post_id, "Bravo Zoé !")
    with pytest.raises(wp_bridge.DuplicateComment):
        blog.add_comment(post_id, "bravo zoe !")


@pytest.mark.parametrize("api", APIS)
def test_a_script_is_stored_as_sent(connect: Connect, wordpress: Site, api: str) -> None:
    """A moderator may write any HTML: who calls this must escape what strangers wrote."""
    post_id = wordpress.create_post("Script")
    comment = connect(wordpress, api=api).add_comment(post_id, "<script>alert(1)</script> &lt;b&gt; &")
    assert comment.content == "<script>alert(1)</script> &lt;b&gt; &"
