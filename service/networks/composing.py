"""Messages made ready to post: one order of their parts, and lengths as people count signs."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import quote

import regex

from service.domain.posts import Message

_SIGN = regex.compile(r"\X")


def compose_text(message: Message, *, mention: Callable[[str], str | None]) -> str:
    """Text, first link, hashtags and mentions, with blanks between them.

    `mention` gives an account's handle as the network spells it, None for accounts on other networks.
    """
    handles = filter(None, map(mention, message.mentions))
    tags = (f"#{tag}" for tag in message.hashtags)
    parts = (message.text.strip(), *message.links[:1], *tags, *(f"@{handle}" for handle in handles))
    return " ".join(part for part in parts if part)


def count_signs(text: str) -> int:
    """How many signs people see (grapheme clusters, Unicode Annex 29): an emoji of a family is one."""
    return sum(1 for _ in _SIGN.finditer(text))


def share_link(page: str, text: str) -> str:
    """The page that opens an editor with this text."""
    return f"{page}?text={quote(text, safe='')}"
