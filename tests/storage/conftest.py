"""Every storage test runs on SQLite and on a real PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from service.storage.store import Store
from testbed import postgres


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[postgres.Server]:
    server = postgres.start()
    yield server
    postgres.stop(server)


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request, tmp_path):
    """The address of a database without tables."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/tirage.sqlite3"
    server = request.getfixturevalue("postgres_server")
    request.config.databases = getattr(request.config, "databases", 0) + 1
    return server.create_database(f"test_{request.config.databases}")


@pytest.fixture
def store(empty_url) -> Iterator[Store]:
    store = Store(empty_url)
    store.upgrade()
    yield store
    store.close()
