"""Words, dates and durations for people, in the blog's language: French or English.

The catalogues are `locale/<language>/LC_MESSAGES/tirage.po`. They are compiled in memory: one file a language to
edit, and no second one to keep in step.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from functools import cache
from io import BytesIO
from pathlib import Path
from zoneinfo import ZoneInfo

from babel.dates import format_datetime, get_timezone_location
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import Translations
from babel.units import format_unit

from service.domain.contest import Phase
from service.domain.eligibility import Code, Reason, Status

LOCALE = Path(__file__).parent / "locale"
LANGUAGES = ("en", "fr")
_OFFSET = re.compile(r"([+-])(\d{1,2}):(\d{2})")
_BLANKS = re.compile("[\u00a0\u202f]")
_UNITS = (("day", 86_400), ("hour", 3_600), ("minute", 60), ("second", 1))


def N_(message: str) -> str:
    """Mark a message for the catalogues without translating it."""
    return message


_STATUSES = {
    Status.ELIGIBLE: N_("eligible"),
    Status.INELIGIBLE: N_("ineligible"),
    Status.UNDECIDED: N_("undecided"),
}
_PHASES = {
    Phase.OPEN: N_("open"),
    Phase.CLOSING: N_("closing: the last full reading is under way"),
    Phase.REVIEW: N_("to be reviewed"),
    Phase.SEALED: N_("sealed"),
    Phase.DRAWN: N_("drawn"),
    Phase.ANNOUNCING: N_("being announced"),
    Phase.ANNOUNCED: N_("announced"),
}
_REASONS = {
    Code.LATE: N_("late"),
    Code.DUPLICATE: N_("another entry by the same person"),
    Code.POST_AUTHOR: N_("wrote the post"),
    Code.STAFF: N_("writes for the blog or moderates it"),
    Code.EXCLUDED: N_("on the contest's list of people who may not win"),
    Code.REPLY: N_("a reply to another comment"),
    Code.PINGBACK: N_("a pingback, not a comment"),
    Code.TRACKBACK: N_("a trackback, not a comment"),
    Code.NOTE: N_("an editor's note, not a comment"),
    Code.OTHER_KIND: N_("not an ordinary comment"),
    Code.HELD: N_("held for moderation: approve or refuse it in WordPress"),
    Code.SPAM: N_("marked as spam in WordPress"),
    Code.TRASH: N_("in the bin in WordPress"),
    Code.DELETED: N_("deleted from WordPress"),
    Code.EMPTY: N_("an empty comment"),
    Code.ERASED: N_("the author had their personal data erased"),
    Code.DISQUALIFIED: N_("disqualified by a moderator"),
    Code.EARLY: N_("posted before the contest began"),
    Code.OFF_MESSAGE: N_("the post doesn't carry what the contest asks for"),
    Code.REPOST: N_("somebody else's post, passed on"),
    Code.GONE: N_("the network doesn't know this post: it was deleted, or its address is wrong"),
    Code.NOT_PUBLIC: N_("the post isn't public"),
    Code.UNCLAIMED: N_("the comment that gave this post's address doesn't count"),
    Code.UNCHECKED: N_("the network hasn't answered for this post yet"),
    Code.UNREAD_LINKS: N_("the post may carry the link, but not all of it could be read"),
    Code.CLAIMED_TWICE: N_("several people gave this post's address"),
}
_DETAILED = {
    Code.LATE: N_("late by %(detail)s"),
    Code.DUPLICATE: N_("another entry by the same person (the first: comment %(detail)s)"),
    Code.DISQUALIFIED: N_("disqualified by a moderator: %(detail)s"),
    Code.EARLY: N_("posted %(detail)s before the contest began"),
    Code.OFF_MESSAGE: N_("the post doesn't carry what the contest asks for: %(detail)s"),
    Code.CLAIMED_TWICE: N_("several people gave this post's address (comments %(detail)s)"),
}
_ANOTHER_POST = N_("another entry by the same person (the first: %(detail)s)")
_PARTS = {"link": N_("the link"), "hashtag": N_("the hashtag"), "mention": N_("the mention")}


def known_language(language: str) -> str:
    """The language whose words are used: "fr" for "fr", "fr-CA" or "fr_FR"; "en" for one we don't have."""
    code = language[:2].lower()
    return code if code in LANGUAGES and not language[2:3].isalpha() else "en"


def translator(language: str) -> Translations:
    """The catalogue of a language (an unknown one: English), with gettext and ngettext; read once."""
    return _catalogue(known_language(language))


