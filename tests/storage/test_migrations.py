"""The migrations go up and down and end at the tables that the code uses."""

from __future__ import annotations

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect

from service.domain.errors import BadInput, Blocked
from service.storage.engine import open_engine
from service.storage.store import Store
from service.storage.tables import metadata


def test_up_down_and_up_again(empty_url):
    store = Store(empty_url)
    with pytest.raises(Blocked, match="tirage db upgrade"):
        store.check()
    store.upgrade()
    store.check()
    store.downgrade("base")
    assert set(inspect(store.engine).get_table_names()) <= {"alembic_version"}
    store.upgrade()
    store.check()
    store.close()


def test_the_migrations_end_at_the_tables(store):
    with store.read() as tx:
        context = MigrationContext.configure(tx, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []


@pytest.mark.parametrize("url", ["nonsense", "mysql://x/y", "", "sqlite+aiosqlite:///x"])
def test_another_database_is_refused_in_one_sentence(url):
    with pytest.raises(BadInput, match="DATABASE_URL"):
        open_engine(url)
