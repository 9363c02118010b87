"""`tirage contest export`: to stdout or into a file of one's own, and never over another."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from service.usecases import draw, seal
from tests.cli.inside import tirage_in
from tests.stores import new_store
from tests.usecases.conftest import World


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """A contest with the comment 100, by Zoé."""
    store = new_store(tmp_path)
    world = World(store)
    world.blog.add_post()
    world.blog.add(author_name="Zoé")
    world.open()
    world.run()
    yield world
    store.close()


def export(world: World, *arguments: str):
    return tirage_in(world, "contest", "export", "1", *arguments)


@pytest.mark.parametrize("options", [["--format", "json"], ["--json"], ["--json", "--format", "json"]])
def test_json_on_stdout_is_one_value_and_nothing_else(world, options):
    done = export(world, "entries", *options)
    assert (done.returncode, done.stderr) == (0, "")
    assert [row["author"] for row in json.loads(done.stdout)] == ["Zoé"]


def test_csv_on_stdout_is_the_table_and_nothing_else(world):
    done = export(world, "entries")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("\ufeffentry,kind,author,")
    assert done.stdout.count("\r\n") == 2


def test_a_file_is_for_its_owner_alone(world, tmp_path):
    file = tmp_path / "entries.csv"
    done = export(world, "entries", "--output", str(file))
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (0, "", 1)
    assert file.stat().st_mode & 0o777 == 0o600
    with file.open(encoding="utf-8-sig", newline="") as stream:
        (row,) = csv.DictReader(stream)
    assert (row["author"], row["author_email"]) == ("Zoé", "reader100@example.org")
    done = export(world, "log", "--format", "json", "--output", str(tmp_path / "log.json"), "--json")
    assert json.loads(done.stdout) == {"file": str(tmp_path / "log.json"), "format": "json"}
    assert json.loads((tmp_path / "log.json").read_text())[0]["action"] == "open"


@pytest.mark.parametrize("kind", ["file", "link", "dead link"])
def test_a_file_that_is_there_stays_unless_force_replaces_it(world, tmp_path, kind):
    file, other = tmp_path / "entries.csv", tmp_path / "other"
    if kind == "file":
        file.write_text("mine")
    else:
        file.symlink_to(other)
    if kind == "link":
        other.write_text("mine")
    before = sorted(tmp_path.iterdir())
    done = export(world, "entries", "--output", str(file))
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert "--force" in done.stderr
    assert (sorted(tmp_path.iterdir()), other.exists()) == (before, kind == "link")
    assert kind == "dead link" or file.read_text() == "mine"
    assert export(world, "entries", "--output", str(file), "--force").returncode == 0
    assert "Zoé" in file.read_text("utf-8")
    assert (file.is_symlink(), file.stat().st_mode & 0o777) == (False, 0o600)
    assert kind != "link" or other.read_text() == "mine"


def test_what_fails_half_way_leaves_no_file(world, tmp_path):
    file = tmp_path / "winners.csv"
    assert export(world, "winners", "--output", str(file)).returncode == 2
    assert export(world, "entries", "--output", str(tmp_path / "none" / "a.csv")).returncode == 2
    assert not file.exists()
    assert not [path for path in tmp_path.iterdir() if "csv" in path.name]


@pytest.mark.parametrize(
    "wrong", [["nothing"], ["entries", "--format", "xlsx"], ["entries", "--format", "csv", "--json"]]
)
def test_what_can_not_be_meant_is_one_sentence(world, wrong):
    done = export(world, *wrong)
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)


def test_winners_are_exported_once_they_are_drawn(world):
    world.pass_deadline()
    seal.seal(world.services, 1, actor="ada")
    assert "isn't drawn" in export(world, "winners").stderr
    draw.draw(world.services, 1, actor="ada")
    (row,) = json.loads(export(world, "winners", "--json").stdout)
    assert (row["author"], row["state"], row["holds_prize"]) == ("Zoé", "won", True)
