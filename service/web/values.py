"""What request models are made of: bounded texts and numbers, and the models that refuse what they don't name."""

from __future__ import annotations

from typing import Annotated, Any, cast

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, model_validator

from service.domain.pools import MOST_WINNERS

LARGEST_ID = 2**63 - 1  # WordPress counts in 64 bits
LARGEST_CONTEST = 2**31 - 1  # and we our contests in 32, beyond which PostgreSQL refuses a comparison
NO_NUL = r"^[^\x00]*$"  # PostgreSQL takes no U+0000


def text_of(longest: int, shortest: int = 1) -> StringConstraints:
    """A text without U+0000, so long at most."""
    return StringConstraints(min_length=shortest, max_length=longest, pattern=NO_NUL)


def whole(value: Any) -> Any:
    """JSON has one kind of number: 3.0 is the integer 3."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def id_as_text(value: Any) -> Any:
    """A post's id may be given as a number."""
    number = whole(value)
    return str(number) if isinstance(number, int) and not isinstance(number, bool) else value


Whole = BeforeValidator(whole)
ContestId = Annotated[int, Field(ge=1, le=LARGEST_CONTEST)]
CommentId = Annotated[int, Field(ge=1, le=LARGEST_ID)]
_AFTER = "List what comes after this id"
AfterContest = Annotated[int, Field(ge=0, le=LARGEST_CONTEST, description=_AFTER)]
AfterComment = Annotated[int, Field(ge=0, le=LARGEST_ID, description=_AFTER)]
Limit = Annotated[int, Field(ge=1, le=500, description="How many at most")]
Winners = Annotated[int, Field(ge=1, le=MOST_WINNERS), Whole]
Alternates = Annotated[int, Field(ge=0, le=MOST_WINNERS), Whole]


class Query(BaseModel):
    """Nothing that isn't described."""

    model_config = ConfigDict(extra="forbid")


class Body(BaseModel):
    """Nothing that isn't described, and no text where a number is meant."""

    model_config = ConfigDict(extra="forbid", strict=True)


class OptionalBody(Body):
    """A body that may be left out. `openapi_extra` is flask-openapi3's."""

    model_config = cast(ConfigDict, {"openapi_extra": {"required": False}})

    @model_validator(mode="before")
    @classmethod
    def _nothing_is_empty(cls, value: Any) -> Any:
        return {} if value is None else value
