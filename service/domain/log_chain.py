"""The chain of a contest's log: each line's hash covers the line and the hash before, so that none can change unseen.

    hash = SHA-256 of "tirage-log/1\\n" previous "\\n" line "\\n"

`previous` is the hash of the line before, 64 zeros for the first; `line` is the line as JSON in the one spelling of
`canonical`. The head, the last line's hash, stands in every sealed text: what was logged until then is fixed with it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

FORMAT = "tirage-log/1"
NOTHING = "0" * 64


@dataclass(frozen=True, slots=True, kw_only=True)
class LogLine:
    """One act. `actor` is a token's name, "cli:" and a login, or "worker"; `details` are plain facts, free of anything
    personal. `number` counts from 1; it and `hash` are set once the line is in the log.
    """

    at: datetime
    actor: str
    action: str
    reason: str
    details: Mapping[str, Any]
    number: int = 0
    hash: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LogHead:
    """How far a log goes: its number of lines, and the hash of the last."""

    lines: int = 0
    head: str = NOTHING


def line_json(line: LogLine) -> dict[str, Any]:
    """A line as it is hashed and exported; the time in UTC with microseconds."""
    return {
        "number": line.number,
        "at": line.at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        "actor": line.actor,
        "action": line.action,
        "reason": line.reason,
        "details": dict(line.details),
    }


def hash_line(previous: str, line: LogLine) -> str:
    """The hash of a line that follows the one with the hash `previous`."""
    return hash_json(previous, line_json(line))


def hash_json(previous: str, line: Mapping[str, Any]) -> str:
    """The same of a line as `line_json` gives it. Raises ValueError for numbers that JSON doesn't know."""
    told = json.dumps(line, sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False)
    return sha256(f"{FORMAT}\n{previous}\n{told}\n".encode()).hexdigest()


def find_break(lines: Iterable[LogLine]) -> int | None:
    """The number of the first line that doesn't follow from those before it; None where all do."""
    previous = NOTHING
    for number, line in enumerate(lines, 1):
        if line.number != number or line.hash != hash_line(previous, line):
            return number
        previous = line.hash
    return None
