"""Addresses of a blog: making typed ones whole, and telling whether two belong to the same blog."""

from __future__ import annotations

import ipaddress
import re
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit, urlunsplit

from wp_bridge.errors import NotABlog

_DEFAULT_PORTS = {"http": 80, "https": 443}
_COMMENT_PAGE = re.compile(r"/comment-page-\d+/?$")


def whole_address(typed: str) -> str:
    """What somebody typed as an http(s) address with a path: "blog.example" → "https://blog.example/".

    Without a scheme it is https, or http for the machine itself. Raises NotABlog for anything that is no web
    address.
    """
    text = typed.strip()
    if "://" not in text:
        text = f"{_usual_scheme(text)}://{text}"
    try:
        parts = urlsplit(text)
        parts.port  # noqa: B018 - reading it is what checks it
    except ValueError:
        raise NotABlog(_not_an_address(typed)) from None
    if parts.scheme not in _DEFAULT_PORTS or not parts.hostname or re.search(r"[\s\\]", parts.netloc):
        raise NotABlog(_not_an_address(typed))
    if "@" in parts.netloc:
        raise NotABlog("Leave user and password out of the blog's address and give them separately.")
    return urlunsplit((parts.scheme, parts.netloc, parts.path or "/", parts.query, ""))


def _not_an_address(typed: str) -> str:
    shown = typed if len(typed) <= 100 and "@" not in typed else "That"
    return f"{shown} is not a web address: give the blog's home page, such as https://blog.example/."


def _usual_scheme(text: str) -> str:
    host = re.split(r"[/?#]", text, maxsplit=1)[0]
    name = re.sub(r":\d*$", "", host).strip("[]")
    try:
        is_here = ipaddress.ip_address(name).is_loopback
    except ValueError:
        is_here = name == "localhost"
    return "http" if is_here else "https"


def host_of(address: str) -> str:
    """The host and port as a person would write them, for messages."""
    return urlsplit(address).netloc.rpartition("@")[2] or address[:80]


def is_same_site(address: str, other: str) -> bool:
    """Whether both are on one host and port; www. and http/https on their usual ports make no difference."""
    first, second = urlsplit(address), urlsplit(other)
    if {first.scheme, second.scheme} - _DEFAULT_PORTS.keys():
        return False
    if _bare_name(first) != _bare_name(second):
        return False
    return _port(first) == _port(second) or (_has_usual_port(first) and _has_usual_port(second))


def _bare_name(parts: SplitResult) -> str:
    name = (parts.hostname or "").rstrip(".").removeprefix("www.")
    try:
        return name.encode("idna").decode()  # WordPress may write é.example as xn--9ca.example
    except UnicodeError:
        return name


def _port(parts: SplitResult) -> int:
    return parts.port or _DEFAULT_PORTS[parts.scheme]


def _has_usual_port(parts: SplitResult) -> bool:
    return _port(parts) == _DEFAULT_PORTS[parts.scheme]


def keep_https(address: str, seen_at: str) -> str:
    """`address` over https when the page that named it was: a proxy in front hides https from WordPress."""
    if urlsplit(seen_at).scheme == "https" and address.startswith("http://"):
        return "https://" + address.removeprefix("http://")
    return address


def parents(address: str) -> list[str]:
    """The address and the folders above it, nearest first: /a/b/ → /a/b/, /a/, /. At most five."""
    parts = urlsplit(address)
    found = [address]
    path = parts.path.rstrip("/")
    while path:
        path = path.rpartition("/")[0]
        found.append(urlunsplit((parts.scheme, parts.netloc, path + "/", "", "")))
    if parts.path == "/" and parts.query:
        found.append(urlunsplit((parts.scheme, parts.netloc, "/", "", "")))
    return found if len(found) <= 5 else [*found[:4], found[-1]]


def post_id_in(reference: str) -> int | None:
    """The id in "42" or in ?p=42, ?page_id=42, ?post=42 (the editor's own address); None if there is none."""
    text = reference.strip()
    if re.fullmatch(r"[0-9]{1,18}", text):
        return int(text)
    query = parse_qs(urlsplit(text).query)
    for name in ("p", "page_id", "preview_id", "post"):
        value = query.get(name, [""])[0]
        if re.fullmatch(r"[0-9]{1,18}", value):
            return int(value)
    return None


def comparable_path(address: str) -> str:
    """The path of a permalink without what differs between spellings of the same page."""
    return _COMMENT_PAGE.sub("", unquote(urlsplit(address).path)).strip("/").casefold()


def slug_of(address: str) -> str:
    """The last part of the path, which by default is the post's slug."""
    return comparable_path(address).rpartition("/")[2].removesuffix(".html")
