"""What X shows to everybody is enough to check a post."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from service.domain.posts import PostKind, Sight
from service.networks.http import Http
from service.networks.x import XNetwork
from service.networks.x_addresses import first_id_at, time_of
from service.usecases.ports import NetworkProblem
from testbed.x import Answer
from testbed.x.oembed import OUTAGE
from tests.networks.worlds import http_to, now

LINK = "https://blog.example/2026/11/two-books/"


@pytest.fixture
def network(x):
    return XNetwork(http_to(x), clock=now)


def look(network, address):
    [sighting] = network.look_up([network.read_address(address)])
    return sighting


def see(network, address):
    sighting = look(network, address)
    assert sighting.sight is Sight.SEEN, sighting.detail
    return sighting.evidence


def test_everything_that_rules_ask_for_is_read(x, network):
    x.join("Ana", name="Ana 🌸 <b>")
    address = x.post("Ana", f"I'm in & happy!\n{LINK} #Win #Été @blog @nobody_here", has_picture=True)
    evidence = see(network, address)
    post = x.world.find(address)
    assert (evidence.entry, evidence.url) == (f"x:{post.id}", f"https://x.com/i/web/status/{post.id}")
    assert (evidence.author_id, evidence.author_handle, evidence.author_name) == ("", "ana", "Ana 🌸 <b>")
    assert (evidence.links, evidence.hashtags, evidence.mentions) == ((LINK,), ("win", "été"), ("blog",))
    assert (evidence.kind, evidence.is_partial, evidence.source) == (PostKind.POST, False, "x.oembed")
    assert evidence.posted_at == time_of(post.id)
    assert abs(evidence.checked_at - now()) < timedelta(minutes=1)


def test_the_request_asks_for_no_script_no_tracking_and_no_thread(x, network):
    see(network, x.post("ana", "I'm in"))
    [asked] = x.requests
    assert (asked.host, asked.path) == ("publish.x.com", "/oembed")
    assert {name: asked.first(name) for name in asked.params if name != "url"} == {
        "omit_script": "1",
        "dnt": "true",
        "hide_thread": "1",
        "lang": "en",
    }
    assert "Authorization" not in asked.headers


def test_the_author_is_who_x_says_and_not_who_the_address_says(x, network):
    post = x.world.find(x.post("ana", "I'm in"))
    assert see(network, f"https://x.com/eve/status/{post.id}").author_handle == "ana"


def test_the_same_text_has_the_same_hash_whatever_its_short_links_are(x, network):
    hashes = [see(network, x.post("ana", f"In! {link}")).text_hash for link in (LINK, LINK, f"{LINK}2")]
    assert hashes[0] == hashes[1] != hashes[2]


def test_a_short_link_is_asked_once(x, network):
    address = x.post("ana", f"In! {LINK}")
    see(network, address)
    see(network, address)
    assert x.count("/go") == 1


def test_a_page_that_forwards_is_read_like_a_redirect(x, network):
    x.leads_by_page = True
    link = f"{LINK}?a=1&b=%C3%A9"
    assert see(network, x.post("ana", f"In! {link}")).links == (link,)


@pytest.mark.parametrize(
    "answer",
    [
        Answer(404, ""),
        Answer(503, ""),
        Answer(200, "<html>"),
        Answer(200, "<![foo["),
        Answer(301, "", {"Location": "https://t.co/again"}),
        Answer(301, "", {"Location": "javascript:alert(1)"}),
        Answer(301, ""),
    ],
    ids=lambda answer: str((answer.status, answer.body or dict(answer.headers))),
)
def test_a_link_that_leads_nowhere_leaves_the_evidence_partial(x, network, answer):
    address = x.post("ana", f"In! {LINK} #win")
    x.fail(answer, path="/go")
    evidence = see(network, address)
    assert (evidence.links, evidence.hashtags, evidence.is_partial) == ((), ("win",), True)


def test_what_a_link_leads_to_is_never_asked(x, network):
    address = x.post("ana", "In! https://t.co/x")
    x.fail(Answer(301, "", {"Location": x.url + "/inside"}), path="/go")
    assert see(network, address).links == (x.url + "/inside",)
    assert [asked.path for asked in x.requests][-1].startswith("/go")


def test_five_links_are_resolved_and_more_leave_the_evidence_partial(x, network):
    links = [f"{LINK}{number}" for number in range(6)]
    evidence = see(network, x.post("ana", " ".join(links)))
    assert (evidence.links, evidence.is_partial) == (tuple(links[:5]), True)
    assert not see(network, x.post("ana", " ".join(links[:5]))).is_partial


def test_a_long_post_is_cut_which_leaves_the_evidence_partial(x, network):
    evidence = see(network, x.post("ana", f"#win {'word ' * 100} {LINK}"))
    assert (evidence.hashtags, evidence.links, evidence.is_partial) == (("win",), (), True)


def test_a_quote_is_told_by_the_address_in_it(x, network):
    first = x.post("blog", f"Win a book! {LINK}")
    evidence = see(network, x.post("ana", "Me! #win", quotes=first))
    assert (evidence.kind, evidence.links) == (PostKind.QUOTE, (first,))


def test_a_post_that_was_passed_on_is_a_repost_of_nobody_known(x, network):
    address = x.repost("ana", x.post("blog", f"Win a book! {LINK}", posted_at=now() - timedelta(days=2)))
    evidence = see(network, address)
    assert (evidence.kind, evidence.author_handle, evidence.author_name) == (PostKind.REPOST, "", "")
    assert evidence.entry == f"x:{x.world.find(address).id}"


def test_a_later_version_of_a_post_is_still_the_post(x, network):
    old = x.world.find(x.post("ana", f"In! {LINK}", posted_at=now() - timedelta(minutes=50)))
    new = x.world.find(x.edit(old.address, f"I'm in! {LINK}"))
    x.world.posts[old.id] = new  # as if X embedded the newest version for the old address
    evidence = see(network, old.address)
    assert (evidence.kind, evidence.entry, evidence.posted_at) == (PostKind.POST, f"x:{old.id}", time_of(old.id))


def test_another_posts_html_says_nothing(x, network):
    old = x.world.find(x.post("ana", "In!", posted_at=now() - timedelta(hours=2)))
    x.world.posts[old.id] = x.world.find(x.post("ana", "Something else"))
    assert look(network, old.address).sight is Sight.UNCLEAR


def test_deleted_protected_and_suspended_are_told_apart(x, network):
    addresses = {handle: x.post(handle, "I'm in") for handle in ("ana", "ben", "cleo")}
    x.delete(addresses["ana"])
    x.protect("ben")
    x.suspend("cleo")
    assert [look(network, address).sight for address in addresses.values()] == [Sight.GONE, Sight.HIDDEN, Sight.HIDDEN]
    assert look(network, "https://x.com/ana/status/463440424141459456").sight is Sight.GONE


@pytest.mark.parametrize(
    "answer",
    [
        OUTAGE,
        Answer(403, "<html>"),
        Answer(403, {"error": "Forbidden."}),
        Answer(400),
        Answer(401),
        Answer(500, "oops"),
        Answer(503),
        Answer(302, "", {"Location": "https://127.0.0.1/"}),
        Answer(200, "null"),
        Answer(200, "<html>"),
        Answer(200, {"title": "", "url": "https://twitter.com/ana", "html": "<a>Posts by ana</a>"}),
        Answer(200, {"author_url": "https://twitter.com/ana", "html": "<![foo["}),
        Answer(200, {"author_url": "https://twitter.com/ana", "html": '<blockquote class="twitter-tweet"><p>I am'}),
    ],
    ids=lambda answer: str((answer.status, answer.body))[:40],
)
def test_nothing_else_says_that_a_post_is_gone(x, network, answer):
    address = x.post("ana", "I'm in")
    x.fail(answer, path="/oembed")
    assert look(network, address).sight is Sight.UNCLEAR
    assert look(network, address).sight is Sight.SEEN


def test_an_id_of_the_future_is_gone_without_asking_anybody(x, network):
    ahead = [network.address_of(str(first_id_at(now() + timedelta(minutes=minutes)))) for minutes in (6, 1)]
    sightings = network.look_up(ahead)
    assert [(sighting.sight, sighting.detail) for sighting in sightings] == [
        (Sight.GONE, "from the future"),
        (Sight.GONE, "answered 404"),
    ]
    assert x.count() == 1


def test_the_first_posts_of_all_are_early_without_an_exact_time(x, network):
    post = x.world.find(x.post("ana", "just setting up"))
    post.id = "20"
    x.world.posts["20"] = post
    assert see(network, "https://x.com/jack/status/20").posted_at == datetime(2010, 11, 5, tzinfo=UTC)


def test_x_is_left_alone_for_as_long_as_it_asks(x, network):
    address = x.post("ana", f"In! {LINK}")
    for host, path in (("publish.x.com", "/oembed"), ("t.co", "/go")):
        x.behave()
        network = XNetwork(http_to(x), clock=now)
        x.fail(Answer(429, "", {"Retry-After": "7"}), path=path)
        for _ in range(2):
            with pytest.raises(NetworkProblem) as caught:
                look(network, address)
            assert (caught.value.code, caught.value.host) == ("rate_limited", host)
            assert 6 < (caught.value.retry_after or 0) <= 7
        assert x.count(path) == 1


def test_more_than_x_likes_in_a_second_is_not_asked(x, network):
    address = network.read_address(x.post("ana", "I'm in"))
    with pytest.raises(NetworkProblem) as caught:
        network.look_up([address] * 50)
    assert 0 < (caught.value.retry_after or 0) <= 1
    assert x.count() < 50


def test_a_host_that_cannot_be_reached_is_a_problem_and_no_verdict():
    http = Http(user_agent="test", origins={"publish.x.com": "http://127.0.0.1:1"})
    with pytest.raises(NetworkProblem) as caught:
        look(XNetwork(http, clock=now), "https://x.com/ana/status/463440424141459456")
    assert (caught.value.code, caught.value.host) == ("unreachable", "publish.x.com")


def test_hostile_html_is_text_and_nothing_else(x, network):
    address = x.post("ana", "I'm in")
    post_id = x.world.find(address).id
    answer = {
        "author_name": "Ana\u202e\n" + "x" * 500,
        "author_url": "https://twitter.com/ana",
        "html": '<blockquote class="twitter-tweet"><p><script>alert(1)</script>'
        '<a href="javascript:alert(1)">x</a><a href="https://evil.example/&#10;">y</a>'
        '<a href="https://twitter.com/hashtag/a%00b">#a</a><a href="https://evil.example/hashtag/b">#b</a>'
        f'<a href="https://twitter.com/eve">@blog</a></p><a href="https://x.com/a/status/{post_id}">1</a></blockquote>',
    }
    x.fail(Answer(200, answer), path="/oembed")
    evidence = see(network, address)
    assert (evidence.hashtags, evidence.mentions, evidence.is_partial) == ((), (), True)
    assert len(evidence.author_name) <= 100
    assert evidence.author_name.isprintable()
    assert all(link.isprintable() and link.startswith("https://") for link in evidence.links)
