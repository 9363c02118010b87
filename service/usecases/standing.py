"""Find the entry that a reader asks for: by a comment's address or number, a post's address, or an entry's name."""

from __future__ import annotations

import re
from enum import StrEnum
from urllib.parse import SplitResult, urlsplit

from sqlalchemy import Connection

from service.domain.contest import Contest
from service.domain.drawing import check_entry
from service.domain.eligibility import Code, Reason, State, Status, Verdict
from service.domain.pools import is_comment
from service.storage import standings
from service.storage.standings import Standing
from service.usecases.add_posts import find_address
from service.usecases.ports import Networks

LONGEST = 2_000
_NUMBER = re.compile(r"(?:#|comment[:-]|#comment-)?([1-9][0-9]{0,17})", re.ASCII)
_FRAGMENT = re.compile(r"(?:[a-z]+-)?comment-([1-9][0-9]{0,17})", re.ASCII)

_HIDDEN = {
    State.HELD: Code.HELD,
    State.SPAM: Code.SPAM,
    State.TRASH: Code.TRASH,
    State.DELETED: Code.DELETED,
}


class Missing(StrEnum):
    """Why nothing was found."""

    UNREADABLE = "unreadable"  # neither an address nor a number nor a name
    NO_COMMENT_IN_IT = "no_comment_in_it"  # an address of the blog that names no comment
    ELSEWHERE = "elsewhere"  # an address that is neither the blog's nor a post's
    NO_COMMENT = "no_comment"
    NO_POST = "no_post"


def find_standing(tx: Connection, networks: Networks, contest: Contest, text: str) -> Standing | Missing:
    """How the entry stands that a text names, or why none was found. Takes anything, asks nobody, raises nothing."""
    text = text.strip()
    if not text or len(text) > LONGEST:
        return Missing.UNREADABLE
    if match := _NUMBER.fullmatch(text):
        return _comment(tx, contest, int(match[1]))
    address = _split(text)
    if address is not None and _host(address) == _host(urlsplit(contest.post_url)):
        match = _FRAGMENT.fullmatch(address.fragment)
        return _comment(tx, contest, int(match[1])) if match else Missing.NO_COMMENT_IN_IT
    found = find_address(networks, text)
    if found:
        return _post(tx, contest, found[1].reference)
    return _named(tx, contest, text) if address is None else Missing.ELSEWHERE


def _comment(tx: Connection, contest: Contest, number: int) -> Standing | Missing:
    standing = standings.of_comment(tx, contest.id, number)
    return _shown(standing, contest) if standing else Missing.NO_COMMENT


def _post(tx: Connection, contest: Contest, reference: str) -> Standing | Missing:
    return standings.of_post(tx, contest.id, reference) or Missing.NO_POST


def _split(text: str) -> SplitResult | None:
    try:
        address = urlsplit(text)
        return address if address.scheme in ("http", "https") and address.hostname else None
    except ValueError:
        return None


def _host(address: SplitResult) -> str:
    return (address.hostname or "").removeprefix("www.")


def _named(tx: Connection, contest: Contest, text: str) -> Standing | Missing:
    try:
        check_entry(text)
    except ValueError:
        return Missing.UNREADABLE
    return Missing.UNREADABLE if is_comment(text) else _post(tx, contest, text)


def is_hidden(standing: Standing) -> bool:
    """Whether the blog doesn't show it, nor the sealed list."""
    return standing.state in _HIDDEN and standing.verdict.status is not Status.ELIGIBLE


def _shown(standing: Standing, contest: Contest) -> Standing:
    """What may be told of a comment: of one that the blog doesn't show, only that it doesn't."""
    if standing.state is None or not is_hidden(standing):
        return standing
    is_waiting = standing.state is State.HELD and not contest.phase.is_sealed
    status = Status.UNDECIDED if is_waiting else Status.INELIGIBLE
    verdict = Verdict(status, (Reason(_HIDDEN[standing.state]),))
    return Standing(entry=standing.entry, state=standing.state, verdict=verdict)
