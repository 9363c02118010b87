"""Reading all comments of a post over REST, fast and in little memory.

Plain paging (`page=N`) makes WordPress count and sort all rows of the post for each hundred. Where the post's
ids lie close together it is asked for windows of a hundred consecutive ids instead: a look-up by primary key,
which costs the same on a post with a hundred thousand comments as on one with a hundred. A few pages are read
ahead in parallel.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import count
from typing import Any

from wp_bridge.errors import BlogUnreachable
from wp_bridge.rest_client import COMMENTS, Reply, RestClient
from wp_bridge.rest_values import COMMENT_FIELDS
from wp_bridge.transport import TooBig

PER_PAGE = 100  # WordPress's own maximum
CONNECTIONS = 3
OVERLAP = 5  # comments deleted for good while we page move the rest forward by one each
SPARSEST = 1.5  # windows are used up to so many ids per comment

Query = dict[str, str]


def everything(post_id: int) -> Query:
    """The query for comments of every status and kind on a post."""
    return {"post": str(post_id), "status": "any", "type": "all", "context": "edit"}


def total(reply: Reply) -> int:
    """WordPress's count of what a query finds."""
    if reply.total is None:
        raise BlogUnreachable("The header X-WP-Total is missing: let what stands in front of the blog pass it on.")
    return reply.total


def paged(client: RestClient, route: str, query: Query) -> Iterator[Any]:
    """The pages of a short list, one after the other, to the end of WordPress's count: a short page is none."""
    for page in count(1):
        reply = client.get(route, **query, per_page=str(PER_PAGE), page=str(page))
        yield reply.data
        if not reply.data or page * PER_PAGE >= total(reply):
            return


def read_all(client: RestClient, post_id: int) -> Iterator[list[dict[str, Any]]]:
    """Pages of comments as JSON; one may come twice."""
    number, lowest = _edge(client, post_id, "asc")
    if not number:
        return
    queries = plan(number, lowest, _edge(client, post_id, "desc")[1])
    yield from read_ahead(client, ({**everything(post_id), **query} for query in queries))


def read_newest(client: RestClient, post_id: int, *, after_id: int) -> Iterator[list[dict[str, Any]]]:
    """Pages by falling id, up to the one with that id; what comes in meanwhile makes some come twice."""
    newest = {**everything(post_id), "orderby": "id", "order": "desc"}
    for number in count(1):
        page = _page(client, {**newest, "page": str(number)})
        fresh = [item for item in page if client.parse(lambda data: int(data["id"]), item) > after_id]
        if fresh:
            yield fresh
        if len(fresh) < len(page) or not page:
            return


def _edge(client: RestClient, post_id: int, order: str) -> tuple[int, int]:
    """How many comments there are, and the id at one end of them (0 if there is none)."""
    query = {**everything(post_id), "orderby": "id", "order": order, "per_page": "1", "_fields": "id"}
    reply = client.get(COMMENTS, **query)
    ids = client.parse(lambda data: [int(item["id"]) for item in _objects(data)], reply.data)
    return total(reply), ids[0] if ids else 0


def plan(number: int, lowest: int, highest: int) -> Iterator[Query]:
    """What to ask for, page by page, to see `number` comments with ids from `lowest` to `highest`."""
    span = highest - lowest + 1
    if number > PER_PAGE and span <= number * SPARSEST:
        return (
            window(range(start, min(start + PER_PAGE, highest + 1))) for start in range(lowest, highest + 1, PER_PAGE)
        )
    step = PER_PAGE - OVERLAP
    pages = 1 + max(0, math.ceil((number - PER_PAGE) / step))
    # By id, so that comments that come in while we read go to the end.
    return ({"orderby": "id", "order": "asc", "offset": str(page * step)} for page in range(pages))


def window(ids: Iterable[int | str]) -> Query:
    """The comments with these ids, at most a hundred."""
    return {"include": ",".join(map(str, ids)), "orderby": "id", "order": "asc"}


def read_ahead(client: RestClient, queries: Iterator[Query]) -> Iterator[list[dict[str, Any]]]:
    """Ask in a few threads at once, keep at most twice as many pages, and give them in order."""

    def ask(query: Query) -> list[dict[str, Any]]:
        try:
            return _page(client, query)
        except TooBig:
            return [item for part in smaller(query) for item in _page(client, part)]

    waiting: deque[Future[list[dict[str, Any]]]] = deque()
    pool = ThreadPoolExecutor(CONNECTIONS, thread_name_prefix="wp_bridge")
    try:
        for query in queries:
            waiting.append(pool.submit(ask, query))
            if len(waiting) >= 2 * CONNECTIONS:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    finally:
        pool.shutdown(cancel_futures=True)


def _page(client: RestClient, query: Query) -> list[dict[str, Any]]:
    reply = client.get(COMMENTS, _fields=COMMENT_FIELDS, **{"per_page": str(PER_PAGE), **query})
    return client.parse(_objects, reply.data)


def smaller(query: Query) -> Iterator[Query]:
    """The same comments in tens: a hundred of the longest that WordPress takes fill 40 MB."""
    if ids := query.get("include"):
        each = ids.split(",")
        yield from ({**query, **window(each[start : start + 10])} for start in range(0, len(each), 10))
    else:
        first = int(query["offset"])
        starts = range(first, first + PER_PAGE, 10)
        yield from ({**query, "offset": str(start), "per_page": "10"} for start in starts)


def _objects(data: Any) -> list[dict[str, Any]]:
    if not isinstance(data, list):
        raise TypeError
    return data
