"""Find the entry that a reader asks for: by a comment's address or number, a post's address, or an entry's name."""

from __future__ import annotations

import re
from dataclasses import replace
from enum import StrEnum
from urllib.parse import SplitResult, urlsplit

from sqlalchemy import Connection

from service.domain.contest import Contest
from service.domain.drawing import check_entry
from service.domain.eligibility import Code, Reason, State, Status, Verdict
from service.domain.pools import is_comment
from service.storage import posts, standings
from service.storage.standings import Standing
from service.usecases.add_posts import find_address
from service.usecases.freezing import UNSEEN, public_name, unseen_name
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
    if is_comment(text):
        return Missing.UNREADABLE
    return _unseen(tx, contest, text) if UNSEEN in text else _post(tx, contest, text)


def _unseen(tx: Connection, contest: Contest, name: str) -> Standing | Missing:
    """A post by the name that the sealed list gives it, which doesn't tell its address; nor does the answer."""
    for known in posts.without_evidence(tx, contest.id):
        if public_name(known.facts) == name and (found := standings.of_post(tx, contest.id, known.facts.entry)):
            return replace(found, entry=name)
    return Missing.NO_POST


def drawn_as(standing: Standing) -> str:
    """The name under which an entry stands in the sealed list, if it does."""
    return standing.entry if standing.is_seen else unseen_name(standing.entry)


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
