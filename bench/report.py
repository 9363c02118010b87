"""What was measured: one line a promise, as a table for people and as JSON for programs."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

RESULTS = Path(__file__).with_name("results.json")


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One measurement. `samples` are what `measured` was made of; a line without a bound is for information."""

    name: str
    measured: float
    unit: str = ""
    bound: float | None = None
    is_lower_bound: bool = False  # `measured` must be at least the bound, not at most
    samples: Mapping[str, Sequence[float]] = field(default_factory=dict)

    @property
    def is_ok(self) -> bool:
        """Whether it keeps within its bound."""
        if self.bound is None:
            return True
        return self.measured >= self.bound if self.is_lower_bound else self.measured <= self.bound


def print_line(line: Line) -> None:
    """A row of the table, as soon as it is known."""
    sign = "≥" if line.is_lower_bound else "≤"
    bound = "" if line.bound is None else f"{sign} {line.bound:g} {line.unit}".strip()
    word = "" if line.bound is None else "ok" if line.is_ok else "NOT OK"
    print(f"{line.name:<76}{f'{line.measured:.3g} {line.unit}'.strip():>12}{bound:>12}  {word}", flush=True)


def print_head() -> None:
    """The head of the table."""
    print(f"{'':<76}{'measured':>12}{'bound':>12}")


def write(file: Path, lines: Sequence[Line], *, load: float, wordpress: str, database: str) -> None:
    """Keep the run, with what it ran on; nothing in it names the machine."""
    told: dict[str, Any] = {
        "machine": {
            "cores": os.cpu_count(),
            "load_before": round(load, 1),
            "python": platform.python_version(),
            "wordpress": wordpress,
            "database": database,
        },
        "ok": all(line.is_ok for line in lines),
        "lines": [_rounded({**asdict(line), "ok": line.is_ok}) for line in lines],
    }
    file.write_text(json.dumps(told, indent=2) + "\n", "utf-8")


def _rounded(value: Any) -> Any:
    if isinstance(value, float):
        return round(value, 4)
    if isinstance(value, dict):
        return {key: _rounded(part) for key, part in value.items()}
    return [_rounded(part) for part in value] if isinstance(value, list) else value
