"""The receipt on paper: everything that is needed, whatever strangers wrote, and the same bytes each time."""

from __future__ import annotations

import re
from io import BytesIO

import pytest
from pypdf import PdfReader

from service.storage import contests
from service.web import public, receipt_pdf
from service.web.kept import Kept
from service.web.paper import Paper
from tests.factories import CLOSES_AT
from tests.web.conftest import HOSTILE

PROOF = "/contests/deux-livres-7/draws/1"
PDF = f"{PROOF}/receipt.pdf"


def read(world, query="?lang=en"):
    """The text of the PDF, without blanks: values break anywhere."""
    answer = world.page(f"{PDF}{query}")
    assert answer.status_code == 200
    assert answer.mimetype == "application/pdf"
    return re.sub(r"\s", "", "".join(page.extract_text() for page in PdfReader(BytesIO(answer.data)).pages))


def holds(text, words):
    """Whether the text has these words."""
    return re.sub(r"\s", "", words) in text


@pytest.mark.parametrize("randomness", ["drand", "commit-reveal"])
def test_it_holds_what_a_draw_follows_from(world, randomness):
    for _ in range(220):
        world.blog.add()
    world.open_contest(randomness=randomness, winners=2)
    world.announce()
    world.post("/contests/1/disqualify-winner", {"entry": winner(world), "reason": "works for the publisher"})
    told = world.get("/contests/1/receipt")
    text, pool = read(world), told["draw"]["pools"][0]
    values = [told["seal"]["digest"], pool["seed"], f"https://draws.example{PROOF}", told["contest"]["post_url"]]
    values += [told["randomness"][name] for name in ("signature", "randomness") if randomness == "drand"]
    values += [told["randomness"][name] for name in ("secret", "commitment") if randomness == "commit-reveal"]
    values += [str(told["randomness"].get("round", "")), "Deux livres à gagner", "works for the publisher"]
    values += [*pool["winners"], *pool["alternates"], "Friday 27 November 2026 at 17:00"]
    values += [f"{place['entry']}{place['ticket']}" for place in pool["ranking"][:200]]
    values += ["The first 200 of 222 tickets", "2 winners are drawn.", "sha256sum"]
    assert [value for value in values if not holds(text, value)] == []
    assert pool["ranking"][200]["ticket"] not in text


def winner(world):
    """The entry of the first winner."""
    return world.get("/contests/1")["draw"]["winners"][0]["entry"]


def test_a_pool_whose_entrants_all_won_before_is_not_told_as_one_that_nobody_could_enter(world):
    for number in range(101, 106):
        world.blog.delete(number)
    pools = [{"name": "first", "channel": "comments"}, {"name": "second", "channel": "both"}]
    pools += [{"name": "third", "channel": "posts"}]
    world.open_contest(pools=pools)
    world.announce()
    text = read(world)
    assert holds(text, "Who was drawn · first comment:100")
    assert holds(text, "Who was drawn · second Nobody holds a prize.")
    assert holds(text, "Who was drawn · third Nobody was eligible, so nobody wins.")


def test_it_prints_as_many_places_as_its_own_pools_leave_room_for_whatever_the_contest_has_now(world):
    for _ in range(220):
        world.blog.add()
    world.open_contest()
    world.announce()
    world.post("/contests/1/redraw", {"reason": "the prizes were others"})
    before = read(world)
    pools = [{"name": str(number), "channel": "comments"} for number in range(3)]
    change = {"pools": pools, "reason": "there are three prizes"}
    assert world.ask("PATCH", "/contests/1", json=change).status_code == 200
    assert holds(before, "The first 200 of 222 tickets")
    assert read(world) == before


def test_nobody_is_named_in_it(world):
    world.open_contest()
    world.announce()
    text = read(world)
    for name in ("Zoé", "alert", "example.org", "192.0.2."):
        assert name not in text


def test_it_is_in_the_contests_language_and_the_same_each_time(world):
    world.open_contest()
    world.announce()
    first = world.page(PDF, **{"Accept-Language": "en"})
    world.clock.forward(86_400)
    again = world.page(PDF)
    assert first.data == again.data
    assert holds(read(world, ""), "Les règles")
    assert world.page(PDF, **{"If-None-Match": first.headers["ETag"]}).status_code == 304


@pytest.mark.parametrize(
    "title",
    [
        HOSTILE,
        "🎉🎁 gagnez 👩‍👩‍👧",
        "ربح كتابين \u202e\u2066",
        "זכו בשני ספרים",
        "書籍を当てよう",
        "x" * 5_000,
        "mot " * 2_000,
        "\x00\x1b[31m\r\n\t",
        "",
        "{nb} **bold** %(number)s",
        "\ud83d\ude00 \u0301\u0301\u0301\u200b",
    ],
    ids=range(11),
)
def test_whatever_a_post_is_called(world, title):
    world.open_contest()
    world.announce()
    with world.services.store.write() as tx:
        contests.update(tx, 1, post_title=title.encode("utf-16", "surrogatepass").decode("utf-16"))
    assert holds(read(world), "Fingerprint of the list")


def test_pools_with_hostile_names_and_long_entries_are_printed_whole():
    paper = Paper(title="t", footer_text="f", language="fr", made_at=CLOSES_AT)
    entry = "bluesky:did:plc:ewvi7nxzyoun6zhxrhs64oiz/3kxyz" + "z" * 200
    paper.grid(("a", "b"), [(entry, "f" * 64)], (52, 108))
    paper.paragraph("{nb} {\xa0}")
    text = re.sub(r"\s", "", PdfReader(BytesIO(bytes(paper.output()))).pages[0].extract_text())
    assert "{nb}{}" in text
    assert "1/1" in text
    assert entry in text
    assert "f" * 64 in text


def test_only_a_public_draw_has_one(world):
    world.open_contest()
    world.close()
    world.post("/contests/1/seal", {})
    world.post("/contests/1/draw")
    assert world.page(PDF).status_code == 404
    world.post("/contests/1/announce")
    assert world.page(PDF).status_code == 200


def test_it_is_made_once_until_something_changes(world, monkeypatch):
    made, write = [], receipt_pdf.write_pdf

    def counted(*given, **named):
        made.append(1)
        return write(*given, **named)

    monkeypatch.setattr(receipt_pdf, "write_pdf", counted)
    monkeypatch.setattr(public, "_papers", Kept())  # another test's draw may be the same to the second
    world.open_contest()
    world.announce()
    assert len({world.page(PDF).data for _ in range(3)}) == len(made) == 1
    world.post("/contests/1/disqualify-winner", {"entry": winner(world), "reason": "works for the publisher"})
    assert holds(read(world), "works for the publisher")
    assert len(made) >= 2
