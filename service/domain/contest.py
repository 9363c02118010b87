"""A contest: its phases, its rules, and what may be done when."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from service.domain.errors import BadInput, Conflict
from service.domain.pools import Channel, Pool, default_pools
from service.domain.posts import Message

MOST_EXCLUDED = 1_000
MOST_CENTS = 1_000_000
MOST_SERVERS = 10
MOST_CLAIM_DAYS = 365
MOST_FIELDS = 10
LONGEST_FIELD = 80


class Phase(StrEnum):
    """Where a contest stands; it moves down this list, back only by a deadline put off or a redraw."""

    OPEN = "open"  # comments come in
    CLOSING = "closing"  # the deadline has passed, the last full reading isn't done
    REVIEW = "review"  # complete; the moderator looks at the entries
    SEALED = "sealed"  # the list is frozen and published
    DRAWN = "drawn"  # the winners are known
    ANNOUNCING = "announcing"  # the winner comment is to be written
    ANNOUNCED = "announced"  # the winner comment stands on the post

    @property
    def is_sealed(self) -> bool:
        """Nothing about who is in can change any more."""
        return self in (Phase.SEALED, Phase.DRAWN, Phase.ANNOUNCING, Phase.ANNOUNCED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """Who may win, beyond what always holds (in time, approved, once a person)."""

    replies_count: bool = False
    staff_may_win: bool = False
    leave_out_held: bool = False  # at an automatic seal, comments still held don't stop it
    one_prize: bool = True  # a person who won in one pool is passed over in the next ones
    needs_all: bool = False  # a post must carry all of the message's link, hashtag and mention; else one is enough
    reposts_count: bool = False  # passing on somebody else's post counts as a post
    excluded: tuple[str, ...] = ()  # e-mail addresses, account ids ("#12"), @handles or names that may not win

    def __post_init__(self) -> None:
        if len(self.excluded) > MOST_EXCLUDED:
            raise BadInput(f"At most {MOST_EXCLUDED} people can be excluded.")
        object.__setattr__(self, "excluded", tuple(_clean_excluded(name) for name in self.excluded))


def _clean_excluded(name: str) -> str:
    clean = " ".join(name.split())
    if not clean or not clean.isprintable():
        raise BadInput("Who is excluded needs a name, an e-mail address or the number of an account, such as #12.")
    if clean.startswith("#") and clean[1:].isdecimal():
        return f"#{int(clean[1:])}"
    return clean


class XSearch(StrEnum):
    """How X is searched while the contest runs; both need a key and cost money."""

    OFF = "off"
    RECENT = "search"  # everything of the last seven days that carries the message
    MENTIONS = "mentions"  # posts that mention the key's own account: five times cheaper


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """Where posts are searched for, beside the addresses that entrants put into their comments."""

    x: XSearch = XSearch.OFF
    x_cap_cents: int = 500  # US cents that this contest's searches and looks on X may cost together
    mastodon: tuple[str, ...] = ()  # servers, whose hashtag timelines are read
    bluesky: bool = False

    def __post_init__(self) -> None:
        if not 0 <= self.x_cap_cents <= MOST_CENTS:
            raise BadInput(f"The cap on what X may cost is between 0 and {MOST_CENTS // 100} dollars.")
        if len(self.mastodon) > MOST_SERVERS:
            raise BadInput(f"At most {MOST_SERVERS} Mastodon servers can be searched.")


class Randomness(StrEnum):
    """Where a contest's randomness comes from."""

    DRAND = "drand"  # the public beacon: a round that is still to come when the list is sealed
    COMMIT_REVEAL = "commit-reveal"  # a secret of ours that was committed to when the contest opened


