"""What a blog's ordinary pages say to programs: the links in their headers and HTML, and their language.

Sources: RFC 8288 (Link), the REST handbook's "Discovery", Pingback 1.0 (X-Pingback), RSD 1.0.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urljoin

from requests.utils import parse_header_links

from wp_bridge.addresses import host_of, is_same_site
from wp_bridge.errors import NotABlog
from wp_bridge.transport import Answer, Transport

REST_API = "https://api.w.org/"
_MOVED = frozenset({301, 302, 303, 307, 308})
_MOST_MOVES = 5
_MOST_HTML = 512 * 1024  # the links stand in the head


@dataclass(slots=True)
class Page:
    """The links of one page, as absolute addresses."""

    url: str
    status: int
    rest_root: str | None = None
    pingback: str | None = None
    rsd: str | None = None
    shortlink: str | None = None
    as_json: list[str] = field(default_factory=list)  # the same thing in the REST API
    language: str | None = None  # as written: "fr-FR"


def visit(transport: Transport, url: str, *, whole: bool) -> Page:
    """Ask for a page, without credentials, and follow it to where it moved on the same site.

    `whole` reads the HTML too, otherwise the headers only. Raises NotABlog when the address leads to another
    site.
    """
    for _ in range(_MOST_MOVES):
        answer = transport.get(url) if whole else transport.head(url)
        target = answer.headers.get("Location")
        if answer.status not in _MOVED or not target:
            return _read_page(answer)
        url = _follow(url, target)
    raise NotABlog(f"{host_of(url)} sends visitors round in circles: check the address in a browser.")


def _follow(url: str, target: str) -> str:
    try:
        moved = urljoin(url, target)
        stays = is_same_site(url, moved)
    except ValueError:
        moved, stays = target, False
    if not stays:
        raise NotABlog(f"{host_of(url)} sends visitors on to {host_of(moved)}: if that is your blog, give its address.")
    return moved


def _read_page(answer: Answer) -> Page:
    page = Page(url=answer.url, status=answer.status, pingback=_absolute(answer.url, answer.headers.get("X-Pingback")))
    for link in parse_header_links(answer.headers.get("Link", "")):
        _note(page, link.get("rel", ""), link.get("type", ""), link.get("url", ""))
    if answer.is_html and answer.body:
        _LinkReader(page).feed(answer.body[:_MOST_HTML].decode("utf-8", "replace"))
    return page


def _note(page: Page, relation: str, kind: str, target: str) -> None:
    address = _absolute(page.url, target)
    if address is None:
        return
    match relation.casefold():
        case _ if relation == REST_API:
            page.rest_root = page.rest_root or address
        case "shortlink":
            page.shortlink = page.shortlink or address
        case "edituri":
            page.rsd = page.rsd or address
        case "pingback":
            page.pingback = page.pingback or address
        case "alternate" if kind.casefold() == "application/json":
            page.as_json.append(address)


def _absolute(base: str, target: str | None) -> str | None:
    if not target:
        return None
    try:
        address = urljoin(base, target.strip())
    except ValueError:
        return None
    return address if address.startswith(("http://", "https://")) else None


class _LinkReader(HTMLParser):
    """Takes the <link>s and <html lang> out of a page."""

    def __init__(self, page: Page) -> None:
        super().__init__()
        self._page = page

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in attrs}
        if tag == "html":
            self._page.language = self._page.language or attributes.get("lang") or attributes.get("xml:lang")
        elif tag == "link":
            for relation in attributes.get("rel", "").split():
                _note(self._page, relation, attributes.get("type", ""), attributes.get("href", ""))
