"""The contest's log: who did what, when and why. Rows are only ever added."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from service.storage.tables import log


@dataclass(frozen=True, slots=True, kw_only=True)
class LogLine:
    """One act. `actor` is a token's name, "cli", "worker"; `details` are plain facts."""

    at: datetime
    actor: str
    action: str
    reason: str
    details: Mapping[str, Any]


def write(tx: Connection, contest_id: int, line: LogLine) -> None:
    """Add a line."""
    tx.execute(
        log.insert().values(
            contest_id=contest_id,
            at=line.at,
            actor=line.actor[:100],
            action=line.action,
            reason=line.reason,
            details=dict(line.details),
        )
    )


def lines(tx: Connection, contest_id: int) -> list[LogLine]:
    """The whole log of a contest, oldest first."""
    columns = (log.c.at, log.c.actor, log.c.action, log.c.reason, log.c.details)
    query = select(*columns).where(log.c.contest_id == contest_id).order_by(log.c.id)
    return [LogLine(**row._mapping) for row in tx.execute(query)]
