"""Seal, seed, rank: a draw is a sort that anybody can repeat with `sha256sum` and `sort`.

    digest = SHA-256 of the sealed text
    seed   = SHA-256 of "tirage-seed/2\\n" contest "\\n" digest "\\n" randomness "\\n" pool "\\n", for each pool
    ticket = SHA-256 of seed "|" entry, for each entry of the pool

All as lower-case hexadecimal; the pool is its number, from 1. The lowest tickets win, the next are the alternates. This
is consistent sampling as election auditors use it: the order of the list doesn't matter, and striking an entry moves
nobody else. Who won in an earlier pool is passed over where the rules say so. The vectors in docs/ fix it for good.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from unicodedata import category

from service.domain.posts import NetworkName

SEAL_FORMAT = "tirage-seal/3"
SEAL_FORMAT_2 = "tirage-seal/2"  # without beacon and log
SEED_FORMAT = "tirage-seed/2"
LONGEST_ENTRY = 300
Ticket = tuple[str, str]  # a ticket and its entry: the lower the ticket, the nearer the prize
_COMMENT = re.compile(r"comment:(?:0|[1-9][0-9]{0,18})")  # WordPress counts in 64 bits
_POST_CHANNELS = frozenset(network.value for network in NetworkName)


@dataclass(frozen=True, slots=True, kw_only=True)
class PoolList:
    """A pool as it is sealed: its number from 1, and the eligible entries in the order of the sealed text."""

    number: int
    channel: str
    winners: int
    alternates: int
    entries: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranking:
    """The outcome of one pool, entries by name: every ticket in order, who wins, who comes next, who is passed over.

    `passed_over`: entries whose person won already, down to the last place that is named, or to the end of the list
    where places are left.
    """

    seed: str
    tickets: tuple[Ticket, ...]
    winners: tuple[str, ...]
    alternates: tuple[str, ...]
    passed_over: tuple[str, ...] = ()
    prizes_left: int  # prizes for which there was no eligible entry


def entry_id(comment_id: int) -> str:
    """The public name of a comment's entry: "comment:42"."""
    return f"comment:{comment_id}"


def comment_id_of(entry: str) -> int:
    """The comment id in an entry's public name, which has one spelling; ValueError for another string."""
    if _COMMENT.fullmatch(entry):
        return int(entry[len("comment:") :])
    raise ValueError(f"{entry[:50]!r} names no comment")


def _is_plain(text: str) -> bool:
    return text.isascii() and all("!" <= character <= "~" for character in text)


def rfc3339(instant: datetime) -> str:
    """An instant in UTC with whole seconds: 2026-11-27T16:00:00Z."""
    utc = instant if instant.tzinfo is UTC else instant.astimezone(UTC)
    return f"{utc.isoformat(timespec='seconds').removesuffix('+00:00')}Z"


def hash_text(text: str) -> str:
    """SHA-256 of the text's UTF-8 bytes, in hexadecimal."""
    return sha256(text.encode()).hexdigest()


def check_entry(entry: str) -> None:
    """Raise ValueError unless this can be an entry's public name: a comment in its one spelling, or a post."""
    if _COMMENT.fullmatch(entry):
        return
    channel, _, rest = entry.partition(":")
    if channel == "comment":
        raise ValueError(f"{entry[:50]!r} names no comment")
    if channel not in _POST_CHANNELS or not rest or len(entry) > LONGEST_ENTRY or not _is_plain(rest):
        raise ValueError(f"{entry[:50]!r} names no entry")


