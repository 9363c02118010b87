"""Texts and times as WordPress stores them, made fit for any program and any database."""

from __future__ import annotations

import html
import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

# What XML 1.0 (section 2.2) can't carry: XML-RPC has to drop it, so REST drops it as well and both agree. It
# also takes U+0000 away, which PostgreSQL refuses, and lone surrogates, which no encoding takes.
_NOT_TEXT = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_TAG = re.compile(r"<[^>]*>")
_LONG_CHARACTER = re.compile("[\U00010000-\U0010ffff]")
_DATE = re.compile(r"(\d{4})-?(\d\d)-?(\d\d)[T ](\d\d):(\d\d):(\d\d)")
_ISO_LENGTH = len("2026-11-27 17:00:00")

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def clean(text: str) -> str:
    """The text without characters that aren't text, and with line ends as XML reads them (2.11): \\n."""
    if text.isprintable():  # nearly all texts are, and hold none of these
        return text
    return _NOT_TEXT.sub("", text).replace("\r\n", "\n").replace("\r", "\n")


def plain(text: str) -> str:
    """HTML as the words a reader sees: no tags, no entities."""
    return html.unescape(_TAG.sub("", clean(text))).strip()


def with_entities(text: str) -> str:
    """The text with emoji and the like as `&#x1f389;`, which MySQL's three-byte "utf8" can store."""
    return _LONG_CHARACTER.sub(lambda match: f"&#x{ord(match.group()):x};", text)


def has_long_characters(text: str) -> bool:
    """Whether the text holds characters that need four bytes in UTF-8."""
    return _LONG_CHARACTER.search(text) is not None


def is_same_wording(stored: str, sent: str) -> bool:
    """Whether a stored comment is what was sent, though WordPress rewrote its links or lost its emoji."""
    return _wording(stored) == _wording(sent)


def _wording(text: str) -> str:
    return "".join(re.findall(r"\w+", _LONG_CHARACTER.sub("", plain(text)))).casefold()


def utc_time(gmt: object, local: object, zone: tzinfo) -> datetime:
    """A comment's time, aware UTC, from its two dates as WordPress writes them.

    Imported comments may have no GMT date (zeros): then the local one counts, read in the blog's zone, and if
    that is broken too the comment is as old as can be.
    """
    moment = _read_date(gmt)
    if moment is not None:
        return moment.replace(tzinfo=UTC)
    moment = _read_date(local)
    return EPOCH if moment is None else moment.replace(tzinfo=zone).astimezone(UTC)


def _read_date(value: object) -> datetime | None:
    text = str(value)
    match = _DATE.match(text)
    if match is None or match[1] < "1000":  # "-0001-11-30" and the like are zeros that PHP worked out
        return None
    try:
        return datetime.fromisoformat(text if len(text) == _ISO_LENGTH else "{}-{}-{}T{}:{}:{}".format(*match.groups()))
    except ValueError:
        return None


def holds(content: str, text: str) -> bool:
    """Whether the text stands in the content and doesn't go on there: ".../1" isn't in ".../12"."""
    return re.search(re.escape(clean(text)) + r"(?![0-9A-Za-z])", content) is not None


def zone_of(name: str, offset: str) -> tzinfo:
    """The zone "Europe/Paris", or the offset in hours ("5.5") where the blog names none that is known."""
    if name:
        try:
            return ZoneInfo(name)
        except (KeyError, ValueError, OSError):  # not known here, or a name that is no path
            pass
    try:
        return timezone(timedelta(minutes=round(float(offset or 0) * 60)))
    except (ValueError, OverflowError):
        return UTC


def offset_name(zone: tzinfo) -> str:
    """A fixed offset as "+05:30"."""
    minutes = round((zone.utcoffset(None) or timedelta(0)).total_seconds() / 60)
    sign = "-" if minutes < 0 else "+"
    return f"{sign}{abs(minutes) // 60:02}:{abs(minutes) % 60:02}"
