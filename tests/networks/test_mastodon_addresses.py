"""Which addresses are posts and people on Mastodon and its kin."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.networks.mastodon_addresses import address_of, read_address, read_name, read_profile, shorten_as_counted

ULID = "01HX2B3C4D5E6F7G8H9JKMNPQR"


@pytest.mark.parametrize(
    ("text", "key", "author", "url"),
    [
        ("https://m.example/@Ana/113", "m.example/113", "ana@m.example", "https://m.example/@ana/113"),
        ("http://m.example/deck/@ana/113/", "m.example/113", "ana@m.example", "https://m.example/@ana/113"),
        ("https://m.example/@ana@m.example/113", "m.example/113", "ana@m.example", "https://m.example/@ana/113"),
        (
            "https://m.example/@ana@other.example/113",
            "m.example/113/copy",
            "ana@other.example",
            "https://m.example/@ana@other.example/113",
        ),
        ("https://m.example/users/ana/statuses/113", "m.example/113", "ana@m.example", "https://m.example/@ana/113"),
        (
            f"https://m.example/@a.n_a/statuses/{ULID}",
            f"m.example/{ULID}",
            "a.n_a@m.example",
            f"https://m.example/@a.n_a/statuses/{ULID}",
        ),
        ("https://m.example/ap/users/1/statuses/113", "m.example/113", None, None),
        ("https://m.example/notice/AbCdEfGh", "m.example/AbCdEfGh", None, "https://m.example/notice/AbCdEfGh"),
        ("https://m.example/notes/9xyz", "m.example/9xyz", None, "https://m.example/notes/9xyz"),
        ("https://m.example/web/statuses/113", "m.example/113", None, "https://m.example/web/statuses/113"),
    ],
)
def test_a_posts_address_names_its_server_and_id(text, key, author, url):
    address = read_address(text)
    assert address is not None
    assert (address.key, address.author, address.id) == (key, author, key.split("/")[1])
    assert url is None or address.url == url
    assert address.posted_at is None


@pytest.mark.parametrize(
    "text",
    [
        "https://m.example/",
        "https://m.example/@ana",
        "https://m.example/@ana/followers",
        "https://m.example/@ana/113/embed",
        "https://m.example/users/ana/statuses/113/activity",
        "https://m.example/@ana/" + "1" * 65,
        "https://m.example/@ana/11-3",
        "https://m.example/@ana@localhost/113",
        "https://m.example/@ana@x.com/113",
        "https://m.example/@aſa/113",  # the long s is no s
        "https://x.com/@ana/113",
        "https://mobile.twitter.com/users/ana/statuses/113",
        "https://bsky.app/@ana/113",
        "https://10.0.0.1/@ana/113",
        "https://intranet.local/@ana/113",
    ],
)
def test_other_addresses_are_no_posts(text):
    assert read_address(text) is None


@pytest.mark.parametrize(
    "text", ["https://m.example/@Ana", "https://m.example/users/ana/", "https://a.example/@ana@m.example"]
)
def test_a_profile_page_names_a_handle(text):
    assert read_profile(text) == "ana@m.example"


@pytest.mark.parametrize(
    "text", ["https://m.example/@ana/113", "https://x.com/@ana", "https://m.example/ana", "@ana@b.c"]
)
def test_other_pages_are_no_profiles(text):
    assert read_profile(text) is None


def test_a_name_is_a_handle_only_with_both_signs():
    assert read_name(" @Ana@M.example ") == "ana@m.example"
    assert [read_name(text) for text in ("ana@m.example", "@ana", "@ana.example", "@ana@x.com", "@ana@localhost")] == [
        None
    ] * 5


@pytest.mark.parametrize("key", ["", "113", "m.example/", "m.example/a/b", "localhost/1", "M.example/1", "x.com/1"])
def test_what_was_never_a_key_makes_no_address(key):
    with pytest.raises(ValueError, match="not a post"):
        address_of(key)


def test_links_count_23_signs_and_handles_without_their_server():
    assert shorten_as_counted("a https://blog.example/@x@y.example/ @blog@m.example!") == f"a {'x' * 23} @blog!"


hosts = st.sampled_from(["m.example", "a.b.example", "xn--bcher-kva.example", "localhost", "x.com", "1.2.3.4"])
users = st.from_regex(r"[A-Za-z0-9_.@-]{1,12}", fullmatch=True)
ids = st.from_regex(r"[0-9A-Za-z]{1,64}|[0-9]{1,19}", fullmatch=True)
forms = st.sampled_from(
    ["/@{u}/{i}", "/users/{u}/statuses/{i}", "/@{u}/statuses/{i}", "/notice/{i}", "/web/statuses/{i}"]
)


@given(hosts, users, ids, forms)
def test_the_canonical_address_is_the_same_post(host, user, post_id, form):
    address = read_address(f"https://{host}{form.format(u=user, i=post_id)}")
    if address is not None:
        again = read_address(address.url)
        assert again == address
        assert address_of(address.key).reference == address.reference
        assert read_address(address_of(address.key).url) == address_of(address.key)


@given(st.text(st.characters(exclude_categories=()), max_size=40))
def test_no_text_breaks_the_readers(text):
    for candidate in (text, f"https://m.example/{text}", f"https://{text}/@ana/1", f"@{text}@m.example"):
        address = read_address(candidate)
        assert address is None or address.reference.isprintable()
        read_profile(candidate)
        read_name(candidate)
