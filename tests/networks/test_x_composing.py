"""Messages for X are as long as X finds them; the package twitter-text-parser, made by others, counts beside ours."""

from __future__ import annotations

import sys
from importlib.resources import files
from types import ModuleType
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.domain.posts import Message
from service.networks.x_composing import compose, count_length

LINK = "https://blog.example/2026/11/two-books/"
PIECES = [
    *"aZ 0,!éßж字한ก—…“„‰\n",
    "e\u0301",
    "👋",
    "👍🏽",
    "👨\u200d👩\u200d👧",
    "🇫🇷",
    "1️⃣",
    "☀️",
    "✅",
    "❤️",
    "🏴\u200d☠️",
]


@pytest.fixture(scope="module")
def their_length():
    """The other counter. It finds its data with pkg_resources, which newer Pythons come without."""
    stand_in = ModuleType("pkg_resources")
    stand_in.resource_string = lambda package, name: (  # type: ignore[attr-defined]
        files(package.rpartition(".")[0]).joinpath(name).read_bytes()
    )
    kept = sys.modules.get("pkg_resources")
    sys.modules["pkg_resources"] = stand_in
    try:
        from twitter_text import parse_tweet
    finally:
        sys.modules.pop("pkg_resources") if kept is None else sys.modules.update(pkg_resources=kept)
    return lambda text: parse_tweet(text).weightedLength


@given(st.lists(st.sampled_from(PIECES)).map("".join))
def test_texts_are_as_long_as_another_counter_finds_them(their_length, text):
    assert count_length(text) == their_length(text)


@pytest.mark.parametrize(
    "text",
    [
        *("", "Hello, world! 👋", "日本語のテキスト", f"Win {LINK.replace('.example', '.fr')} now", "e\u0301" * 10),
        *("See http://blog.fr/a?b=c&d=e#f, and (https://blog.fr/x).", "blog.fr/contest is it", "Write to ana@blog.fr."),
        *("a\r\nb", "👩🏽\u200d🚀 & co", "It's 5.30pm. Come", "https://blog.fr https://blog.com"),
    ],
)
def test_whole_messages_are_too(their_length, text):
    assert count_length(text) == their_length(text)


def test_the_link_carries_every_part_percent_encoded():
    message = Message(
        text="Win a book & more!\nÇa va?",
        links=(LINK, "https://blog.example/other"),
        hashtags=("win", "Été"),
        mentions=("blog", "blog@mastodon.example", "blog.example"),
    )
    composed = compose(message)
    parts = urlsplit(composed.url)
    assert composed.url.startswith("https://x.com/intent/tweet?text=Win%20a%20book%20%26%20more%21%0A%C3%87a")
    assert parse_qs(parts.query) == {
        "text": ["Win a book & more!\nÇa va? @blog"],
        "url": [LINK],
        "hashtags": ["win,Été"],
    }
    assert composed.text == f"Win a book & more!\nÇa va? @blog {LINK} #win #Été"
    assert composed.length == len("Win a book & more!\nÇa va? @blog  #win #Été") + 23
    assert composed.fits


def test_a_message_of_one_part_has_only_that():
    assert compose(Message(hashtags=("win",))).url == "https://x.com/intent/tweet?hashtags=win"
    assert compose(Message(mentions=("blog",))).text == "@blog"


@pytest.mark.parametrize(("length", "fits"), [(280, True), (281, False)])
def test_280_is_the_longest(length, fits):
    assert compose(Message(text="x" * (length - 24), links=(LINK,))).fits is fits
