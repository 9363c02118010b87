"""JSON files that strangers give to be checked: read whole, and refused where programs may read them differently."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, NoReturn

from service.domain.errors import BadInput

LARGEST = 512 * 1024 * 1024


class NotJson(ValueError):
    """The content is no JSON, or JSON that programs read in several ways; says what it is or holds instead."""


def read_file(file: Path, *, what: str) -> bytes:
    """The bytes of a file that should hold `what` ("receipt"). Raises BadInput."""
    try:
        if file.exists() and not file.is_file():
            raise BadInput(f"{file} isn't a file.")
        if file.stat().st_size > LARGEST:
            raise BadInput(f"{file} is larger than any {what}.")
        return file.read_bytes()
    except OSError as error:
        raise BadInput(f"{file} can't be read: {error.strerror}.") from None
    except ValueError:
        raise BadInput("A file's name holds no NUL.") from None


def parse(content: bytes) -> Any:
    """The value in a file's bytes. Raises NotJson."""
    try:
        return json.loads(content.decode(), object_pairs_hook=_unique, parse_constant=_refuse)
    except NotJson:
        raise
    except (ValueError, RecursionError):
        raise NotJson("is not JSON") from None


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value: dict[str, Any] = {}
    for name, part in pairs:
        if name in value:
            raise NotJson(f"has the name {name[:50]!r} twice in one object")
        value[name] = part
    return value


def _refuse(constant: str) -> NoReturn:
    raise NotJson(f"holds {constant}, which is no JSON")
