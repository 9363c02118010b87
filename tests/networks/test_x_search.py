"""X is searched page by page, for no more than was announced, and what may have been missed is told."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from service.domain.contest import XSearch
from service.domain.posts import Message, SearchPlan
from service.networks.x import XNetwork
from service.networks.x_addresses import first_id_at, time_of
from service.networks.x_query import LONGEST_QUERY, query_of
from service.usecases.ports import NetworkProblem
from testbed.standin import Asked
from testbed.x import Answer, problems, query
from tests.networks.openapi import the_judge
from tests.networks.searching import run
from tests.networks.worlds import http_to, now

LINK = "https://blog.example/2026/11/two-books/"
MESSAGE = Message(links=(LINK,), hashtags=("win",), mentions=("blog",))
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def plan_for(message=MESSAGE, *, begun=DAY, lasts=2 * DAY):
    starts_at = now() - begun
    return SearchPlan(message=message, starts_at=starts_at, ends_at=starts_at + lasts)


@pytest.fixture
def source(x):
    return connect(x)


def connect(x, search=XSearch.RECENT, clock=now, **keys):
    keys = keys or {"bearer_token": x.app_token}
    return XNetwork(http_to(x), clock=clock, user_id=x.join("blog"), **keys).source(search)


def mentions_of_blog(x, clock=now):
    return connect(x, XSearch.MENTIONS, clock, user_token=x.user_token("blog"))


def posted(x, text=f"In! {LINK}", *, ago=MINUTE, by="ana"):
    return f"x:{x.world.find(x.post(by, text, posted_at=now() - ago)).id}"


def test_whatever_carries_a_part_of_the_message_is_found(x, source):
    texts = [f"a {LINK}", "b http://www.blog.example/2026/11/two-books?utm_source=x", "c #Win", "d @Blog"]
    wanted = [posted(x, text, ago=number * MINUTE, by=f"user{number}") for number, text in enumerate(texts, 1)]
    for text in ("e #winner", "f blog", "g https://blog.example/2026/11/", "h win"):
        posted(x, text, by="eve")
    x.repost("eve", f"https://x.com/user1/status/{wanted[0].removeprefix('x:')}")
    found = run(source, plan_for())
    assert found.entries == wanted
    assert {post.author_handle for page in found.pages for post in page.posts} == {"user1", "user2", "user3", "user4"}


def test_the_query_says_what_is_asked(x, source):
    wanted = '(url:"blog.example/2026/11/two-books" OR #win OR @blog) -is:retweet'
    assert source.query(plan_for()) == wanted
    source.page(plan_for(), {})
    assert x.requests[-1].first("query") == wanted


@pytest.mark.parametrize(
    ("message", "wanted"),
    [
        (Message(links=('https://b.example/a"bc?p=1&q="',)), '(url:"b.example/abc?p=1&q=") -is:retweet'),
        (Message(hashtags=("été",)), "(#été) -is:retweet"),
        (Message(mentions=("blog@mastodon.example", "blog.example", "Blog")), "(@blog) -is:retweet"),
        (Message(text='Say "please"'), ""),
    ],
)
def test_what_would_break_a_query_is_left_out(message, wanted):
    assert query_of(message) == wanted
    assert not wanted or query.read(wanted)


def test_a_query_is_no_longer_than_x_takes():
    message = Message(
        links=tuple(f"https://blog.example/{number}/{'x' * 60}" for number in range(20)), hashtags=("win",)
    )
    asked = query_of(message)
    assert 400 < len(asked) <= LONGEST_QUERY
    assert "#win" in asked
    assert query.read(asked)


def test_a_message_of_only_text_is_not_searched_for(x, source):
    plan = plan_for(Message(text="I'm in"))
    assert source.query(plan).startswith("nothing")
    assert run(source, plan).pages[0].posts == ()
    assert x.requests == []


def test_pages_follow_each_other_in_one_window(x, source):
    wanted = [posted(x, ago=number * MINUTE, by=f"user{number}") for number in range(1, 251)]
    found = run(source, plan_for())
    assert found.entries == wanted
    assert [len(page.posts) for page in found.pages] == [100, 100, 50]
    windows = {tuple(asked.first(name) for name in ("since_id", "until_id", "max_results")) for asked in x.requests}
    assert len(windows) == 1
    [(since_id, until_id, most)] = windows
    assert most == "100"
    assert abs((time_of(until_id) or now()) - (now() - timedelta(seconds=30))) < timedelta(seconds=20)
    assert abs((time_of(since_id) or now()) - (now() - DAY)) < MINUTE
    assert not any("start_time" in asked.params or "end_time" in asked.params for asked in x.requests)


def test_the_next_run_asks_only_for_what_is_new(x, source):
    posted(x, ago=9 * MINUTE)
    newest = posted(x, ago=5 * MINUTE, by="ben")
    first = run(source, plan_for())
    assert first.cursor == {"since_id": newest.removeprefix("x:")}
    assert run(source, plan_for(), first.cursor).entries == []
    new = posted(x, ago=MINUTE, by="cleo")
    assert run(source, plan_for(), first.cursor).entries == [new]
    assert x.requests[-1].first("since_id") == newest.removeprefix("x:")


def test_what_is_posted_while_pages_are_read_is_found_by_the_next_run(x, source):
    wanted = [posted(x, ago=number * MINUTE, by=f"user{number}") for number in range(2, 152)]
    first = source.page(plan_for(), {})
    late = posted(x, ago=timedelta(seconds=40), by="late")
    rest = run(source, plan_for(), first.cursor)
    assert [post.entry for post in first.posts] + [each for each in rest.entries if each != late] == wanted
    assert late in rest.entries + run(source, plan_for(), rest.cursor).entries


def test_only_posts_of_the_contests_time_are_asked_for(x, source):
    posted(x, ago=3 * HOUR, by="early")
    inside = posted(x, ago=90 * MINUTE)
    posted(x, ago=10 * MINUTE, by="late")
    plan = plan_for(begun=2 * HOUR, lasts=HOUR)
    assert run(source, plan).entries == [inside]


def test_nothing_is_asked_before_a_contest_begins_and_after_its_end_was_seen(x, source):
    assert run(source, plan_for(begun=-HOUR)).pages[0].is_last
    ended = plan_for(begun=2 * HOUR, lasts=HOUR)
    seen_all = {"since_id": str(first_id_at(ended.ends_at) - 1)}
    assert run(source, ended, seen_all).cursor == seen_all
    assert x.requests == []


def test_a_contest_older_than_x_reaches_back_is_told_of(x, source):
    posted(x, ago=8 * DAY, by="old")
    recent = posted(x, ago=6 * DAY)
    found = run(source, plan_for(begun=9 * DAY, lasts=20 * DAY))
    assert found.entries == [recent]
    assert "seven days" in found.pages[0].gap
    assert run(source, plan_for(begun=9 * DAY, lasts=20 * DAY), found.cursor).pages[0].gap == ""


def test_a_search_without_posts_goes_on_without_a_gap(x, source):
    first = run(source, plan_for(begun=6 * DAY, lasts=30 * DAY))
    later = connect(x, clock=lambda: now() + 5 * DAY)
    x.world.clock = lambda: now() + 5 * DAY
    assert run(later, plan_for(begun=6 * DAY, lasts=30 * DAY), first.cursor).pages[0].gap == ""


def test_where_x_takes_the_window_no_longer_it_goes_on_with_what_x_reaches(x, source):
    recent = posted(x, ago=DAY)
    floor = first_id_at(now() - 3 * DAY)
    text = "'since_id' must be a tweet id created after 2026-11-22T10:00Z. Please use a 'since_id' that is larger than"
    x.fail(problems.invalid("since_id", "1", f"{text} {floor}"), path="/2/")
    found = run(source, plan_for(begun=6 * DAY, lasts=30 * DAY))
    assert found.entries == [recent]
    assert "may be missing" in found.pages[0].gap
    assert 0 < int(x.requests[1].first("since_id")) - floor < first_id_at(now()) - first_id_at(now() - HOUR)


def test_the_stand_in_says_so_in_the_same_words(x, source):
    posted(x, ago=DAY)
    stale = {"since_id": str(first_id_at(now() - 8 * DAY)), "until_id": str(first_id_at(now())), "next_token": "b26v1"}
    page = source.page(plan_for(begun=20 * DAY, lasts=30 * DAY), stale)
    assert (len(page.posts), "may be missing" in page.gap) == (1, True)


def test_a_token_that_ran_out_begins_the_pages_again(x, source):
    wanted = [posted(x, ago=number * MINUTE, by=f"user{number}") for number in range(1, 151)]
    first = source.page(plan_for(), {})
    x.fail(problems.invalid("next_token", "b26v", "The `next_token` query parameter value is not valid"), path="/2/")
    rest = run(source, plan_for(), first.cursor)
    assert rest.entries == wanted
    assert rest.cursor == {"since_id": wanted[0].removeprefix("x:")}


def test_another_refusal_is_a_problem(x, source):
    x.fail(problems.invalid("query", "(", "missing closing paren (at position 3)"), path="/2/")
    with pytest.raises(NetworkProblem, match=r"missing closing paren \(at position 3\)") as caught:
        source.page(plan_for(), {})
    assert (caught.value.code, caught.value.permanent, x.count()) == ("bad_request", True, 1)


def test_pages_cost_no_more_than_announced(x, source):
    for number in range(120):
        posted(x, ago=(number + 1) * MINUTE, by=f"user{number}")
    found = run(source, plan_for())
    assert [page.cost for page in found.pages] == [source.page_cost, 20 * 15_000]
    assert source.page_cost == 1_500_000
    assert sum(page.cost for page in found.pages) == x.api.charged


def test_what_failed_has_cost_nothing_and_goes_on_where_it_was(x, source):
    wanted = [posted(x, ago=number * MINUTE, by=f"user{number}") for number in range(1, 151)]
    first = source.page(plan_for(), {})
    charged = x.api.charged
    for answer in (problems.UNAVAILABLE, problems.CREDITS_DEPLETED, problems.USAGE_CAPPED, problems.UNAUTHORIZED):
        x.fail(answer, path="/2/")
        with pytest.raises(NetworkProblem):
            source.page(plan_for(), first.cursor)
    assert x.api.charged == charged
    assert run(source, plan_for(), first.cursor).entries == wanted[100:]


@pytest.mark.parametrize(
    "body", [{}, {"errors": [{"title": "Not Found Error"}]}, {"data": [], "meta": 5}, {"data": {}}]
)
def test_an_answer_that_is_no_page_is_a_problem_and_no_end(x, source, body):
    x.fail(Answer(200, body), path="/2/")
    with pytest.raises(NetworkProblem) as caught:
        source.page(plan_for(), {})
    assert caught.value.code == "bad_answer"


def test_a_post_that_cannot_be_read_is_told_of_and_the_others_are_kept(x, source):
    good = posted(x)
    body = [{"id": "12", "text": "no author"}, {"id": "0"}]
    source.page(plan_for(), {})
    answer = x.said[-1][1].body
    x.fail(Answer(200, {**answer, "data": [*answer["data"], *body]}), path="/2/")
    page = source.page(plan_for(), {})
    assert [post.entry for post in page.posts] == [good]
    assert "2 posts" in page.gap


def test_a_page_without_posts_is_not_the_last_while_there_is_a_next_one(x, source):
    wanted = posted(x)
    x.fail(Answer(200, {"meta": {"result_count": 0, "next_token": "b26v9223372036854775807"}}), path="/2/")
    found = run(source, plan_for())
    assert (found.entries, len(found.pages)) == ([wanted], 2)


def test_the_same_token_again_ends_a_run(x, source):
    answer = Answer(200, {"meta": {"result_count": 0, "next_token": "b26v1"}})
    x.fail(answer, path="/2/", times=5)
    assert len(run(source, plan_for()).pages) == 2


def test_an_edited_post_is_found_once_as_it_was_first_named(x, source):
    first = x.post("ana", "I'm in", posted_at=now() - 20 * MINUTE)
    x.world.clock = lambda: now() - MINUTE
    x.edit(first, f"I'm in {LINK}")
    x.world.clock = now
    found = run(source, plan_for())
    assert found.entries == [f"x:{x.world.find(first).id}"]


def test_mentions_are_read_for_a_fifth_and_further_back(x):
    source = mentions_of_blog(x)
    old = posted(x, "Me! @blog", ago=20 * DAY, by="old")
    wanted = [posted(x, "Me! @blog", ago=number * MINUTE, by=f"user{number}") for number in range(1, 121)]
    posted(x, "no #win", by="eve")
    plan = plan_for(begun=30 * DAY, lasts=60 * DAY)
    found = run(source, plan)
    assert found.entries == [*wanted, old]
    assert source.query(plan) == f"posts that mention the account {x.join('blog')}"
    assert (source.name, source.page_cost) == ("x:mentions", 1_100_000)
    assert sum(page.cost for page in found.pages) == x.api.charged == 121 * 11_000
    assert "pagination_token" in x.requests[1].params
    assert run(source, plan, found.cursor).entries == []


def test_mentions_beyond_the_newest_that_x_shows_are_told_of(x):
    for number in range(810):
        posted(x, "Me! @blog", ago=(number + 1) * timedelta(seconds=60), by="ana")
    found = run(mentions_of_blog(x), plan_for())
    assert len(found.entries) == 800
    assert "newest 800" in found.pages[-1].gap


def test_with_only_the_apps_key_mentions_cost_as_much_as_others(x):
    source = connect(x, XSearch.MENTIONS)
    posted(x, "Me! @blog")
    assert run(source, plan_for()).pages[0].cost == x.api.charged == 15_000


def test_the_newer_vocabulary_is_searched_as_well(x):
    x.api.speaks = {"post"}
    wanted = posted(x)
    assert run(connect(x), plan_for()).entries == [wanted]


def test_the_judge_judges():
    judge = the_judge()
    asked = Asked(
        method="GET",
        host="api.x.com",
        path="/2/tweets/search/recent",
        params={"query": ["#win"], "max_results": ["10"]},
        headers={"Authorization": "Bearer app-token"},
        body=b"",
    )
    good = Answer(200, {"data": [{"id": "12", "text": "In!", "edit_history_tweet_ids": ["12"]}], "meta": {}})
    if judge is None:
        return
    judge.judge(asked, good)
    for wrong in ({"max_results": ["5"]}, {"query": ["#win"], "tweet.fields": ["what"]}, {}):
        with pytest.raises(Exception, match="param"):
            judge.judge(replace(asked, params=wrong), good)
    with pytest.raises(Exception, match="id"):
        judge.judge(asked, Answer(200, {"data": [{"id": 12, "text": "In!"}]}))
