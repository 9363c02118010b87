"""The blog that the plugin handed over: its address, and the moderator's login with the password encrypted."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from datetime import datetime

from sqlalchemy import Connection, select
from sqlalchemy.exc import IntegrityError

from service.storage.tables import connections

_ONLY = 1  # one blog


@dataclass(frozen=True, slots=True, kw_only=True)
class Handover:
    """How to connect to the blog. `password` is encrypted, as `service.vault` does it."""

    url: str
    user: str
    password: str = field(repr=False)
    connected_at: datetime


def find(tx: Connection) -> Handover | None:
    """The connection, if one was handed over."""
    columns = (connections.c.url, connections.c.user, connections.c.password, connections.c.connected_at)
    row = tx.execute(select(*columns)).one_or_none()
    return Handover(**row._mapping) if row else None


def save(tx: Connection, handover: Handover) -> None:
    """Keep the connection, in place of an earlier one."""
    values = asdict(handover)
    try:
        with tx.begin_nested():
            tx.execute(connections.insert().values(id=_ONLY, **values))
    except IntegrityError:  # also where two connect at once
        tx.execute(connections.update().values(**values))
