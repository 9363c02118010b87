"""What people type as a deadline, and the instant it means."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.domain.errors import BadDeadline
from service.usecases.deadline import read_deadline, show_deadline

PARIS = ZoneInfo("Europe/Paris")
PUBLISHED = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)  # a Monday, 10:00 in Paris
NOW = datetime(2026, 11, 25, 11, 30, 15, 250_000, tzinfo=UTC)  # the Wednesday after, 12:30:15 in Paris


def read(
    text: str,
    *,
    timezone: str = "Europe/Paris",
    language: str = "fr",
    published: datetime | None = PUBLISHED,
    now: datetime = NOW,
) -> datetime:
    return read_deadline(text, timezone=timezone, language=language, post_published_at=published, now=now)


def paris(*numbers: int) -> datetime:
    return datetime(*numbers, tzinfo=PARIS).astimezone(UTC)  # type: ignore[misc,arg-type]  # year to second


FRIDAY_17 = paris(2026, 11, 27, 17)


@pytest.mark.parametrize(
    "text",
    [
        "vendredi 17h",
        "vendredi à 17h",
        "Vendredi 17 h",
        "vendredi 17 h 00",
        "vendredi 17:00",
        "ven. 17h",
        "vendredi 17 heures",
        "vendredi 27 novembre 17h",
        "vendredi 27 novembre à 17h !",
        "le vendredi 27 novembre 2026 à 17 heures",
        "jusqu'au vendredi 27/11 à 17h",
        "27 novembre, 17h",
        "27/11 17h",
        "27/11/2026 17:00",
        "27/11/26 17h",
        "27.11.2026 17h",
        "2026-11-27 17:00",
        "2026-11-27T17:00",
        "2026-11-27T17:00:00",
        "2026-11-27T17:00+01:00",
        "2026-11-27 16:00Z",
        "2026-11-27T16:00:00.999z",
        "2026-11-27T21:30:00+0530",
        "après-demain 17h",
        "Friday 5pm",
        "  vendredi\u00a017\u202fh  ",
    ],
)
def test_french_blogs_are_understood(text):
    assert read(text) == FRIDAY_17


@pytest.mark.parametrize(
    "text",
    [
        "Friday 5pm",
        "Friday 5 p.m.",
        "friday at 17:00",
        "Fri 5:00 PM",
        "this Friday 5pm",
        "until Friday, 27 November 2026 at 17:00",
        "Nov 27 5pm",
        "November 27th, 5pm",
        "27/11/2026 17:00",
        "11/27/2026 17:00",
        "vendredi 17h",
    ],
)
def test_english_blogs_are_understood(text):
    assert read(text, language="en") == FRIDAY_17


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("vendredi 17h30", paris(2026, 11, 27, 17, 30)),
        ("vendredi 17 h 30", paris(2026, 11, 27, 17, 30)),
        ("vendredi 17h30min", paris(2026, 11, 27, 17, 30)),
        ("vendredi 17:30:15", paris(2026, 11, 27, 17, 30, 15)),
        ("vendredi midi", paris(2026, 11, 27, 12)),
        ("vendredi 12pm", paris(2026, 11, 27, 12)),
        ("vendredi 12am", paris(2026, 11, 27, 0)),
        ("1er décembre 20h", paris(2026, 12, 1, 20)),
        ("05/12/2026 17:00", paris(2026, 12, 5, 17)),
    ],
)
def test_times_and_days_are_read_to_the_minute(text, instant):
    assert read(text) == instant


@pytest.mark.parametrize("text", ["dimanche minuit", "dimanche à minuit", "dimanche 24h", "sunday midnight"])
def test_midnight_is_the_end_of_the_day_it_is_said_of(text):
    assert read(text) == paris(2026, 11, 30, 0)


@pytest.mark.parametrize("text", ["dimanche 0h", "dimanche 00:00"])
def test_zero_is_the_beginning_of_the_day(text):
    assert read(text) == paris(2026, 11, 29, 0)


def test_a_weekday_is_the_next_one_after_the_post_also_when_it_has_passed():
    assert read("mardi 17h") == paris(2026, 11, 24, 17)


def test_a_weekday_is_the_day_of_the_post_only_while_it_was_still_to_come():
    assert read("lundi 11h") == paris(2026, 11, 23, 11)
    assert read("lundi 9h") == paris(2026, 11, 30, 9)


def test_a_weekday_counts_from_now_while_the_post_is_a_draft():
    assert read("mardi 17h", published=None) == paris(2026, 12, 1, 17)


def test_a_date_without_a_year_is_the_first_since_the_post():
    assert read("23 novembre 17h") == paris(2026, 11, 23, 17)
    assert read("2 janvier 17h") == paris(2027, 1, 2, 17)


def test_tomorrow_and_days_ahead_count_from_now():
    assert read("demain 18h") == paris(2026, 11, 26, 18)
    assert read("aujourd’hui 18h") == paris(2026, 11, 25, 18)
    assert read("dans 3 jours 18h") == paris(2026, 11, 28, 18)
    assert read("dans 3 jours") == paris(2026, 11, 28, 12, 30, 15)
    assert read("in 2 days", language="en") == paris(2026, 11, 27, 12, 30, 15)


def test_hours_ahead_pass_on_every_clock_and_days_keep_the_hour():
    before_summer = datetime(2026, 3, 28, 23, 0, tzinfo=UTC)
    assert read("dans 3 heures", now=before_summer) == before_summer + timedelta(hours=3)
    assert read("dans 1 jour", now=before_summer) == before_summer + timedelta(hours=23)


def test_the_past_is_allowed():
    assert read("2026-01-05 17:00") == paris(2026, 1, 5, 17)


def test_offsets_and_utc_are_timezones_too():
    assert read("vendredi 17h", timezone="+05:45") == datetime(2026, 11, 27, 11, 15, tzinfo=UTC)
    assert read("vendredi 17h", timezone="-03:00") == datetime(2026, 11, 27, 20, tzinfo=UTC)
    assert read("vendredi 17h", timezone="UTC") == datetime(2026, 11, 27, 17, tzinfo=UTC)


@pytest.mark.parametrize("timezone", ["Mars/Olympus", "", "../../etc/passwd", "+99:00", "CEST+2"])
def test_an_unknown_timezone_says_where_to_set_it(timezone):
    with pytest.raises(BadDeadline, match="Settings → General"):
        read("vendredi 17h", timezone=timezone)


def test_an_hour_that_is_skipped_in_spring_is_refused_with_its_neighbours():
    with pytest.raises(BadDeadline, match=r"doesn't exist.*01:59 and 03:00"):
        read("2027-03-28 02:30")


def test_an_hour_that_comes_twice_in_autumn_means_the_later_one():
    assert read("2026-10-25 02:30") == datetime(2026, 10, 25, 1, 30, tzinfo=UTC)
    assert read("2026-10-25T02:30+02:00") == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


@given(minute=st.integers(0, 3 * 365 * 24 * 60))
def test_every_minute_of_the_clock_is_read_as_written_or_refused(minute):
    written = f"{datetime(2025, 1, 1) + timedelta(minutes=minute):%Y-%m-%d %H:%M}"
    try:
        instant = read(written)
    except BadDeadline as error:
        assert "doesn't exist" in error.message  # noqa: PT017
    else:
        assert f"{instant.astimezone(PARIS):%Y-%m-%d %H:%M}" == written


@pytest.mark.parametrize("text", ["vendredi", "27 novembre", "2026-11-27", "demain"])
def test_a_day_without_a_time_is_asked_for_one(text):
    with pytest.raises(BadDeadline, match="at what time"):
        read(text)


@pytest.mark.parametrize("text", ["17h", "minuit", "à 17h"])
def test_a_time_without_a_day_is_asked_for_one(text):
    with pytest.raises(BadDeadline, match="on which day"):
        read(text)


def test_a_weekday_that_contradicts_the_date_is_refused():
    with pytest.raises(BadDeadline, match="2026-11-27 is a Friday"):
        read("jeudi 27 novembre 17h")


def test_in_english_a_day_that_can_be_two_days_is_refused():
    with pytest.raises(BadDeadline, match="two days"):
        read("05/12/2026 17:00", language="en")
    assert read("05/05/2027 17:00", language="en") == paris(2027, 5, 5, 17)


@pytest.mark.parametrize(
    "text",
    [
        "",
        " \n ",
        "bientôt",
        "bientôt 17h",
        "vendredi 25h",
        "vendredi 17h60",
        "vendredi 24:30",
        "vendredi 13pm",
        "vendredi 17h ou 18h",
        "vendredi 17h-18h",
        "vendredi prochain 17h",
        "30 février 12h",
        "2026-02-30 12:00",
        "2026-13-01T12:00Z",
        "2026-11-27 17:00 Europe/Paris",
        "27 novembre 2026 17:00 CET",
        "0001-01-01 00:00",
        "0001-01-01T00:00+14:00",
        "9999-12-31 23:59",
        "9999-12-31 24:00",
        "9999-12-31T23:59-12:00",
        "2032-01-01 12:00",
        "2020-01-01 12:00",
        "dans 100 ans",
        "dans 99999999999999999999 jours",
        "vendredi\x0017h",
        "vendredi \u202e17h",
        "vendredi 17h" + " " * 99 + "x",
        "9" * 10_000,
    ],
)
@pytest.mark.parametrize(("language", "example"), [("fr", '"vendredi 17h"'), ("en", '"Friday 5pm"')])
def test_what_is_no_deadline_gets_one_sentence_with_an_example(text, language, example):
    with pytest.raises(BadDeadline) as caught:
        read(text, language=language)
    assert example in caught.value.message
    assert caught.value.message.endswith('"2026-12-02 17:00".')
    assert len(caught.value.message) < 250
    assert caught.value.message.isprintable()


def test_the_examples_can_be_read():
    assert read("vendredi 17h") == FRIDAY_17
    assert read("Friday 5pm", language="en") == FRIDAY_17
    assert read("2026-12-02 17:00") == paris(2026, 12, 2, 17)


_WORDS = (
    "vendredi lundi friday sun 27 12 2026 novembre nov à 17h 17:30 5pm minuit dans 3 jours in demain / - : , T Z +02:00"
)


@settings(deadline=None)
@given(text=st.text(max_size=40) | st.lists(st.sampled_from(_WORDS.split()), max_size=6).map(" ".join))
def test_whatever_is_typed_gives_a_whole_second_or_a_sentence(text):
    try:
        instant = read(text)
    except BadDeadline as error:
        assert error.message  # noqa: PT017
    else:
        assert instant.tzinfo is UTC
        assert instant.microsecond == 0


def test_other_commands_do_not_wait_for_dateparser():
    code = "import sys, service.usecases.deadline; sys.exit('dateparser' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_deadlines_are_shown_in_words_with_their_clock():
    show = {
        ("Europe/Paris", "fr"): "vendredi 27 novembre 2026 à 17:00 (heure de Paris, UTC+01:00)",
        ("Europe/Paris", "en"): "Friday 27 November 2026 at 17:00 (Paris time, UTC+01:00)",
        ("Africa/Abidjan", "fr"): "vendredi 27 novembre 2026 à 16:00 (heure d’Abidjan, UTC+00:00)",
        ("America/New_York", "en"): "Friday 27 November 2026 at 11:00 (New York time, UTC-05:00)",
        ("+05:45", "fr"): "vendredi 27 novembre 2026 à 21:45 (UTC+05:45)",
        ("UTC", "en"): "Friday 27 November 2026 at 16:00 (UTC)",
    }
    assert {key: show_deadline(FRIDAY_17, timezone=key[0], language=key[1]) for key in show} == show


def test_a_shown_deadline_has_its_seconds_when_they_matter():
    first = paris(2026, 12, 1, 8, 5, 9)
    assert show_deadline(first, timezone="Europe/Paris", language="fr").startswith(
        "mardi 1er décembre 2026 à 08:05:09 "
    )
