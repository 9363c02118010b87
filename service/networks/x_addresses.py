"""Addresses of posts and people on X, in all the spellings that people paste, and the time that ids tell."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from service.domain.posts import NetworkName, PostAddress
from service.networks.web_addresses import split_address

HANDLE = r"[A-Za-z0-9_]{1,15}"
_HANDLE = re.compile(HANDLE)
_ID = re.compile(r"[1-9][0-9]{0,18}")
_MOST = 2**63 - 1  # ids are signed 64-bit numbers
_HOST = re.compile(r"(?:(?:www|mobile|m)\.)?(?:x|twitter)\.com")
_POST = re.compile(
    rf"/(?:(?P<handle>{HANDLE})/status(?:es)?|i/(?:web/)?status)/(?P<id>{_ID.pattern})"
    r"(?:/(?:(?:photo|video)/[0-9]{1,2}|history|analytics|quotes|retweets|likes))?"
)
_PROFILE = re.compile(rf"/@?({HANDLE})")
_OLD_FORM = re.compile(r"((?:https?://)?[^/?#]+)/#!/", re.IGNORECASE)
_USUAL_PORT = re.compile(r"(https://[^/?#:@]+):443(?=[/?#]|$)|(http://[^/?#:@]+):80(?=[/?#]|$)", re.IGNORECASE)
# First parts of X's own pages, which are nobody's handle.
_PAGES = frozenset(
    {
        *("about", "account", "bookmarks", "communities", "compose", "download", "explore", "following", "hashtag"),
        *("help", "home", "i", "intent", "jobs", "lists", "login", "logout", "messages", "notifications", "oauth"),
        *("oembed", "premium", "privacy", "search", "settings", "share", "signup", "status", "tos", "widgets"),
    }
)

# An id is a "snowflake": milliseconds since this one, then 22 bits that tell posts of one millisecond apart.
_EPOCH_MS = 1_288_834_974_657
_WORKER_BITS = 22
_FIRST_SNOWFLAKE = 29_700_859_247  # earlier posts were just counted, up to the autumn of 2010
_FIRST_SNOWFLAKE_AT = datetime(2010, 11, 5, tzinfo=UTC)
_UNIX_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def read_address(text: str) -> PostAddress | None:
    """The post that an address names; None for anything else."""
    match = _POST.fullmatch(_page(text))
    if match is None or int(match["id"]) > _MOST:
        return None
    handle = (match["handle"] or "").lower()
    return _make(match["id"], author=None if not handle or handle in _PAGES else handle)


def address_of(key: str) -> PostAddress:
    """The address again from an id. Raises ValueError for what was never one."""
    if not _ID.fullmatch(key) or int(key) > _MOST:
        raise ValueError(f"not a post on X: {key!r}")
    return _make(key)


def read_profile(text: str) -> str | None:
    """The handle whose profile page an address names: "ana"."""
    match = _PROFILE.fullmatch(_page(text))
    handle = match[1].lower() if match else ""
    return handle if handle and handle not in _PAGES else None


def read_name(text: str) -> str | None:
    """The handle in "@ana"; None when anything else stands there too."""
    name = text.strip(" ")
    return name[1:].lower() if name.startswith("@") and _HANDLE.fullmatch(name[1:]) else None


def read_handle(text: str) -> str | None:
    """A handle in small letters; None for what can't be one."""
    return text.lower() if _HANDLE.fullmatch(text) else None


def time_of(post_id: str) -> datetime | None:
    """When a post was made, by its id, as aware UTC; None for the first years, whose ids don't tell."""
    number = int(post_id)
    if number < _FIRST_SNOWFLAKE:
        return None
    return _UNIX_EPOCH + timedelta(milliseconds=(number >> _WORKER_BITS) + _EPOCH_MS)


def latest_time_of(post_id: str) -> datetime:
    """The same, or for the first years the moment that ended them: no later than this it was made."""
    return time_of(post_id) or _FIRST_SNOWFLAKE_AT


def first_id_at(moment: datetime) -> int:
    """The smallest id that a post of this moment (aware) can have; 0 before ids told the time."""
    milliseconds = (moment - _UNIX_EPOCH) // timedelta(milliseconds=1)
    return max(0, milliseconds - _EPOCH_MS) << _WORKER_BITS


def url_of(post_id: str) -> str:
    """The one spelling of a post's address that needs no handle, which may change."""
    return f"https://x.com/i/web/status/{post_id}"


def _make(post_id: str, *, author: str | None = None) -> PostAddress:
    return PostAddress(
        network=NetworkName.X,
        key=post_id,
        id=post_id,
        url=url_of(post_id),
        author=author,
        posted_at=time_of(post_id),
    )


def _page(text: str) -> str:
    """The path of an address on X; "" for any other."""
    if len(text) > 2_100:  # before anything is searched in it
        return ""
    text = _USUAL_PORT.sub(lambda match: match[1] or match[2], text.strip(" "), count=1)
    if "/#!/" in text:  # looking for the form itself takes long
        text = _OLD_FORM.sub(r"\1/", text, count=1)
    address = split_address(text, needs_scheme=False)
    return address.path if address and _HOST.fullmatch(address.host) else ""


def leads_to(link: str, post_id: str) -> bool:
    """Whether a link leads to the post with this id."""
    address = read_address(link)
    return address is not None and address.id == post_id
