"""The second format of receipts, before there was a beacon: made no more, but checked for ever.

Its sealed text has no lines for the beacon and the log, its randomness is always the secret.
"""

from __future__ import annotations

from collections.abc import Iterator

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
