"""Posts that the moderator adds by hand: addresses, or a table that another tool made; shown before they count."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from io import StringIO

from service.domain.contest import require_unsealed
from service.domain.errors import BadInput
from service.domain.posts import PostAddress
from service.storage import contests, log, posts
from service.usecases.ports import Network, Networks
from service.usecases.review import check_reason
from service.usecases.services import Services

MOST_LINES = 20_000
LONGEST_SHOWN = 120


class Became(StrEnum):
    """What a line became."""

    ADDED = "added"
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
        references = [found[1].reference for found in read if found]
        known = posts.known_references(tx, contest_id, references)
        told = list(_told(lines, read, known))
        if dry_run:
            return told
        added = {line.reference for line in told if line.became is not Became.NO_ADDRESS}
        for network, address in filter(None, read):
            if address.reference in added:
                added.discard(address.reference)
                posts.add(
                    tx,
                    contest_id,
                    address,
                    host=network.host_of(address),
                    brought_by="hand",
                    is_found=True,
                    now=services.clock(),
                )
        number = sum(line.became is Became.ADDED for line in told)
        now = services.clock()
        line = log.LogLine(at=now, actor=actor, action="add_posts", reason=reason, details={"posts": number})
        log.write(tx, contest_id, line)
        contests.ring(tx, contest_id, at=now)
        return told


def read_table(text: str) -> list[str]:
    """The lines of a table: of each row the cells together, as other tools export them (comma, semicolon or tab).

    Raises BadInput for a file that is no text.
    """
    if "\x00" in text:
        raise BadInput("The file isn't a text: export it as CSV.")
    sample = text[:10_000]
    delimiter = max(",;\t", key=sample.count)
    try:
        rows = list(csv.reader(StringIO(text), delimiter=delimiter))
    except csv.Error as error:
        raise BadInput(f"The file can't be read as a table ({error}): export it as CSV.") from None
    return [" ".join(cell.strip() for cell in row) for row in rows if any(cell.strip() for cell in row)]


def find_address(networks: Networks, text: str) -> tuple[Network, PostAddress] | None:
    """The first word of a text that is a post's address, with its network."""
    for word in text.split():
        for network in networks.all():
            address = network.read_address(word.strip("<>()[]\"',;"))
            if address is not None:
                return network, address
    return None


def _told(lines: Sequence[str], read: Sequence[tuple[Network, PostAddress] | None], known: set[str]) -> Iterator[Line]:
    seen: set[str] = set()
    for number, (text, found) in enumerate(zip(lines, read, strict=True), 1):
        shown = " ".join(text.split())[:LONGEST_SHOWN]
        if found is None:
            yield Line(number=number, text=shown, became=Became.NO_ADDRESS)
            continue
        reference = found[1].reference
        became = Became.REPEATED if reference in seen else Became.KNOWN if reference in known else Became.ADDED
        seen.add(reference)
        yield Line(number=number, text=shown, became=became, reference=reference)
