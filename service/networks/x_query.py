"""What X's recent search is asked for a message. Operators: https://docs.x.com/x-api/posts/search/integrate/operators."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from service.domain.posts import Message
from service.networks.x_addresses import read_handle

LONGEST_QUERY = 512
_END = " -is:retweet"


def query_of(message: Message) -> str:
    """The query, "" where the message has nothing that can be searched for; as many of its parts as X takes.

    The text isn't searched for: people change it. Posts that X finds too many are sorted out later.
    """
    terms: list[str] = []
    for term in dict.fromkeys(_terms(message)):
        if len(_join([*terms, term])) <= LONGEST_QUERY:
            terms.append(term)
    return _join(terms) if terms else ""


def _join(terms: list[str]) -> str:
    return f"({' OR '.join(terms)}){_END}"


def _terms(message: Message) -> Iterator[str]:
    yield from filter(None, map(_link_term, message.links))
    for tag in message.hashtags:
        if re.fullmatch(r"\w+", tag):
            yield f"#{tag}"
    for name in message.mentions:
        if handle := read_handle(name):
            yield f"@{handle}"


def _link_term(link: str) -> str:
    """X compares words of addresses, so what people leave out or change is left out: the scheme, www., the fragment."""
    try:
        parts = urlsplit(link)
    except ValueError:
        return ""
    place = (
        parts.netloc.lower().removeprefix("www.") + parts.path.rstrip("/") + (f"?{parts.query}" if parts.query else "")
    )
    value = re.sub(r'["\\\s]', "", place)
    return f'url:"{value}"' if value else ""
