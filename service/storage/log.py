"""The contest's log: who did what, when and why. Rows are only ever added, each chained to the one before."""

from __future__ import annotations

import json
from dataclasses import replace

from sqlalchemy import Connection, select

from service.domain.log_chain import LogHead, LogLine, hash_line
from service.storage.tables import contests, log

LONGEST_ACTOR = 100
_COLUMNS = (log.c.at, log.c.actor, log.c.action, log.c.reason, log.c.details, log.c.number, log.c.hash)


def write(tx: Connection, contest_id: int, line: LogLine) -> None:
    """Add a line. Locks the contest, so that two lines can't follow the same one."""
    tx.execute(select(contests.c.id).where(contests.c.id == contest_id).with_for_update())
    last = head(tx, contest_id)
    details = json.loads(json.dumps(dict(line.details), allow_nan=False))  # as they come out again: the hash holds
    added = replace(line, number=last.lines + 1, actor=line.actor[:LONGEST_ACTOR], details=details)
    columns = ("at", "actor", "action", "reason", "details", "number")
    values = {name: getattr(added, name) for name in columns}
    tx.execute(log.insert().values(contest_id=contest_id, hash=hash_line(last.head, added), **values))


def head(tx: Connection, contest_id: int) -> LogHead:
    """How far the log of a contest goes."""
    query = select(log.c.number, log.c.hash).where(log.c.contest_id == contest_id).order_by(log.c.number.desc())
    row = tx.execute(query.limit(1)).one_or_none()
    return LogHead(lines=row.number, head=row.hash) if row else LogHead()


def lines(tx: Connection, contest_id: int) -> list[LogLine]:
    """The whole log of a contest, oldest first."""
    return page(tx, contest_id)


def page(tx: Connection, contest_id: int, *, after: int = 0, limit: int | None = None) -> list[LogLine]:
    """The lines after the one with this number, so many at most."""
    where = (log.c.contest_id == contest_id, log.c.number > after)
    query = select(*_COLUMNS).where(*where).order_by(log.c.number).limit(limit)
    return [LogLine(**row._mapping) for row in tx.execute(query)]
