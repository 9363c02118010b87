"""What the public sees of a contest once the term of its personal data is over: numbers in the place of names."""

from __future__ import annotations

import pytest

from service.domain import receipt_checks
from service.worker import work_once

DAY = 86_400


@pytest.fixture
def ended_world(world):
    """Announced, and 90 days later; nobody is called Zoé or <script> any more."""
    world.open_contest(winners=2)
    world.announce()
    world.clock.forward(90 * DAY)
    while work_once(world.services):
        pass
    return world


@pytest.mark.parametrize("path", ["/contests/deux-livres-7", "/contests/deux-livres-7/draws/1"])
@pytest.mark.parametrize("language", ["fr", "en"])
def test_pages_show_numbers_and_no_names(ended_world, path, language):
    answer = ended_world.page(f"{path}?lang={language}")
    assert answer.status_code == 200
    assert "Zoé" not in answer.text
    assert "gnp.exe" not in answer.text
    word = "Commentaire" if language == "fr" else "Comment"
    for number in (100, 101):
        assert f"{word} {number}" in answer.text


def test_the_receipt_is_still_there_and_holds(ended_world):
    answer = ended_world.page("/contests/deux-livres-7/draws/1/receipt.json")
    assert receipt_checks.verify(answer.json) == []
    assert ended_world.page("/contests/deux-livres-7/draws/1/sealed.txt").text == answer.json["seal"]["text"]


def test_the_api_shows_it_without_names(ended_world):
    for path in (
        "",
        "/entries",
        "/posts",
        "/log",
        "/receipt",
        "/preview",
        "/export/winners.json",
        "/export/entries.json",
    ):
        answer = ended_world.ask("GET", f"/contests/1{path}")
        assert answer.status_code == 200, path
        assert "Zoé" not in answer.text, path
        assert "example.org" not in answer.text, path
    assert ended_world.post("/contests/1/announce")["comment_id"]
    assert ended_world.post("/contests/1/collect", status=409)["code"] == "sealed"
