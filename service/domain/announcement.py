"""What the winner comment and the replies to it say: the facts that their templates get."""

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
    """All that a winner comment can tell. `entries`: the eligible ones; `prizes_left`: prizes that nobody holds.

    `digest`: of the sealed list; `round`: of the beacon, where one decided.
    """

    title: str
    winners: tuple[WinnerFacts, ...]
    pools: int = 1
    entries: int
    prizes_left: int
    proof_url: str
    digest: str = ""
    round: int | None = None

    @property
    def fingerprint(self) -> str:
        """What fixes the draw, in one short line: "drand 27946612 · SHA-256 3fa8…"."""
        return " · ".join([*([f"drand {self.round}"] if self.round else []), f"SHA-256 {self.digest}"])


@dataclass(frozen=True, slots=True, kw_only=True)
class PromotionFacts:
    """All that a reply can tell of a prize that passed on: from whom, and to whom, if anybody was left.

    `is_unclaimed`: they didn't claim it; else they were disqualified. `proof_url` leads to the page that tells why.
    """

    title: str
    former: WinnerFacts
    winner: WinnerFacts | None
    pools: int = 1
    is_unclaimed: bool
    proof_url: str
