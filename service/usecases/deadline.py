"""Reading the deadline a moderator types, and showing it back.

What the words are relative to, and how the unclear ones are read:

* a weekday ("vendredi 17h") is the next one that isn't before the post's publication; a date without a year is
  the first on or after the day of publication. A draft counts as published now;
* "demain", "today", "dans 3 jours" are counted from now;
* midnight, and 24:00, is the *end* of the day it is said of: "dimanche minuit" is when Monday begins. "0h" and
  "00:00" are its beginning;
* numbers are day first in French. In English "05/12/2026" is refused, as two readers would read two days in it;
* a day without a time of day is refused: "vendredi" can mean its first or its last minute;
* an hour that comes twice in autumn means its second time, so that nobody is shut out. One that is skipped in
  spring is refused.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, datetime, timedelta, tzinfo
from itertools import count

from service.domain.errors import BadDeadline
from service.i18n import known_language, show_day, show_zone, zone_of
from service.usecases.time_words import Frame, local_moment, parsed

LONGEST_TEXT = 100
_WITH_OFFSET = re.compile(r"(\d{4}-\d\d-\d\d)[t ](\d\d:\d\d(?::\d\d)?)(?:\.\d+)? ?(z|[+-]\d\d:?\d\d)")
_ISO_T = re.compile(r"^(\d{4}-\d{1,2}-\d{1,2})t(?=\d)")
_LEAD = re.compile(r"^(?:(?:jusqu['’]à|jusqu['’]au|until|before|avant|by|le|on|ce|this) )+")
_FROM_NOW = re.compile(r"(?:dans|in) (?:\d+ ?|[^\W\d]+ )(?P<unit>[^\W\d]+)")
_SHORT_UNIT = re.compile(r"h$|hr|heure|hour|min|mn|s$|sec")


def read_deadline(
    text: str, *, timezone: str, language: str, post_published_at: datetime | None, now: datetime
) -> datetime:
    """The instant that a text such as "vendredi 17h" means, as aware UTC in whole seconds; it may have passed.

    `timezone` is the blog's, an IANA name or an offset; times given are aware. The blog's language is tried first,
    then the other. Raises BadDeadline.
    """
    frame = _frame(text, timezone, known_language(language), post_published_at or now, now)
    words = _words(frame)
    if match := _WITH_OFFSET.fullmatch(words):
        return _with_offset("{}T{}{}".format(*match.groups()).upper(), frame)
    if match := _FROM_NOW.fullmatch(words):
        return _from_now(words, frame, is_short=bool(_SHORT_UNIT.match(match["unit"])))
    return _resolve(local_moment(words, frame), frame)


def show_deadline(instant: datetime, *, timezone: str, language: str) -> str:
    """For people: "vendredi 27 novembre 2026 à 17:00 (heure de Paris, UTC+01:00)". ValueError: no such timezone."""
    return f"{show_day(instant, timezone, language)} ({show_zone(instant, timezone, language)})"


def _frame(text: str, timezone: str, language: str, published: datetime, now: datetime) -> Frame:
    try:
        zone = zone_of(timezone)
    except ValueError as error:
        raise BadDeadline(
            f"The blog's timezone {timezone!r} is unknown; choose a city in WordPress under Settings → General."
        ) from error
    local_now, local_published = (
        instant.astimezone(zone).replace(tzinfo=None, microsecond=0) for instant in (now, published)
    )
    return Frame(
        text=text.strip(),
        zone=zone,
        language=language,
        now=now.replace(microsecond=0),
        local_now=local_now,
        published=local_published,
    )


def _words(frame: Frame) -> str:
    """The text in small letters with single blanks, without what only decorates it."""
    if len(frame.text) > LONGEST_TEXT or any(unicodedata.category(char)[0] == "C" for char in frame.text):
        raise frame.refuse("This can't be read as a deadline")
    words = " ".join(frame.text.replace(",", " ").lower().split()).rstrip("! ")
    if not words:
        raise frame.refuse("A contest needs a deadline")
    return _ISO_T.sub(r"\1 ", _LEAD.sub("", words, count=1))


def _with_offset(text: str, frame: Frame) -> datetime:
    try:
        instant = datetime.fromisoformat(text)
    except ValueError as error:
        raise frame.unreadable() from error
    frame.check_distance(instant.replace(tzinfo=None))
    return instant.astimezone(UTC)


def _from_now(words: str, frame: Frame, *, is_short: bool) -> datetime:
    """Hours and minutes pass on every clock alike; days and longer keep the hour on the blog's clock."""
    base = frame.now.astimezone(UTC).replace(tzinfo=None) if is_short else frame.local_now
    moment = next(parsed(words, frame, base=base, parser="relative-time"), None)
    if moment is None:
        raise frame.unreadable()
    if not is_short:
        return _resolve(moment, frame)
    frame.check_distance(moment)
    return moment.replace(tzinfo=UTC)


def _resolve(local: datetime, frame: Frame) -> datetime:
    """The instant of a moment on the blog's clock; the later one where the clock shows it twice."""
    frame.check_distance(local)
    instants = _instants(local, frame.zone)
    if not instants:
        before = next(moment for back in count(1) if _instants(moment := local - timedelta(minutes=back), frame.zone))
        after = next(moment for on in count(1) if _instants(moment := local + timedelta(minutes=on), frame.zone))
        raise BadDeadline(
            f"{local:%Y-%m-%d %H:%M} doesn't exist on the blog's clock, which is put forward then; "
            f"the nearest times are {before:%H:%M} and {after:%H:%M}."
        )
    return max(instants)


def _instants(local: datetime, zone: tzinfo) -> list[datetime]:
    both = (local.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1))
    return [instant for instant in both if instant.astimezone(zone).replace(tzinfo=None, fold=0) == local]
