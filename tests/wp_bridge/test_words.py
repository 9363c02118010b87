"""Addresses, texts and times on their own."""

from __future__ import annotations

from datetime import UTC, datetime
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wp_bridge import Blog, NotABlog, connect
from wp_bridge.addresses import comparable_path, is_same_site, keep_https, parents, post_id_in, whole_address
from wp_bridge.site import _two_letters
from wp_bridge.text import clean, is_same_wording, offset_name, plain, utc_time, with_entities, zone_of
from wp_bridge.transport import Answer, Transport, basic_auth
from wp_bridge.xmlrpc_client import tidy


@pytest.mark.parametrize(
    ("typed", "whole"),
    [
        ("blog.example", "https://blog.example/"),
        (" Blog.Example/a/ ", "https://Blog.Example/a/"),
        ("blog.example:8443", "https://blog.example:8443/"),
        ("localhost:8080/blog", "http://localhost:8080/blog"),
        ("127.0.0.1", "http://127.0.0.1/"),
        ("[::1]:8080", "http://[::1]:8080/"),
        ("http://blog.example/?p=3#c", "http://blog.example/?p=3"),
        ("HTTPS://blog.example", "https://blog.example/"),
    ],
)
def test_a_typed_address_is_made_whole(typed: str, whole: str) -> None:
    assert whole_address(typed) == whole


@given(st.text(max_size=60))
def test_any_text_is_an_address_or_none(typed: str) -> None:
    try:
        address = whole_address(typed)
    except NotABlog:
        return
    assert address.startswith(("http://", "https://"))


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("http://blog.example/", "https://www.blog.example/x", True),
        ("http://blog.example:80/", "https://BLOG.example:443/", True),
        ("http://blog.example:8080/", "https://www.blog.example:8080/", True),
        ("http://blog.example:8080/", "http://blog.example/", False),
        ("http://blog.example/", "http://blog.example.evil.example/", False),
        ("http://blog.example/", "http://blog.example@evil.example/", False),
        ("http://blog.example/", "http://shop.blog.example/", False),
        ("http://blog.example/", "ftp://blog.example/", False),
        ("http://caf\u00e9.example/", "https://xn--caf-dma.example/", True),
    ],
)
def test_one_site_is_one_host(one: str, other: str, same: bool) -> None:
    assert is_same_site(one, other) is same
    assert is_same_site(other, one) is same


def test_what_was_found_over_https_stays_there() -> None:
    assert keep_https("http://b.example/wp-json/", "https://b.example/") == "https://b.example/wp-json/"
    assert keep_https("https://b.example/", "http://b.example/") == "https://b.example/"


def test_the_folders_above_an_address() -> None:
    assert parents("http://x/a/b?c=1") == ["http://x/a/b?c=1", "http://x/a/", "http://x/"]
    assert parents("http://x/") == ["http://x/"]
    assert len(parents("http://x" + "/a" * 50)) == 5
    assert parents("http://x" + "/a" * 50)[-1] == "http://x/"


@pytest.mark.parametrize(
    ("reference", "number"),
    [("42", 42), ("https://x/?p=42&preview=true", 42), ("https://x/?page_id=7", 7), ("https://x/?p=-1", None),
     ("https://x/2026/42/", None), ("٤٢", None), ("9" * 30, None)],
)  # fmt: skip
def test_the_number_in_a_reference(reference: str, number: int | None) -> None:
    assert post_id_in(reference) == number


def test_permalinks_are_compared_by_what_they_mean() -> None:
    assert comparable_path("https://x/%C3%A9t%C3%A9/comment-page-3/#c") == comparable_path("http://x/été")


def test_broken_dates_never_fail() -> None:
    paris = zone_of("Europe/Paris", "1")
    assert utc_time("2026-07-01T12:00:00", "", paris) == datetime(2026, 7, 1, 12, tzinfo=UTC)
    assert utc_time("20260701T12:00:00", "", paris) == datetime(2026, 7, 1, 12, tzinfo=UTC)
    for broken in (
        "0000-00-00T00:00:00",
        "-0001-11-30T00:00:00",
        None,
        False,
        "",
        "2026-13-40T99:99:99",
        "0001-01-01T00:00:00",
    ):
        assert utc_time(broken, "2026-07-01T14:00:00", paris) == datetime(2026, 7, 1, 12, tzinfo=UTC)
        assert utc_time(broken, broken, paris) == datetime(1970, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("name", "offset", "shown"),
    [("", "0", "+00:00"), ("", "5.5", "+05:30"), ("", "-3.5", "-03:30"), ("", "", "+00:00"), ("", "x", "+00:00"),
     ("Mars/Base", "2", "+02:00"), ("../../etc/passwd", "1", "+01:00"), ("", "99", "+00:00"), ("", "nan", "+00:00")],
)  # fmt: skip
def test_a_blog_without_a_known_zone_has_an_offset(name: str, offset: str, shown: str) -> None:
    assert offset_name(zone_of(name, offset)) == shown


@pytest.mark.parametrize(
    ("written", "letters"),
    [("fr-FR", "fr"), ("fr_FR", "fr"), ("FR", "fr"), ("en", "en"), ("ckb", None), ("", None), (None, None)],
)
def test_a_language_has_two_letters(written: str | None, letters: str | None) -> None:
    assert _two_letters(written) == letters


@given(st.text(st.characters(), max_size=200))
def test_clean_text_survives_xml_and_any_encoding(text: str) -> None:
    cleaned = clean(text)
    cleaned.encode()
    assert clean(cleaned) == cleaned
    element = ElementTree.Element("x")
    element.text = cleaned
    assert (ElementTree.fromstring(ElementTree.tostring(element)).text or "") == cleaned


@given(st.text(max_size=100))
def test_entities_keep_the_wording(text: str) -> None:
    assert is_same_wording(with_entities(clean(text)), clean(text))
    assert plain(with_entities("\U0001f389é")) == "\U0001f389é"


@given(st.binary(max_size=300))
def test_any_bytes_are_tidied_into_text_that_xml_allows(body: bytes) -> None:
    cleaned = tidy(b"<?xml version='1.0'?><methodResponse>" + body.replace(b"<", b"") + b"</methodResponse>")
    ElementTree.fromstring(cleaned.encode())


def test_nothing_secret_is_shown() -> None:
    answer = Answer(200, "http://x/", {"Set-Cookie": "geheim"}, b"geheim")
    transport = Transport(timeout=1, max_bytes=1, user_agent="x")
    assert "geheim" not in repr(answer)
    assert "geheim" not in repr(transport) + repr(basic_auth("u", "geheim")) + str(vars(transport))
    transport.close()


def test_a_blog_cannot_be_made_without_connecting() -> None:
    with pytest.raises(TypeError):
        Blog()  # type: ignore[abstract]
    assert connect.__doc__ is not None
