"""The second format of receipts, before there was a beacon: made no more, but drawn to the end and checked for ever.

Its sealed text has no lines for the beacon and the log, its randomness is always the secret.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from service.domain import drawing
from service.domain.contest import Contest
from service.domain.receipt import assemble, draw_json
from service.domain.receipt_checks import (
    SECRET_KEYS,
    Check,
    Failure,
    Receipt,
    check_draw,
    check_entries,
    check_entry_shapes,
    check_pools_shape,
    check_seal,
    check_secret,
    check_shape,
    check_times,
)

FORMAT = "tirage-receipt/2"
Json = dict[str, Any]


def is_sealed(text: str) -> bool:
    """Whether a sealed text has the second format."""
    return text.startswith(f"{drawing.SEAL_FORMAT_2}\n")


def build(
    contest: Contest,
    *,
    entries: Sequence[Json],
    rules: Json,
    number: int,
    sealed_text: str,
    sealed_at: datetime,
    randomness: Json,
    drawn_at: datetime,
) -> Json:
    """The receipt of a draw that was sealed in the second format."""
    return assemble(
        contest,
        form=FORMAT,
        entries=entries,
        rules=rules,
        sealed_text=sealed_text,
        sealed_at=sealed_at,
        randomness=randomness,
        draw=draw_json(
            contest.slug,
            number=number,
            sealed_text=sealed_text,
            value=randomness["secret"],
            rules=rules,
            entries=entries,
            drawn_at=drawn_at,
        ),
    )


def _check_shape(receipt: Receipt) -> Iterator[Failure]:
    return check_shape(receipt, SECRET_KEYS)


CHECKS: tuple[Check, ...] = (
    _check_shape,
    check_entries,
    check_entry_shapes,
    check_pools_shape,
    check_seal,
    check_secret,
    check_times,
    check_draw,
)
