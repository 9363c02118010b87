"""The API's exports: files that only a moderator gets."""

from __future__ import annotations

import pytest

from service.domain.log_checks import verify
from tests.web.conftest import HOSTILE


def test_entries_come_as_a_file_that_nobody_keeps(world):
    world.open_contest()
    world.post("/contests/1/collect")
    answer = world.ask("GET", "/contests/1/export/entries.csv")
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="deux-livres-7-entries.csv"'
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.data.startswith(b"\xef\xbb\xbfentry,")
    assert answer.data.count(b"\r\n") == 7
    rows = world.get("/contests/1/export/entries.json")
    assert [row["author"] for row in rows][:2] == [HOSTILE, "Zoé"]


def test_the_log_comes_as_it_is_hashed(world):
    world.open_contest()
    told = world.get("/contests/1/export/log.json")
    assert told == world.get("/contests/1/log")["log"]
    assert verify(told) == []


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/contests/1/export/winners.csv", 409),
        ("/contests/9/export/entries.csv", 404),
        ("/contests/1/export/secrets.csv", 404),
        ("/contests/1/export/entries.xlsx", 404),
        ("/contests/1/export/entries", 404),
    ],
)
def test_what_is_not_there_is_a_problem_and_no_file(world, path, status):
    world.open_contest()
    answer = world.ask("GET", path)
    assert (answer.status_code, answer.mimetype) == (status, "application/problem+json")


def test_nobody_else_gets_a_file(world):
    world.open_contest()
    for token in (None, "wrong"):
        assert world.ask("GET", "/contests/1/export/entries.csv", token=token).status_code == 401