@dataclass(frozen=True, slots=True, kw_only=True)
class Claims:
    """Whether winners have to claim their prize, and what they are asked for. `days`: the term; 0 asks nobody."""

    days: int = 0
    fields: tuple[str, ...] = ()  # what the prize needs, in the blog's language: "Postal address"

    def __post_init__(self) -> None:
        if not 0 <= self.days <= MOST_CLAIM_DAYS:
            raise BadInput(f"Winners have between 1 and {MOST_CLAIM_DAYS} days to claim their prize; 0 asks nobody.")
        object.__setattr__(self, "fields", tuple(dict.fromkeys(_clean_field(name) for name in self.fields)))
        if len(self.fields) > MOST_FIELDS:
            raise BadInput(f"Winners can be asked for {MOST_FIELDS} things at most.")

    @property
    def is_on(self) -> bool:
        """Whether winners get a link."""
        return self.days > 0


def _clean_field(name: str) -> str:
    clean = " ".join(name.split())
    if not clean or not clean.isprintable() or len(clean) > LONGEST_FIELD:
        raise BadInput(f"What winners are asked for needs a name of at most {LONGEST_FIELD} characters.")
    return clean


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """Why a contest doesn't go on, and since when it tries. `rests_until` is set where the blog asked for a pause."""

    code: str
    message: str
    since: datetime
    tries: int
    rests_until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Contest:
    """One giveaway on one post. Times are aware UTC."""

    id: int
    slug: str
    post_id: int
    post_url: str
    post_title: str
    post_author_id: int
    timezone: str
    language: str
    phase: Phase
    closes_at: datetime
    starts_at: datetime | None = None  # posts before it don't count; None where nobody noted it
    pools: tuple[Pool, ...] = field(default_factory=default_pools)
    message: Message = field(default_factory=Message)
    search: Search = field(default_factory=Search)
    rules: Rules = field(default_factory=Rules)
    is_automatic: bool = False
    randomness: Randomness = Randomness.COMMIT_REVEAL
    publishes_list: bool = False  # the sealed list is public at once, not with the winner comment
    claims: Claims = field(default_factory=Claims)
    template: str | None = None
    promotion_template: str | None = None  # of the replies that tell who got a prize next
    commitment: str
    opened_at: datetime
    due_at: datetime | None = None
    last_read_at: datetime | None = None
    last_reading_seconds: float = 0.0
    staff_ids: frozenset[int] = frozenset()  # who writes for or moderates the blog, as far as it tells
    problem: Problem | None = None
    erased_at: datetime | None = None  # when the term of its personal data ended

    @property
    def winners(self) -> int:
        """The prizes of all pools."""
        return sum(pool.winners for pool in self.pools)

    @property
    def alternates(self) -> int:
        """The alternates of all pools."""
        return sum(pool.alternates for pool in self.pools)

    @property
    def wants_comments(self) -> bool:
        """Whether any pool draws among comments."""
        return any(pool.channel is not Channel.POSTS for pool in self.pools)

    @property
    def wants_posts(self) -> bool:
        """Whether any pool draws among posts."""
        return any(pool.channel is not Channel.COMMENTS for pool in self.pools)


def require_unsealed(contest: Contest) -> None:
    """Raise Conflict once the list is frozen."""
    if contest.phase.is_sealed:
        raise Conflict(f"Contest {contest.id} is sealed: its rules and entries can't change any more.", code="sealed")


def require_kept(contest: Contest, *, to: str) -> None:
    """Raise Conflict once everything personal is deleted: nobody knows any more whom the entries stand for."""
    if contest.erased_at is not None:
        raise Conflict(
            f"The personal data of contest {contest.id} were deleted at the end of their term; it is too late to {to}.",
            code="erased",
        )


def require_phase(contest: Contest, *allowed: Phase, to: str) -> None:
    """Raise Conflict unless the contest is in one of the phases."""
    if contest.phase not in allowed:
        words = " or ".join(allowed)
        raise Conflict(
            f"Contest {contest.id} is {contest.phase}; to {to} it must be {words}.",
            code=f"phase_{contest.phase}",
        )
