"""Reads what a network answered without trusting it: a wrong type is a `BadShape`, and what is too much is cut."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from service.domain.posts import MOST_LINKS, Sight
from service.networks.web_addresses import LONGEST_ADDRESS

LONGEST_NAME = 100
LONGEST_TEXT = 100_000  # no network lets people write more
MOST_ITEMS = 500  # of one list: what is looked at
CLOCK_SLACK = timedelta(minutes=5)  # servers' clocks differ


class NotSeen(Exception):
    """A look that ends without evidence; `detail` is a short word for the log."""

    def __init__(self, sight: Sight, detail: str) -> None:
        super().__init__(detail)
        self.sight = sight
        self.detail = detail


class BadShape(NotSeen):
    """An answer of another shape than the network documents, so it tells nothing about the post."""

    def __init__(self, detail: str) -> None:
        super().__init__(Sight.UNCLEAR, detail)


def as_object(value: Any) -> dict[str, Any]:
    """A JSON object. Raises BadShape."""
    if not isinstance(value, dict):
        raise BadShape("no object where one belongs")
    return value


def as_list(value: Any) -> list[Any]:
    """A JSON list, as far as it is looked at. Raises BadShape."""
    if not isinstance(value, list):
        raise BadShape("no list where one belongs")
    return value[:MOST_ITEMS]


def as_text(value: Any, *, longest: int = LONGEST_ADDRESS) -> str:
    """A text that can be stored: no NUL, no half of a surrogate pair. Raises BadShape."""
    if not isinstance(value, str) or len(value) > longest:
        raise BadShape("no text where one belongs, or too long")
    if "\0" in value or any("\ud800" <= char <= "\udfff" for char in value):
        raise BadShape("a text that no text is")
    return value


def as_time(value: Any, *, now: datetime) -> datetime:
    """An ISO 8601 time with its zone, as aware UTC, no later than now but for the clocks. Raises BadShape."""
    try:
        moment = datetime.fromisoformat(as_text(value, longest=50))
        if moment.tzinfo is None:
            raise BadShape("a time without a zone")
        moment = moment.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise BadShape("a time that can't be read") from error
    if moment > now + CLOCK_SLACK:
        raise BadShape("a time in the future")
    return moment


def as_web_link(value: Any) -> str | None:
    """An http(s) address in printable signs; None for anything else, which then counts as no link."""
    if not isinstance(value, str) or len(value) > LONGEST_ADDRESS or not value.isprintable():
        return None
    return value if value.lower().startswith(("http://", "https://")) else None


def clip_name(value: Any) -> str:
    """What a stranger calls themselves: at most 100 printable characters, "" for anything but text."""
    if not isinstance(value, str):
        return ""
    shown = "".join(char for char in value[:LONGEST_TEXT] if char.isprintable())
    return " ".join(shown.split())[:LONGEST_NAME]


def keep_few(values: Iterable[str]) -> tuple[str, ...]:
    """The first few different ones, as many as are kept of one post."""
    return tuple(dict.fromkeys(value for value in values if value))[:MOST_LINKS]


def hash_text(text: str) -> str:
    """SHA-256 of a text, in 64 hexadecimal digits."""
    return hashlib.sha256(text.encode("utf-8")).hexdigest()
