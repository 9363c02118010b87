"""Reading all comments of a post over XML-RPC.

wp.getComments gives the newest first and nothing else, with no stable order among those of one second, and
tells no total. So pages overlap, what came before is dropped, and when WordPress counts more than was seen,
it is read again.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

from wordpress_xmlrpc.methods.comments import GetComments

from wp_bridge.transport import TooBig
from wp_bridge.xmlrpc_client import XmlRpcClient
from wp_bridge.xmlrpc_values import Struct

FIRST_SIZE = 100  # a blog that breaks comments into pages may need 5 s for a hundred, another 0.1 s
LARGEST_SIZE = 1000
LARGEST_AT_ONCE = 5000
OVERLAP = 10  # as many may be deleted for good between two pages without hiding another
_MOST_PASSES = 3
_QUICK, _SLOW = 1.0, 5.0  # seconds for a page


def read_all(client: XmlRpcClient, post_id: int, *, count: Callable[[], int]) -> Iterator[list[Struct]]:
    """Every comment once, page by page. `count` is WordPress's own count of those that aren't binned."""
    seen: set[int] = set()
    unbinned = 0
    size = FIRST_SIZE
    for number in range(_MOST_PASSES):
        for page in _one_pass(client, post_id, first_size=size):
            fresh = [item for item in page if item["comment_id"] not in seen]
            seen.update(item["comment_id"] for item in fresh)
            unbinned += sum(item.get("status") not in ("trash", "post-trashed") for item in fresh)
            if fresh:
                yield fresh
        counted = count()
        if unbinned >= counted:
            return
        size = _next_pass_size(counted, passes=number + 1)


def _next_pass_size(counted: int, *, passes: int) -> int:
    """All at once, where that is possible: MariaDB orders those of one second anew for each page."""
    if passes == 1 and counted <= LARGEST_AT_ONCE:
        return counted + LARGEST_SIZE  # as many may be binned, which aren't counted
    return FIRST_SIZE - 13 * passes  # other page borders than last time, or they could fall into the same gap again


def read_newest(client: XmlRpcClient, post_id: int, *, after_id: int) -> Iterator[list[Struct]]:
    """Pages from the newest on, up to one that holds nothing newer than that id."""
    for page in _one_pass(client, post_id, first_size=FIRST_SIZE):
        fresh = [item for item in page if item["comment_id"] > after_id]
        if not fresh:
            return
        yield fresh


def _one_pass(client: XmlRpcClient, post_id: int, *, first_size: int) -> Iterator[list[Struct]]:
    offset, size = 0, first_size
    while True:
        began = time.monotonic()
        try:
            page = _fetch(client, {"post_id": post_id, "status": "any", "offset": offset, "number": size})
        except TooBig:
            if size <= 2 * OVERLAP:
                raise
            size = max(2 * OVERLAP, size // 4)
            continue
        yield page
        if len(page) < size:
            return
        offset += size - OVERLAP
        size = _next_size(size, time.monotonic() - began)


def _next_size(size: int, seconds: float) -> int:
    if seconds < _QUICK:
        return min(LARGEST_SIZE, 2 * size)
    return max(2 * OVERLAP, size // 2) if seconds > _SLOW else size


def _fetch(client: XmlRpcClient, wish: dict[str, Any]) -> list[Struct]:
    page = client.read(GetComments(wish))
    try:
        return [{**item, "comment_id": int(item["comment_id"])} for item in page]
    except (KeyError, TypeError, ValueError):
        raise client.odd() from None
