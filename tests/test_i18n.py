"""Words for people: every code has some, in both languages, and the catalogues hold all of them."""

from __future__ import annotations

import configparser
import re
from datetime import UTC, datetime

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from service import i18n
from service.domain.contest import Phase
from service.domain.eligibility import Code, Reason, Status
from service.i18n import LANGUAGES, LOCALE, reason_words, show_duration, show_instant, translator, zone_of

Words = set[str | tuple[str, ...]]


def read_catalogue(language: str) -> Catalog:
    with (LOCALE / language / "LC_MESSAGES" / "tirage.po").open("rb") as file:
        return read_po(file, locale=language)


def words_in_the_code() -> Words:
    """Every message in Python and in templates, found by the mapping that `pybabel extract` uses."""
    mapping = configparser.ConfigParser()
    mapping.read(LOCALE / "babel.cfg", encoding="utf-8")
    methods = [name.split(": ") for name in mapping.sections()]
    found = extract_from_dir(
        LOCALE.parent,
        method_map=[(pattern, method) for method, pattern in methods],
        options_map={pattern: dict(mapping[f"{method}: {pattern}"]) for method, pattern in methods},
    )
    return {message for _, _, message, _, _ in found}


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_catalogue_holds_exactly_the_words_in_use(language):
    assert {message.id for message in read_catalogue(language) if message.id} == words_in_the_code()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_word_is_translated(language):
    for message in read_catalogue(language):
        strings = (message.string,) if isinstance(message.string, str) else message.string or ()
        assert strings, message.id
        assert all(strings), message.id
        assert not message.fuzzy, message.id
        assert not list(message.check()), message.id


def test_french_is_not_english():
    same = {message.id for message in read_catalogue("fr") if message.id and message.string == message.id}
    assert same <= {"Page", "Pages", "Ticket"}


@pytest.mark.parametrize(
    "wrong",
    [
        r"['\"“”]",  # the French ones are ’ and « »
        r"(?<!\u00a0):(?!//)",
        r"(?<!\u202f)[;!?]",
        r"«(?!\u00a0)|(?<!\u00a0)»",
        r"\.\.\.| {2}|^ | $",
    ],
)
def test_french_is_well_set(wrong):
    strings = [
        string
        for message in read_catalogue("fr")
        if message.id and message.id != "EEEE d MMMM y 'at' HH:mm"  # a pattern, not words
        for string in ([message.string] if isinstance(message.string, str) else message.string or ())
    ]
    assert [string for string in strings if re.search(wrong, string)] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_code_status_and_phase_has_words(language):
    words = [reason_words(Reason(code), language=language) for code in Code]
    words += [reason_words(Reason(code, 42), language=language) for code in Code]
    words += [i18n.status_words(status, language=language) for status in Status]
    words += [i18n.phase_words(phase, language=language) for phase in Phase]
    assert all(words)
    assert not any("%" in word for word in words)
    assert len({reason_words(Reason(code), language=language) for code in Code}) == len(Code)


def test_reasons_tell_their_facts():
    assert reason_words(Reason(Code.LATE, 200), language="fr") == "en retard de 3 min 20 s"
    assert reason_words(Reason(Code.LATE, 200), language="en") == "late by 3 min 20 sec"
    duplicate = reason_words(Reason(Code.DUPLICATE, 12), language="fr")
    assert duplicate == "deuxième participation de la même personne (la première\u00a0: commentaire 12)"
    struck = reason_words(Reason(Code.DISQUALIFIED, "100 % <b>faux</b> %(detail)s"), language="en")
    assert struck == "disqualified by a moderator: 100 % <b>faux</b> %(detail)s"


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0, "0 s"), (1, "1 s"), (59.6, "1 min"), (3_661, "1 h 1 min"), (3_601, "1 h"), (90_061, "1 j 1 h"), (-5, "5 s")],
)
def test_durations_have_at_most_two_units(seconds, words):
    assert show_duration(seconds, "fr") == words


@pytest.mark.parametrize("language", ["fr", "fr-CA", "fr_FR", "FR"])
def test_french_is_found_by_its_locales(language):
    assert translator(language).gettext("eligible") == "retenue"


@pytest.mark.parametrize("language", ["en", "de", "", "fro", "frisian", "../fr"])
def test_other_languages_get_english(language):
    assert translator(language).gettext("eligible") == "eligible"


def test_plurals_follow_the_language():
    one, many = "%(num)s winner is drawn.", "%(num)s winners are drawn."
    assert translator("fr").ngettext(one, many, 0) == translator("fr").ngettext(one, many, 1)
    assert translator("en").ngettext(one, many, 0) == many


def test_catalogues_are_read_once():
    assert translator("fr") is translator("fr-BE")


def test_instants_are_shown_on_the_blogs_clock():
    instant = datetime(2026, 11, 27, 16, 0, 5, tzinfo=UTC)
    assert show_instant(instant, "Europe/Paris", "fr") == "27 nov. 2026 17:00:05"
    assert show_instant(instant, "+05:45", "en") == "27 Nov 2026 21:45:05"


@pytest.mark.parametrize("timezone", ["Europe/Atlantis", "", "/etc/passwd", "..", "+24:00", "Europe", "Europe/Paris\0"])
def test_an_unknown_timezone_is_a_value_error(timezone):
    with pytest.raises(ValueError, match="timezone"):
        zone_of(timezone)
