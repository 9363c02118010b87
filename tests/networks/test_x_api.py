"""With a key, X's API tells all of a post, and why it doesn't."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from service.domain.contest import XSearch
from service.domain.errors import BadInput
from service.domain.posts import PostKind, Sight
from service.networks.x import XNetwork
from service.networks.x_addresses import first_id_at, time_of
from service.usecases.ports import NetworkProblem
from testbed.x import Answer, problems
from tests.networks.worlds import http_to, now

LINK = "https://blog.example/2026/11/two-books/"


@pytest.fixture
def network(x):
    return connect(x)


def connect(x, **keys):
    return XNetwork(http_to(x), clock=now, **(keys or {"bearer_token": x.app_token}))


def look(network, *addresses):
    return network.look_up([network.read_address(address) for address in addresses])


def see(network, address):
    [sighting] = look(network, address)
    assert sighting.sight is Sight.SEEN, sighting.detail
    return sighting.evidence


def problem_with(network, address="https://x.com/ana/status/463440424141459456"):
    with pytest.raises(NetworkProblem) as caught:
        look(network, address)
    assert caught.value.host == "api.x.com"
    return caught.value


@pytest.mark.parametrize("vocabulary", ["tweet", "post"])
def test_everything_that_rules_ask_for_is_read_in_both_vocabularies(x, vocabulary):
    x.api.speaks = {vocabulary}
    network = connect(x)
    number = x.join("Ana", name="Ana 🌸 <b>")
    address = x.post("Ana", f"I'm in & happy!\n{LINK} #Win #Été @Blog @nobody_here", has_picture=True)
    for evidence in (see(network, address), see(network, address)):
        post = x.world.find(address)
        assert (evidence.entry, evidence.url) == (f"x:{post.id}", f"https://x.com/i/web/status/{post.id}")
        assert (evidence.author_id, evidence.author_handle, evidence.author_name) == (number, "ana", "Ana 🌸 <b>")
        assert (evidence.links, evidence.hashtags, evidence.mentions) == ((LINK,), ("win", "été"), ("blog",))
        assert (evidence.kind, evidence.is_partial, evidence.source) == (PostKind.POST, False, "x.api")
        assert evidence.posted_at == time_of(post.id)
    assert len(x.requests) == (2 if vocabulary == "tweet" else 3)  # the other words are tried once


@pytest.mark.parametrize("vocabulary", ["tweet", "post"])
def test_kinds_are_told_by_what_a_post_refers_to(x, vocabulary):
    x.api.speaks = {vocabulary}
    first = x.post("blog", f"Win a book! {LINK}")
    addresses = [x.post("ana", "Me!", reply_to=first), x.post("ana", "Me!", quotes=first), x.repost("ana", first)]
    sightings = look(connect(x), *addresses)
    kinds = [sighting.evidence.kind for sighting in sightings if sighting.evidence]
    assert kinds == [PostKind.REPLY, PostKind.QUOTE, PostKind.REPOST]
    assert first in sightings[1].evidence.links


@pytest.mark.parametrize("vocabulary", ["tweet", "post"])
def test_a_long_post_is_read_to_its_end(x, vocabulary):
    x.api.speaks = {vocabulary}
    evidence = see(connect(x), x.post("ana", f"{'word ' * 100} {LINK} #win"))
    assert (evidence.links, evidence.hashtags, evidence.is_partial) == ((LINK,), ("win",), False)


def test_a_shortened_link_counts_as_what_was_typed_and_where_it_ends(x, network):
    x.lead({"https://bit.ly/a": LINK})
    assert see(network, x.post("ana", "In! https://bit.ly/a")).links == (LINK, "https://bit.ly/a")


def test_an_edited_post_is_one_entry_that_counts_as_it_is_now_and_since_it_was_first_made(x, network):
    first = x.post("ana", "I'm in", posted_at=now() - timedelta(minutes=40))
    second = x.edit(first, f"I'm in! {LINK}")
    third = x.edit(second, f"I'm in!! {LINK} #win")
    entries = [x.world.find(address).id for address in (first, third)]
    for sighting in look(network, first, second, third):
        evidence = sighting.evidence
        assert (evidence.entry, evidence.posted_at) == (f"x:{entries[0]}", time_of(entries[0]))
        assert (evidence.links, evidence.hashtags) == ((LINK,), ("win",))
        assert evidence.url.endswith(entries[1])
    assert len(x.requests) == 2
    x.delete(first)
    assert {sighting.sight for sighting in look(network, first, second, third)} == {Sight.GONE}


def test_each_reason_for_a_missing_post_is_told_apart(x, network):
    addresses = {handle: x.post(handle, "I'm in") for handle in ("ana", "ben", "cleo", "dora")}
    x.delete(addresses["ben"])
    x.protect("cleo")
    x.suspend("dora")
    sights = [sighting.sight for sighting in look(network, *addresses.values())]
    assert sights == [Sight.SEEN, Sight.GONE, Sight.HIDDEN, Sight.HIDDEN]
    assert look(network, addresses["ben"])[0].sight is Sight.GONE  # errors without any data
    assert len(x.requests) == 2


def test_no_other_reason_makes_a_post_gone(x, network):
    address = x.post("ana", "I'm in")
    post_id = x.world.find(address).id
    for error in ({"type": "about:blank/resource-unavailable"}, {"type": None}, {}, {"type": "x" * 1000}):
        x.fail(Answer(200, {"errors": [{"resource_id": post_id, "title": "Withheld", **error}]}), path="/2/")
        assert look(network, address)[0].sight is Sight.UNCLEAR
    for name in ("data", "errors", "new"):
        x.fail(Answer(200, {name: []}), path="/2/")
        assert look(network, address)[0].sight is Sight.UNCLEAR


def test_ids_of_the_future_are_gone_and_not_asked_for(x, network):
    future = f"https://x.com/ana/status/{first_id_at(now() + timedelta(minutes=6))}"
    [ahead] = look(network, future)
    assert (ahead.sight, ahead.detail, x.requests) == (Sight.GONE, "from the future", [])
    assert [sighting.sight for sighting in look(network, future, x.post("ana", "I'm in"))] == [Sight.GONE, Sight.SEEN]


def test_the_same_post_twice_is_asked_for_once(x, network):
    address = x.post("ana", "I'm in")
    assert [sighting.sight for sighting in look(network, address, address)] == [Sight.SEEN] * 2
    assert x.requests[0].first("ids") == x.world.find(address).id


@pytest.mark.parametrize(
    ("answer", "code", "is_permanent", "words"),
    [
        (problems.UNAUTHORIZED, "key_refused", True, "X_BEARER_TOKEN"),
        (problems.CREDITS_DEPLETED, "credits_depleted", True, "credits"),
        (problems.PAYMENT_REQUIRED, "credits_depleted", True, "credits"),
        (problems.USAGE_CAPPED, "usage_capped", True, "month"),
        (problems.NOT_ENROLLED, "not_enrolled", True, "enrol"),
        (problems.PLAN_TOO_SMALL, "not_enrolled", True, "enrol"),
        (problems.not_authorized("user context"), "key_refused", True, "kind of key"),
        (Answer(403, {"detail": "No\u202e way\n"}), "key_refused", True, "No way"),
        (problems.invalid("ids", "1", "The `ids` value is\nwrong."), "bad_request", True, "The `ids` value is wrong"),
        (Answer(400, "<html>"), "bad_request", True, "no more"),
        (problems.UNAVAILABLE, "unreachable", False, "503"),
        (Answer(500, "oops"), "unreachable", False, "500"),
        (Answer(302, "", {"Location": "https://127.0.0.1/"}), "bad_answer", False, "302"),
        (Answer(200, "<html>"), "bad_answer", False, "isn't data"),
        (Answer(200, []), "bad_answer", False, "shape"),
        (Answer(200, {"data": 5}), "bad_answer", False, "shape"),
    ],
    ids=lambda value: str((value.status, value.body))[:40] if isinstance(value, Answer) else None,
)
def test_what_went_wrong_is_told_with_what_to_do(x, network, answer, code, is_permanent, words):
    x.fail(answer, path="/2/")
    problem = problem_with(network)
    assert (problem.code, problem.permanent) == (code, is_permanent)
    assert words in problem.message
    assert problem.message.isprintable()
    assert "app-token" not in problem.message
    assert (problem.retry_after == 3600) is (code in ("credits_depleted", "usage_capped"))
    assert x.count() == 1


def test_out_of_credits_is_no_verdict(x, network):
    address = x.post("ana", "I'm in")
    x.api.credits = 15_000
    see(network, address)
    assert problem_with(network, address).code == "credits_depleted"
    assert x.api.charged == 15_000


def test_the_monthly_cap_is_no_verdict(x, network):
    address = x.post("ana", "I'm in")
    x.api.posts_left = 1
    see(network, address)
    assert problem_with(network, address).code == "usage_capped"


def test_x_is_left_alone_until_its_limit_is_reset(x, network):
    address = x.post("ana", "I'm in")
    x.api.requests_left, x.api.resets_at = 1, now() + timedelta(seconds=300)
    see(network, address)
    for _ in range(2):
        problem = problem_with(network, address)
        assert (problem.code, problem.permanent) == ("rate_limited", False)
        assert 290 < (problem.retry_after or 0) <= 300
    assert x.count() == 2


def test_a_look_costs_no_more_than_announced(x, network):
    addresses = [x.post(f"user{number}", "I'm in") for number in range(100)]
    sightings = look(network, *addresses)
    assert {sighting.sight for sighting in sightings} == {Sight.SEEN}
    assert x.api.charged <= network.look_cost * 100
    assert (x.count(), network.batch) == (1, 100)


def test_without_a_key_nothing_costs_and_nobody_is_asked_about_keys(x):
    network = XNetwork(http_to(x), clock=now)
    network.check()
    assert (network.look_cost, network.batch, x.requests) == (0, 1, [])
    for search in (XSearch.RECENT, XSearch.MENTIONS):
        with pytest.raises(BadInput, match="X_"):
            network.source(search)


def test_each_kind_of_key_is_checked_in_its_own_way(x):
    number = x.join("blog")
    connect(x, bearer_token=x.app_token, user_token=x.user_token("blog"), user_id=number).check()
    assert [asked.path for asked in x.requests] == ["/2/usage/tweets", "/2/users/me"]
    assert x.api.charged == 0


@pytest.mark.parametrize(
    ("keys", "words"),
    [
        ({"bearer_token": "wrong"}, "X_BEARER_TOKEN"),
        ({"bearer_token": "user-token-blog"}, "X_BEARER_TOKEN"),
        ({"user_token": "wrong", "user_id": "1000000001"}, "X_USER_TOKEN"),
        ({"user_token": "app-token", "user_id": "1000000001"}, "X_USER_TOKEN"),
        ({"user_token": "user-token-blog", "user_id": "7"}, "X_USER_ID"),
    ],
)
def test_a_key_that_is_refused_is_named(x, keys, words):
    with pytest.raises(NetworkProblem) as caught:
        connect(x, **keys).check()
    assert (caught.value.code, caught.value.permanent) == ("key_refused", True)
    assert words in caught.value.message


def test_odd_entities_leave_the_evidence_partial_or_the_post_unclear(x, network):
    address = x.post("ana", f"In! {LINK}")
    post = x.world.find(address)
    user = {"id": post.author.id, "username": "ana", "name": "Ana"}
    base = {"id": post.id, "text": post.text, "author_id": post.author.id}
    short = post.entities[0].short
    outcomes: list[tuple[dict[str, Any], str]] = [
        ({}, "partial"),
        ({"entities": {"urls": [{"url": short}]}}, "partial"),
        ({"entities": {"urls": [{"url": short, "expanded_url": "javascript:alert(1)"}]}}, "partial"),
        ({"entities": {"urls": [{"url": short, "expanded_url": LINK}]}}, "whole"),
        ({"entities": {"urls": [5]}}, "partial"),
        ({"entities": ["urls"]}, "unclear"),
        ({"author_id": "7"}, "unclear"),
        ({"author_id": 5}, "unclear"),
        ({"edit_history_tweet_ids": ["x"]}, "unclear"),
        ({"text": "cut…", "entities": {}}, "partial"),
    ]
    for more, outcome in outcomes:
        x.fail(Answer(200, {"data": [{**base, **more}], "includes": {"users": [user]}}), path="/2/")
        [sighting] = look(network, address)
        evidence = sighting.evidence
        told = ("partial" if evidence.is_partial else "whole") if evidence else str(sighting.sight)
        assert told == outcome, more
