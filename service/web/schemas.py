"""What the API takes. A model's name ends in the part of the request that it reads: Path, Query or Body."""

from __future__ import annotations

from typing import Annotated, Any, cast

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    WithJsonSchema,
    model_validator,
)

from service.domain.contest import MOST_EXCLUDED, MOST_WINNERS, Phase, Rules
from service.domain.eligibility import Code, Status

LARGEST_ID = 2**63 - 1  # WordPress counts in 64 bits
LARGEST_CONTEST = 2**31 - 1  # and we our contests in 32, beyond which PostgreSQL refuses a comparison
LONGEST_TEMPLATE = 10_000
NO_NUL = r"^[^\x00]*$"  # PostgreSQL takes no U+0000


def text_of(longest: int, shortest: int = 1) -> StringConstraints:
    """A text without U+0000, so long at most."""
    return StringConstraints(min_length=shortest, max_length=longest, pattern=NO_NUL)


def _whole(value: Any) -> Any:
    """JSON has one kind of number: 3.0 is the integer 3."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _id_as_text(value: Any) -> Any:
    """A post's id may be given as a number."""
    whole = _whole(value)
    return str(whole) if isinstance(whole, int) and not isinstance(whole, bool) else value


Whole = BeforeValidator(_whole)
ContestId = Annotated[int, Field(ge=1, le=LARGEST_CONTEST)]
CommentId = Annotated[int, Field(ge=1, le=LARGEST_ID)]
_AFTER = "List what comes after this id"
AfterContest = Annotated[int, Field(ge=0, le=LARGEST_CONTEST, description=_AFTER)]
AfterComment = Annotated[int, Field(ge=0, le=LARGEST_ID, description=_AFTER)]
Limit = Annotated[int, Field(ge=1, le=500, description="How many at most")]
Winners = Annotated[int, Field(ge=1, le=MOST_WINNERS), Whole]
Alternates = Annotated[int, Field(ge=0, le=MOST_WINNERS), Whole]
LONGEST_ADDRESS = 2_000
Reference = Annotated[
    str,
    text_of(LONGEST_ADDRESS),
    BeforeValidator(_id_as_text),
    WithJsonSchema(
        {
            "description": "The post's address or id",
            "anyOf": [
                {"type": "string", "minLength": 1, "maxLength": LONGEST_ADDRESS, "pattern": NO_NUL},
                {"type": "integer", "minimum": 1, "maximum": LARGEST_ID},
            ],
        }
    ),
]
When = Annotated[str, text_of(200), Field(description="A time on the blog's clock, in its language: vendredi 17h")]
Why = Annotated[str, text_of(500), Field(description="The reason, which the contest's log keeps")]
PublicWhy = Annotated[str, text_of(500), Field(description="The reason, which is published with the draw")]
Who = Annotated[str, text_of(320)]
Template = Annotated[str, text_of(LONGEST_TEMPLATE, shortest=0), Field(description="The winner comment; empty: ours")]


class _Query(BaseModel):
    model_config = ConfigDict(extra="forbid")


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class _OptionalBody(_Body):
    """A body that may be left out. `openapi_extra` is flask-openapi3's."""

    model_config = cast(ConfigDict, {"openapi_extra": {"required": False}})

    @model_validator(mode="before")
    @classmethod
    def _nothing_is_empty(cls, value: Any) -> Any:
        return {} if value is None else value


class ContestPath(BaseModel):
    """Which contest."""

    contest_id: ContestId


class EntryPath(BaseModel):
    """Which entry."""

    contest_id: ContestId
    comment_id: CommentId


class ContestsQuery(_Query):
    """Which contests, and how many at a time."""

    phase: Phase | None = None
    limit: Limit = 50
    after: AfterContest = 0


class EntriesQuery(_Query):
    """Which entries, and how many at a time."""

    status: Status | None = None
    reason: Code | None = None
    author: Annotated[str, text_of(200), Field(description="Part of a name or an e-mail address")] | None = None
    limit: Limit = 100
    after: AfterComment = 0


class OpenRulesBody(_Body):
    """Who may win, beyond what always holds."""

    replies_count: bool = Field(False, description="Replies to other comments count too")
    staff_may_win: bool = Field(False, description="Those who write for the blog may win")
    leave_out_held: bool = Field(False, description="An automatic seal leaves out what is held")
    excluded: Annotated[list[Who], Field(max_length=MOST_EXCLUDED)] = Field(
        [], description="E-mail addresses, names or account ids (#12) that may not win"
    )

    def as_rules(self) -> Rules:
        """The rules of a contest."""
        return Rules(
            replies_count=self.replies_count,
            staff_may_win=self.staff_may_win,
            leave_out_held=self.leave_out_held,
            excluded=tuple(self.excluded),
        )


class OpenBody(_Body):
    """A contest to open on a post of the blog."""

    post: Reference
    closes: When
    winners: Winners = 1
    alternates: Alternates = 3
    rules: OpenRulesBody = OpenRulesBody()
    automatic: bool = Field(False, description="Seal, draw and announce without a review")
    dry_run: bool = Field(False, description="Only show what would be opened")


class ChangeRulesBody(_Body):
    """What to change about the rules; what is left out stays."""

    replies_count: bool | None = None
    staff_may_win: bool | None = None
    leave_out_held: bool | None = None
    excluded: Annotated[list[Who], Field(max_length=MOST_EXCLUDED)] | None = Field(None, description="The whole list")


class ChangeBody(_Body):
    """What to change about a contest that isn't sealed; what is left out stays."""

    reason: Why
    closes: When | None = None
    winners: Winners | None = None
    alternates: Alternates | None = None
    rules: ChangeRulesBody | None = None
    automatic: bool | None = None
    template: Template | None = None


class ReasonBody(_Body):
    """Why an entry is struck or let in."""

    reason: PublicWhy


class SealBody(_OptionalBody):
    """How to seal."""

    leave_out_undecided: bool = Field(False, description="Leave out what is still held, with that reason")


class PreviewBody(_OptionalBody):
    """A winner comment to try."""

    template: Template | None = Field(None, description="Instead of the contest's own")
