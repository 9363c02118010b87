"""From what a person gives for a post, an id or an address, to the post."""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import urlsplit, urlunsplit

from wp_bridge.addresses import comparable_path, host_of, is_same_site, post_id_in, slug_of, whole_address
from wp_bridge.errors import NotABlog, NotFound
from wp_bridge.models import Post
from wp_bridge.pages import Page, visit
from wp_bridge.transport import Transport

_REST_POST = re.compile(r"wp/v2/(?:posts|pages)/(\d{1,18})$")


class PostFinder:
    """Finds posts of the blog at `home` with what an API offers: reading by id, and searching by slug."""

    def __init__(
        self,
        transport: Transport,
        home: str,
        *,
        by_id: Callable[[int], Post],
        by_slug: Callable[[str], list[Post]],
    ) -> None:
        self._transport = transport
        self._home = home if home.endswith("/") else home + "/"
        self._by_id = by_id
        self._by_slug = by_slug

    def find(self, reference: str) -> Post:
        """The post for "42" or an address on this blog. Raises NotFound."""
        if reference.strip().isdecimal() and (post_id := post_id_in(reference)) is not None:
            return self._by_id(post_id)
        address = self._on_this_blog(reference)
        if (post_id := post_id_in(address)) is not None:
            return self._by_id(post_id)
        return self._with_permalink(address) or self._by_id(self._id_told_by_page(address))

    def _on_this_blog(self, reference: str) -> str:
        """The address, with host and scheme as the blog itself writes them."""
        home = urlsplit(self._home)
        try:
            address = whole_address(reference)
        except NotABlog:
            raise self._not_here() from None
        parts = urlsplit(address)
        is_here = is_same_site(address, self._home) or parts.netloc.casefold() == home.netloc.casefold()
        if not is_here or not (parts.path.rstrip("/") + "/").startswith(home.path):
            raise self._not_here()
        return urlunsplit((home.scheme, home.netloc, parts.path, parts.query, ""))

    def _not_here(self) -> NotFound:
        return NotFound(f"Give the number of a post or its address on {host_of(self._home)}.")

    def _with_permalink(self, address: str) -> Post | None:
        if not (slug := slug_of(address)):
            return None
        wanted = comparable_path(address)
        return next((post for post in self._by_slug(slug) if comparable_path(post.link) == wanted), None)

    def _id_told_by_page(self, address: str) -> int:
        """The id in the page's own links: permalinks may hold no slug, or an old one that redirects."""
        try:
            page = visit(self._transport, address, whole=True)
        except NotABlog:
            raise self._not_here() from None
        for post_id in (self._id_in_json_link(page), self._id_in_shortlink(page)):
            if page.status == 200 and post_id is not None:
                return post_id
        raise NotFound(f"There is no post at {address[:200]}: open it in a browser and copy its address from there.")

    def _id_in_json_link(self, page: Page) -> int | None:
        # Several blogs may live in folders of one host: a page of another one names another API.
        for link in page.as_json:
            match = _REST_POST.search(link)
            if match and page.rest_root and link.startswith(page.rest_root) and self._is_ours(page.rest_root):
                return int(match.group(1))
        return None

    def _id_in_shortlink(self, page: Page) -> int | None:
        link = page.shortlink
        return post_id_in(link) if link and self._is_ours(link) else None

    def _is_ours(self, link: str) -> bool:
        path = urlsplit(link).path.partition("wp-json/")[0].removesuffix("index.php/")
        return is_same_site(link, self._home) and path in (urlsplit(self._home).path, "")
