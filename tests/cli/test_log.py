"""`tirage contest log` and `tirage log verify`."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from service.storage import draws
from service.usecases import draw, review, seal
from tests.cli.inside import tirage, tirage_in
from tests.stores import new_store
from tests.usecases.conftest import World

REASON = "works for the publisher – même ici"


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """A drawn contest, with a decision of a moderator's in its log."""
    store = new_store(tmp_path)
    world = World(store)
    world.blog.add_post()
    world.blog.add()
    world.blog.add()
    world.open()
    world.run()
    review.disqualify(world.services, 1, 100, reason=REASON, actor="ada")
    world.pass_deadline()
    seal.seal(world.services, 1, actor="ada")
    draw.draw(world.services, 1, actor="ada")
    yield world
    store.close()


def show(world: World, *options: str):
    return tirage_in(world, "contest", "log", "1", *options)


def test_the_log_shows_numbers_and_hashes_and_that_the_chain_holds(world):
    done = show(world)
    assert done.returncode == 0
    rows = [line.split("  ") for line in done.stdout.splitlines()]
    assert [(row[0], row[4]) for row in rows] == [
        ("1", "open"),
        ("2", "disqualify"),
        ("3", "close"),
        ("4", "seal"),
        ("5", "draw"),
    ]
    told = json.loads(show(world, "--json").stdout)
    assert [row[1] for row in rows] == [line["hash"][:16] for line in told]
    assert done.stderr == f"The chain holds: 5 lines, the last with the hash {told[-1]['hash']}.\n"


def test_what_is_exported_is_checked_without_the_database_and_against_the_receipt(world, tmp_path):
    file, receipt = tmp_path / "log.json", tmp_path / "receipt.json"
    file.write_text(show(world, "--json").stdout)
    with world.services.store.read() as tx:
        receipt.write_text(json.dumps(draws.latest(tx, 1).receipt))
    for options in ([], ["--receipt", str(receipt)]):
        done = tirage("log", "verify", str(file), *options, "--json", DATABASE_URL="postgresql://nowhere/none")
        assert (done.returncode, json.loads(done.stdout)) == (0, {"valid": True, "failures": []})
    lines = json.loads(file.read_text())
    file.write_text(json.dumps(lines[:2]))
    assert tirage("log", "verify", str(file)).returncode == 0
    done = tirage("log", "verify", str(file), "--receipt", str(receipt), "--json")
    assert (done.returncode, json.loads(done.stdout)["failures"][0]["where"]) == (1, "receipt.log")
    lines[1]["reason"] = "no reason"
    file.write_text(json.dumps(lines))
    done = tirage("log", "verify", str(file), "--json")
    assert (done.returncode, [f["where"] for f in json.loads(done.stdout)["failures"]]) == (1, ["line 2"])


def test_a_log_that_was_changed_in_the_database_is_exit_code_1_with_the_line(world):
    with world.services.store.write() as tx:
        tx.execute(text("UPDATE log SET reason = '' WHERE number = 2"))
    for options in ([], ["--json"]):
        done = show(world, *options)
        assert done.returncode == 1
        assert "BROKEN at line 2" in done.stderr
    assert len(json.loads(done.stdout)) == 5


@pytest.mark.parametrize(
    ("content", "what"),
    [
        ("", "is not JSON"),
        ("[" * 100_000, "is not JSON"),
        ('[{"number": 1, "number": 2}]', "twice"),
        ("[NaN]", "NaN"),
        ("{}", "no list"),
    ],
)
def test_what_is_no_log_is_exit_code_1_and_said(tmp_path, content, what):
    file = tmp_path / "log.json"
    file.write_text(content)
    done = tirage("log", "verify", str(file), "--json")
    assert (done.returncode, done.stderr) == (1, "")
    assert what in json.loads(done.stdout)["failures"][0]["what"]


def test_a_file_that_is_not_there_is_exit_code_2(tmp_path):
    done = tirage("log", "verify", str(tmp_path / "none.json"))
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
