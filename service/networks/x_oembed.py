"""What X shows of a post to everybody, without a key: the piece of HTML for other people's pages.

API: https://docs.x.com/x-for-websites/oembed-api. It tells the author's handle, the text and what is in it, and names
every link by a t.co address, which one request resolves. It doesn't tell the author's number, the exact time (the id
does), nor whether a post is a reply.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from html.parser import HTMLParser
from typing import Any
from urllib.parse import unquote, urlsplit

from service.domain.links import fold_tag
from service.domain.posts import Evidence, NetworkName, PostAddress, PostKind, Sight
from service.networks.http import HttpAnswer
from service.networks.shapes import BadShape, NotSeen, as_object, as_text, clip_name, hash_text, keep_few
from service.networks.x_addresses import latest_time_of, leads_to, read_address, read_handle, read_profile, url_of
from service.networks.x_tco import Resolved, feed
from service.usecases.ports import NetworkProblem

HOST = "publish.x.com"
SOURCE = "x.oembed"
MOST_LINKS = 5  # of one post that are resolved: each takes a request
_EDITABLE = timedelta(hours=1)  # X takes edits for so long
_LONGEST_HTML = 100_000
_MEDIA = re.compile(r"pic\.(?:twitter|x)\.com/\w+")
_NOT_AUTHORIZED = "not authorized to see this status"


@dataclass(frozen=True, slots=True)
class Shown:
    """A post as the HTML shows it, links still as t.co. `id` is whose it is, which needn't be the one asked for."""

    id: str
    handle: str
    name: str
    text: str
    short_links: tuple[str, ...]
    hashtags: tuple[str, ...]
    mentions: tuple[str, ...]

    @property
    def is_cut(self) -> bool:
        """Whether more may have been in the text."""
        return self.text.rstrip().endswith("…")


def params_of(address: PostAddress) -> dict[str, str]:
    """What is asked. The address without a handle: X finds the post by its id alone."""
    url = f"https://x.com/i/status/{address.id}"
    return {"url": url, "omit_script": "1", "dnt": "true", "hide_thread": "1", "lang": "en"}


def read_answer(answer: HttpAnswer) -> Shown:
    """The post in an answer. Raises NotSeen: only X's own words make a post gone or hidden."""
    if answer.status == 404:
        raise NotSeen(Sight.GONE, "answered 404")
    if answer.status == 403 and _NOT_AUTHORIZED in _error(answer):
        raise NotSeen(Sight.HIDDEN, "not public")
    if answer.status != 200:
        raise NotSeen(Sight.UNCLEAR, f"answered {answer.status}")
    try:
        return _read_shown(as_object(answer.json()))
    except NetworkProblem as problem:
        raise BadShape("no JSON") from problem


def _error(answer: HttpAnswer) -> str:
    try:
        return as_text(as_object(answer.json()).get("error"))
    except (NotSeen, NetworkProblem):
        return ""


def _read_shown(data: dict[str, Any]) -> Shown:
    handle = read_profile(as_text(data.get("author_url")))
    page = _Quote()
    is_read = feed(page, as_text(data.get("html"), longest=_LONGEST_HTML))
    post = next((found for link in reversed(page.footer) if (found := read_address(link))), None)
    if handle is None or post is None or not (is_read and page.is_whole):
        raise BadShape("no post in the HTML")
    return Shown(
        id=post.id,
        handle=handle,
        name=clip_name(data.get("author_name")),
        text=as_text("".join(page.text), longest=_LONGEST_HTML),
        short_links=tuple(dict.fromkeys(page.links)),
        hashtags=keep_few(map(fold_tag, page.hashtags)),
        mentions=keep_few(page.mentions),
    )


