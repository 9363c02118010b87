"""Long lists by page: which pool and which page an address asks for, and where the others are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

PAGE_SIZE = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Paging:
    """One page of one pool's list, both numbered from 1; `total` is how long the list is."""

    pool: int
    page: int
    total: int

    @property
    def pages(self) -> int:
        """How many pages there are; an empty list has one."""
        return max(1, -(-self.total // PAGE_SIZE))

    @property
    def after(self) -> int:
        """The last place on the page before."""
        return (self.page - 1) * PAGE_SIZE

    @property
    def last(self) -> int:
        """The last place on this page."""
        return min(self.after + PAGE_SIZE, self.total)


def read_paging(asked: Mapping[str, str], totals: Sequence[int]) -> Paging:
    """What an address asks for; `totals` are the lengths of the pools' lists. Anything else gets what comes nearest."""
    pool = _number(asked.get("pool", ""), most=len(totals))
    first = Paging(pool=pool, page=1, total=totals[pool - 1])
    return Paging(pool=pool, page=_number(asked.get("page", ""), most=first.pages), total=first.total)


def _number(text: str, *, most: int) -> int:
    """A whole number from 1 to `most`: the first for what is none, the last for what is beyond."""
    if not (text.isascii() and text.isdecimal()):
        return 1
    return most if len(text) > 9 else min(max(int(text), 1), most)
