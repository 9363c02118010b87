"""Finding a blog's two APIs from any of its addresses, without credentials."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

from wp_bridge.addresses import host_of, is_same_site, keep_https, parents, whole_address
from wp_bridge.errors import NotABlog
from wp_bridge.pages import Page, visit
from wp_bridge.rest_client import parse_json
from wp_bridge.transport import Transport

_RSD_API = re.compile(rb"""<api\s[^>]*name=["']WordPress["'][^>]*apiLink=["']([^"']+)["']""", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Found:
    """Where a blog may be spoken to: addresses that credentials may be sent to, and not tried so far."""

    page: str  # the address that was given, after redirects
    rest_root: str | None  # "https://blog.example/wp-json/" or "https://blog.example/?rest_route=/"
    xmlrpc: str | None


def discover(transport: Transport, url: str) -> Found:
    """Look for the APIs at the page `url` and in the folders above it.

    Raises NotABlog when nothing there says that it is a WordPress, BlogUnreachable when nothing answers.
    """
    start = visit(transport, whole_address(url), whole=False)
    for address in parents(start.url):
        page = _ask(transport, address, start)
        if page.rest_root or page.rsd or page.pingback:
            return _found(transport, page)
    return _guess(transport, start)


def _ask(transport: Transport, address: str, start: Page) -> Page:
    page = start if address == start.url else visit(transport, address, whole=False)
    if page.rest_root or page.pingback:
        return page
    # Some caches and servers answer HEAD with nothing in it; the HTML holds the same links.
    return visit(transport, address, whole=True)


def _found(transport: Transport, page: Page) -> Found:
    if page.rest_root:
        # XML-RPC is looked for when it is wanted: wherever it is said to be, it mustn't stand in REST's way.
        return Found(page.url, _trusted(page.rest_root, page.url), None)
    xmlrpc = page.pingback or (page.rsd and _from_rsd(transport, _trusted(page.rsd, page.url)))
    return Found(page.url, None, (xmlrpc and _trusted(xmlrpc, page.url)) or None)


def _trusted(address: str, seen_at: str) -> str:
    """The address, if credentials that were given for the page may be sent there."""
    if not is_same_site(address, seen_at):
        raise NotABlog(
            f"{host_of(seen_at)} says that its API is at {host_of(address)}: if that is your blog, give that "
            "address, else correct the address in WordPress's general settings."
        )
    return keep_https(address, seen_at)


def _guess(transport: Transport, start: Page) -> Found:
    """The usual places, for blogs that hide their links."""
    for folder in parents(start.url):
        if urlsplit(folder).query or not urlsplit(folder).path.endswith("/"):
            continue
        if _is_rest_root(transport, root := urljoin(folder, "?rest_route=/")):
            return Found(folder, root, None)
        if xmlrpc := _from_rsd(transport, urljoin(folder, "xmlrpc.php?rsd")):
            return Found(folder, None, _trusted(xmlrpc, folder))
    raise NotABlog(_nothing_found(start))


def _nothing_found(start: Page) -> str:
    host = host_of(start.url)
    if start.status in (401, 403):
        return f"{host} keeps programs out (status {start.status}): let this service's address through."
    return f"No WordPress was found at {host}: give the address of the blog's home page."


def find_xmlrpc(transport: Transport, found: Found) -> str | None:
    """The XML-RPC address of a blog: told by its pages, else at the usual place beside its REST API."""
    if found.xmlrpc:
        return found.xmlrpc
    page = visit(transport, found.page, whole=True)
    folder = urljoin(found.rest_root or found.page, ".").removesuffix("wp-json/").removesuffix("index.php/")
    rsd = page.rsd or urljoin(folder, "xmlrpc.php?rsd")
    xmlrpc = page.pingback or _from_rsd(transport, _trusted(rsd, found.page))
    return _trusted(xmlrpc or urljoin(folder, "xmlrpc.php"), found.page)


def _is_rest_root(transport: Transport, root: str) -> bool:
    answer = transport.get(root, params={"_fields": "namespaces"})
    index = parse_json(answer)
    return answer.status == 200 and isinstance(index, dict) and "wp/v2" in (index.get("namespaces") or ())


def _from_rsd(transport: Transport, address: str) -> str | None:
    answer = transport.get(address)
    match = _RSD_API.search(answer.body) if answer.status == 200 else None
    return match.group(1).decode("utf-8", "replace") if match else None
