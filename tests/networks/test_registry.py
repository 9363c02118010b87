"""What comments say of networks: read without asking anybody, bounded, and believed of nobody."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.networks.bluesky import BlueskyNetwork
from service.networks.http import Http
from service.networks.mastodon import MastodonNetwork
from service.networks.registry import Reader
from service.networks.x import XNetwork


def now() -> datetime:
    """Any time."""
    return datetime(2026, 11, 27, 16, 0, tzinfo=UTC)


HTTP = Http(user_agent="test")
READER = Reader([XNetwork(HTTP, clock=now), MastodonNetwork(HTTP, clock=now), BlueskyNetwork(HTTP, clock=now)])
ON_X = "x:1990000000000000001"


@pytest.mark.parametrize(
    "comment",
    [
        "https://x.com/ana/status/1990000000000000001",
        "Voilà : https://twitter.com/ana/status/1990000000000000001?s=20&amp;t=abc.",
        '<p>mon <a href="https://mobile.twitter.com/ana/statuses/1990000000000000001/photo/1">message</a></p>',
        "(x.com/i/web/status/1990000000000000001)",
        "X.com/Ana/status/1990000000000000001",
        "twitter.com/#!/ana/status/1990000000000000001, merci",
        "« https://x.com/ana/status/1990000000000000001 »",
    ],
)
def test_an_address_on_x_is_found_however_it_stands_in_a_comment(comment):
    assert READER.posts(comment) == ON_X


def test_each_network_s_addresses_are_found_in_one_comment():
    comment = (
        "https://bsky.app/profile/ana.bsky.social/post/3kxyzabc2345 et aussi "
        "https://mastodon.example/@ana/113456789 et x.com/ana/status/1990000000000000001"
    )
    found = "bluesky:ana.bsky.social/3kxyzabc2345 mastodon:mastodon.example/113456789 x:1990000000000000001"
    assert READER.posts(comment) == found


@pytest.mark.parametrize(
    "comment",
    [
        "J'ai lu https://blog.example/2026/11/two-books/ hier",
        "https://evil.example/x.com/ana/status/1990000000000000001",
        "https://x.com.evil.example/ana/status/1990000000000000001",
        "https://evilx.com/ana/status/1990000000000000001",
        "ana@x.com/ana/status/1990000000000000001",
        "https://x.com/ana",
        "https://ｘ.com/ana/status/1990000000000000001",
        "https://x.com/ana/status/１９９００００",
        "",
    ],
)
def test_anything_else_is_no_post(comment):
    assert READER.posts(comment) == ""


def test_of_64_addresses_the_first_few_count():
    comment = " ".join(f"https://x.com/a/status/{1_990_000_000_000_000_000 + number}" for number in range(64))
    assert READER.posts(comment).split() == [f"x:{1_990_000_000_000_000_000 + number}" for number in range(5)]


def test_the_same_post_twice_is_one():
    assert READER.posts("x.com/a/status/1990000000000000001 https://twitter.com/i/status/1990000000000000001") == ON_X


@given(st.text(alphabet=st.sampled_from("htps:/x.comtwiersbkyap@#!?&<>\"' 1290\\\x00é"), max_size=200))
def test_no_comment_makes_the_reader_fail(comment):
    READER.posts(f"https://x.com/{comment}")
    READER.posts(f"https://bsky.app/profile/{comment}//")


@pytest.mark.parametrize(
    ("name", "website", "handles"),
    [
        ("@Ana", "", "x:ana"),
        ("Ana", "https://twitter.com/Ana_B?lang=fr", "x:ana_b"),
        (
            "@ana@mastodon.example",
            "https://bsky.app/profile/ana.bsky.social",
            "mastodon:ana@mastodon.example bluesky:ana.bsky.social",
        ),
        ("@ana.bsky.social", "", "bluesky:ana.bsky.social"),
        ("Ana", "https://mastodon.example/@Ana", "mastodon:ana@mastodon.example"),
        ("Ana", "https://x.com/home", ""),
        ("@Ana et Karim", "https://blog.example", ""),
        ("ana@example.org", "javascript:alert(1)", ""),
    ],
)
def test_a_name_or_website_tells_who_somebody_says_they_are(name, website, handles):
    assert sorted(READER.handles(name, website).split()) == sorted(handles.split())
