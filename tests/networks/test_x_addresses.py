"""Addresses on X are read in all their spellings, and in no other."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.networks.x_addresses import address_of, first_id_at, read_address, read_name, read_profile, time_of

ID = "1578516068309794817"
HOSTS = ("x.com", "twitter.com", "www.x.com", "mobile.twitter.com", "m.twitter.com", "X.com", "WWW.Twitter.COM")
NAMED = ("Ana/status", "Ana/statuses", "#!/Ana/status")
NAMELESS = ("i/status", "i/web/status")
ENDINGS = (
    *("", "/", "/photo/1", "/video/1", "/history", "/analytics", "?s=20&t=a_b-c", "/?ref_src=twsrc%5Etfw", "#top"),
    "/photo/1?s=20",
)
IDS = st.integers(1, 2**63 - 1).map(str)


@pytest.mark.parametrize("ending", ENDINGS)
@pytest.mark.parametrize("path", NAMED + NAMELESS)
def test_every_spelling_names_the_same_post(path, ending):
    for host in HOSTS:
        for scheme in ("https://", "http://", "HTTPS://", ""):
            address = read_address(f"{scheme}{host}/{path}/{ID}{ending}")
            assert address is not None, (scheme, host)
            assert (address.key, address.id, address.reference) == (ID, ID, f"x:{ID}")
            assert address.url == f"https://x.com/i/web/status/{ID}"
            assert address.author == ("ana" if path in NAMED else None)


def test_the_usual_port_changes_nothing():
    assert read_address(f"https://x.com:443/ana/status/{ID}") == read_address(f" https://x.com/ana/status/{ID} ")
    assert read_address(f"http://x.com:80/ana/status/{ID}") is not None


@pytest.mark.parametrize(
    "text",
    [
        *("", " ", "x.com", "https://x.com/", "https://x.com/ana", "https://x.com/ana/status/", "@ana", ID),
        *(f"https://evil.example/ana/status/{ID}", f"https://x.com.evil.example/ana/status/{ID}"),
        *(f"https://evil-x.com/ana/status/{ID}", f"https://api.x.com/ana/status/{ID}", f"https://x.co/ana/status/{ID}"),
        *(f"https://x.com@evil.example/ana/status/{ID}", f"https://ana:b@x.com/ana/status/{ID}"),
        *(f"https://x.com:8443/ana/status/{ID}", f"http://x.com:443/ana/status/{ID}", f"https://x.com:/a/status/{ID}"),
        *(f"https://x.com\\ana\\status\\{ID}", f"https://x.com/ana/status/{ID}\\", f"ftp://x.com/ana/status/{ID}"),
        *(f"//x.com/ana/status/{ID}", f"javascript:x.com/ana/status/{ID}", f"https:x.com/ana/status/{ID}"),
        *(
            f"https://x.com/ana/status/{ID}\0",
            f"https://x.com/ana\n/status/{ID}",
            f"https://x.com/ana/status/{ID}\u202e",
        ),
        *(f"https://ｘ.com/ana/status/{ID}", f"https://х.com/ana/status/{ID}", f"https://x。com/ana/status/{ID}"),
        *("https://x.com/ana/status/１５７８５１６", "https://x.com/ana/status/١٢٣", "https://x.com/ana/status/-1"),
        *("https://x.com/ana/status/0", "https://x.com/ana/status/01", "https://x.com/ana/status/1e5"),
        *("https://x.com/ana/status/9223372036854775808", "https://x.com/ana/status/10000000000000000000"),
        *(f"https://x.com/ana/status/{ID}x", f"https://x.com/ana/status/{ID}/evil", f"https://x.com//ana/status/{ID}"),
        *(
            f"https://x.com/too_long_a_handle/status/{ID}",
            f"https://x.com/é/status/{ID}",
            f"https://x.com/i/article/{ID}",
        ),
        *(
            f"https://x.com/ana/status/{ID}?" + "a" * 2_000,
            f"https://x.com/{'a' * 3_000}/status/{ID}",
            "https://t.co/AbC",
        ),
        *(f"https://x.com/a na/status/{ID}", f"https://x.com/ana/STATUS/{ID}", "https://[x.com/ana/status/1"),
    ],
)
def test_anything_else_names_no_post(text):
    assert read_address(text) is None


def test_an_id_tells_its_time():
    assert time_of(ID) == datetime(2022, 10, 7, 22, 42, 12, 752_000, UTC)
    assert str(time_of("463440424141459456")).startswith("2014-05-05")


@pytest.mark.parametrize("post_id", ["1", "20", "29700859246"])
def test_the_ids_of_the_first_years_tell_no_time(post_id):
    assert address_of(post_id).posted_at is None


@given(st.datetimes(datetime(2010, 11, 5), datetime(2079, 1, 1), timezones=st.just(UTC)))
def test_ids_of_a_moment_begin_where_its_millisecond_begins(moment):
    first = first_id_at(moment)
    whole = moment.replace(microsecond=moment.microsecond // 1000 * 1000)
    assert time_of(str(first)) == whole
    assert time_of(str(first - 1)) == whole - timedelta(milliseconds=1)


def test_before_ids_told_the_time_any_id_will_do():
    assert first_id_at(datetime(2006, 3, 21, tzinfo=UTC)) == 0


@given(IDS)
def test_the_address_of_an_id_is_read_again(post_id):
    address = address_of(post_id)
    assert read_address(address.url) == address == address_of(address.key)


@pytest.mark.parametrize("key", ["", "0", "01", "-1", "１", "1 ", "1\n", "9223372036854775808", "ana/1"])
def test_what_was_never_an_id_has_no_address(key):
    with pytest.raises(ValueError, match="not a post on X"):
        address_of(key)


@given(st.text() | st.from_regex(r"(https?://)?(x|twitter)\.com[/#!a-z0-9:@?\\%_.]{0,60}\n?"))
def test_whatever_is_given_is_read_or_refused(text):
    address = read_address(text)
    assert address is None or address_of(address.key).reference == address.reference
    for read in (read_profile, read_name):
        handle = read(text)
        assert handle is None or (handle.isascii() and handle == handle.lower() and 1 <= len(handle) <= 15)


@pytest.mark.parametrize(
    ("text", "handle"),
    [
        *(("https://x.com/Ana", "ana"), ("twitter.com/ana_b/", "ana_b"), ("http://www.twitter.com/ana?s=21", "ana")),
        *(("https://x.com/@ana", "ana"), ("https://twitter.com/#!/ana", "ana"), ("https://x.com/", None)),
        *(("https://x.com/home", None), ("https://x.com/i", None), ("https://x.com/Search?q=a", None)),
        *(("https://x.com/intent/user", None), ("https://x.com/hashtag/win", None), ("https://x.com/share", None)),
        *(("https://x.com/settings", None), ("https://x.com/login", None), ("https://x.com/a/status/1", None)),
        *(
            ("https://evil.example/ana", None),
            ("https://x.com/ana/likes", None),
            ("https://x.com/aé", None),
            ("ana", None),
        ),
    ],
)
def test_a_profile_page_names_a_handle(text, handle):
    assert read_profile(text) == handle


@pytest.mark.parametrize(
    ("text", "handle"),
    [
        *(("@Ana", "ana"), (" @a_1 ", "a_1"), ("ana", None), ("@", None), ("@ana b", None), ("@ana.", None)),
        *(("@ana@mastodon.example", None), ("@" + "a" * 16, None), ("@é", None), ("@ana\n", None), ("@@ana", None)),
    ],
)
def test_a_persons_name_may_be_a_handle(text, handle):
    assert read_name(text) == handle
