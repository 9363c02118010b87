"""Reading many comments: which pages are asked for, how many at once, and what survives changes meanwhile."""

from __future__ import annotations

import threading
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from testbed.site import Site
from tests.wp_bridge.conftest import APIS, Behind, Connect
from wp_bridge import Blog, rest_pages, xmlrpc_pages

FIRST = datetime(2026, 11, 1, tzinfo=UTC)


def ids(blog: Blog, post_id: int) -> list[int]:
    return [comment.id for page in blog.comments(post_id) for comment in page]


def asked_ids(query: rest_pages.Query) -> list[int]:
    return [int(number) for number in query["include"].split(",")]


def test_ids_close_together_are_asked_for_in_windows() -> None:
    windows = [asked_ids(query) for query in rest_pages.plan(250, 1001, 1300)]
    assert [number for window in windows for number in window] == list(range(1001, 1301))
    assert [len(window) for window in windows] == [100, 100, 100]


def test_scattered_ids_are_asked_for_in_overlapping_pages() -> None:
    offsets = [int(query["offset"]) for query in rest_pages.plan(250, 1, 10_000)]
    assert offsets == [0, 95, 190]


@given(
    count=st.integers(1, 3000), lowest=st.integers(1, 10**9), sparseness=st.integers(0, 5000), below=st.integers(0, 50)
)
def test_every_comment_is_on_a_planned_page(count: int, lowest: int, sparseness: int, below: int) -> None:
    highest = lowest + count - 1 + sparseness
    queries = list(rest_pages.plan(count, lowest, highest))
    if "include" in queries[0]:
        numbers = [number for query in queries for number in asked_ids(query)]
        assert numbers == list(range(lowest, highest + 1))
        assert len(queries) <= 1 + 1.5 * count / 100
    else:
        seen = {place for query in queries for place in range(int(query["offset"]), int(query["offset"]) + 100)}
        assert set(range(count)) <= seen
        assert len(queries) <= 1 + 1.06 * count / 100
    for query in queries:
        parts = list(rest_pages.smaller(query))
        if "include" in query:
            assert [number for part in parts for number in asked_ids(part)] == asked_ids(query)
        else:
            assert [int(part["offset"]) for part in parts] == [
                int(query["offset"]) + step for step in range(0, 100, 10)
            ]


@pytest.mark.parametrize("api", APIS)
def test_a_thousand_comments_are_read(connect: Connect, site: Site, api: str) -> None:
    post_id = site.create_post("Mille")
    site.bulk_comments(post_id, 1000, first_date_gmt=FIRST, seconds_apart=0)  # all in one second: no stable order
    blog = connect(site, api=api)
    found = ids(blog, post_id)
    assert len(set(found)) == 1000
    assert blog.count_comments(post_id).approved == 1000


def test_scattered_comments_are_read(rest_behind: Behind, wordpress: Site) -> None:
    post_id, other = wordpress.create_post("Un"), wordpress.create_post("Autre")
    for _ in range(3):
        wordpress.bulk_comments(post_id, 50, first_date_gmt=FIRST)
        wordpress.bulk_comments(other, 200, first_date_gmt=FIRST)
    found = ids(rest_behind.blog, post_id)
    assert len(set(found)) == 150
    assert rest_behind.proxy.count(path="offset=95") == 1


@pytest.mark.parametrize("api", APIS)
def test_broken_into_pages_or_not_the_same_comes(connect: Connect, wordpress: Site, api: str) -> None:
    post_id = wordpress.create_post("Pages")
    wordpress.bulk_comments(post_id, 130, first_date_gmt=FIRST)
    blog = connect(wordpress, api=api)
    before = sorted(ids(blog, post_id))
    wordpress.break_comments_into_pages(20)
    try:
        assert sorted(ids(blog, post_id)) == before
    finally:
        wordpress.break_comments_into_pages(0)


@pytest.mark.parametrize("api", APIS)
def test_comments_deleted_while_reading_hide_no_other(
    connect: Connect, wordpress: Site, monkeypatch: pytest.MonkeyPatch, api: str
) -> None:
    monkeypatch.setattr(rest_pages, "SPARSEST", 0)
    monkeypatch.setattr(rest_pages, "CONNECTIONS", 1)
    monkeypatch.setattr(xmlrpc_pages, "_QUICK", 0)  # pages of a hundred
    post_id = wordpress.create_post("Supprimés")
    wordpress.bulk_comments(post_id, 300, first_date_gmt=FIRST)
    blog = connect(wordpress, api=api)
    everyone = set(ids(blog, post_id))
    reading = blog.comments(post_id)
    seen = {comment.id for comment in next(reading)}
    gone = sorted(seen)[:3]
    wordpress.php("foreach ($args['ids'] as $id) { wp_delete_comment($id, true); }", ids=gone)
    seen |= {comment.id for page in reading for comment in page}
    assert seen == everyone


def test_longest_comments_are_read_in_smaller_pages(behind: Behind, wordpress: Site) -> None:
    """A hundred of these fill 7 MB of JSON or 1.2 MB of XML, and the limit is 1 MiB."""
    post_id = wordpress.create_post("Longs")
    expected = wordpress.insert_comments(post_id, [{"content": "\U0001f389" * 3_000}] * 105)
    assert sorted(set(ids(behind.blog, post_id))) == expected


def test_a_reading_that_is_given_up_leaves_no_thread(rest_behind: Behind, wordpress: Site) -> None:
    post_id = wordpress.create_post("Abandon")
    wordpress.bulk_comments(post_id, 2000, first_date_gmt=FIRST)
    seen = len(rest_behind.proxy.requests)
    reading = rest_behind.blog.comments(post_id)
    assert len(next(reading)) == 100
    reading.close()  # type: ignore[attr-defined]
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("wp_bridge")]
    assert len(rest_behind.proxy.requests) - seen <= 2 + 2 * rest_pages.CONNECTIONS


def test_an_error_in_the_middle_ends_the_reading(rest_behind: Behind, wordpress: Site) -> None:
    post_id = wordpress.create_post("Milieu")
    wordpress.bulk_comments(post_id, 1000, first_date_gmt=FIRST)
    reading = rest_behind.blog.comments(post_id)
    next(reading)
    rest_behind.proxy.when().login_page()
    with pytest.raises(Exception, match="a page instead of data"):
        list(reading)
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("wp_bridge")]


def test_xmlrpc_reads_again_when_wordpress_counts_more(
    xmlrpc_behind: Behind, wordpress: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ties of one second may fall between two pages; then the count shows that some are missing."""
    monkeypatch.setattr(xmlrpc_pages, "OVERLAP", -20)  # skips twenty between two pages
    monkeypatch.setattr(xmlrpc_pages, "_QUICK", 0)
    post_id = wordpress.create_post("Trous")
    wordpress.bulk_comments(post_id, 300, first_date_gmt=FIRST)
    found = ids(xmlrpc_behind.blog, post_id)
    assert len(found) == len(set(found))
    assert len(found) > 280


@pytest.mark.parametrize(
    ("size", "seconds", "following"), [(100, 0.2, 200), (800, 0.2, 1000), (100, 3.0, 100), (100, 9.0, 50), (30, 9, 20)]
)
def test_xmlrpc_pages_grow_while_they_are_quick(size: int, seconds: float, following: int) -> None:
    assert xmlrpc_pages._next_size(size, seconds) == following
