"""What the API takes. A model's name ends in the part of the request that it reads: Path, Query or Body."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, BeforeValidator, Field, WithJsonSchema

from service.domain.contest import (
    LONGEST_FIELD,
    MOST_CLAIM_DAYS,
    MOST_EXCLUDED,
    MOST_FIELDS,
    Claims,
    Phase,
    Randomness,
    Rules,
)
from service.domain.eligibility import Code, Status
from service.domain.pools import MOST_POOLS, Pool, default_pools
from service.usecases.comment_template import LONGEST_TEMPLATE
from service.web.pool_schemas import MessageBody, PoolsBody, SearchBody, as_pools, refuse_both
from service.web.values import (
    LARGEST_ID,
    NO_NUL,
    AfterComment,
    AfterContest,
    Alternates,
    Body,
    CommentId,
    ContestId,
    Limit,
    OptionalBody,
    Query,
    Whole,
    Winners,
    id_as_text,
    text_of,
)

MOST_ADDED = 100
LONGEST_TABLE = 50_000  # a body has a limit of its own; the command line takes longer ones

LONGEST_ADDRESS = 2_000
_ADDRESS_OR_ID = [
    {"type": "string", "minLength": 1, "maxLength": LONGEST_ADDRESS, "pattern": NO_NUL},
    {"type": "integer", "minimum": 1, "maximum": LARGEST_ID},
]
Reference = Annotated[
    str,
    text_of(LONGEST_ADDRESS),
    BeforeValidator(id_as_text),
    WithJsonSchema({"description": "The post's address or id", "anyOf": _ADDRESS_OR_ID}),
]
WinnerName = Annotated[
    str,
    text_of(LONGEST_ADDRESS),
    BeforeValidator(id_as_text),
    WithJsonSchema(
        {"description": "A comment's number, an entry's name, or a post's address", "anyOf": _ADDRESS_OR_ID}
    ),
]
When = Annotated[str, text_of(200), Field(description="A time on the blog's clock, in its language: vendredi 17h")]
Why = Annotated[str, text_of(500), Field(description="The reason, which the contest's log keeps")]
PublicWhy = Annotated[str, text_of(500), Field(description="The reason, which is published with the draw")]
Who = Annotated[str, text_of(320)]
Drawn = Annotated[Randomness, Field(strict=False)]
Template = Annotated[str, text_of(LONGEST_TEMPLATE, shortest=0), Field(description="The winner comment; empty: ours")]

PromotionTemplate = Annotated[
    str,
    text_of(LONGEST_TEMPLATE, shortest=0),
    Field(description="The reply that tells who got a prize next; empty: ours. It can change at any time"),
]


class ContestPath(BaseModel):
    """Which contest."""

    contest_id: ContestId


class PostsQuery(Query):
    """Which posts, and how many at a time."""

    status: Status | None = None
    reason: Code | None = None
    limit: Limit = 100
    after: AfterContest = 0


class PostPath(BaseModel):
    """Which post."""

    contest_id: ContestId
    post: Annotated[str, text_of(300), Field(description="Its name in the list of posts: x:1990000000000000001")]


class AddPostsBody(Body):
    """Posts that the moderator adds: addresses, or a table that another tool made."""

    addresses: list[Annotated[str, text_of(LONGEST_ADDRESS)]] = Field([], max_length=MOST_ADDED)
    csv: Annotated[str, text_of(LONGEST_TABLE, shortest=0)] = Field(
        "", description="A table with an address in each line"
    )
    reason: PublicWhy
    dry_run: bool = Field(False, description="Only show what each line would become")


class EntryPath(BaseModel):
    """Which entry."""

    contest_id: ContestId
    comment_id: CommentId


class ContestsQuery(Query):
    """Which contests, and how many at a time."""

    phase: Phase | None = None
    limit: Limit = 50
    after: AfterContest = 0


class EntriesQuery(Query):
    """Which entries, and how many at a time."""

    status: Status | None = None
    reason: Code | None = None
    author: Annotated[str, text_of(200), Field(description="Part of a name or an e-mail address")] | None = None
    limit: Limit = 100
    after: AfterComment = 0


class OpenRulesBody(Body):
    """Who may win, beyond what always holds."""

    replies_count: bool = Field(False, description="Replies to other comments count too")
    staff_may_win: bool = Field(False, description="Those who write for the blog may win")
    leave_out_held: bool = Field(False, description="An automatic seal leaves out what is held")
    one_prize: bool = Field(True, description="Who won in one pool is passed over in the next ones")
    needs_all: bool = Field(False, description="A post must carry link, hashtag and mention, not just one of them")
    reposts_count: bool = Field(False, description="Passing on somebody else's post counts as a post")
    excluded: Annotated[list[Who], Field(max_length=MOST_EXCLUDED)] = Field(
        [], description="E-mail addresses, names, @handles or account ids (#12) that may not win"
    )

    def as_rules(self) -> Rules:
        """The rules of a contest."""
        return Rules(
            replies_count=self.replies_count,
            staff_may_win=self.staff_may_win,
            leave_out_held=self.leave_out_held,
            one_prize=self.one_prize,
            needs_all=self.needs_all,
            reposts_count=self.reposts_count,
            excluded=tuple(self.excluded),
        )


class ClaimsBody(Body):
    """Whether winners have to claim their prize; what is left out stays, or is nothing."""

    days: Annotated[int, Field(ge=0, le=MOST_CLAIM_DAYS, description="The term; 0 asks nobody"), Whole] | None = None
    fields: (
        Annotated[
            list[Annotated[str, text_of(LONGEST_FIELD)]],
            Field(max_length=MOST_FIELDS, description="What winners are asked for: Postal address"),
        ]
        | None
    ) = None

    def as_claims(self, before: Claims) -> Claims:
        """The claims of a contest. Raises BadInput."""
        days = before.days if self.days is None else self.days
        return Claims(days=days, fields=before.fields if self.fields is None else tuple(self.fields))


class OpenBody(Body):
    """A contest to open on a post of the blog."""

    post: Reference
    closes: When
    winners: Annotated[Winners | None, Field(description="Of the only pool, the commenters: 1")] = None
    alternates: Annotated[Alternates | None, Field(description="Of the only pool, the commenters: 3")] = None
    pools: PoolsBody | None = None
    message: MessageBody | None = None
    search: SearchBody | None = None
    rules: OpenRulesBody = OpenRulesBody()
    automatic: bool = Field(False, description="Seal, draw and announce without a review")
    randomness: Drawn | None = Field(None, description="By default the public beacon, where it can be reached")
    publishes_list: bool = Field(False, description="The sealed list is public at once, not with the winner comment")
    claims: ClaimsBody | None = Field(None, description="By default winners are asked for nothing")
    dry_run: bool = Field(False, description="Only show what would be opened")

    def all_pools(self) -> tuple[Pool, ...]:
        """The pools of the contest. Raises BadInput."""
        refuse_both(self.pools, self.winners, self.alternates)
        if self.pools is not None:
            return as_pools(self.pools)
        winners = 1 if self.winners is None else self.winners
        return default_pools(winners=winners, alternates=3 if self.alternates is None else self.alternates)


class ChangeRulesBody(Body):
    """What to change about the rules; what is left out stays."""

    replies_count: bool | None = None
    staff_may_win: bool | None = None
    leave_out_held: bool | None = None
    one_prize: bool | None = None
    needs_all: bool | None = None
    reposts_count: bool | None = None
    excluded: Annotated[list[Who], Field(max_length=MOST_EXCLUDED)] | None = Field(None, description="The whole list")


class ChangeBody(Body):
    """What to change about a contest that isn't sealed; what is left out stays."""

    reason: Why
    closes: When | None = None
    winners: Annotated[Winners | None, Field(description="Of the only pool")] = None
    alternates: Annotated[Alternates | None, Field(description="Of the only pool")] = None
    pools: PoolsBody | None = None
    message: MessageBody | None = None
    search: SearchBody | None = None
    rules: ChangeRulesBody | None = None
    automatic: bool | None = None
    randomness: Drawn | None = None
    publishes_list: bool | None = None
    claims: ClaimsBody | None = None
    template: Template | None = None
    promotion_template: PromotionTemplate | None = None


class ClaimPath(BaseModel):
    """Which claim."""

    contest_id: ContestId
    claim_id: ContestId


class ReasonBody(Body):
    """Why an entry is struck or let in."""

    reason: PublicWhy


class WinnerBody(Body):
    """Which winner is struck, and why."""

    entry: WinnerName
    pool: Annotated[int, Field(ge=1, le=MOST_POOLS), Whole] | None = Field(
        None, description="Only the prize of the pool with this number; else all that the entry holds"
    )
    reason: PublicWhy


class RedrawBody(Body):
    """Why a draw is replaced."""

    reason: PublicWhy


class SealBody(OptionalBody):
    """How to seal."""

    leave_out_undecided: bool = Field(False, description="Leave out what is still held, with that reason")
    without_search: bool = Field(False, description="Go on with the posts that searches found until now")


class DrawBody(OptionalBody):
    """How to draw."""

    secret_reason: PublicWhy | None = Field(
        None, description="Why the secret shall stand in for the beacon's round, which has been missing for an hour"
    )


class PreviewBody(OptionalBody):
    """A winner comment to try."""

    template: Template | None = Field(None, description="Instead of the contest's own")
