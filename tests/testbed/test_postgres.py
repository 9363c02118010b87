"""The private PostgreSQL."""

from pathlib import Path

import sqlalchemy

from testbed import postgres


def test_databases_are_separate_and_everything_goes_away() -> None:
    with postgres.running() as server:
        one, two = (sqlalchemy.create_engine(server.create_database(name)) for name in ("one", "two"))
        with one.begin() as connection:
            connection.execute(sqlalchemy.text("CREATE TABLE prizes (name text)"))
        with two.connect() as connection:
            assert sqlalchemy.inspect(connection).get_table_names() == []
        one.dispose()
        two.dispose()

    assert not server.folder.exists()
    assert not Path(f"/proc/{server.pid}/exe").exists()
