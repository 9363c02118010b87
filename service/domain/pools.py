"""Pools: one draw each inside a contest, with its own prize, winners and alternates."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from service.domain.errors import BadInput

MOST_WINNERS = 1_000
MOST_POOLS = 20
LONGEST_NAME = 60
LONGEST_PRIZE = 200
COMMENT = "comment:"  # how the name of a comment's entry begins; a post's begins with its network


class Channel(StrEnum):
    """Who takes part in a pool."""

    COMMENTS = "comments"
    POSTS = "posts"
    BOTH = "both"  # whoever commented or posted, once a person


@dataclass(frozen=True, slots=True, kw_only=True)
class Pool:
    """One draw of a contest. `name` is unique in it; `prize` is shown with the winners, empty for none."""

    name: str
    channel: Channel = Channel.COMMENTS
    winners: int = 1
    alternates: int = 3
    prize: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "name", _clean(self.name, "name", LONGEST_NAME))
        object.__setattr__(self, "prize", _clean(self.prize, "prize", LONGEST_PRIZE))
        if not self.name:
            raise BadInput("A pool needs a name, such as “comments”.")
        if not 1 <= self.winners <= MOST_WINNERS:
            raise BadInput(f"A pool has between 1 and {MOST_WINNERS} winners, not {self.winners}.")
        if not 0 <= self.alternates <= MOST_WINNERS:
            raise BadInput(f"A pool has between 0 and {MOST_WINNERS} alternates, not {self.alternates}.")


@dataclass(frozen=True, slots=True)
class PoolEntry:
    """An eligible entry by its public name, and the name of the entry that stands for its person.

    `given_by`: of a post that takes part only because its author's comment gives its address, that author's comment.
    """

    entry: str
    person: str
    given_by: str = ""


def default_pools(*, winners: int = 1, alternates: int = 3) -> tuple[Pool, ...]:
    """One pool among the commenters."""
    return (Pool(name=Channel.COMMENTS.value, winners=winners, alternates=alternates),)


def check_pools(pools: Sequence[Pool]) -> None:
    """Refuse pools that make no contest. Raises BadInput."""
    if not 1 <= len(pools) <= MOST_POOLS:
        raise BadInput(f"A contest has between 1 and {MOST_POOLS} pools.")
    if sum(pool.winners for pool in pools) > MOST_WINNERS:
        raise BadInput(f"A contest has at most {MOST_WINNERS} winners, all pools together.")
    name, number = Counter(pool.name.casefold() for pool in pools).most_common(1)[0]
    if number > 1:
        raise BadInput(f"Two pools are called “{name}”: give each a name of its own.")


def is_comment(entry: str) -> bool:
    """Whether an entry is a comment, by its public name; else it is a post."""
    return entry.startswith(COMMENT)


def takes_part(channel: Channel, entries: Iterable[tuple[str, str]]) -> list[str]:
    """Which eligible entries a pool draws among, from each entry's name and the comment that gives it ("" for none).

    In a pool for both, a comment stands for the posts it gives too.
    """
    if channel is Channel.COMMENTS:
        return [name for name, _ in entries if name.startswith(COMMENT)]
    if channel is Channel.POSTS:
        return [name for name, _ in entries if not name.startswith(COMMENT)]
    return [name for name, given_by in entries if not given_by]


def _clean(text: str, what: str, longest: int) -> str:
    clean = " ".join(text.split())
    if not clean.replace("\u200d", "").replace("\u200c", "").isprintable():  # joiners make emoji and letters one
        raise BadInput(f"The {what} of a pool holds characters that can't be shown; type it again.")
    if len(clean) > longest:
        raise BadInput(f"Keep the {what} of a pool under {longest + 1} characters.")
    return clean
