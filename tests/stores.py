"""Databases for tests: migrated once, then copied, as the migrations take many times longer than a copy."""

from __future__ import annotations

from contextlib import closing
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from service.storage.store import Store


def new_store(folder: Path) -> Store:
    """A store on a SQLite file of its own in that folder, with all tables and nothing in them."""
    path = folder / "tirage.sqlite3"
    path.write_bytes(_migrated())
    return Store(f"sqlite:///{path}")


@cache
def _migrated() -> bytes:
    with TemporaryDirectory() as folder:
        path = Path(folder, "tirage.sqlite3")
        with closing(Store(f"sqlite:///{path}")) as store:
            store.upgrade()
        return path.read_bytes()  # the last to close it has brought the write-ahead log into it
