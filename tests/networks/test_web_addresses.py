"""What is a web address that networks read, and what is none."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.networks.web_addresses import WebAddress, is_public_name, split_address

NO_PUBLIC_NAMES = [
    "",
    "localhost",
    "mastodon",
    "127.0.0.1",
    "2130706433",
    "0x7f.1",
    "0x7f.0x1",
    "0177.0.0.1",
    "[::1]",
    "printer.local",
    "a.b.localhost",
    "vault.internal",
    "x.onion",
    "router.home.arpa",
    "mastodon.example.",
    ".example",
    "a..example",
    "-a.example",
    "a_b.example",
    "mаstodon.example",  # a Cyrillic а
    "mastodon。example",
    f"{'a' * 64}.example",
    f"{'a.' * 124}example",
]


@pytest.mark.parametrize("name", NO_PUBLIC_NAMES)
def test_a_name_that_leads_nowhere_public_is_no_server(name):
    assert not is_public_name(name)
    assert split_address(f"https://{name}/@ana/113") is None


@pytest.mark.parametrize("name", ["mastodon.example", "m.xn--p1ai", "xn--mastodn-f1a.example", "a.b.c.d.example"])
def test_a_name_with_a_dot_is_a_server(name):
    assert is_public_name(name)


@pytest.mark.parametrize(
    "text",
    [
        "https://Mastodon.Example/@ana/113",
        "http://mastodon.example/@ana/113/",
        " https://mastodon.example/%40ana/113?lang=fr#reply ",
        "HTTPS://mastodon.example/@ana/113#é",
    ],
)
def test_an_address_has_one_host_and_path_however_it_is_spelled(text):
    assert split_address(text) == WebAddress("mastodon.example", "/@ana/113")


@pytest.mark.parametrize(
    "text",
    [
        "mastodon.example/@ana/113",
        "ftp://mastodon.example/@ana/113",
        "javascript:alert(1)",
        "https://mastodon.example:8443/@ana/113",
        "https://ana@mastodon.example/@ana/113",
        "https://mastodon.example@evil.example:80/@ana/113",
        "https://mastodon.example\\@evil.example/@ana/113",
        "https://mastodon.example/@ana/1\t13",
        "https://mastodon.example/@ana/113\x00",
        "https://mastodon.example/@ana/113 and more",
        "https://mastodon.example/@ana/113\u202e",
        "https://mastodon.example/@ana/113?\ud800",
        "https://mastodon.example/@ana/113?" + "x" * 2000,
        "https:///@ana/113",
        "//mastodon.example/@ana/113",
        "https://\u212a.example/@ana/113",  # the sign for kelvin, which is a k when made small
    ],
)
def test_what_no_honest_person_pastes_is_no_address(text):
    assert split_address(text) is None


@given(st.text(st.characters(exclude_categories=()), max_size=60))
def test_no_text_breaks_the_reader(text):
    for candidate in (text, f"https://{text}", f"https://mastodon.example/{text}"):
        place = split_address(candidate, needs_scheme=False)
        assert place is None or is_public_name(place.host)
