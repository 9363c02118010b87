"""Somebody with the receipt, the blog and a terminal repeats a draw: with bash and coreutils, from files as served."""

from __future__ import annotations

from html import unescape
from pathlib import Path

import pytest

from tests.test_docs import run_lines
from tests.web.conftest import World

PROOF = "/contests/deux-livres-7/draws/1"


@pytest.fixture(params=["drand", "commit-reveal"])
def drawn(world: World, request) -> World:
    """A draw of thirty readers that is public, by the beacon or by the secret."""
    world.blog.delete(100)  # whose name isn't shown as it is
    for number in range(30):
        world.blog.add(author_name=f"Lectrice {number:02}", author_email=f"lectrice{number}@example.org")
    world.open_contest(winners=3, randomness=request.param)
    world.announce()
    return world


def names_of(world: World, entries: list[str]) -> list[str]:
    """What these comments' authors are called on the blog."""
    authors = {comment.id: comment.author_name for page in world.blog.comments(7) for comment in page}
    return [authors[int(entry.removeprefix("comment:"))] for entry in entries]


def fetch(world: World, name: str, folder: Path) -> None:
    (folder / name).write_bytes(world.page(f"{PROOF}/{name}").get_data())


def check_winners(world: World, folder: Path) -> None:
    rows = [line.split() for line in (folder / "ranking.txt").read_text().splitlines()]
    assert len(rows) == 31
    names = names_of(world, [entry for _, _, entry in rows])
    winner_comment = unescape(world.blog.texts(7)[-1])
    assert [name for name in names if name in winner_comment] == names[:3]


def test_from_the_receipt_as_it_is_served(drawn: World, tmp_path: Path):
    fetch(drawn, "receipt.json", tmp_path)
    decides = "beacon" if '"drand"' in (tmp_path / "receipt.json").read_text() else "secret"
    printed = run_lines(tmp_path, "receipt", decides, "check", extra=("sed",))
    assert drawn.page(f"{PROOF}/sealed.txt").get_data() == (tmp_path / "sealed.txt").read_bytes()
    digest = next(line.split()[0] for line in printed if line.endswith("sealed.txt"))
    assert digest in drawn.page("/contests/deux-livres-7").text
    check_winners(drawn, tmp_path)


@pytest.mark.parametrize("drawn", ["drand"], indirect=True)
def test_from_the_list_and_a_server_of_the_beacon(drawn: World, tmp_path: Path):
    fetch(drawn, "sealed.txt", tmp_path)
    [line] = [line for line in (tmp_path / "sealed.txt").read_text().splitlines() if line.startswith("beacon ")]
    told = drawn.beacon.fetch(int(line.split()[2]))
    run_lines(tmp_path, "beacon", "check", signature=told.signature)
    check_winners(drawn, tmp_path)
