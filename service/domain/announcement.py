"""What the winner comment says: the facts that its template gets."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class WinnerFacts:
    """One winner, as strangers wrote it: never to be put into a page or a comment as it is."""

    name: str
    comment_id: int = 0  # 0 for a post
    pool: str = ""
    prize: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AnnouncementFacts:
    """All that a winner comment can tell. `entries` counts who took part, `prizes_left` the prizes without a winner."""

    title: str
    winners: tuple[WinnerFacts, ...]
    pools: int = 1
    entries: int
    prizes_left: int
    proof_url: str
