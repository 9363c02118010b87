"""Connections that mean what they say: a write transaction locks before it reads.

SQLAlchemy on SQLite sends no BEGIN before a SELECT, so two processes that read and then write lose updates
without an error. Here a write begins with BEGIN IMMEDIATE and a read with BEGIN; on PostgreSQL the rows that
a decision rests on are locked FOR UPDATE by those who read them.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from service.domain.errors import BadInput

BUSY_TIMEOUT_SECONDS = 30
WRITES = "tirage_writes"


def open_engine(url: str) -> Engine:
    """The engine for a database address, `sqlite:///file` or `postgresql://…`. Raises BadInput for another.

    Its errors hide the statement's values: they are readers' names and addresses.
    """
    try:
        address = make_url(url)
    except ArgumentError:
        raise BadInput("DATABASE_URL is no database address; try sqlite:///var/tirage.sqlite3.") from None
    if address.drivername in ("postgresql", "postgres"):
        address = address.set(drivername="postgresql+psycopg")
    if address.drivername == "postgresql+psycopg":
        return create_engine(address, pool_pre_ping=True, hide_parameters=True)
    if address.drivername not in ("sqlite", "sqlite+pysqlite"):
        raise BadInput("DATABASE_URL must begin with sqlite:/// or postgresql://.")
    if address.database and address.database != ":memory:":
        Path(address.database).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(address, connect_args={"timeout": BUSY_TIMEOUT_SECONDS}, hide_parameters=True)
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # Python's own BEGIN comes too late, see above
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA foreign_keys = ON")


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get(WRITES, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
