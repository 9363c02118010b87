"""Whether a post carries what a contest asks for: its link however it is decorated, its hashtag, its mention."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit

from service.domain.posts import Evidence, Message

# Query parameters that tell where a reader came from and never which page it is.
_DECORATION = re.compile(r"utm_\w+|fbclid|gclid|igshid|igsh|mc_cid|mc_eid|ref|ref_src|ref_url|amp")
# Hosts whose addresses stand for others that can't be known without asking them.
SHORTENERS = frozenset(
    {
        *("bit.ly", "buff.ly", "cutt.ly", "dlvr.it", "goo.gl", "ift.tt", "is.gd", "j.mp", "lnkd.in", "ow.ly"),
        *("rb.gy", "rebrand.ly", "s.id", "shorturl.at", "t.co", "t.ly", "tiny.cc", "tinyurl.com", "urlz.fr", "v.gd"),
        *("wp.me", "trib.al", "shor.by", "lc.cx"),
    }
)


def fold_tag(tag: str) -> str:
    """A hashtag as it is compared: without #, composed (NFC), in small letters."""
    return unicodedata.normalize("NFC", tag.strip().lstrip("#＃")).casefold()


def fold_handle(handle: str) -> str:
    """A handle as it is compared: without the first @, in small letters."""
    return handle.strip().removeprefix("@").casefold()


def fold_link(url: str) -> str:
    """An address as it is compared: no scheme, www., fragment, decoration, closing slash; "" for no web address."""
    try:
        parts = urlsplit(url.strip())
        host = (parts.hostname or "").rstrip(".").encode("idna").decode("ascii")
        port = parts.port
    except ValueError:
        return ""
    if parts.scheme not in ("http", "https") or not host:
        return ""
    place = host.removeprefix("www.") + (f":{port}" if port not in (None, 80, 443) else "")
    query = [pair for pair in parse_qsl(parts.query, keep_blank_values=True) if not _is_decoration(*pair)]
    path = re.sub(r"/+", "/", quote(unquote(parts.path, "utf-8", "surrogateescape"), errors="surrogateescape"))
    path = path.removesuffix("/").removesuffix("/amp")
    return place + path + (f"?{urlencode(sorted(query))}" if query else "")


def _is_decoration(name: str, value: str) -> bool:
    return bool(_DECORATION.fullmatch(name)) or (name == "s" and len(value) == 2 and value.isdecimal())  # X's "?s=20"


def misses(message: Message, evidence: Evidence, *, needs_all: bool) -> tuple[str, ...]:
    """What a post lacks of the message: "link", "hashtag", "mention". One kind is enough unless all are needed."""
    asked = {
        "link": _has_any(map(fold_link, message.links), map(fold_link, evidence.links)),
        "hashtag": _has_any(map(fold_tag, message.hashtags), map(fold_tag, evidence.hashtags)),
        "mention": _has_any(map(fold_handle, message.mentions), map(fold_handle, evidence.mentions)),
    }
    given = {name: is_there for name, is_there in asked.items() if is_there is not None}
    lacks = tuple(name for name, is_there in given.items() if not is_there)
    return lacks if needs_all or len(lacks) == len(given) else ()


def may_hide(lacks: Collection[str], evidence: Evidence) -> bool:
    """Whether what a post lacks may be in it all the same: behind a shortened link, or where its text was cut."""
    return evidence.is_partial or ("link" in lacks and any(_host(link) in SHORTENERS for link in evidence.links))


def _has_any(wanted: Iterable[str], found: Iterable[str]) -> bool | None:
    """None where nothing is wanted."""
    names = {name for name in wanted if name}
    return not names.isdisjoint(found) if names else None


def _host(link: str) -> str:
    return fold_link(link).partition("/")[0]
