"""Where X's own short links lead: t.co is asked, and what it names is never asked."""

from __future__ import annotations

import re
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urlsplit

from service.networks.asking import Asker
from service.networks.http import HttpAnswer
from service.networks.shapes import as_web_link
from service.usecases.ports import NetworkProblem

HOST = "t.co"
_MOST_KEPT = 5_000
_MOST_READ = 20_000  # bytes of a page: what matters stands in its head
_PATH = re.compile(r"/[A-Za-z0-9]{1,32}")
_REFRESH = re.compile(r"\s*\d+\s*;\s*url\s*=\s*(\S+)\s*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Resolved:
    """Where links lead, by their short address; whether that is known of each."""

    targets: Mapping[str, str] = field(default_factory=dict)
    is_whole: bool = True


class ShortLinks:
    """Resolves t.co addresses, each once: they never lead elsewhere. May be used by several threads."""

    def __init__(self, asker: Asker) -> None:
        self._asker = asker
        self._lock = threading.Lock()
        self._known: dict[str, str] = {}

    def resolve(self, links: Sequence[str], *, most: int) -> Resolved:
        """Where the first `most` links lead. Raises NetworkProblem ("rate_limited") when t.co is asked too often."""
        targets = {link: target for link in links[:most] if (target := self._target(link))}
        return Resolved(targets, is_whole=len(targets) == len(links))

    def _target(self, link: str) -> str | None:
        if not _is_short(link):
            return as_web_link(link)
        with self._lock:
            known = self._known.get(link)
        target = known or self._ask(link)
        if target is not None:
            with self._lock:
                while len(self._known) >= _MOST_KEPT:
                    del self._known[next(iter(self._known))]
                self._known[link] = target
        return target

    def _ask(self, link: str) -> str | None:
        try:
            answer = self._asker.get(HOST, urlsplit(link).path)
        except NetworkProblem as problem:
            if problem.code == "rate_limited":
                raise
            return None  # the post itself was seen: better with an unknown link than not at all
        target = as_web_link(_location(answer))
        return None if target is None or _is_short(target) else target


def _is_short(link: str) -> bool:
    try:
        parts = urlsplit(link)
        return parts.scheme in ("http", "https") and parts.netloc == HOST and bool(_PATH.fullmatch(parts.path))
    except ValueError:
        return False


def _location(answer: HttpAnswer) -> str | None:
    """Programs get a redirect, browsers a page that does the same."""
    if 300 <= answer.status < 400:
        return answer.headers.get("Location")
    if answer.status != 200:
        return None
    page = _Page()
    return page.target if feed(page, answer.body[:_MOST_READ].decode("utf-8", "replace")) else None


def feed(parser: HTMLParser, text: str) -> bool:
    """Let a parser read a text; False where it can't: some Pythons fail at odd declarations."""
    try:
        parser.feed(text)
        parser.close()
    except AssertionError:
        return False
    return True


class _Page(HTMLParser):
    """Finds where a page sends its reader."""

    def __init__(self) -> None:
        super().__init__()
        self.target: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        match = _REFRESH.fullmatch(given.get("content", "")) if tag == "meta" else None
        if match and given.get("http-equiv", "").lower() == "refresh" and self.target is None:
            self.target = match[1].strip("'\"")
