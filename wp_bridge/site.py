"""Making the `Site`: name, timezone and language, as far as a moderator can learn them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import tzinfo
from typing import Any
from urllib.parse import urljoin

from wp_bridge.errors import BlogError
from wp_bridge.models import Site
from wp_bridge.pages import visit
from wp_bridge.text import offset_name, plain, zone_of
from wp_bridge.transport import Transport

_FEED_LANGUAGE = re.compile(rb"<language>\s*([A-Za-z]{2,3}(?:[-_][A-Za-z0-9]+)*)\s*</language>")
_LANGUAGE = re.compile(r"([A-Za-z]{2})(?:[-_].*)?$")


def site_from_index(index: Mapping[str, Any], *, home: str, language: str) -> tuple[Site, tzinfo]:
    """The site and its zone from the REST API's index (`name`, `home`, `timezone_string`, `gmt_offset`)."""
    named = str(index.get("timezone_string") or "")
    zone = zone_of(named, str(index.get("gmt_offset") or "0"))
    is_named = bool(named) and getattr(zone, "key", None) == named
    site = Site(
        name=plain(str(index.get("name") or "")),
        url=home,
        timezone=named if is_named else offset_name(zone),
        timezone_is_named=is_named,
        language=language,
    )
    return site, zone


def find_language(transport: Transport, home: str, *, otherwise: str = "") -> str:
    """The blog's language in two letters: from its home page, its feed, or the locale given, else "en".

    The setting itself is closed to an editor. A blog that doesn't show its pages just now is no reason to
    fail.
    """
    for ask in (_of_page, _of_feed):
        try:
            if language := _two_letters(ask(transport, home)):
                return language
        except BlogError:
            continue
    return _two_letters(otherwise) or "en"


def _of_page(transport: Transport, home: str) -> str | None:
    return visit(transport, home, whole=True).language


def _of_feed(transport: Transport, home: str) -> str | None:
    answer = transport.get(urljoin(home, "?feed=rss2"))
    match = _FEED_LANGUAGE.search(answer.body)
    return match.group(1).decode() if match else None


def _two_letters(written: str | None) -> str | None:
    match = _LANGUAGE.match((written or "").strip())
    return match.group(1).lower() if match else None