class _Quote(HTMLParser):
    """Reads the text in the quote's paragraph, and the links behind it."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.text: list[str] = []
        self.links: list[str] = []
        self.hashtags: list[str] = []
        self.mentions: list[str] = []
        self.footer: list[str] = []
        self.is_whole = False
        self._place = ""  # "quote", "text", "footer"
        self._href = ""
        self._anchor: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "blockquote" and not self._place and "twitter-tweet" in (given.get("class") or "").split():
            self._place = "quote"
        elif tag == "p" and self._place == "quote":
            self._place = "text"
        elif tag == "br" and self._place == "text":
            self.text.append("\n")
        elif tag == "a":
            self._href, self._anchor = given.get("href") or "", []
            if self._place == "footer":
                self.footer.append(self._href)

    def handle_endtag(self, tag: str) -> None:
        if tag == "p" and self._place == "text":
            self._place = "footer"
        elif tag == "blockquote" and self._place == "footer":
            self._place, self.is_whole = "end", True
        elif tag == "a" and self._href:
            if self._place == "text":
                self._note("".join(self._anchor).strip())
            self._href = ""

    def handle_data(self, data: str) -> None:
        if self._href:
            self._anchor.append(data)
        elif self._place == "text":
            self.text.append(data)

    def _note(self, shown: str) -> None:
        """What an anchor in the text is: a hashtag, a mention, a picture, or a link."""
        if _MEDIA.fullmatch(shown):
            return
        if shown[:1] in "#＃" and (tag := _tag_of(self._href)):
            self.hashtags.append(tag)
        elif shown.startswith("@") and (handle := read_handle(shown[1:])) and read_profile(self._href) == handle:
            self.mentions.append(handle)
        elif not shown.startswith("$"):
            self.links.append(self._href)
            shown = self._href
        self.text.append(shown)


def _tag_of(href: str) -> str:
    """The tag whose page a link leads to: "win" in https://x.com/hashtag/win?src=hash."""
    try:
        parts = urlsplit(href)
    except ValueError:
        return ""
    is_x = (parts.hostname or "") in ("twitter.com", "x.com")
    tag = unquote(parts.path.removeprefix("/hashtag/"))
    return tag if is_x and parts.path.startswith("/hashtag/") and re.fullmatch(r"\w+", tag) else ""


def make_evidence(address: PostAddress, shown: Shown, resolved: Resolved, *, now: datetime) -> Evidence:
    """Evidence of the post that was asked for. Raises NotSeen."""
    kind = _kind(address, shown, resolved)
    is_repost = kind is PostKind.REPOST
    text = shown.text
    for short, target in resolved.targets.items():
        text = text.replace(short, target)
    return Evidence(
        network=NetworkName.X,
        entry=address.reference,
        url=url_of(address.id),
        author_id="",
        author_handle="" if is_repost else shown.handle,  # who passed it on isn't told
        author_name="" if is_repost else shown.name,
        posted_at=latest_time_of(address.id),
        kind=kind,
        links=keep_few(resolved.targets.values()),
        hashtags=shown.hashtags,
        mentions=shown.mentions,
        is_partial=shown.is_cut or not resolved.is_whole or _leads_on(shown, resolved),
        text_hash=hash_text(text.strip()),
        source=SOURCE,
        checked_at=now,
    )


def _leads_on(shown: Shown, resolved: Resolved) -> bool:
    """Whether the text ends in a link to the whole of it."""
    return any(leads_to(link, shown.id) for link in resolved.targets.values())


def _kind(address: PostAddress, shown: Shown, resolved: Resolved) -> PostKind:
    """By which post is shown for the id that was asked for.

    An older one was passed on by that id. A newer one, as long as X takes edits, is the same post's later version.
    """
    if int(shown.id) < int(address.id):
        return PostKind.REPOST
    if latest_time_of(shown.id) - latest_time_of(address.id) > _EDITABLE:
        raise BadShape("another post than was asked for")
    is_quote = any(read_address(target) for target in resolved.targets.values())
    return PostKind.QUOTE if is_quote else PostKind.POST
