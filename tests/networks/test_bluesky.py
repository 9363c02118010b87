"""What is Bluesky's own: handles that change hands, batches, claimed times, what stands out in a text."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from service.domain.posts import Evidence, Message, PostKind, Sight, Sighting
from service.networks.bluesky import BlueskyNetwork
from service.networks.bluesky_shapes import read_post
from service.networks.shapes import BadShape
from service.usecases.ports import NetworkProblem
from testbed.bluesky import LOGIN_HOST, PUBLIC_HOST, Bluesky
from testbed.standin import Answer
from tests.networks.worlds import LINK, http_to, now

pytestmark = pytest.mark.xdist_group("networks")

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


@pytest.fixture
def network(bluesky: Bluesky) -> BlueskyNetwork:
    return BlueskyNetwork(http_to(bluesky), clock=now)


def look(network: BlueskyNetwork, *texts: str) -> list[Sighting]:
    addresses = [network.read_address(text) for text in texts]
    return network.look_up([address for address in addresses if address is not None])


def see(network: BlueskyNetwork, text: str) -> Evidence:
    [sighting] = look(network, text)
    assert sighting.evidence is not None, sighting.detail
    return sighting.evidence


def test_an_entry_is_named_after_its_author_however_it_was_given(bluesky, network):
    address = bluesky.post("ana.example", "I'm in")
    did, key = bluesky.join("ana.example"), address.rpartition("/")[2]
    forms = [address, f"https://bsky.app/profile/{did}/post/{key}", f"at://{did}/app.bsky.feed.post/{key}"]
    sightings = look(network, *forms)
    assert [sighting.reference for sighting in sightings] == [
        f"bluesky:ana.example/{key}",
        *[f"bluesky:{did}/{key}"] * 2,
    ]
    assert {sighting.evidence.entry for sighting in sightings if sighting.evidence} == {f"bluesky:{did}/{key}"}
    assert bluesky.count("getPosts") == 1


def test_a_handle_is_asked_for_once_an_hour(bluesky):
    clock = [NOON]
    network = BlueskyNetwork(http_to(bluesky), clock=lambda: clock[0])
    address = bluesky.post("ana.example", "I'm in", posted_at=NOON)
    for minutes in (0, 59, 61):
        clock[0] = NOON + timedelta(minutes=minutes)
        see(network, address)
    assert bluesky.count("resolveHandle") == 2


def test_a_handle_that_nobody_has_any_more_leads_to_no_post(bluesky, network):
    address = bluesky.post("ana.example", "I'm in")
    bluesky.rename("ana.example", "anna.example")
    [gone] = look(network, address)
    assert (gone.sight, gone.detail) == (Sight.GONE, "nobody has this handle")
    new = see(network, address.replace("ana.example", "anna.example"))
    assert (new.author_handle, new.author_id) == ("anna.example", bluesky.join("anna.example"))


@pytest.mark.parametrize(
    "answer", [Answer(500), Answer(502, "<html>"), Answer(200, {"did": "x"}), Answer(400, {"error": "Other"})]
)
def test_a_handle_that_cant_be_resolved_now_says_nothing_about_the_post(bluesky, network, answer):
    address = bluesky.post("ana.example", "I'm in")
    bluesky.fail(answer)
    assert look(network, address)[0].sight is Sight.UNCLEAR
    assert look(network, address)[0].sight is Sight.SEEN


def test_one_bad_post_in_a_batch_costs_no_other_post_anything(bluesky, network):
    addresses = [bluesky.post("ana.example", f"Number {number}") for number in range(24)]
    addresses.insert(17, bluesky.post("eve.example", "I'm suspended"))
    bluesky.suspend("eve.example")
    sights = [sighting.sight for sighting in look(network, *addresses)]
    assert (sights.pop(17), set(sights)) == (Sight.UNCLEAR, {Sight.SEEN})


def test_posts_made_big_cost_no_other_post_anything(bluesky):
    network = BlueskyNetwork(http_to(bluesky, max_bytes=200_000), clock=now)
    addresses = [bluesky.post("ana.example", "x" * 90_000) for _ in range(3)] + [bluesky.post("ben.example", "I'm in")]
    assert {sighting.sight for sighting in look(network, *addresses)} == {Sight.SEEN}


def test_a_server_that_is_down_is_asked_a_few_times_only(bluesky, network):
    addresses = [bluesky.post("ana.example", f"Number {number}") for number in range(25)]
    bluesky.fail(Answer(503), path="getPosts", times=100)
    assert {sighting.sight for sighting in look(network, *addresses)} == {Sight.UNCLEAR}
    assert bluesky.count("getPosts") == 10


@pytest.mark.parametrize(
    ("claimed", "posted"),
    [(-30, -30), (-60, -60), (-61, 0), (-86400, 0), (5, 0), (0, 0)],
)
def test_a_claimed_time_counts_within_a_minute_before_the_index(bluesky, network, claimed, posted):
    address = bluesky.post("ana.example", "I'm in", posted_at=NOON, claimed_at=NOON + timedelta(seconds=claimed))
    assert see(network, address).posted_at == NOON + timedelta(seconds=posted)


def test_a_post_of_the_future_is_unclear(bluesky, network):
    address = bluesky.post("ana.example", "I'm in", posted_at=now() + timedelta(hours=1))
    assert look(network, address)[0].sight is Sight.UNCLEAR


def test_links_are_read_from_the_text_and_from_cards(bluesky, network):
    address = bluesky.post("ana.example", f"👋🏽 é {LINK}?a=1 @blog.example", card=f"{LINK}/card")
    evidence = see(network, address)
    assert evidence.links == (f"{LINK}?a=1", f"{LINK}/card")
    assert evidence.mentions == (bluesky.join("blog.example"), "blog.example")


def test_a_quote_is_told_from_a_post(bluesky, network):
    quoted = bluesky.post("ben.example", "Look")
    assert see(network, bluesky.post("ana.example", "I'm in", quotes=quoted)).kind is PostKind.QUOTE


def test_who_asks_to_be_shown_to_members_only_counts_but_isnt_named(bluesky, network):
    bluesky.join("ana.example", name="Ana", hides=True)
    evidence = see(network, bluesky.post("ana.example", "I'm in"))
    assert (evidence.author_name, evidence.author_handle) == ("", "ana.example")


def test_a_login_is_checked_where_there_is_one(bluesky):
    bluesky.join("blog.example")
    password = bluesky.password_of("blog.example")
    BlueskyNetwork(http_to(bluesky), clock=now, handle="@blog.example", app_password=password).check()
    with pytest.raises(NetworkProblem, match="app password") as caught:
        BlueskyNetwork(http_to(bluesky), clock=now, handle="blog.example", app_password="wrong").check()
    assert (caught.value.code, caught.value.permanent) == ("key_refused", True)
    assert {asked.host for asked in bluesky.requests} == {LOGIN_HOST}


def test_posts_are_looked_at_without_the_login(bluesky):
    bluesky.join("blog.example")
    network = BlueskyNetwork(
        http_to(bluesky), clock=now, handle="blog.example", app_password=bluesky.password_of("blog.example")
    )
    see(network, bluesky.post("ana.example", "I'm in"))
    assert {asked.host for asked in bluesky.requests} == {PUBLIC_HOST}
    assert not any("Authorization" in asked.headers for asked in bluesky.requests)


def test_length_counts_signs_as_people_see_them(network):
    composed = network.compose(Message(text="Écoute 👩‍👩‍👧", links=(LINK,)))
    assert composed.length == len("Écoute ") + 1 + 1 + len(LINK)
    assert composed.url.startswith("https://bsky.app/intent/compose?text=%C3%89coute")


def view(**changes: Any) -> dict[str, Any]:
    did = "did:plc:abcdefghijklmnopqrstuvwx"
    author = {"did": did, "handle": "ana.example", "displayName": "Ana"}
    record = {"text": "@Blog.example #a", "createdAt": "2026-11-20T12:00:00Z", **changes.pop("record", {})}
    usual = {"uri": f"at://{did}/app.bsky.feed.post/3kxyz", "author": author, "indexedAt": "2026-11-20T12:00:00.5Z"}
    return {**usual, "record": record, **changes}


def facet(start: Any, end: Any, **feature: Any) -> dict[str, Any]:
    kind = feature.pop("kind")
    features = [{"$type": f"app.bsky.richtext.facet#{kind}", **feature}]
    return {"index": {"byteStart": start, "byteEnd": end}, "features": features}


def test_hashtags_are_those_in_the_text_and_those_beside_it():
    record = {"facets": [facet(14, 16, kind="tag", tag="Win")], "tags": ["Été", "win"]}
    assert read_post(view(record=record), now=now()).hashtags == ("win", "été")


@pytest.mark.parametrize("place", [(0, 13), (0, 999), (-1, 3), (5, 2), ("0", 1), (None, None), (0, 0)])
def test_a_mention_is_whom_it_leads_to_and_the_handle_that_is_shown(place):
    record = {"facets": [facet(*place, kind="mention", did="did:plc:zzzzzzzzzzzzzzzzzzzzzzzz")]}
    shown = ("blog.example",) if place == (0, 13) else ()
    assert read_post(view(record=record), now=now()).mentions == ("did:plc:zzzzzzzzzzzzzzzzzzzzzzzz", *shown)


@pytest.mark.parametrize(
    ("record", "kind"),
    [
        ({"reply": {"parent": {}}}, PostKind.REPLY),
        ({"embed": {"record": {"uri": "at://x.example/app.bsky.feed.post/3k"}}}, PostKind.QUOTE),
        ({"embed": {"record": {"record": {"uri": "at://x.example/app.bsky.feed.post/3k"}}}}, PostKind.QUOTE),
        ({"embed": {"record": {"uri": "at://x.example/app.bsky.graph.list/3k"}}}, PostKind.POST),
        ({"embed": {"images": []}}, PostKind.POST),
    ],
)
def test_what_a_post_is_beside_others_is_told_by_its_record(record, kind):
    assert read_post(view(record=record), now=now()).kind is kind


def test_links_of_a_quote_with_a_card_are_read():
    media = {"media": {"external": {"uri": LINK}}, "record": {"record": {"uri": "at://x.example/a.b.c/3k"}}}
    assert read_post(view(record={"embed": media}), now=now()).links == (LINK,)


def test_a_broken_handle_is_replaced_by_the_did():
    author = {"did": "did:plc:abcdefghijklmnopqrstuvwx", "handle": "handle.invalid", "displayName": "Ana"}
    assert read_post(view(author=author), now=now()).author_handle == "did:plc:abcdefghijklmnopqrstuvwx"


@pytest.mark.parametrize(
    "changes",
    [
        {"author": {"did": "did:plc:zzzzzzzzzzzzzzzzzzzzzzzz", "handle": "ana.example"}},
        {"author": {"did": "ana.example", "handle": "ana.example"}},
        {"uri": "at://ana.example/app.bsky.feed.post/3kxyz"},
        {"uri": "https://bsky.app/profile/ana.example"},
        {"indexedAt": None},
        {"record": {"facets": {"a": 1}}},
    ],
)
def test_a_post_that_contradicts_itself_is_none(changes):
    with pytest.raises(BadShape):
        read_post(view(**changes), now=now())