def seal_text(
    *,
    slug: str,
    post_url: str,
    number: int,
    sealed_at: datetime,
    closes_at: datetime,
    commitment: str,
    rules_digest: str,
    verdicts_digest: str,
    pools: Sequence[PoolList],
    beacon: str = "none",
    log: str | None,
) -> str:
    """The sealed list: plain lines, each ended by a line feed; after each pool its entries.

    `beacon`: "none", or a chain's hash and a round; `log`: the log's number of lines and its head, without which the
    text has the second format. Raises ValueError when a part would break its line: it could pass for entries.
    """
    head = [
        SEAL_FORMAT_2 if log is None else SEAL_FORMAT,
        f"contest {slug}",
        f"post {post_url}",
        f"draw {number}",
        f"sealed {rfc3339(sealed_at)}",
        f"closes {rfc3339(closes_at)}",
        f"commitment {commitment}",
        *([] if log is None else [f"beacon {beacon}", f"log {log}"]),
        f"rules {rules_digest}",
        f"verdicts {verdicts_digest}",
    ]
    for pool in pools:
        head.append(f"pool {pool.number} {pool.channel} winners={pool.winners} alternates={pool.alternates}")
    check_lines(head)
    lines = head[: -len(pools)]
    for line, pool in zip(head[-len(pools) :], pools, strict=True):
        for entry in pool.entries:
            check_entry(entry)
        lines += [line, *(f"entry {entry}" for entry in pool.entries)]
    return "\n".join(lines) + "\n"


def check_lines(lines: Iterable[str]) -> None:
    """Raise ValueError for a line that holds another's end."""
    for line in lines:
        if any(category(character) in ("Cc", "Zl", "Zp") for character in line):
            raise ValueError(f"{line[:120]!r} holds characters that can't stand in a line of the sealed text")


def sealed_pools(text: str) -> list[list[str]]:
    """The entries in a sealed text, pool by pool. IndexError where one stands before any pool."""
    pools: list[list[str]] = []
    for line in text.split("\n"):
        if line.startswith("pool "):
            pools.append([])
        elif line.startswith("entry "):
            pools[-1].append(line.removeprefix("entry "))
    return pools


def make_seed(*, slug: str, digest: str, randomness: str, pool: int) -> str:
    """The number every ticket of a pool derives from: fixed by the contest, its sealed list and the randomness."""
    return hash_text(f"{SEED_FORMAT}\n{slug}\n{digest}\n{randomness}\n{pool}\n")


def rank(seed: str, entries: Iterable[str]) -> list[Ticket]:
    """Every entry with its ticket, lowest first."""
    tickets = [(sha256(f"{seed}|{entry}".encode()).hexdigest(), entry) for entry in entries]
    tickets.sort()
    return tickets


def draw(
    seed: str,
    entries: Iterable[str],
    *,
    winners: int,
    alternates: int,
    person_of: Mapping[str, str] | None = None,
    won: set[str] | None = None,
) -> Ranking:
    """Rank the entries and name the first places. With fewer entries than winners, all of them win.

    With `won`, the people who won in earlier pools, those are passed over, nobody wins twice, and this pool's winners
    are added to it. `person_of` names the entry that stands for a person, where it isn't the entry itself.
    """
    tickets = tuple(rank(seed, entries))
    order = [entry for _, entry in tickets]
    passed_over: list[str] = []
    if won is None:
        first, following = order[:winners], order[winners : winners + alternates]
    else:
        first, following, passed_over = _places(order, winners, alternates, person_of or {}, won)
    return Ranking(
        seed=seed,
        tickets=tickets,
        winners=tuple(first),
        alternates=tuple(following),
        passed_over=tuple(passed_over),
        prizes_left=max(0, winners - len(first)),
    )


def _places(
    order: Sequence[str], winners: int, alternates: int, person_of: Mapping[str, str], won: set[str]
) -> tuple[list[str], list[str], list[str]]:
    first: list[str] = []
    following: list[str] = []
    passed_over: list[str] = []
    for entry in order:
        person = person_of.get(entry, entry)
        if len(first) == winners and len(following) == alternates:
            break
        if person in won:
            passed_over.append(entry)
        elif len(first) < winners:
            first.append(entry)
            won.add(person)
        else:
            following.append(entry)
    return first, following, passed_over


def is_commitment_to(commitment: str, secret: str) -> bool:
    """Whether the revealed secret is the one that was committed to."""
    return hash_text(secret) == commitment
