"""How Bluesky is searched: each part of the message, with a login, and what comes back is sifted."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from service.networks.bluesky import BlueskyNetwork
from service.usecases.ports import NetworkProblem, Source
from testbed.bluesky import LOGIN_HOST, PUBLIC_HOST, Bluesky
from testbed.standin import Answer
from tests.networks.searching import plan_for, run
from tests.networks.worlds import LINK, http_to, now

pytestmark = pytest.mark.xdist_group("networks")


@pytest.fixture
def source(bluesky: Bluesky) -> Source:
    bluesky.join("blog.example")
    return source_of(bluesky, handle="blog.example", app_password=bluesky.password_of("blog.example"))


def source_of(bluesky: Bluesky, **wishes: Any) -> Source:
    return BlueskyNetwork(http_to(bluesky), clock=now, **wishes).source()


def keys(entries: list[str]) -> set[str]:
    return {entry.rpartition("/")[2] for entry in entries}


def test_posts_with_any_part_of_the_message_are_found(bluesky, source):
    texts = (f"I'm in {LINK}", "I'm in #Win", "I'm in @blog.example", "I'm not", f"Loosely {LINK}/other")
    addresses = [bluesky.post("ana.example", text) for text in texts]
    plan = plan_for(links=(LINK,), hashtags=("win",), mentions=("blog.example", "blog", "blog@mastodon.example"))
    assert keys(run(source, plan).entries) == keys(addresses[:3])
    assert bluesky.count("searchPosts") == 3
    assert bluesky.count("createSession") == 1
    assert {asked.host for asked in bluesky.requests} == {LOGIN_HOST}


def test_a_source_tells_its_name_and_what_it_asks(source):
    assert (source.name, source.page_cost) == ("bluesky:search", 0)
    plan = plan_for(links=(LINK,), hashtags=("Win",), mentions=("blog.example", "blog"))
    assert source.query(plan) == f"{LINK}, #win, @blog.example"
    assert "nothing" in source.query(plan_for(text="I'm in"))


def test_a_message_of_words_alone_is_searched_for_by_nobody(bluesky, source):
    [page] = run(source, plan_for(text="I'm in", mentions=("blog",))).pages
    assert (page.posts, page.is_last, bluesky.requests) == ((), True, [])


def test_all_pages_of_a_search_are_read(bluesky, source):
    addresses = [bluesky.post("ana.example", f"{number} #win") for number in range(230)]
    found = run(source, plan_for(hashtags=("win",)))
    assert keys(found.entries) == keys(addresses)
    assert len(found.pages) == 3


def test_posts_made_big_dont_end_a_search(bluesky):
    bluesky.searches_without_login = True
    addresses = [bluesky.post("ana.example", f"#win {'x' * 20_000}") for _ in range(10)]
    source = BlueskyNetwork(http_to(bluesky, max_bytes=210_000), clock=now).source()
    bluesky.fail(Answer(200, "x" * 300_000))
    assert keys(run(source, plan_for(hashtags=("win",))).entries) == keys(addresses)


def test_only_posts_of_the_contests_time_are_found(bluesky, source):
    for hours in (-30, 30):
        bluesky.post("ana.example", "#win", posted_at=now() + timedelta(hours=hours))
    inside = bluesky.post("ana.example", "#win", posted_at=now() - timedelta(hours=23))
    assert keys(run(source, plan_for(hashtags=("win",))).entries) == keys([inside])


def test_the_next_run_looks_back_an_hour_for_what_was_indexed_late(bluesky, source):
    plan = plan_for(hashtags=("win",))
    bluesky.post("ana.example", "#win", posted_at=now() - timedelta(hours=2))
    cursor = run(source, plan).cursor
    late = bluesky.post("ana.example", "#win", posted_at=now() - timedelta(minutes=50))
    second = run(source, plan, cursor)
    assert keys(second.entries) == keys([late])
    assert set(second.cursor) == {"since"}


def test_a_run_that_was_broken_off_goes_on_where_it_was(bluesky, source):
    addresses = [bluesky.post("ana.example", f"{number} #win") for number in range(150)]
    plan = plan_for(hashtags=("win",))
    first = source.page(plan, {})
    rest = run(source, plan, first.cursor)
    assert not first.is_last
    assert keys([post.entry for post in first.posts] + rest.entries) == keys(addresses)


def test_a_session_that_ran_out_is_begun_anew(bluesky, source):
    bluesky.post("ana.example", "#win")
    run(source, plan_for(hashtags=("win",)))
    bluesky.end_sessions()
    assert len(run(source, plan_for(hashtags=("win",))).entries) == 1
    assert bluesky.count("createSession") == 2


def test_a_token_that_is_never_taken_is_given_up(bluesky, source):
    bluesky.fail(Answer(401, {"error": "InvalidToken"}), path="searchPosts", times=9)
    with pytest.raises(NetworkProblem) as caught:
        run(source, plan_for(hashtags=("win",)))
    assert (caught.value.code, bluesky.count("searchPosts")) == ("key_refused", 1)


def test_without_a_login_the_search_asks_for_one(bluesky):
    with pytest.raises(NetworkProblem, match="app password") as caught:
        run(source_of(bluesky), plan_for(hashtags=("win",)))
    assert (caught.value.code, caught.value.permanent) == ("needs_login", True)
    assert bluesky.count("createSession") == 0


def test_without_a_login_the_search_works_where_bluesky_lets_it(bluesky):
    bluesky.searches_without_login = True
    bluesky.post("ana.example", "#win")
    assert len(run(source_of(bluesky), plan_for(hashtags=("win",))).entries) == 1
    assert {asked.host for asked in bluesky.requests} == {PUBLIC_HOST}


@pytest.mark.parametrize("answer", [Answer(500), Answer(200, "<html>"), Answer(200, {"posts": 5}), Answer(200, [])])
def test_an_answer_that_is_no_search_is_a_problem(bluesky, source, answer):
    bluesky.fail(answer, path="searchPosts")
    with pytest.raises(NetworkProblem) as caught:
        run(source, plan_for(hashtags=("win",)))
    assert caught.value.code == "bad_answer"


@pytest.mark.parametrize("answer", [Answer(500), Answer(200, {}), Answer(200, {"accessJwt": 5}), Answer(200, "x")])
def test_a_login_that_gives_no_token_is_a_problem(bluesky, source, answer):
    bluesky.fail(answer, path="createSession")
    with pytest.raises(NetworkProblem) as caught:
        run(source, plan_for(hashtags=("win",)))
    assert caught.value.code == "bad_answer"


def test_posts_of_another_shape_are_passed_over(bluesky, source):
    good = bluesky.post("ana.example", "#win")
    run(source, plan_for(hashtags=("win",)))
    [shown] = [answer.body["posts"] for answer in bluesky.answers if "posts" in answer.body]
    bluesky.fail(Answer(200, {"posts": [5, {}, {"uri": "x"}, *shown, None], "cursor": 7}), path="searchPosts")
    assert keys(run(source, plan_for(hashtags=("win",))).entries) == keys([good])


def test_a_search_that_names_the_same_page_twice_is_told_as_a_gap(bluesky, source):
    bluesky.post("ana.example", "#win")
    run(source, plan_for(hashtags=("win",)))
    shown = bluesky.answers[-1].body["posts"]
    bluesky.fail(Answer(200, {"posts": shown, "cursor": "1"}), path="searchPosts", times=9)
    pages = run(source, plan_for(hashtags=("win",))).pages
    assert [bool(page.gap) for page in pages] == [False, True]
