"""Posts that the moderator adds by hand: addresses, or a table that another tool made; shown before they count."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from io import StringIO

from sqlalchemy import Connection

from service.domain.contest import Contest, require_unsealed
from service.domain.errors import BadInput
from service.domain.log_chain import LogLine
from service.domain.posts import PostAddress
from service.storage import contests, log, posts
from service.usecases.judging import judge_entries
from service.usecases.ports import Network, Networks
from service.usecases.review import check_reason
from service.usecases.services import Services

MOST_LINES = 20_000
LONGEST_SHOWN = 120
Found = tuple[Network, PostAddress]


class Became(StrEnum):
    """What a line became."""

    ADDED = "added"
    COUNTS_NOW = "counts_now"  # a comment gave it; from now on it counts without one
    KNOWN = "known"  # the contest has the post already
    REPEATED = "repeated"  # an earlier line gives it
    NO_ADDRESS = "no_address"  # there is no post's address in it


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line as it was given and what it became; `reference` where it gives a post."""

    number: int
    text: str
    became: Became
    reference: str = ""


def add_posts(
    services: Services, contest_id: int, lines: Sequence[str], *, reason: str, actor: str, dry_run: bool = False
) -> list[Line]:
    """Add the posts that these lines give, or only show what each would become.

    Raises BadInput, Conflict once sealed or where no pool takes posts, NotFound.
    """
    reason = check_reason(reason)
    if len(lines) > MOST_LINES:
        raise BadInput(f"At most {MOST_LINES} lines at once: split the file.")
    read = [find_address(services.networks, line) for line in lines]
    with services.store.write() as tx:
        contest = contests.lock(tx, contest_id)
        require_unsealed(contest)
        if not contest.wants_posts:
            raise BadInput("No pool of this contest takes posts: add one with the channel “posts” or “both” first.")
        found = posts.is_found(tx, contest_id, {address.reference for _, address in filter(None, read)})
        told = list(_told(lines, read, found))
        if not dry_run:
            _add(tx, services, contest, read, told, reason=reason, actor=actor)
        return told


def _add(
    tx: Connection,
    services: Services,
    contest: Contest,
    read: Sequence[Found | None],
    told: Sequence[Line],
    *,
    reason: str,
    actor: str,
) -> None:
    """Keep what the lines changed, log it, and judge anew."""
    now = services.clock()
    for line in told:
        found = read[line.number - 1]
        if found is not None and line.became in (Became.ADDED, Became.COUNTS_NOW):
            network, address = found
            host = network.host_of(address)
            posts.add(tx, contest.id, address, host=host, brought_by="hand", is_found=True, now=now)
    became = Counter(line.became for line in told)
    details = {"posts": became[Became.ADDED], "count_now": became[Became.COUNTS_NOW]}
    log.write(tx, contest.id, LogLine(at=now, actor=actor, action="add_posts", reason=reason, details=details))
    judge_entries(tx, contest)
    contests.ring(tx, contest.id, at=now)


def read_table(text: str) -> list[str]:
    """The lines of a table: of each row the cells together, as other tools export them (comma, semicolon or tab);
    empty ones too, so that a line has its number in the file.

    Raises BadInput for a file that is no text.
    """
    if "\x00" in text:
        raise BadInput("The file isn't a text: export it as CSV.")
    sample = text[:10_000]
    delimiter = max(",;\t", key=sample.count)
    try:
        rows = list(csv.reader(StringIO(text, newline=None), delimiter=delimiter))
    except csv.Error as error:
        raise BadInput(f"The file can't be read as a table ({error}): export it as CSV.") from None
    if any("\n" in cell for row in rows for cell in row):  # an open quote would swallow all lines after it
        rows = [line.split(delimiter) for line in StringIO(text, newline=None)]  # as editors number them
    return [" ".join(cell.strip() for cell in row) for row in rows]


def find_address(networks: Networks, text: str) -> Found | None:
    """The first word of a text that is a post's address, with its network."""
    for word in text.split():
        for network in networks.all():
            address = network.read_address(word.strip("<>()[]\"',;"))
            if address is not None:
                return network, address
    return None


def _told(lines: Sequence[str], read: Sequence[Found | None], known: Mapping[str, bool]) -> Iterator[Line]:
    seen: set[str] = set()
    for number, (text, found) in enumerate(zip(lines, read, strict=True), 1):
        if text.strip():
            yield _told_line(number, text, found, known, seen)


def _told_line(number: int, text: str, found: Found | None, known: Mapping[str, bool], seen: set[str]) -> Line:
    shown = " ".join("".join(c if c.isprintable() else " " for c in text).split())[:LONGEST_SHOWN]
    if found is None:
        return Line(number=number, text=shown, became=Became.NO_ADDRESS)
    reference = found[1].reference
    if reference in seen:
        became = Became.REPEATED
    elif reference in known:
        became = Became.KNOWN if known[reference] else Became.COUNTS_NOW
    else:
        became = Became.ADDED
    seen.add(reference)
    return Line(number=number, text=shown, became=became, reference=reference)
