"""In which language a page answers, and the words, dates and numbers in it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from html import unescape
from typing import Any
from urllib.parse import urlencode

from babel.numbers import format_decimal
from flask import Flask, current_app, g, request

from service.domain.contest import Contest
from service.domain.drawing import comment_id_of
from service.domain.pools import is_comment
from service.domain.posts import NetworkName
from service.i18n import (
    LANGUAGES,
    known_language,
    phase_words,
    show_day,
    show_instant,
    show_zone,
    translator,
)

HEADER = "Accept-Language"
_KEPT = ("entry", "pool", "page", "lang")
NETWORK_NAMES = {NetworkName.X: "X", NetworkName.MASTODON: "Mastodon", NetworkName.BLUESKY: "Bluesky"}


def choose_language(blog_language: str) -> None:
    """Settle this request's language: what the address asks for, then the browser, then the blog."""
    asked = asked_language()
    preferred = request.accept_languages.best_match(LANGUAGES)
    g.language = asked or preferred or known_language(blog_language)


def speak(contest_language: str) -> None:
    """Settle this request's language for what is in the contest's: that, unless the address asks for another."""
    g.language = asked_language() or known_language(contest_language)


def language() -> str:
    """This request's language."""
    return str(g.get("language", "en"))


def set_up_templates(app: Flask) -> None:
    """Give templates gettext and ways to show dates and numbers."""
    app.jinja_env.add_extension("jinja2.ext.i18n")
    install = app.jinja_env.install_gettext_callables  # type: ignore[attr-defined]  # the extension adds it
    install(_gettext, _ngettext, newstyle=True)
    app.jinja_env.globals["language"] = language
    app.jinja_env.globals["languages"] = LANGUAGES
    app.jinja_env.globals["asked_for"] = asked_for
    app.jinja_env.globals["same_page"] = same_page
    app.jinja_env.globals["asked_language"] = asked_language
    app.jinja_env.filters.update(day=_day, moment=_moment, number=_number, phase_words=_phase, web_address=web_address)
    app.jinja_env.filters.update(comment_number=comment_number, network_name=NETWORK_NAMES.__getitem__)


def same_page(**changes: object) -> str:
    """The address of the page that was asked for, with other arguments in it: "?pool=1&page=2"."""
    wanted = {**request.args.to_dict(), **changes}
    return f"?{urlencode({name: wanted[name] for name in _KEPT if name in wanted})}"


def asked_language() -> str:
    """The language that the address asks for, to be kept in the addresses that follow; empty where it asks for none."""
    asked = request.args.get("lang", "")
    return asked if asked in LANGUAGES else ""


def rules_in_words(rules: Mapping[str, Any]) -> list[str]:
    """A receipt's rules as the pages tell them, sentence by sentence, without their marks."""
    parts = current_app.jinja_env.get_template("parts.html").make_module()
    listed = str(parts.rules_list(rules))  # type: ignore[attr-defined]  # a macro of the template
    return [unescape(re.sub(r"<[^>]*>", "", item)) for item in re.findall(r"<li>(.*?)</li>", listed, re.DOTALL)]


def web_address(url: str) -> str:
    """An address that may stand in a link; anything but http and https becomes nothing."""
    return url if url.startswith(("https://", "http://")) else ""


def comment_number(entry: str) -> int:
    """The number of the comment that an entry is; 0 for a post."""
    return comment_id_of(entry) if is_comment(entry) else 0


def asked_for(message: Mapping[str, Sequence[str]]) -> list[str]:
    """What a post has to carry, as people write it: links, #hashtags, @mentions."""
    tags = [f"#{tag.lstrip('#')}" for tag in message["hashtags"]]
    return [*message["links"], *tags, *(f"@{name.lstrip('@')}" for name in message["mentions"])]


def _gettext(message: str) -> str:
    return str(translator(language()).gettext(message))


def _ngettext(singular: str, plural: str, number: int) -> str:
    return str(translator(language()).ngettext(singular, plural, number))


def _day(instant: datetime, contest: Contest) -> str:
    """In full, with the clock it is told on: "vendredi 27 novembre 2026 à 17:00 (heure de Paris, UTC+01:00)"."""
    zone = show_zone(instant, contest.timezone, language())
    return f"{show_day(instant, contest.timezone, language())} ({zone})"


def _moment(instant: datetime, contest: Contest) -> str:
    return show_instant(instant, contest.timezone, language())


def _number(value: int) -> str:
    return str(format_decimal(value, locale=language()))


def _phase(contest: Contest) -> str:
    return phase_words(contest.phase, language=language())
