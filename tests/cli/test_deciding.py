"""`tirage contest change|disqualify|readmit|look|draw` on a contest of comments and posts."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from service.cli.steps import _winner_words
from service.usecases.add_posts import add_posts
from tests.cli.test_posts import tirage
from tests.stores import new_store
from tests.usecases.conftest import World


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """A contest with the comments 100 and 101, the post 1 that was seen, and the post 2 that nobody looked at."""
    store = new_store(tmp_path)
    world = World(store)
    world.blog.add_post()
    world.blog.add()
    world.blog.add()
    world.network.add(1)
    world.open_pools()
    add_posts(world.services, 1, [ADDRESS], reason="by hand", actor="ada")
    world.run()
    yield world
    store.close()


ADDRESS = "https://x.com/i/web/status/1990000000000000001"


def run(world: World, *arguments: str) -> subprocess.CompletedProcess[str]:
    """The command on the world's database."""
    url = world.services.store.engine.url.render_as_string(hide_password=False)
    return tirage("contest", *arguments, DATABASE_URL=url)


def test_several_entries_are_decided_at_once_comments_and_posts_alike(world):
    done = run(world, "disqualify", "1", "100", "x:1990000000000000001", "--reason", "bots", "--json")
    told = json.loads(done.stdout)
    assert [entry.get("comment_id") or entry["post"] for entry in told] == [100, "x:1990000000000000001"]
    assert {entry["verdict"]["status"] for entry in told} == {"ineligible"}
    done = run(world, "readmit", "1", "100", ADDRESS, "--reason", "no bots")
    assert done.stderr.splitlines() == [
        "Comment 100 by Reader 100 is now eligible.",
        "Post x:1990000000000000001 is now eligible.",
    ]


def test_one_entry_is_an_object_however_often_it_is_named(world):
    done = run(world, "disqualify", "1", ADDRESS, "x:1990000000000000001", "--reason", "a bot", "--json")
    assert json.loads(done.stdout)["post"] == "x:1990000000000000001"


@pytest.mark.parametrize("wrong", ["404", "x:5", "9" * 20, "٣", "https://x.com/i/web/status/5"])
def test_where_one_entry_is_not_there_none_is_decided(world, wrong):
    done = run(world, "disqualify", "1", "100", wrong, "--reason", "bots")
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert run(world, "entries", "1", "--status", "ineligible").stdout == ""


@pytest.mark.parametrize(
    "options",
    [
        ["--pool", "a:posts", "--winners", "4"],
        ["--pool", "a:comments:" + "9" * 5_000],
        ["--pool", "a:comments:٣"],
        ["--x-cap", "nan"],
    ],
)
def test_what_a_pool_can_not_be_is_one_sentence_and_changes_nothing(world, options):
    before = world.contest()
    done = run(world, "change", "1", *options, "--reason", "more")
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert world.contest() == before


def test_lines_of_a_table_have_their_numbers_in_the_file(world, tmp_path):
    table = tmp_path / "table.csv"
    table.write_text(f'url\n\n"an open\u2028 quote,{ADDRESS}\n\x1b[2Jnothing\n')
    done = run(
        world, "add-posts", "1", "https://x.com/i/web/status/7", "--csv", str(table), "--reason", "r", "--dry-run"
    )
    assert [line.split()[:2] for line in done.stdout.splitlines()] == [
        ["1", "no_address"],
        ["3", "known"],
        ["4", "no_address"],
        ["5", "added"],
    ]
    assert "\x1b" not in done.stdout


@pytest.mark.parametrize(
    ("winner", "is_only", "words"),
    [
        ({"comment_id": 100, "author": "Zoé"}, True, "Zoé (comment 100)"),
        ({"author": "@ana (Ana)", "prize": "a mug"}, True, "@ana (Ana) (post x:1): a mug"),
        ({"author": "@ana", "prize": "a mug"}, False, "@ana (post x:1): posts: a mug"),
        ({"author": None}, False, "post x:1: posts"),
    ],
)
def test_a_winner_is_told_with_entry_pool_and_prize(winner, is_only, words):
    given = {"entry": "x:1", "comment_id": None, "pool": "posts", "prize": "", **winner}
    assert _winner_words(given, is_only=is_only) == words


def test_a_look_at_a_contest_of_comments_asks_nobody(tmp_path):
    store = new_store(tmp_path)
    world = World(store)
    world.blog.add_post()
    world.open()
    done = run(world, "look", "1")
    store.close()
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert "No pool" in done.stderr
