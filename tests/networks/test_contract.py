"""What holds of every network, against a server that answers as the real one does."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from service.domain.posts import MOST_LINKS, Evidence, Message, PostAddress, PostKind, Sight, Sighting
from service.usecases.ports import Network, NetworkProblem
from testbed.standin import Answer
from tests.networks.worlds import LINK, World, now

pytestmark = pytest.mark.xdist_group("networks")

HOSTILE = [
    "",
    "@",
    "javascript:alert(1)",
    "https://",
    "https://127.0.0.1/@ana/113",
    "https://[::1]/@ana/113",
    "https://169.254.169.254/latest/meta-data/1",
    "https://user:pass@mastodon.example/@ana/113",
    "https://localhost/profile/ana.example/post/3k",
    "https://mastodon.example/@ana/113\r\nX-Evil: 1",
    "https://mastodon.example/../@ana/113",
    "\x00\ud800",
    "https://blog.example/2026/11/two-books/",
    "a" * 100_000,
]
JUNK: list[Any] = [None, True, -1, 1e300, "", "\0", "\ud800", "x" * 200_000, [], [[]], {}, {"a": {}}, [None]]


def address_in(network: Network, text: str) -> PostAddress:
    address = network.read_address(text)
    assert address is not None
    return address


def look(network: Network, *texts: str) -> list[Sighting]:
    return network.look_up([address_in(network, text) for text in texts])


def see(network: Network, text: str) -> Evidence:
    [sighting] = look(network, text)
    assert sighting.sight is Sight.SEEN
    assert sighting.evidence is not None
    return sighting.evidence


def test_a_post_that_is_there_is_seen_with_all_that_rules_ask_for(world):
    network = world.network()
    evidence = see(network, world.post(f"I'm in! {LINK} #Win {world.at_blog}"))
    assert (evidence.network, evidence.kind) == (network.name, PostKind.POST)
    assert evidence.author_handle == world.handle
    assert LINK in evidence.links
    assert evidence.hashtags == ("win",)
    assert world.mention in evidence.mentions
    assert abs(evidence.posted_at - now()) < timedelta(minutes=5)
    assert all((evidence.author_name, evidence.source))
    assert bool(evidence.author_id) is world.tells_numbers
    assert (len(evidence.text_hash), evidence.is_partial) == (64, False)


def test_the_same_text_has_the_same_hash_and_another_another(world):
    network = world.network()
    hashes = [see(network, world.post(text)).text_hash for text in ("Moi !", "Moi !", "Moi ?")]
    assert hashes[0] == hashes[1] != hashes[2]


def test_an_entry_is_one_name_that_leads_back_to_the_post(world):
    network = world.network()
    evidence = see(network, world.post("I'm in"))
    name, _, key = evidence.entry.partition(":")
    assert name == network.name
    [again] = network.look_up([network.address_of(key)])
    assert again.evidence is not None
    assert (again.reference, again.evidence.entry) == (evidence.entry, evidence.entry)
    assert see(network, evidence.url).entry == evidence.entry


def test_an_address_comes_back_from_its_key(world):
    network = world.network()
    address = address_in(network, world.post("I'm in"))
    again = network.address_of(address.key)
    assert (again.reference, again.id) == (address.reference, address.id)
    assert network.host_of(again) == network.host_of(address)
    assert network.host_of(address) in world.stand_in.origins


def test_names_and_profiles_are_spelled_as_in_the_evidence(world):
    network = world.network()
    handle = see(network, world.post("I'm in")).author_handle
    assert network.read_name(world.name) == network.read_profile(world.profile) == handle
    assert address_in(network, world.post("I'm in")).author == handle


def test_a_reply_is_told_from_a_post(world):
    told = PostKind.REPLY if world.tells_replies else PostKind.POST
    assert see(world.network(), world.post("Me too", reply_to=world.post("I'm in"))).kind is told


def test_a_deleted_post_is_gone_and_so_is_one_that_never_was(world):
    network = world.network()
    address = world.post("I'm in")
    world.delete(address)
    assert [sighting.sight for sighting in look(network, address, world.unknown)] == [Sight.GONE] * 2


def test_there_is_a_sighting_for_each_address_in_order(world):
    network = world.network()
    texts = [world.post(f"Number {number}") for number in range(min(network.batch, 3))] + [world.unknown]
    addresses = [address_in(network, text) for text in texts] * 2
    batches = [addresses[start : start + network.batch] for start in range(0, len(addresses), network.batch)]
    sightings = [sighting for batch in batches for sighting in network.look_up(batch)]
    assert [sighting.reference for sighting in sightings] == [address.reference for address in addresses]
    assert network.look_up([]) == []


def test_a_full_batch_is_looked_at_in_one_go(world):
    network = world.network()
    addresses = [address_in(network, world.post(f"Number {number}")) for number in range(network.batch)]
    network.look_up(addresses[:1])
    world.stand_in.behave()
    assert {sighting.sight for sighting in network.look_up(addresses)} == {Sight.SEEN}
    assert world.stand_in.count() == 1


def test_a_server_that_fails_once_says_nothing_about_the_post(world):
    network = world.network()
    address = world.post("I'm in")
    look(network, address)
    world.stand_in.fail(Answer(500, "oops"))
    assert sight_or_problem(network, address) in (Sight.UNCLEAR, "unreachable", "bad_answer")
    assert look(network, address)[0].sight is Sight.SEEN


@pytest.mark.parametrize("header", ["Retry-After", "X-RateLimit-Reset", "ratelimit-reset"])
def test_a_host_that_was_asked_too_often_is_left_alone_for_as_long_as_it_says(world, header):
    network = world.network()
    address = world.post("I'm in")
    value = "40" if header == "Retry-After" else str(int(now().timestamp()) + 40)
    world.stand_in.fail(Answer(429, {"error": "Too many requests"}, {header: value}))
    for asked in (1, 1):
        with pytest.raises(NetworkProblem) as caught:
            look(network, address)
        assert (caught.value.code, caught.value.permanent) == ("rate_limited", False)
        assert 30 < (caught.value.retry_after or 0) < 50
        assert caught.value.host in world.stand_in.origins
        assert world.stand_in.count() == asked


def test_an_answer_without_end_is_given_up(world):
    url = see(world.network(), world.post("I'm in")).url
    world.stand_in.fail(Answer(200, b'{"posts": [' + b" " * 10_000_000))
    assert sight_or_problem(world.network(), url) in (Sight.UNCLEAR, "too_big")


def test_an_answer_that_drips_is_given_up(world):
    url = see(world.network(), world.post("I'm in")).url
    world.stand_in.fail(Answer(200, b'{"posts": [' + b" " * 1000, drip=0.05))
    assert sight_or_problem(world.network(timeout=0.3), url) in (Sight.UNCLEAR, "too_slow")


def test_an_answer_of_another_shape_says_nothing_about_the_post(world):
    network = world.network()
    url = see(network, world.post(f"I'm in! {LINK} #Win {world.at_blog}")).url
    for body in mutations(last_json(world)):
        world.stand_in.fail(Answer(200, body))
        outcome = sight_or_problem(world.network(), url)
        assert outcome in (Sight.UNCLEAR, Sight.SEEN, Sight.HIDDEN, Sight.GONE, "bad_answer", "too_big")


@pytest.mark.parametrize("body", [b"", b"\xff\xfe", b"<html>", b"null", b"[" * 50_000, b"[]", b'{"posts": 5}', b'"x"'])
def test_an_answer_that_is_no_post_at_all_says_nothing_about_it(world, body):
    network = world.network()
    address = world.post("I'm in")
    look(network, address)
    world.stand_in.fail(Answer(200, body))
    assert sight_or_problem(network, address) in (Sight.UNCLEAR, "bad_answer")


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: text[:20])
def test_what_is_no_address_of_a_post_is_none(world, text):
    network = world.network()
    assert network.read_address(text) is None
    assert network.read_profile(text) is None or text.startswith("https://")
    assert network.read_name(text) is None
    assert world.stand_in.requests == []


def test_a_message_is_composed_with_its_first_link_its_hashtags_and_this_networks_mentions(world):
    network = world.network()
    names = ("blog", "blog@mastodon.example", "blog.example")
    mentions = (*(name for name in names if network.read_name(f"@{name}") is None), world.mention)
    message = Message(text="Win a book!", links=(LINK, f"{LINK}/2"), hashtags=("win",), mentions=mentions)
    composed = network.compose(message)
    assert composed.text.startswith("Win a book! ")
    assert sorted(composed.text.split()) == sorted(f"Win a book! {LINK} #win @{world.mention}".split())
    assert composed.fits
    assert composed.url.startswith("https://")
    assert not set(' #@"<>') & set(composed.url)


def test_a_text_fits_up_to_its_longest_length_and_no_further(world):
    network = world.network()
    longest = network.compose(Message(text="x")).longest
    assert network.compose(Message(text="x" * longest)).fits
    assert not network.compose(Message(text="x" * (longest + 1))).fits


def test_a_key_is_asked_about_where_there_is_one(world):
    world.network().check()
    assert bool(world.stand_in.requests) is world.has_key


def sight_or_problem(network: Network, text: str) -> str:
    """What a look ends with; evidence, if any, can be stored and shown."""
    try:
        [sighting] = look(network, text)
    except NetworkProblem as problem:
        return problem.code
    assert (sighting.evidence is not None) is (sighting.sight is Sight.SEEN)
    if sighting.evidence is not None:
        assert_harmless(sighting.evidence)
    return sighting.sight


def assert_harmless(evidence: Evidence) -> None:
    assert len(evidence.author_name) <= 100
    for texts in (evidence.links, evidence.hashtags, evidence.mentions):
        assert len(texts) <= MOST_LINKS
    for text in (*evidence.links, *evidence.mentions, evidence.author_name, evidence.author_handle, evidence.url):
        assert text.isprintable()
    assert "\0" not in "".join(evidence.hashtags).encode("utf-8").decode()


def last_json(world: World) -> Any:
    """The last answer that was JSON."""
    for answer in reversed(world.stand_in.answers):
        with contextlib.suppress(ValueError):
            return json.loads(answer.raw())
    raise AssertionError("nothing was answered")


def mutations(value: Any) -> Iterator[Any]:
    """The value with one thing in it replaced by junk, for each thing in it; two kinds of junk for each."""
    for number, path in enumerate(paths(value)):
        for junk in (JUNK[number % len(JUNK)], JUNK[(number * 5 + 3) % len(JUNK)]):
            yield replaced(value, path, junk)


def paths(value: Any) -> Iterator[tuple[Any, ...]]:
    yield ()
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in inner:
        yield from ((key, *path) for path in paths(item))


def replaced(value: Any, path: tuple[Any, ...], junk: Any) -> Any:
    if not path:
        return junk
    copy = value.copy()
    copy[path[0]] = replaced(value[path[0]], path[1:], junk)
    return copy
