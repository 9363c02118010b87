"""Every storage test runs on SQLite and on a real PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import pytest

from service.storage.store import Store
from testbed import postgres
from tests.stores import new_store


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[postgres.Server]:
    server = postgres.start()
    yield server
    postgres.stop(server)


@pytest.fixture(scope="session")
def migrated_postgres(postgres_server) -> str:
    """The name of a database with all tables and nothing in them, to be copied."""
    with closing(Store(postgres_server.create_database("migrated"))) as store:
        store.upgrade()
    return "migrated"


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request, tmp_path) -> str:
    """The address of a database without tables."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/tirage.sqlite3"
    return _postgres_url(request)


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request, tmp_path) -> str:
    """The address of a database with all tables and nothing in them."""
    if request.param == "sqlite":
        new_store(tmp_path).close()
        return f"sqlite:///{tmp_path}/tirage.sqlite3"
    return _postgres_url(request, request.getfixturevalue("migrated_postgres"))


@pytest.fixture
def store(url) -> Iterator[Store]:
    with closing(Store(url)) as store:
        yield store


def _postgres_url(request, template: str = "") -> str:
    server: postgres.Server = request.getfixturevalue("postgres_server")
    request.config.databases = getattr(request.config, "databases", 0) + 1
    return server.create_database(f"test_{request.config.databases}", template=template)
