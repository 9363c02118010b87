"""`tirage contest prizes|disqualify-winner|redraw|change --promotion-template` on a drawn contest."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.inside import tirage_in
from tests.stores import new_store
from tests.usecases.after_draw import draw_comments, name, order
from tests.usecases.conftest import World


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """A contest of six comments with two prizes, drawn."""
    store = new_store(tmp_path)
    world = World(store)
    world.blog.add_post()
    draw_comments(world)
    yield world
    store.close()


def run(world: World, *arguments: str):
    return tirage_in(world, "contest", *arguments)


def number(entry: str) -> str:
    return entry.removeprefix("comment:")


def test_a_winner_is_disqualified_and_the_prizes_are_shown(world):
    drawn = order(world)
    done = run(world, "disqualify-winner", "1", number(drawn[0]), "--reason", "works for the publisher")
    assert done.returncode == 0, done.stderr
    first, second = (f"{name(entry)} (comment {number(entry)})" for entry in (drawn[0], drawn[2]))
    words = f"1: {first} disqualified: works for the publisher; on to {second}"
    assert done.stderr == f"Strike {words}.\n"
    shown = run(world, "prizes", "1").stdout
    assert shown.startswith("Draw 1\n")
    assert f"  comments, place 1: {second} (since strike 1)\n" in shown
    assert f"strike {words}\n" in shown
    told = json.loads(run(world, "prizes", "1", "--json").stdout)
    assert [holder["entry"] for holder in told["draws"][0]["holders"]] == [drawn[2], drawn[1]]


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (["999", "--reason", "why"], "comment:999 holds no prize: they are held by comment:"),
        (["999"], "Missing option '--reason'"),
        (["nonsense", "--reason", "why"], "Contest 1 has no post nonsense."),
        (["100", "--pool", "0", "--reason", "why"], "Invalid value for '--pool'"),
        (["100", "--reason", "a@b.example"], "leave e-mail and IP addresses out"),
    ],
)
def test_what_can_not_be_is_refused_in_a_sentence(world, options, sentence):
    done = run(world, "disqualify-winner", "1", *options)
    assert done.returncode == 2
    assert sentence in done.stderr
    assert json.loads(run(world, "prizes", "1", "--json").stdout)["draws"][0]["strikes"] == []


def test_a_redraw_asks_first_and_shows_the_new_commitment(world):
    done = run(world, "redraw", "1", "--reason", "the wrong prize")
    assert done.returncode == 2
    assert "Give --yes" in done.stderr
    done = run(world, "redraw", "1", "--reason", "the wrong prize", "--yes")
    assert done.returncode == 0, done.stderr
    contest = world.contest()
    assert contest.commitment in done.stderr
    assert contest.phase == "review"
    assert ", replaced at 2026-" in run(world, "prizes", "1").stdout


def test_the_template_of_replies_is_read_from_a_file(world, tmp_path):
    file = tmp_path / "reply.txt"
    file.write_text("{% if winner %}{{ winner.name }}{% endif %} !\n{{ proof_url }}\n", "utf-8")
    done = run(world, "change", "1", "--promotion-template", str(file), "--reason", "our words")
    assert done.returncode == 0, done.stderr
    assert world.contest().promotion_template == file.read_text("utf-8")
