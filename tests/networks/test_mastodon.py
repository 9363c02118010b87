"""What is Mastodon's own: whose server is believed, what counts as public, when a post was posted."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from service.domain.posts import Evidence, Message, PostKind, Sight, Sighting
from service.networks.mastodon import MastodonNetwork
from service.usecases.ports import NetworkProblem
from testbed.mastodon import Mastodon
from testbed.standin import Answer
from tests.networks.fediverse import POST_ID, Fediverse, status
from tests.networks.worlds import LINK, http_to, id_in, now

pytestmark = pytest.mark.xdist_group("networks")

HOME = "home.example"


@pytest.fixture
def fediverse() -> Iterator[Fediverse]:
    with Fediverse() as fediverse:
        yield fediverse


@pytest.fixture
def network(fediverse: Fediverse) -> MastodonNetwork:
    return MastodonNetwork(http_to(fediverse), clock=now)


def look(network: MastodonNetwork, text: str) -> Sighting:
    address = network.read_address(text)
    assert address is not None
    return network.look_up([address])[0]


def see(network: MastodonNetwork, text: str) -> Evidence:
    sighting = look(network, text)
    assert sighting.evidence is not None, sighting.detail
    return sighting.evidence


def test_a_copy_that_its_server_let_go_says_nothing_of_the_post(fediverse, network):
    """Also where the address was kept in between, by its key alone."""
    fediverse.says["copies.example", "/api/v1/statuses/7"] = Answer(404, {"error": "Record not found"})
    address = network.read_address(f"https://copies.example/@ana@{HOME}/7")
    assert network.look_up([network.address_of(address.key)])[0].sight is Sight.UNCLEAR
    assert network.address_of(address.key).reference == address.reference


def test_an_answer_with_another_post_than_was_asked_for_is_unclear(fediverse, network):
    fediverse.says[HOME, f"/api/v1/statuses/{POST_ID}"] = Answer(body=status(HOME) | {"id": "99"})
    assert look(network, f"https://{HOME}/@ana/{POST_ID}").sight is Sight.UNCLEAR


def test_a_copy_on_another_server_is_looked_at_where_it_is_from(fediverse, network):
    fediverse.show(HOME, content="<p>Home</p>")
    copy = status(HOME, content="<p>Copy</p>") | {"id": "7"}
    fediverse.says["copies.example", "/api/v1/statuses/7"] = Answer(body=copy)
    sighting = look(network, f"https://copies.example/@ana@{HOME}/7")
    assert sighting.evidence is not None
    assert sighting.reference == "mastodon:copies.example/7/copy"
    assert sighting.evidence.entry == f"mastodon:{HOME}/{POST_ID}"
    assert sighting.evidence.author_handle == f"ana@{HOME}"
    assert sighting.evidence.text_hash == see(network, f"https://{HOME}/@ana/{POST_ID}").text_hash
    assert [asked.host for asked in fediverse.requests] == ["copies.example", HOME, HOME]


def test_a_server_cant_speak_for_another(fediverse, network):
    fediverse.says["evil.example", "/api/v1/statuses/7"] = Answer(body=status(HOME) | {"id": "7"})
    assert look(network, "https://evil.example/@ana/7").sight is Sight.GONE  # at home there is no such post


@pytest.mark.parametrize(
    "changes",
    [
        {"account": {"acct": f"ana@{HOME}", "url": f"https://{HOME}/@ana"}},
        {"account": {"acct": "ana", "url": f"https://{HOME}/@ana"}},
        {"account": {"acct": "ana", "url": "https://evil.example.home.example/@ana"}},
        {"account": {"acct": "ana"}},
        {"account": {"acct": "a/na", "url": "https://evil.example/@ana"}},
    ],
)
def test_a_server_cant_give_its_posts_to_an_account_of_another(fediverse, network, changes):
    assert look(network, fediverse.show("evil.example", **changes)).sight is Sight.UNCLEAR


def test_two_servers_that_tell_different_names_tell_nothing(fediverse, network):
    address = fediverse.show("evil.example", uri=f"https://{HOME}/objects/1", url=f"https://{HOME}/@ana/{POST_ID}")
    fediverse.show(HOME)
    assert look(network, address).sight is Sight.UNCLEAR


@pytest.mark.parametrize(
    "uri", [f"https://{HOME}/objects/5f1c", "tag:home.example,2026:1", "https://[", f"https://{HOME}/activity", 5]
)
def test_a_copy_that_doesnt_tell_its_id_at_home_asks_for_the_address_there(fediverse, network, uri):
    sighting = look(network, fediverse.show("copies.example", uri=uri, url="https://elsewhere.example/x"))
    assert sighting.sight is Sight.UNCLEAR
    assert uri == 5 or "own server" in sighting.detail or "no address" in sighting.detail


def test_a_copy_that_points_on_leads_no_further(fediverse, network):
    address = fediverse.show("copies.example", uri=f"https://{HOME}/users/ana/statuses/{POST_ID}")
    fediverse.show(HOME, uri=f"https://evil.example/users/ana/statuses/{POST_ID}")
    assert look(network, address).sight is Sight.UNCLEAR
    assert fediverse.count() == 2


def test_a_copy_that_is_gone_says_nothing_about_the_post(network):
    assert look(network, f"https://copies.example/@ana@{HOME}/7").sight is Sight.UNCLEAR
    assert look(network, "https://copies.example/@ana/7").sight is Sight.GONE


@pytest.mark.parametrize(
    "place", ["https://10.0.0.1/users/a/statuses/1", "https://localhost/@a/1", "https://x.com/@a/1"]
)
def test_a_copy_leads_to_no_place_that_isnt_a_server(fediverse, network, place):
    assert look(network, fediverse.show("evil.example", uri=place, url=place)).sight is Sight.UNCLEAR
    assert fediverse.count() == 1


@pytest.mark.parametrize(
    ("answer", "sight"),
    [
        (Answer(404, {"error": "Record not found"}), Sight.GONE),
        (Answer(404, {"error": "Not Found: target status not found"}), Sight.GONE),
        (Answer(410, {"error": "Gone"}), Sight.GONE),
        (Answer(404, {"error": {"code": "UNKNOWN_API_ENDPOINT"}}), Sight.UNCLEAR),  # Misskey
        (Answer(404, "<html>Not found</html>"), Sight.UNCLEAR),  # a blog
        (Answer(401, {"error": "This API requires an authenticated user"}), Sight.UNCLEAR),
        (Answer(403, {"error": "This action is not allowed"}), Sight.UNCLEAR),
        (Answer(302, "", {"Location": "https://evil.example/"}), Sight.UNCLEAR),
        (Answer(503, "<html>"), Sight.UNCLEAR),
    ],
    ids=lambda value: str(value)[:60],
)
def test_only_an_answer_that_says_so_makes_a_post_gone(fediverse, network, answer, sight):
    fediverse.fail(answer)
    assert look(network, f"https://{HOME}/@ana/7").sight is sight
    assert fediverse.count() == 1


@pytest.mark.parametrize(
    ("visibility", "sight"),
    [("public", Sight.SEEN), ("unlisted", Sight.SEEN), ("private", Sight.HIDDEN), ("direct", Sight.HIDDEN)],
)
def test_unlisted_posts_are_public_since_everybody_can_open_them(fediverse, network, visibility, sight):
    assert look(network, fediverse.show(HOME, visibility=visibility)).sight is sight


@pytest.mark.parametrize(
    ("changes", "kind"),
    [
        ({}, PostKind.POST),
        ({"in_reply_to_id": "5"}, PostKind.REPLY),
        ({"quote": {"state": "accepted"}}, PostKind.QUOTE),
        ({"reblog": {"id": "5"}}, PostKind.REPOST),
    ],
)
def test_what_a_post_is_beside_others_is_told_by_its_references(fediverse, network, changes, kind):
    assert see(network, fediverse.show(HOME, **changes)).kind is kind


def snowflake(moment: datetime) -> str:
    return str((int(moment.timestamp() * 1000) << 16) + 7)


@pytest.mark.parametrize(
    ("post_id", "posted_at"),
    [
        (snowflake(datetime(2026, 11, 21, tzinfo=UTC)), datetime(2026, 11, 21, tzinfo=UTC)),  # dated back
        (snowflake(datetime(2026, 11, 19, tzinfo=UTC)), datetime(2026, 11, 20, 10, tzinfo=UTC)),
        (snowflake(datetime(2125, 11, 19, tzinfo=UTC)), datetime(2026, 11, 20, 10, tzinfo=UTC)),  # no snowflake
        ("1795568946722", datetime(2026, 11, 20, 10, tzinfo=UTC)),
        ("01HX2B3C4D5E6F7G8H9JKMNPQR", datetime(2026, 11, 20, 10, tzinfo=UTC)),
        ("9" * 64, datetime(2026, 11, 20, 10, tzinfo=UTC)),
    ],
)
def test_a_post_isnt_older_than_its_id(fediverse, network, post_id, posted_at):
    assert see(network, fediverse.show(HOME, post_id)).posted_at == posted_at


@pytest.mark.parametrize(
    "text", ["2999-01-01T00:00:00Z", "2026-11-20T10:00:00", "yesterday", "", None, 5, "0001-01-01T00:00:00+23:59"]
)
def test_a_time_that_cant_be_makes_a_post_unclear(fediverse, network, text):
    assert look(network, fediverse.show(HOME, created_at=text)).sight is Sight.UNCLEAR


def test_links_are_told_from_mentions_and_hashtags(fediverse, network):
    content = (
        '<p>I\'m in <a href="https://blog.example/contest?utm_source=m"><span class="invisible">https://</span>blog…</a>'
        ' <a href="https://home.example/tags/win" class="mention hashtag" rel="tag">#<span>Win</span></a> #Été&amp;co'
        ' <span class="h-card"><a href="https://home.example/@blog" class="u-url mention">@<span>blog</span></a></span>'
        ' <a href="javascript:alert(1)">x</a> <a href="https://blog.example/#frag">blog.example/#frag</a>'
        "<script>alert(1)</script></p>"
    )
    mentions = [{"acct": "blog"}, {"acct": "Eve@Other.example"}, {"acct": "a b"}]
    evidence = see(network, fediverse.show(HOME, content=content, tags=[{"name": "win"}], mentions=mentions))
    assert evidence.links == ("https://blog.example/contest?utm_source=m", "https://blog.example/#frag")
    assert evidence.hashtags == ("win", "été")
    assert evidence.mentions == (f"blog@{HOME}", "eve@other.example")


def test_of_too_many_links_the_first_are_kept_and_the_rest_is_told(fediverse, network):
    content = "".join(f'<a href="https://blog.example/{number}">x</a>' for number in range(30))
    evidence = see(network, fediverse.show(HOME, content=content))
    assert len(evidence.links) == 20
    assert evidence.is_partial


@pytest.mark.parametrize("piece", ["<a ", "<a href='", "<!--", "<p>", "<a><p>", "<svg><p>", "&"])
def test_broken_html_is_read_in_no_time(fediverse, network, piece):
    assert look(network, fediverse.show(HOME, content=(piece * 100_000)[:100_000])).sight is Sight.SEEN


@pytest.mark.parametrize("name", ["A\0b\ud800", "x" * 5000, "a\u202eb\n c", 5, None, {}])
def test_a_strangers_name_is_clipped_to_what_can_be_shown(fediverse, network, name):
    account = status(HOME)["account"] | {"display_name": name}
    shown = see(network, fediverse.show(HOME, account=account)).author_name
    assert 0 < len(shown) <= 100
    assert shown.isprintable()


def test_a_boost_is_a_repost_of_somebody_elses_words(mastodon: Mastodon):
    network = MastodonNetwork(http_to(mastodon), clock=now)
    assert see(network, mastodon.boost("ben", id_in(mastodon.post("ana", "I'm in")))).kind is PostKind.REPOST


def test_a_server_that_has_no_request_left_is_left_alone(fediverse, network):
    address = fediverse.show(HOME)
    in_a_minute = (now() + timedelta(seconds=60)).isoformat()
    headers = {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": in_a_minute}
    fediverse.fail(Answer(200, status(HOME), headers))
    assert look(network, address).sight is Sight.SEEN
    with pytest.raises(NetworkProblem) as caught:
        look(network, address)
    assert caught.value.code == "rate_limited"
    assert fediverse.count() == 1


def test_a_server_is_asked_as_often_as_it_allows_and_no_more(fediverse, network):
    addresses = [network.address_of(f"{HOME}/7")] * 251
    with pytest.raises(NetworkProblem, match="as often as it allows"):
        network.look_up(addresses)
    assert fediverse.count() == 250
    assert look(network, "https://copies.example/@ana/7").sight is Sight.GONE  # others are asked


def test_a_token_goes_to_its_own_server_alone(fediverse):
    network = MastodonNetwork(http_to(fediverse), clock=now, tokens={HOME: "secret"})
    for host in (HOME, "copies.example"):
        see(network, fediverse.show(host))
    assert [asked.headers.get("Authorization") for asked in fediverse.requests] == ["Bearer secret", None]


def test_a_token_is_checked_where_it_is_from(mastodon: Mastodon):
    MastodonNetwork(http_to(mastodon), clock=now, tokens={mastodon.host: mastodon.token("blog")}).check()
    with pytest.raises(NetworkProblem, match="refuses its token") as caught:
        MastodonNetwork(http_to(mastodon), clock=now, tokens={mastodon.host: "wrong"}).check()
    assert (caught.value.code, caught.value.permanent) == ("key_refused", True)


def test_length_counts_links_as_23_and_handles_without_server(network):
    composed = network.compose(
        Message(text="Écoute 👩‍👩‍👧", links=(f"{LINK}/{'x' * 100}",), mentions=("blog@m.example",))
    )
    assert composed.length == len("Écoute ") + 1 + 1 + 23 + 1 + len("@blog")
    assert composed.longest == 500
    assert composed.url.startswith("https://mastodon.social/share?text=%C3%89coute")
