"""How one server's hashtag timelines are searched: back to the contest's start once, then forward."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from service.domain.posts import Message, SearchPlan
from service.networks.mastodon import MastodonNetwork
from service.usecases.ports import NetworkProblem, Source
from testbed.mastodon import Mastodon
from testbed.standin import Answer, Asked
from tests.networks.fediverse import Fediverse, status
from tests.networks.searching import plan_for, run
from tests.networks.worlds import http_to, id_in, now

pytestmark = pytest.mark.xdist_group("networks")

HOST = "home.example"
START = datetime(2026, 11, 20, tzinfo=UTC)
PLAN = SearchPlan(message=Message(hashtags=("win",)), starts_at=START, ends_at=START + timedelta(days=3))


class Timeline(Fediverse):
    """A server with one hashtag's timeline that pages as Mastodon does. Ids are snowflakes of the posts' times."""

    def __init__(self) -> None:
        super().__init__()
        self.statuses: dict[int, dict[str, Any]] = {}

    def add(self, minutes: float, *, host: str = HOST, **changes: Any) -> str:
        """A post that many minutes after the contest's start; its id on this server."""
        moment = START + timedelta(minutes=minutes)
        number = (int(moment.timestamp() * 1000) << 16) + len(self.statuses)
        usual = {"created_at": moment.isoformat(), "tags": [{"name": "win"}]}
        self.statuses[number] = status(host, str(number), **{**usual, **changes})
        return str(number)

    def answer(self, asked: Asked) -> Answer:
        if "/timelines/tag/win" not in asked.path:
            return super().answer(asked)
        low, high = int(asked.first("min_id", "0")), int(asked.first("max_id", str(1 << 63)))
        ids = sorted(number for number in self.statuses if low < number < high)
        size = int(asked.first("limit"))
        ids = ids[:size] if low else ids[-size:]
        return Answer(body=[self.statuses[number] for number in reversed(ids)])


@pytest.fixture
def timeline() -> Iterator[Timeline]:
    with Timeline() as timeline:
        yield timeline


@pytest.fixture
def source(timeline: Timeline) -> Source:
    return source_on(timeline)


def source_on(server: Any, host: str = HOST, **wishes: Any) -> Source:
    [source] = MastodonNetwork(http_to(server), clock=now, **wishes).sources([host])
    return source


def test_a_real_server_is_read_to_the_start_and_then_for_what_is_new(mastodon: Mastodon):
    source = source_on(mastodon, mastodon.host)
    old = [mastodon.post("ana", f"Number {number} #books") for number in range(45)]
    first = run(source, plan_for(hashtags=("books",)))
    assert {id_in(entry) for entry in first.entries} == {id_in(address) for address in old}
    new = [mastodon.post("ben", f"Number {number} #Books") for number in range(3)]
    second = run(source, plan_for(hashtags=("books",)), first.cursor)
    assert [id_in(entry) for entry in second.entries] == [id_in(address) for address in reversed(new)]
    assert run(source, plan_for(hashtags=("books",)), second.cursor).entries == []


def test_a_source_tells_its_name_and_what_it_asks(source):
    assert (source.name, source.page_cost) == ("mastodon:home.example", 0)
    assert source.query(plan_for(hashtags=("Win", "été"))) == "#win, #été on home.example"
    assert "nothing" in source.query(plan_for(text="I'm in"))


def test_each_hashtag_is_read_once(timeline, source):
    timeline.add(1)
    timeline.show_tag(HOST, "été", status(HOST, "5"))
    plan = SearchPlan(message=Message(hashtags=("Win", "#win", "Été")), starts_at=PLAN.starts_at, ends_at=PLAN.ends_at)
    found = run(source, plan)
    assert len(found.entries) == 2
    assert {asked.path for asked in timeline.requests} == {
        "/api/v1/timelines/tag/win",
        "/api/v1/timelines/tag/%C3%A9t%C3%A9",
    }


def test_without_a_hashtag_nobody_is_asked(timeline, source):
    [page] = run(source, plan_for(links=("https://blog.example/",))).pages
    assert (page.posts, page.is_last, timeline.requests) == ((), True, [])


def test_posts_of_other_servers_come_as_addresses_there(timeline, source):
    own, other = timeline.add(1), timeline.add(2, host="copies.example")
    found = run(source, PLAN)
    assert found.entries == [f"mastodon:{HOST}/{own}"]
    assert found.addresses == [f"mastodon:copies.example/{other}"]


def test_a_post_that_cant_be_traced_home_is_told_as_a_gap(timeline, source):
    timeline.add(1, uri="https://copies.example/objects/1", url="https://copies.example/objects/1")
    [page] = [page for page in run(source, PLAN).pages if page.gap]
    assert (page.posts, page.addresses) == ((), ())
    assert HOST in page.gap


def test_only_posts_of_the_contests_time_are_found(timeline, source):
    minutes = (-1, 0, 1, 3 * 24 * 60 - 1, 3 * 24 * 60)
    ids = [timeline.add(each) for each in minutes]
    assert [id_in(entry) for entry in run(source, PLAN).entries] == ids[3:0:-1]


def test_going_back_ends_with_the_first_page_before_the_start(timeline, source):
    for number in range(200):
        timeline.add(50 - number)
    assert len(run(source, PLAN).entries) == 51
    assert timeline.count() == 3


