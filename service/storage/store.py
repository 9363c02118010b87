"""The database's door: one `with store.write()` is one use case's transaction."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from service.domain.errors import Blocked
from service.storage.engine import WRITES, open_engine

MIGRATIONS = Path(__file__).parent / "migrations"


class Store:
    """Opens transactions and brings the database up to date. Safe to share between threads, not across a fork."""

    def __init__(self, url: str) -> None:
        self.engine = open_engine(url)

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A transaction that sees one moment and changes nothing."""
        with self.engine.connect() as connection, connection.begin() as transaction:
            yield connection
            transaction.rollback()

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """A transaction that holds SQLite's write lock from its start; commits unless an error leaves it."""
        with self.engine.connect().execution_options(**{WRITES: True}) as connection, connection.begin():
            yield connection

    def upgrade(self, revision: str = "head") -> None:
        """Run the migrations up to a revision."""
        with self.engine.connect().execution_options(**{WRITES: True}) as connection, connection.begin():
            command.upgrade(self._config(connection), revision)

    def downgrade(self, revision: str) -> None:
        """Take migrations back down to a revision; "base" empties the database."""
        with self.engine.connect().execution_options(**{WRITES: True}) as connection, connection.begin():
            command.downgrade(self._config(connection), revision)

    def check(self) -> None:
        """Raises Blocked unless the database answers and its tables are those of this version."""
        newest = ScriptDirectory.from_config(self._config()).get_current_head()
        with self.read() as connection:
            current = MigrationContext.configure(connection).get_current_revision()
        if current != newest:
            raise Blocked("The database isn't up to date: run `tirage db upgrade`.", code="database_outdated")

    def close(self) -> None:
        """Let go of all connections."""
        self.engine.dispose()

    def _config(self, connection: Connection | None = None) -> Config:
        config = Config()
        config.set_main_option("script_location", str(MIGRATIONS))
        config.attributes["connection"] = connection
        return config
