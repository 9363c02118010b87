"""Seal, seed, rank: a draw is a sort that anybody can repeat with `sha256sum` and `sort`.

    digest = SHA-256 of the sealed text
    seed   = SHA-256 of "tirage-seed/1\\n" contest "\\n" digest "\\n" randomness "\\n"
    ticket = SHA-256 of seed "|" entry id, for each entry

All as lower-case hexadecimal. The lowest tickets win, the next are the alternates. This is consistent sampling
as election auditors use it: the order of the list doesn't matter, and striking an entry moves nobody else.
The vectors in docs/draw.md fix it for good.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from unicodedata import category

SEAL_FORMAT = "tirage-seal/1"
SEED_FORMAT = "tirage-seed/1"
POOL = "comments"


@dataclass(frozen=True, slots=True)
class Ticket:
    """An entry's place in a draw: the lower the ticket, the nearer the prize."""

    ticket: str
    entry: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranking:
    """The outcome of one draw, entries as ids: everybody's ticket in order, the winners, who comes next."""

    seed: str
    tickets: tuple[Ticket, ...]
    winners: tuple[str, ...]
    alternates: tuple[str, ...]
    prizes_left: int  # prizes for which there was no eligible entry


def entry_id(comment_id: int) -> str:
    """The public name of a comment's entry: "comment:42"."""
    return f"comment:{comment_id}"


def comment_id_of(entry: str) -> int:
    """The comment id in an entry's public name, which has one spelling; ValueError for another string."""
    channel, _, number = entry.partition(":")
    if channel == "comment" and number.isdecimal() and entry_id(int(number)) == entry:
        return int(number)
    raise ValueError(f"{entry[:50]!r} names no comment")


def rfc3339(instant: datetime) -> str:
    """An instant in UTC with whole seconds: 2026-11-27T16:00:00Z."""
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def hash_text(text: str) -> str:
    """SHA-256 of the text's UTF-8 bytes, in hexadecimal."""
    return sha256(text.encode()).hexdigest()


def seal_text(
    *,
    slug: str,
    post_url: str,
    number: int,
    sealed_at: datetime,
    closes_at: datetime,
    winners: int,
    alternates: int,
    commitment: str,
    rules_digest: str,
    verdicts_digest: str,
    comment_ids: Iterable[int],
) -> str:
    """The sealed list: plain lines, each ended by a line feed; entries by rising comment id.

    Raises ValueError when a part would break its line: it could pass for entries.
    """
    head = [
        SEAL_FORMAT,
        f"contest {slug}",
        f"post {post_url}",
        f"draw {number}",
        f"sealed {rfc3339(sealed_at)}",
        f"closes {rfc3339(closes_at)}",
        f"commitment {commitment}",
        f"rules {rules_digest}",
        f"verdicts {verdicts_digest}",
        f"pool {POOL} winners={winners} alternates={alternates}",
    ]
    for line in head:
        if any(category(character) in ("Cc", "Zl", "Zp") for character in line):
            raise ValueError(f"{line[:120]!r} holds characters that can't stand in a line of the sealed text")
    entries = [f"entry {entry_id(comment_id)}" for comment_id in sorted(comment_ids)]
    return "\n".join(head + entries) + "\n"


def sealed_entries(text: str) -> list[str]:
    """The entry ids in a sealed text."""
    return [line.removeprefix("entry ") for line in text.split("\n") if line.startswith("entry ")]


def make_seed(*, slug: str, digest: str, randomness: str) -> str:
    """The number every ticket derives from: fixed by the contest, its sealed list and the randomness."""
    return hash_text(f"{SEED_FORMAT}\n{slug}\n{digest}\n{randomness}\n")


def rank(seed: str, entries: Iterable[str]) -> list[Ticket]:
    """Every entry with its ticket, lowest first."""
    prefix = sha256(f"{seed}|".encode())
    tickets = []
    for entry in entries:
        hasher = prefix.copy()
        hasher.update(entry.encode())
        tickets.append((hasher.hexdigest(), entry))
    return [Ticket(ticket, entry) for ticket, entry in sorted(tickets)]


def draw(seed: str, entries: Iterable[str], *, winners: int, alternates: int) -> Ranking:
    """Rank the entries and name the first places. With fewer entries than winners, all of them win."""
    tickets = tuple(rank(seed, entries))
    order = [ticket.entry for ticket in tickets]
    return Ranking(
        seed=seed,
        tickets=tickets,
        winners=tuple(order[:winners]),
        alternates=tuple(order[winners : winners + alternates]),
        prizes_left=max(0, winners - len(order)),
    )


def promote(order: Sequence[str], *, winners: int, struck: Collection[str]) -> tuple[str, ...]:
    """Who holds the prizes once the struck entries are passed over; `order` is the draw's, lowest ticket first."""
    return tuple([entry for entry in order if entry not in struck][:winners])


def is_commitment_to(commitment: str, secret: str) -> bool:
    """Whether the revealed secret is the one that was committed to."""
    return hash_text(secret) == commitment
