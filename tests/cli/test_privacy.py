"""`tirage privacy export|erase`: by e-mail address, and by account for posts."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from service.domain.contest import Phase, Rules
from service.storage import claims, draws, log
from service.storage.claims import Claim
from service.usecases import adopt, announce, draw, seal
from service.vault import Vault
from tests.cli.inside import tirage_in
from tests.stores import new_store
from tests.usecases.conftest import World
from tests.usecases.test_privacy import dump

EMAIL = "Ada@Lovelace.example"
KEY = "a key for the tests alone"
ANSWERS = {"Adresse": "1 rue du Bac"}


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """Ada comments (100) and gives the post 1, by @ana; somebody else comments (101)."""
    store = new_store(tmp_path)
    world = World(store)
    world.blog.add_post()
    reference = world.network.add(1, author_handle="ana", author_name="Ana Handle", author_id="777777777")
    world.blog.add(author_name="Ada Lovelace", author_email=EMAIL, posts=reference)
    world.blog.add(handles="x:ana")
    world.open_pools()
    exclude(world)
    world.run()
    yield world
    store.close()


def privacy(world: World, *arguments: str):
    return tirage_in(world, "privacy", *arguments, SECRET_KEY=KEY)


def items(world: World, *who: str):
    done = privacy(world, "export", *who)
    assert (done.returncode, done.stderr) == (0, "")
    return json.loads(done.stdout)["items"]


def finish(world: World) -> None:
    """Draw it, and have both claim what they won."""
    world.pass_deadline()
    world.run()
    seal.seal(world.services, 1, actor="mod")
    draw.draw(world.services, 1, actor="mod")
    with world.services.store.write() as tx:
        for place, entry in enumerate(("comment:100", "x:1990000000000000001")):
            claim = Claim(
                draw_number=1,
                pool=place + 1,
                entry=entry,
                token_hash=str(place) * 64,
                token="",
                created_at=world.clock(),
                expires_at=world.clock(),
                claimed_at=world.clock(),
                answers=Vault(KEY).lock(json.dumps(ANSWERS)),
            )
            claims.add(tx, 1, claim)


def exclude(world: World, *names: str) -> None:
    change = adopt.Change(rules=Rules(excluded=names, one_prize=False))
    adopt.change_contest(world.services, 1, change, actor="mod", reason="rules")


# Export


@pytest.mark.parametrize("asked", [EMAIL, EMAIL.upper(), f" {EMAIL}"])
def test_everything_under_an_address_is_printed_with_posts_and_what_was_told(world, asked):
    finish(world)
    comment, post, *told = items(world, asked)
    assert (comment["contest"], comment["comment"], comment["data"]["email"]) == (1, 100, EMAIL)
    assert (post["post"], post["data"]["handles"], post["data"]["name"]) == (
        "x:1990000000000000001",
        "x:ana",
        "Ana Handle",
    )
    assert [(item["comment"], item["post"], item["data"]["told"]) for item in told] == [
        (100, None, "Adresse: 1 rue du Bac"),
        (None, "x:1990000000000000001", "Adresse: 1 rue du Bac"),
    ]


def test_rules_that_list_somebody_are_in_it(world):
    exclude(world, "@Ana", EMAIL.lower())
    assert [item["data"] for item in items(world, EMAIL) if "excluded" in item["data"]] == [{"excluded": EMAIL.lower()}]
    assert [item["data"] for item in items(world, "--handle", "@ana")][-1:] == [{"excluded": "@Ana"}]


@pytest.mark.parametrize("asked", ["@ana", "ana", "x:@ANA", "X:ana"])
def test_an_account_finds_its_posts_in_any_spelling(world, asked):
    (post,) = items(world, "--handle", asked)
    assert (post["post"], post["data"]["account_id"]) == ("x:1990000000000000001", "777777777")


@pytest.mark.parametrize("asked", ["@an", "@ana_", "bluesky:@ana.example", "@ana@mastodon.example", "%na"])
def test_nobody_else_is_found(world, asked):
    done = privacy(world, "export", "--handle", asked)
    assert done.returncode == 2 or json.loads(done.stdout) == {"items": []}


def test_answers_under_another_key_are_said_to_be_unreadable(world):
    finish(world)
    done = tirage_in(world, "privacy", "export", EMAIL, SECRET_KEY="another key altogether")
    claim = json.loads(done.stdout)["items"][-1]["data"]
    assert claim["told"] == ""
    assert "SECRET_KEY" in claim["trouble"]


# Erase


def test_erasing_an_address_takes_everything_of_that_person_and_says_what_stays(world):
    finish(world)
    announce.announce(world.services, 1, actor="mod")
    done = privacy(world, "erase", EMAIL, "--yes", "--json")
    told = json.loads(done.stdout)
    assert (done.returncode, told["erased"]) == (0, 1)
    assert ["edit it in WordPress" in told["kept"][0], "stand in WordPress" in told["kept"][-1]] == [True, True]
    text = dump(world)
    for trace in ("Lovelace", "Ana Handle", "777777777", "lovelace"):
        assert trace not in text
    assert items(world, EMAIL) == []
    with world.services.store.read() as tx:
        assert {claim.answers for claim in claims.of_contest(tx, 1)} == {""}
        assert log.lines(tx, 1)[-1].details == {"entries": 1}


def test_erasing_an_account_takes_the_author_off_its_posts_and_leaves_the_commenter(world):
    done = privacy(world, "erase", "--handle", "@ana", "--yes", "--json")
    told = json.loads(done.stdout)
    assert (done.returncode, told["erased"], told["posts"]) == (0, 0, 1)
    assert any("gives this account as its author's" in sentence for sentence in told["kept"])
    assert world.verdicts() == {"001": ("ineligible", ["erased"])}
    text = dump(world)
    assert "Ana Handle" not in text
    assert "777777777" not in text
    assert "Ada Lovelace" in text
    with world.services.store.read() as tx:
        assert log.lines(tx, 1)[-1].details == {"posts": 1}
    assert items(world, "--handle", "@ana") == []


def test_a_winner_s_account_that_is_erased_after_the_seal_changes_no_outcome(world):
    finish(world)
    announce.request_announcement(world.services, 1, actor="mod")
    with world.services.store.read() as tx:
        before = draws.latest(tx, 1)
    assert privacy(world, "erase", "--handle", "x:ana", "--yes").returncode == 0
    with world.services.store.read() as tx:
        assert draws.latest(tx, 1) == before
        announcement = draws.find_announcement(tx, 1, 1)
    assert announcement is not None
    assert "Ana Handle" not in announcement.text
    assert world.run().phase is Phase.ANNOUNCED
    assert "Ana Handle" not in world.blog.texts()[0]
    assert "Ada Lovelace" in world.blog.texts()[0] or "Reader 101" in world.blog.texts()[0]


def test_rules_that_list_an_account_are_told_and_stay(world):
    exclude(world, "@Ana")
    done = privacy(world, "erase", "--handle", "@ana", "--yes")
    assert "The rules of “Deux livres à gagner” list @Ana: change them." in done.stderr


def test_nothing_is_erased_without_a_yes(world):
    before = dump(world)
    done = privacy(world, "erase", EMAIL)
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert dump(world) == before


@pytest.mark.parametrize("who", [[], [" "], ["--handle", "two words"], ["--handle", ""], ["--handle", "x:ana.example"]])
@pytest.mark.parametrize("command", [["export"], ["erase", "--yes"]])
def test_without_anybody_it_is_one_sentence(world, command, who):
    done = privacy(world, *command, *who)
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
