"""Check a log that somebody was given as a file: compute its chain again, and compare it with a receipt.

The chain shows that nothing in the file was changed, taken out or put in. That nothing was cut off at its end shows the
head in a sealed text, which is published: docs/log.md.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from service.domain.log_chain import NOTHING, hash_json
from service.domain.receipt_checks import Failure

_TYPES = {"number": int, "at": str, "actor": str, "action": str, "reason": str, "details": dict, "hash": str}


def verify(told: object, receipt: object = None) -> list[Failure]:
    """What is wrong with a log as `tirage contest log --json` or the API gives it; empty where nothing is.

    Each line is taken to follow the one before as the file has it, so that every break is named. With a receipt, the
    head that its list was sealed with must be the hash of that line.
    """
    lines = told.get("log") if isinstance(told, Mapping) else told
    if not isinstance(lines, list):
        return [Failure("log", "is no list of lines")]
    failures = [failure for place, line in enumerate(lines, 1) for failure in _check_shape(place, line)]
    if not failures:
        failures += _check_chain(lines)
    if receipt is not None and not failures:
        failures += _check_head(lines, receipt)
    return failures


def _check_shape(place: int, line: object) -> Iterator[Failure]:
    if not isinstance(line, Mapping) or set(line) != set(_TYPES):
        yield Failure(f"line {place}", f"must hold exactly {', '.join(_TYPES)}")
        return
    for name, kind in _TYPES.items():
        if type(line[name]) is not kind:
            yield Failure(f"line {place}", f"{name} has the wrong type")


def _check_chain(lines: list[Mapping[str, Any]]) -> Iterator[Failure]:
    previous = NOTHING
    for place, line in enumerate(lines, 1):
        if line["number"] != place:
            yield Failure(f"line {place}", f"has the number {line['number']}")
        if not _follows(previous, line):
            yield Failure(f"line {place}", "doesn't have the hash of what it says and of the line before")
        previous = line["hash"]


def _follows(previous: str, line: Mapping[str, Any]) -> bool:
    try:
        return bool(line["hash"] == hash_json(previous, {name: line[name] for name in _TYPES if name != "hash"}))
    except (ValueError, RecursionError):  # infinite numbers, endless nesting: no log of ours
        return False


def _check_head(lines: list[Mapping[str, Any]], receipt: object) -> Iterator[Failure]:
    head = receipt.get("log") if isinstance(receipt, Mapping) else None
    number = head.get("lines") if isinstance(head, Mapping) else None
    if not isinstance(head, Mapping) or type(number) is not int or number < 0:
        yield Failure("receipt.log", "is missing: the receipt is none, or of a format from before logs were chained")
    elif number > len(lines):
        yield Failure("receipt.log", f"was sealed when the log had {number} lines; this one has {len(lines)}")
    elif head.get("head") != (lines[number - 1]["hash"] if number else NOTHING):
        yield Failure("receipt.log", f"isn't the hash of line {number}: this is another log")
