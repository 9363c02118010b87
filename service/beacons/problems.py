"""What can go wrong with a beacon."""

from __future__ import annotations

from typing import Literal

Code = Literal["not_out_yet", "unreachable", "not_verified"]


class BeaconProblem(Exception):
    """No mirror gave the round. `message` is one sentence for the moderator.

    `code`: "not_out_yet" (a mirror says that the round is still to come), "not_verified" (there were answers, and none
    that is the beacon's), "unreachable" (no mirror answered). `retry_after`: seconds until asking again may help.
    """

    def __init__(self, message: str, *, code: Code, retry_after: float) -> None:
        super().__init__(message)
        self.message = message
        self.code: Code = code
        self.retry_after = retry_after
