"""What a Mastodon status says, as evidence. The format: https://docs.joinmastodon.org/entities/Status/."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlsplit

import nh3

from service.domain.links import fold_tag
from service.domain.posts import MOST_LINKS, Evidence, NetworkName, PostAddress, PostKind, Sight
from service.networks.mastodon_addresses import make_address, read_address, read_name
from service.networks.shapes import (
    LONGEST_TEXT,
    BadShape,
    NotSeen,
    as_list,
    as_object,
    as_text,
    as_time,
    as_web_link,
    clip_name,
    hash_text,
    keep_few,
)

# Unlisted counts: everybody with the address can read it, it only isn't shown in timelines.
_PUBLIC = ("public", "unlisted")
_FIRST_SNOWFLAKE = datetime(2016, 1, 1, tzinfo=UTC)
_LAST_SNOWFLAKE = 1 << 63
_HASHTAG = re.compile(r"(?<![\w/&#])[#＃](\w+)")
_BREAKS = ("p", "br", "li", "blockquote", "pre", "div")


def host_of_status(status: Mapping[str, Any]) -> str:
    """The author's own server, by the status' global name. Raises BadShape."""
    uri = as_text(status.get("uri"))
    try:
        return urlsplit(uri).hostname or ""
    except ValueError as error:
        raise BadShape("a name that no address is") from error


def address_at_home(status: Mapping[str, Any]) -> PostAddress | None:
    """Where a copy's original is, if its names tell the id it has there."""
    home = host_of_status(status)
    spellings = (status.get("uri"), status.get("url"))
    found = [read_address(text) for text in spellings if isinstance(text, str)]
    return next((each for each in found if each and each.key.startswith(f"{home}/")), None)


def snowflake_time(post_id: str, *, now: datetime) -> datetime | None:
    """When Mastodon made this id: its upper bits are Unix milliseconds. None where another program numbered."""
    if not (post_id.isascii() and post_id.isdecimal()) or len(post_id) > 19 or int(post_id) >= _LAST_SNOWFLAKE:
        return None
    moment = datetime.fromtimestamp(0, UTC) + timedelta(milliseconds=int(post_id) >> 16)
    return moment if _FIRST_SNOWFLAKE <= moment <= now else None


def read_time(status: Mapping[str, Any], *, now: datetime) -> datetime:
    """When a status was posted: what it says, but never before its id was made. Raises BadShape."""
    claimed = as_time(status.get("created_at"), now=now)
    made = snowflake_time(as_text(status.get("id"), longest=64), now=now)
    return max(claimed, made) if made else claimed


def read_status(status: Mapping[str, Any], *, host: str, now: datetime) -> Evidence:
    """The evidence in a status that its author's own server `host` showed.

    Raises NotSeen: hidden where it isn't for everybody, unclear where anything is of another shape or another server's.
    """
    if as_text(status.get("visibility")) not in _PUBLIC:
        raise NotSeen(Sight.HIDDEN, "not public")
    post_id, account = as_text(status.get("id"), longest=64), as_object(status.get("account"))
    handle = _handle(account, host)
    written = _read_html(as_text(status.get("content"), longest=LONGEST_TEXT))
    tags = [fold_tag(tag) for tag in (*_tag_names(status), *written.hashtags)]
    mentions = list(_mentions(status, host))
    return Evidence(
        network=NetworkName.MASTODON,
        entry=f"mastodon:{host}/{post_id}",
        url=_url(status, host=host, post_id=post_id, handle=handle),
        author_id=_account_address(account, host),
        author_handle=handle,
        author_name=clip_name(account.get("display_name")) or handle,
        posted_at=read_time(status, now=now),
        kind=_kind(status),
        links=keep_few(written.links),
        hashtags=keep_few(tags),
        mentions=keep_few(mentions),
        is_partial=any(len(set(found)) > MOST_LINKS for found in (written.links, tags, mentions)),
        text_hash=hash_text(written.text),
        source="mastodon.api",
        checked_at=now,
    )


def _handle(account: Mapping[str, Any], host: str) -> str:
    """The author's handle. A server that names another server's account as the author is not believed."""
    acct = as_text(account.get("acct"))
    handle = read_name(f"@{acct}" if "@" in acct else f"@{acct}@{host}")
    if handle is None or not handle.endswith(f"@{host}"):
        raise BadShape("an author of another server")
    return handle


def _account_address(account: Mapping[str, Any], host: str) -> str:
    """The account's page, which stays when the display name changes, and is there in every version."""
    for address in filter(None, map(as_web_link, (account.get("url"), account.get("uri")))):
        if re.match(rf"https?://{re.escape(host)}/", address, re.IGNORECASE):
            return address
    raise BadShape("an account without an address")


def _url(status: Mapping[str, Any], *, host: str, post_id: str, handle: str) -> str:
    told = read_address(as_web_link(status.get("url")) or "")
    if told is not None and told.key == f"{host}/{post_id}":
        return told.url
    return make_address(host, post_id, author=handle).url


def _kind(status: Mapping[str, Any]) -> PostKind:
    if status.get("reblog") is not None:
        return PostKind.REPOST
    if status.get("in_reply_to_id") is not None:
        return PostKind.REPLY
    return PostKind.QUOTE if status.get("quote") is not None else PostKind.POST


def _tag_names(status: Mapping[str, Any]) -> Iterator[str]:
    for tag in as_list(status.get("tags")):
        yield as_text(as_object(tag).get("name"))


def _mentions(status: Mapping[str, Any], host: str) -> Iterator[str]:
    """Handles, completed with the home server where it names its own people without it."""
    for mention in as_list(status.get("mentions")):
        acct = as_text(as_object(mention).get("acct"))
        handle = read_name(f"@{acct}" if "@" in acct else f"@{acct}@{host}")
        if handle is not None:
            yield handle


@dataclass(frozen=True, slots=True)
class _Written:
    """What people see of a status, and where its links lead."""

    text: str
    links: list[str]
    hashtags: list[str]


def _read_html(content: str) -> _Written:
    # nh3 reads what is broken as browsers do, and in linear time; what it leaves is short work for html.parser.
    clean = nh3.clean(
        content,
        tags={"a", *_BREAKS},
        attributes={"a": {"href", "class"}},
        url_schemes={"http", "https"},
        link_rel=None,
    )
    reader = _Reader()
    reader.feed(clean)
    reader.close()
    return _Written("".join(reader.text).strip(), reader.links, _HASHTAG.findall("".join(reader.outside_links)))


class _Reader(HTMLParser):
    """Collects the text, the links that are no mentions or hashtags, and the text outside of those links."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.text: list[str] = []
        self.links: list[str] = []
        self.outside_links: list[str] = []
        self._is_in_link = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        link = as_web_link(values.get("href"))
        if tag == "a" and not {"mention", "hashtag"} & set((values.get("class") or "").split()):
            self._is_in_link = True
            self.links.extend([link] if link else [])
        if tag in _BREAKS:
            self.handle_data("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag == "a":
            self._is_in_link = False

    def handle_data(self, data: str) -> None:
        self.text.append(data)
        self.outside_links.append(" " if self._is_in_link else data)
