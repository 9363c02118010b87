"""Reading a day and a time of day in French or English words; what they mean is told in `deadline`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

from service.domain.errors import BadDeadline

FARTHEST = timedelta(days=5 * 366)
_WEEKDAYS = {
    "fr": ["lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"],
    "en": ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"],
}
_ISO_DAY = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_TWO_NUMBERS = re.compile(r"(\d{1,2})[/-](\d{1,2})(?:[/-]\d{2,4})?")
_TIME = re.compile(
    r"(?:(?:\b(?:à|a|at|vers)|@) ?)?(?<![\w:/.-])(?:"
    r"(?P<noon>midi|noon)|(?P<midnight>minuit|midnight)"
    r"|(?P<hour>\d{1,2}) ?(?:heures?|h)(?: ?(?P<minute>\d{2})(?: ?(?:minutes|min|mn))?)?"
    r"|(?P<half_hour>\d{1,2})(?::(?P<half_minute>\d{2}))? ?(?P<half>[ap])(?:\.m\.|m\b)"
    r"|(?P<clock>\d{1,2}:\d{2}(?::\d{2})?)"
    r")(?![\w:])"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """The words and what they are relative to. `now` is aware; `local_now` and `published` are the blog's clock's."""

    text: str
    zone: tzinfo
    language: str
    now: datetime
    local_now: datetime
    published: datetime

    def languages(self) -> tuple[str, str]:
        """The blog's language, then the other."""
        return ("fr", "en") if self.language == "fr" else ("en", "fr")

    def refuse(self, what: str) -> BadDeadline:
        """One sentence: what is wrong, and an example in the blog's language."""
        words = "vendredi 17h" if self.language == "fr" else "Friday 5pm"
        day = f"{self.local_now + timedelta(days=7):%Y-%m-%d}"
        return BadDeadline(f'{what}; write for example "{words}" or "{day} 17:00".')

    def unreadable(self) -> BadDeadline:
        """The sentence for words that mean no moment."""
        return self.refuse(f'"{self.text}" can\'t be read as a deadline')

    def check_distance(self, moment: datetime) -> None:
        """Raise BadDeadline for a moment that is years away, so that nothing later can overflow."""
        if abs(moment - self.local_now) > FARTHEST:
            raise self.refuse(f"The year {moment:%Y} is too far away for a deadline")


def local_moment(words: str, frame: Frame) -> datetime:
    """The moment on the blog's clock that a day and a time of day name."""
    times = list(_TIME.finditer(words))
    if len(times) > 1:
        raise frame.unreadable()
    if not times:
        _day(words, timedelta(), frame)
        raise frame.refuse(f'"{frame.text}" doesn\'t say at what time')
    time = _time_of_day(times[0])
    day = " ".join((words[: times[0].start()] + " " + words[times[0].end() :]).split())
    if time is None:
        raise frame.unreadable()
    if not day:
        raise frame.refuse(f'"{frame.text}" doesn\'t say on which day')
    return _day(day, time, frame)


def _time_of_day(match: re.Match[str]) -> timedelta | None:
    """Since the day began; None for a time that isn't on the clock."""
    if match["noon"] or match["midnight"]:
        return timedelta(hours=12 if match["noon"] else 24)
    numbers = match["clock"] or f"{match['hour'] or match['half_hour']}:{match['minute'] or match['half_minute'] or 0}"
    hour, minute, second = [*map(int, numbers.split(":")), 0][:3]
    if match["half"]:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if match["half"] == "p" else 0)
    time = timedelta(hours=hour, minutes=minute, seconds=second)
    return time if minute < 60 and second < 60 and time <= timedelta(hours=24) else None


def _day(words: str, time: timedelta, frame: Frame) -> datetime:
    for language in frame.languages():
        weekday, rest = _split_weekday(words, language)
        if weekday is not None and not rest:
            return _next_weekday(weekday, time, frame)
        for day in _dates(rest, frame, language):
            if weekday not in (None, day.weekday()):
                name = _WEEKDAYS["en"][day.weekday()].title()
                raise frame.refuse(f'"{frame.text}" contradicts itself, as {day:%Y-%m-%d} is a {name}')
            frame.check_distance(day)
            return day + time
    raise frame.unreadable()


def _split_weekday(words: str, language: str) -> tuple[int | None, str]:
    """The weekday (Monday is 0) that a text names in full or by three letters, and the rest of the text."""
    for number, name in enumerate(_WEEKDAYS[language]):
        if match := re.search(rf"\b{name[:3]}(?:{name[3:]}\b|\b\.?)", words):
            return number, " ".join((words[: match.start()] + " " + words[match.end() :]).split())
    return None, words


def _next_weekday(weekday: int, time: timedelta, frame: Frame) -> datetime:
    midnight = frame.published.replace(hour=0, minute=0, second=0)
    moment = midnight + timedelta(days=(weekday - midnight.weekday()) % 7) + time
    return moment if moment >= frame.published else moment + timedelta(days=7)


def _dates(words: str, frame: Frame, language: str) -> Iterator[datetime]:
    """The readings of a text as a day, as its midnight."""
    if match := _ISO_DAY.fullmatch(words):
        try:
            yield datetime(int(match[1]), int(match[2]), int(match[3]))  # noqa: DTZ001 (on the blog's clock)
        except ValueError as error:
            raise frame.unreadable() from error
        return
    _check_order(words, frame)
    today = frame.local_now.replace(hour=0, minute=0, second=0)
    # dateparser's "future" begins on the day after its base
    eve = frame.published.replace(hour=0, minute=0, second=0) - timedelta(days=1)
    for parser, base in (("relative-time", today), ("absolute-time", eve)):
        for moment in parsed(words, frame, base=base, parser=parser, languages=(language,)):
            if (moment.hour, moment.minute, moment.second) == (0, 0, 0):
                yield moment


def _check_order(words: str, frame: Frame) -> None:
    match = _TWO_NUMBERS.fullmatch(words)
    if match and frame.language != "fr" and match[1] != match[2] and max(int(match[1]), int(match[2])) <= 12:
        raise frame.refuse(f'"{frame.text}" can mean two days, so give the month by its name')


def parsed(
    words: str, frame: Frame, *, base: datetime, parser: str, languages: tuple[str, ...] = ()
) -> Iterator[datetime]:
    import dateparser  # costs a tenth of a second and more, which other commands needn't wait for

    for language in languages or frame.languages():
        try:
            moment = dateparser.parse(
                words,
                languages=[language],
                settings={
                    "RELATIVE_BASE": base,
                    "PREFER_DATES_FROM": "future",
                    "DATE_ORDER": "DMY",
                    "PARSERS": [parser],
                    "REQUIRE_PARTS": [] if parser == "relative-time" else ["day", "month"],
                },
            )
        except (ArithmeticError, LookupError, TypeError, ValueError):  # all of them were seen on odd numbers
            continue
        if moment is not None and moment.tzinfo is None:
            yield moment.replace(microsecond=0)
