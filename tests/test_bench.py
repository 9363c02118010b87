"""What the bench puts into a database by itself still fits the tables; its figures are measured by `make bench`."""

from __future__ import annotations

from contextlib import closing

from bench import doorbells
from service.storage import contests
from service.storage.store import Store


def test_doorbells_find_an_open_contest_on_each_post(tmp_path):
    url = f"sqlite:///{tmp_path}/tirage.sqlite3"
    doorbells.fill(url)
    with closing(Store(url)) as store, store.read() as tx:
        assert all(contests.find_by_post(tx, post_id) for post_id in doorbells.POSTS)