@cache
def _catalogue(language: str) -> Translations:
    compiled = BytesIO()
    with (LOCALE / language / "LC_MESSAGES" / "tirage.po").open("rb") as source:
        write_mo(compiled, read_po(source, locale=language))
    compiled.seek(0)
    return Translations(compiled, domain="tirage")


def status_words(status: Status, *, language: str) -> str:
    """A verdict in a word."""
    return translator(language).gettext(_STATUSES[status])


def phase_words(phase: Phase, *, language: str) -> str:
    """Where a contest stands, in a few words."""
    return translator(language).gettext(_PHASES[phase])


def reason_words(reason: Reason, *, language: str) -> str:
    """Why an entry is not in, with its facts: "late by 3 min 20 sec"; a moderator's own words stay as they are."""
    words = translator(language)
    if reason.detail is None or reason.code not in _DETAILED:
        return words.gettext(_REASONS[reason.code])
    detail = reason.detail
    if reason.code in (Code.LATE, Code.EARLY):
        detail = show_duration(int(detail), language)
    elif reason.code is Code.OFF_MESSAGE:
        detail = ", ".join(words.gettext(_PARTS[part]) for part in str(detail).split() if part in _PARTS)
    elif reason.code is Code.DUPLICATE and isinstance(detail, str):
        return words.gettext(_ANOTHER_POST) % {"detail": detail}
    return words.gettext(_DETAILED[reason.code]) % {"detail": detail}


def show_duration(seconds: float, language: str) -> str:
    """A length of time by its two largest units: "3 min 20 s", "2 j 4 h"."""
    left = abs(round(seconds))
    sizes = [(unit, size) for unit, size in _UNITS if size <= left] or [_UNITS[-1]]
    parts: list[str] = []
    for unit, size in sizes[:2]:
        count, left = divmod(left, size)
        if count or not parts:
            parts.append(format_unit(count, f"duration-{unit}", "short", locale=known_language(language)))
    return _BLANKS.sub(" ", " ".join(parts))


def show_instant(instant: datetime, timezone: str, language: str) -> str:
    """An instant to the second on the blog's clock: "27 nov. 2026 17:00:05". ValueError: no such timezone."""
    local = instant.astimezone(zone_of(timezone))
    return format_datetime(local, "d MMM y HH:mm:ss", locale=known_language(language))


def show_day(instant: datetime, timezone: str, language: str) -> str:
    """An instant in full: "vendredi 27 novembre 2026 à 17:00"; with its seconds if there are any."""
    local = instant.astimezone(zone_of(timezone))
    pattern = translator(language).gettext("EEEE d MMMM y 'at' HH:mm")
    if known_language(language) == "fr" and local.day == 1:
        pattern = pattern.replace(" d ", " d'er' ", 1)
    return format_datetime(local, pattern + (":ss" if local.second else ""), locale=known_language(language))


def show_zone(instant: datetime, timezone: str, language: str) -> str:
    """What the clock on the blog is called at an instant: "heure de Paris, UTC+01:00"."""
    offset = format_datetime(instant.astimezone(zone_of(timezone)), "'UTC'xxx", locale="en")
    city = _city(timezone, known_language(language))
    if not city:
        return "UTC" if timezone == "UTC" else offset
    words = translator(language).gettext("%(city)s time") % {"city": city}
    if known_language(language) == "fr":
        words = re.sub(r"\bde (?=[AEIOUYÉÈÊÎÔ])", "d’", words)
    return f"{words}, {offset}"


def _city(timezone: str, language: str) -> str:
    if "/" not in timezone or timezone.startswith("Etc/"):
        return ""
    return get_timezone_location(ZoneInfo(timezone), locale=language, return_city=True).rpartition("/")[2]


def zone_of(timezone: str) -> tzinfo:
    """The timezone of an IANA name or of an offset such as "+02:00". Raises ValueError when there is none."""
    try:
        if match := _OFFSET.fullmatch(timezone):
            return _fixed(sign=match[1], hours=int(match[2]), minutes=int(match[3]))
        return UTC if timezone == "UTC" else ZoneInfo(timezone)
    except (KeyError, OSError, ValueError) as error:
        raise ValueError(f"There is no timezone {timezone!r}.") from error


def _fixed(*, sign: str, hours: int, minutes: int) -> tzinfo:
    offset = timedelta(hours=hours, minutes=minutes)
    return timezone(-offset if sign == "-" else offset)
