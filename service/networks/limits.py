"""What servers tell about how often they may be asked."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

LONGEST_REST = 3600.0
USUAL_REST = 60.0
_EPOCH_FROM = 1_000_000_000  # larger numbers are moments, smaller ones spans of seconds
_RESETS = ("retry-after", "x-ratelimit-reset", "ratelimit-reset", "x-rate-limit-reset")
_REMAINING = ("x-ratelimit-remaining", "ratelimit-remaining", "x-rate-limit-remaining")


def rest_after(headers: Mapping[str, str], *, now: datetime) -> float:
    """Seconds to wait after an answer that says "too often": 1 to 3,600, and 60 where it doesn't say how long.

    Reads seconds, Unix time, ISO 8601 (GoToSocial) and the dates of HTTP, under any of the names in use.
    """
    seconds = _rest(headers, now)
    return USUAL_REST if seconds is None else min(max(seconds, 1.0), LONGEST_REST)


def is_spent(headers: Mapping[str, str]) -> bool:
    """Whether an answer says that it was the last one before a pause."""
    named = _lower(headers)
    return any(named.get(name, "").strip() == "0" for name in _REMAINING)


def _rest(headers: Mapping[str, str], now: datetime) -> float | None:
    named = _lower(headers)
    found = (_seconds(named[name].strip(), now) for name in _RESETS if name in named)
    return next((seconds for seconds in found if seconds is not None), None)


def _lower(headers: Mapping[str, str]) -> dict[str, str]:
    return {name.lower(): value for name, value in headers.items()}


def _seconds(text: str, now: datetime) -> float | None:
    if text.isascii() and text.isdecimal() and len(text) <= 12:
        number = float(text)
        return number if number < _EPOCH_FROM else number - now.timestamp()
    moment = _moment(text)
    return None if moment is None else (moment - now).total_seconds()


def _moment(text: str) -> datetime | None:
    for read in (datetime.fromisoformat, parsedate_to_datetime):
        try:
            moment = read(text)
        except (ValueError, OverflowError):
            continue
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return None
