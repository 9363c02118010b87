"""Many rows at once, past SQLAlchemy's care for each single value: that takes twice as long as the database itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from operator import itemgetter
from typing import Any

from sqlalchemy import Connection, Table


def insert(tx: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows that all name the same columns; columns that they don't name get the server's defaults."""
    if not rows:
        return
    statement = table.insert().compile(dialect=tx.dialect, column_keys=list(rows[0]))
    prepared = [dict(row) for row in rows]
    for name in rows[0]:
        process = table.c[name].type.dialect_impl(tx.dialect).bind_processor(tx.dialect)
        if process is not None:
            for row in prepared:
                row[name] = process(row[name])
    order = statement.positiontup
    parameters: Any = prepared if order is None else list(map(itemgetter(*order), prepared))
    tx.exec_driver_sql(str(statement), parameters)
