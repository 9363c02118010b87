"""Which addresses are posts and people on Bluesky."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.networks.bluesky_addresses import address_of, read_address, read_name, read_profile

DID = "did:plc:abcdefghijklmnopqrstuvwx"


@pytest.mark.parametrize(
    ("text", "key", "author"),
    [
        ("https://bsky.app/profile/Ana.Example/post/3kxyz", "ana.example/3kxyz", "ana.example"),
        ("http://www.bsky.app/profile/ana.example/post/3kxyz/?ref_src=embed#x", "ana.example/3kxyz", "ana.example"),
        ("bsky.app/profile/ana.example/post/3kxyz", "ana.example/3kxyz", "ana.example"),
        (f"https://bsky.app/profile/{DID}/post/3kxyz", f"{DID}/3kxyz", None),
        (f"https://bsky.app/profile/{DID.replace(':', '%3A')}/post/3kxyz", f"{DID}/3kxyz", None),
        (f"at://{DID}/app.bsky.feed.post/3kxyz", f"{DID}/3kxyz", None),
        ("at://ana.example/app.bsky.feed.post/3kxyz", "ana.example/3kxyz", "ana.example"),
        ("https://bsky.app/profile/did:web:ana.example/post/self", "did:web:ana.example/self", None),
    ],
)
def test_a_posts_address_names_author_and_key(text, key, author):
    address = read_address(text)
    assert address is not None
    assert (address.key, address.author) == (key, author)
    authority, _, post_id = key.partition("/")
    assert address.url == f"https://bsky.app/profile/{authority}/post/{post_id}"
    assert (address.id, address.posted_at) == (post_id, None)


@pytest.mark.parametrize(
    "text",
    [
        "https://bsky.app/profile/ana.example",
        "https://bsky.app/profile/ana/post/3kxyz",
        "https://bsky.app/profile/ana.example/post/",
        "https://bsky.app/profile/ana.example/post/..",
        "https://bsky.app/profile/ana.example/post/3k/xyz",
        "https://bsky.app/profile/ana.example/feed/3kxyz",
        "https://bsky.app/profile/ana.example/post/" + "3" * 65,
        "https://bsky.app/profile/DID:PLC:abcdefghijklmnopqrstuvwx/post/3kxyz",
        "https://bsky.app/profile/did:plc:short/post/3kxyz",
        "https://bsky.app/profile/аna.example/post/3kxyz",  # a Cyrillic а
        "https://bsky.app.evil.example/profile/ana.example/post/3kxyz",
        "https://staging.bsky.app/profile/ana.example/post/3kxyz",
        f"at://{DID}/app.bsky.feed.like/3kxyz",
        f"at://{DID}/app.bsky.feed.post/3kxyz\n",
    ],
)
def test_other_addresses_are_no_posts(text):
    assert read_address(text) is None


def test_a_profile_page_names_a_handle():
    assert read_profile("https://bsky.app/profile/Ana.Example/") == "ana.example"
    others = (
        "https://bsky.app/profile/ana",
        f"https://bsky.app/profile/{DID}",
        "https://blog.example/profile/ana.example",
    )
    assert [read_profile(text) for text in others] == [None] * 3


def test_a_name_is_a_handle_with_a_dot_and_one_sign():
    assert read_name(" @Ana.Example ") == "ana.example"
    others = ("ana.example", "@ana", "@ana@m.example", "@@ana.example", f"@{DID}", "@192.168.0.1")
    assert [read_name(text) for text in others] == [None] * 6


@pytest.mark.parametrize(
    "key", ["", "3kxyz", "ana.example/", "ana.example/a/b", "ana/3k", "ana.example/..", "Äna.example/3"]
)
def test_what_was_never_a_key_makes_no_address(key):
    with pytest.raises(ValueError, match="not a post"):
        address_of(key)


authorities = st.one_of(
    st.from_regex(r"did:plc:[a-z2-7]{24}", fullmatch=True),
    st.from_regex(r"did:web:[a-z]{1,9}\.example", fullmatch=True),
    st.from_regex(r"[A-Za-z0-9-]{1,12}(\.[A-Za-z0-9-]{1,12}){0,3}", fullmatch=True),
)
keys = st.from_regex(r"[A-Za-z0-9._:~-]{1,66}", fullmatch=True)
forms = st.sampled_from(["https://bsky.app/profile/{a}/post/{k}", "at://{a}/app.bsky.feed.post/{k}"])


@given(authorities, keys, forms)
def test_the_canonical_address_is_the_same_post(authority, key, form):
    address = read_address(form.format(a=authority, k=key))
    if address is not None:
        assert read_address(address.url) == address == address_of(address.key)


@given(st.text(st.characters(exclude_categories=()), max_size=40))
def test_no_text_breaks_the_readers(text):
    for candidate in (text, f"https://bsky.app/profile/{text}/post/{text}", f"at://{text}", f"@{text}.example"):
        read_address(candidate)
        read_profile(candidate)
        read_name(candidate)