def test_a_post_dated_back_doesnt_end_the_search(timeline, source):
    for number in range(50):
        timeline.add(100 + number)
    timeline.add(149.5, created_at=(START - timedelta(days=900)).isoformat())
    assert len(run(source, PLAN).entries) == 50


def test_a_post_that_arrives_late_among_older_ones_is_found_in_the_next_run(timeline, source):
    timeline.add(60)
    first = run(source, PLAN)
    late = timeline.add(50, host="copies.example")
    assert run(source, PLAN, first.cursor).addresses == [f"mastodon:copies.example/{late}"]


def test_the_next_run_begins_at_the_same_place_however_often_nothing_comes(timeline, source):
    timeline.add(60)
    cursor = run(source, PLAN).cursor
    assert run(source, PLAN, run(source, PLAN, cursor).cursor).cursor == cursor


def test_a_run_that_was_broken_off_goes_on_where_it_was(timeline, source):
    for number in range(100):
        timeline.add(number)
    first = source.page(PLAN, {})
    assert not first.is_last
    timeline.add(200)
    rest = run(source, PLAN, first.cursor)
    assert len({*rest.entries, *(post.entry for post in first.posts)}) == 100
    assert len(run(source, PLAN, rest.cursor).entries) >= 1


def test_what_is_new_is_read_page_by_page(timeline, source):
    timeline.add(1)
    cursor = run(source, PLAN).cursor
    for number in range(90):
        timeline.add(60 + number)
    assert len(run(source, PLAN, cursor).entries) == 91


def test_posts_made_big_dont_end_a_search(timeline):
    for number in range(5):
        timeline.add(number, content="x" * 90_000)
    [source] = MastodonNetwork(http_to(timeline, max_bytes=200_000), clock=now).sources([HOST])
    assert len(run(source, PLAN).entries) == 5


def test_what_lies_behind_the_deadline_isnt_read(timeline, source):
    timeline.add(1)
    cursor = run(source, PLAN).cursor
    for number in range(200):
        timeline.add(3 * 24 * 60 + 1 + number)
    timeline.behave()
    assert run(source, PLAN, cursor).entries == [f"mastodon:{HOST}/{min(timeline.statuses)}"]
    assert timeline.count() <= 3


def test_a_server_that_ignores_where_to_go_on_is_asked_a_few_times_only(timeline, source):
    timeline.show_tag(HOST, "books", status(HOST, "5"))
    plan = SearchPlan(message=Message(hashtags=("books",)), starts_at=PLAN.starts_at, ends_at=PLAN.ends_at)
    assert run(source, plan, run(source, plan).cursor).entries == [f"mastodon:{HOST}/5"]
    assert timeline.count() <= 4


def test_statuses_of_another_shape_are_passed_over(timeline, source):
    good = timeline.add(1)
    for name, junk in (
        ("account", 5),
        ("uri", None),
        ("created_at", "x"),
        ("visibility", []),
        ("id", 7),
        ("id", "../1"),
    ):
        timeline.add(2, **{name: junk})
    assert run(source, PLAN).entries == [f"mastodon:{HOST}/{good}"]


def feeds(local: str, remote: str) -> Answer:
    return Answer(body={"configuration": {"timelines_access": {"hashtag_feeds": {"local": local, "remote": remote}}}})


def test_a_server_that_shows_no_timelines_is_told_from_one_without_posts(timeline, source):
    timeline.says[HOST, "/api/v2/instance"] = feeds("disabled", "disabled")
    for _ in range(2):
        with pytest.raises(NetworkProblem, match="no hashtag timelines") as caught:
            run(source, PLAN)
        assert (caught.value.code, caught.value.permanent) == ("feed_disabled", True)
    assert timeline.count("instance") == 1


@pytest.mark.parametrize(
    "answer", [feeds("public", "public"), feeds("disabled", "public"), Answer(404), Answer(body=[])]
)
def test_a_timeline_may_be_empty(timeline, answer):
    timeline.says[HOST, "/api/v2/instance"] = answer
    assert run(source_on(timeline), PLAN).entries == []


@pytest.mark.parametrize("status", [401, 403, 422])
def test_a_server_that_wants_a_login_says_so(timeline, source, status):
    timeline.fail(Answer(status, {"error": "This method requires an authenticated user"}))
    with pytest.raises(NetworkProblem, match="only with a login") as caught:
        source.page(PLAN, {})
    assert (caught.value.code, caught.value.permanent) == ("needs_login", True)


@pytest.mark.parametrize(
    "answer", [Answer(200, "<html>"), Answer(200, {"error": 1}), Answer(200, [5]), Answer(500), Answer(404)]
)
def test_an_answer_that_is_no_timeline_is_a_problem(timeline, source, answer):
    timeline.fail(answer)
    with pytest.raises(NetworkProblem) as caught:
        source.page(PLAN, {})
    assert (caught.value.code, caught.value.host) == ("bad_answer", HOST)


def test_a_token_opens_the_timelines_of_its_server(timeline):
    run(source_on(timeline, tokens={HOST: "secret"}), PLAN)
    assert {asked.headers["Authorization"] for asked in timeline.requests} == {"Bearer secret"}


@pytest.mark.parametrize("host", ["", "localhost", "x.com", "Home.Example", "a b.example"])
def test_what_cant_be_a_server_is_no_source(timeline, host):
    with pytest.raises(ValueError, match="not a server"):
        source_on(timeline, host)
