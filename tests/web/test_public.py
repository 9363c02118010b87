"""What everybody may see of a contest, when, and that it holds what strangers call themselves."""

from __future__ import annotations

import re
from html import unescape

import pytest

from service.domain import receipt_checks
from service.domain.beacon import MIRRORS
from service.domain.contest import Phase
from service.domain.eligibility import State
from service.storage import contests
from tests.factories import SECRET
from tests.web.conftest import HOSTILE

SLUG = "/contests/deux-livres-7"
PROOF = f"{SLUG}/draws/1"
SAME = {"Page", "Pages", "Ticket"}  # in both languages
ADDRESSES = (SLUG, PROOF, f"{PROOF}/receipt.json", f"{PROOF}/sealed.txt")


def drawn(world):
    """What the moderator knows once the contest is drawn."""
    world.open_contest()
    world.close()
    world.post("/contests/1/seal")
    return world.post("/contests/1/draw")


def secrets_of(world):
    """Whatever names a winner or lets one compute them."""
    with world.services.store.read() as tx:
        seed = contests.get(tx, 1) and world.get("/contests/1")["draw"]["seed"]
    return [SECRET, seed, "Zoé", "alert", "exe.png", "entry comment:", "#comment-10", "comment:10"]


def test_an_open_contest_shows_its_deadline_its_entries_and_its_commitment(world):
    told = world.open_contest()
    world.post("/contests/1/collect")
    page = world.page(f"{SLUG}?lang=en")
    assert page.status_code == 200
    assert "Friday 27 November 2026 at 17:00" in page.text
    assert "<dd>6</dd>" in page.text
    assert told["commitment"] in page.text
    assert page.headers["Cache-Control"] == "no-cache"


@pytest.mark.parametrize("phase", ["sealed", "drawn", "announcing"])
def test_before_the_announcement_nothing_tells_who_wins(world, phase):
    done = drawn(world)
    hidden = [*secrets_of(world)]
    if phase == "sealed":
        with world.services.store.write() as tx:
            contests.update(tx, 1, phase=Phase.SEALED)
    if phase == "announcing":
        world.blog.fail("add_comment", times=9)
        assert world.ask("POST", "/contests/1/announce").status_code == 503
    for address in ADDRESSES:
        answer = world.page(address)
        for secret in hidden:
            assert secret not in answer.text, (address, secret)
        is_page = address in (SLUG, PROOF)
        assert answer.status_code == (200 if is_page else 404)
        assert answer.headers["Cache-Control"] == ("no-cache" if is_page else "no-store")
    assert done["digest"] in world.page(SLUG).text


def test_a_sealed_contest_shows_its_digest(world):
    world.open_contest()
    world.close()
    digest = world.post("/contests/1/seal")["digest"]
    assert digest in world.page(SLUG).text
    assert digest in world.page(PROOF).text


def test_an_announced_contest_names_its_winner_and_links_the_proof(world):
    world.open_contest()
    world.announce()
    page = world.page(SLUG).text
    winner = world.get("/contests/1")["draw"]["winners"][0]
    assert f'href="https://blog.example/deux-livres-7/#comment-{winner["comment_id"]}"' in page
    assert winner["author"] in unescape(page)
    assert f'href="{PROOF}"' in page


def test_the_proof_page_shows_every_value_of_the_draw(world):
    world.open_contest()
    world.announce()
    told = world.get("/contests/1/receipt")
    page = world.page(PROOF)
    values = [
        told["seal"]["digest"],
        told["randomness"]["commitment"],
        told["randomness"]["secret"],
        told["draw"]["pools"][0]["seed"],
        *(row["ticket"] for row in told["draw"]["pools"][0]["ranking"]),
    ]
    assert all(value in page.text for value in values)
    assert page.headers["Cache-Control"] == "public, max-age=60"


def test_an_alternate_is_a_place_and_a_comment_number_without_a_name(world):
    world.open_contest()
    world.announce()
    draw = world.get("/contests/1")["draw"]
    [alternate] = draw["alternates"]
    page = unescape(world.page(f"{PROOF}?lang=en").text)
    assert f"Comment {alternate['comment_id']}" in page
    assert alternate["author"] not in page


def test_no_page_holds_an_address_of_a_person(world):
    world.open_contest()
    world.announce()
    for address in ADDRESSES:
        text = world.page(address).text
        assert "@example.org" not in text
        assert "192.0.2." not in text


def test_a_hostile_name_is_text_of_its_own_direction(world):
    world.blog.delete(101)
    world.blog.delete(102)
    world.open_contest()
    world.announce()
    for address in (SLUG, PROOF):
        text = world.page(address).text
        assert "<script>" not in text
        assert re.search(r"<bdi>\s*&lt;script&gt;.*?</bdi>", text)
        assert HOSTILE in unescape(text)


def test_a_hostile_title_is_text(world):
    world.blog.add_post(8, title='"><img src=x onerror=alert(1)>', slug="x")
    world.post("/contests", {"post": "8", "closes": "2026-11-27 17:00"}, 201)
    assert "<img" not in world.page("/contests/x").text


def test_an_address_that_is_no_web_address_is_no_link(world):
    world.blog.add_post(8, url="javascript:alert(1)", slug="x")
    world.post("/contests", {"post": "8", "closes": "2026-11-27 17:00"}, 201)
    assert "javascript:" not in world.page("/contests/x").text


def test_nobody_eligible_is_said(world):
    world.blog.add_post(8, slug="personne")
    world.post("/contests", {"post": "8", "closes": "2026-11-27 17:00", "winners": 2}, 201)
    world.announce()
    for address in ("/contests/personne", "/contests/personne/draws/1"):
        assert "Nobody was eligible" in world.page(f"{address}?lang=en").text
    assert "2 prizes are left" in world.page("/contests/personne/draws/1?lang=en").text


def test_the_downloads_are_what_was_sealed_and_drawn(world):
    world.open_contest()
    world.announce()
    told = world.page(f"{PROOF}/receipt.json")
    assert receipt_checks.verify(told.json) == []
    sealed = world.page(f"{PROOF}/sealed.txt")
    assert sealed.text == told.json["seal"]["text"]
    assert sealed.mimetype == "text/plain"
    assert "max-age" in told.headers["Cache-Control"]


@pytest.mark.parametrize(
    ("query", "header", "language"),
    [
        ("", "", "fr"),
        ("", "en-GB,en;q=0.9", "en"),
        ("", "de", "fr"),
        ("?lang=en", "fr", "en"),
        ("?lang=fr", "en", "fr"),
        ("?lang=<script>", "", "fr"),
    ],
)
def test_a_page_is_in_the_language_that_was_asked_for_or_the_blogs(world, query, header, language):
    world.open_contest()
    headers = {"Accept-Language": header} if header else {}
    page = world.page(f"{SLUG}{query}", **headers)
    assert f'<html lang="{language}">' in page.text
    assert ("Les règles" if language == "fr" else "The rules") in page.text
    assert page.headers["Vary"] == "Accept-Language"


def test_every_word_of_the_pages_is_translated(world):
    """Nothing that the templates say is missing from the French catalogue."""
    from babel.messages.extract import extract_from_dir

    from service.i18n import LOCALE, translator

    found = {
        message
        for _, _, message, _, _ in extract_from_dir(
            LOCALE.parent / "web" / "templates", [("**.html", "jinja2")], keywords={"_": None, "ngettext": (1, 2)}
        )
    }
    french = translator("fr")
    for message in found:
        if isinstance(message, str):
            assert french.gettext(message) != message or message in SAME, message
        else:
            assert french.ngettext(message[0], message[1], 1) != message[0], message
    assert len(found) > 30


def test_a_page_lets_no_script_and_no_frame_in(world):
    world.open_contest()
    headers = world.page(SLUG).headers
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert "Set-Cookie" not in headers


@pytest.mark.parametrize(
    "address",
    [
        "/contests/no-such",
        "/contests/%00",
        "/contests/UPPER",
        f"{SLUG}/draws/2",
        f"{SLUG}/draws/99999999999999999999",
        "/",
    ],
)
def test_a_page_that_is_not_there_is_a_plain_page_for_a_browser(world, address):
    world.open_contest()
    answer = world.page(address)
    assert answer.status_code == 404
    assert answer.mimetype == "text/html"
    assert answer.headers["Cache-Control"] == "no-store"
    assert world.page(address, Accept="*/*").mimetype == "application/problem+json"


def test_a_contest_whose_deadline_passed_says_closed_whatever_the_worker_does(world):
    world.open_contest()
    assert "Open until" in world.page(f"{SLUG}?lang=en").text
    world.close()
    assert "Closed on" in world.page(f"{SLUG}?lang=en").text


def test_a_winner_who_left_is_called_by_their_comment(world):
    world.open_contest()
    world.announce()
    winner = world.get("/contests/1")["draw"]["winners"][0]["comment_id"]
    with world.services.store.write() as tx:
        from service.storage.tables import entries

        tx.execute(entries.update().values(author_name="", state=State.DELETED))
    assert f"Comment {winner}" in world.page(f"{PROOF}?lang=en").text


@pytest.mark.parametrize(
    ("channels", "one_prize", "replies"),
    [(["comments"], False, True), (["posts"], True, False), (["both"], True, True), (["posts", "posts"], True, False)],
)
def test_the_rules_tell_what_matters_to_those_who_take_part(world, channels, one_prize, replies):
    pools = [{"name": str(number), "channel": channel, "winners": 2} for number, channel in enumerate(channels)]
    world.open_contest(pools=pools)
    page = world.page("/contests/deux-livres-7?lang=en").text
    assert ("One prize a person" in page) is one_prize
    assert ("Replies to other comments" in page) is replies


@pytest.mark.parametrize(("days", "words"), [(1, "Winners have 1 day to"), (14, "Winners have 14 days to"), (0, None)])
def test_the_rules_tell_how_long_a_prize_waits_for_its_winner(world, days, words):
    world.open_contest(claims={"days": days})
    expected = words and f"{words} claim their prize; after that it passes on to the next."
    before = world.page(f"{SLUG}?lang=en").text
    world.announce()
    for page in (before, world.page(f"{PROOF}?lang=en").text):
        assert expected in page if expected else "claim their prize" not in page


def test_before_the_seal_a_page_says_where_the_randomness_will_come_from(world):
    told = world.open_contest(randomness="drand")
    page = world.page(f"{SLUG}?lang=en").text
    assert "The first round that comes out at least a minute after the seal" in page
    assert told["commitment"] in page
    assert "A secret is fixed" not in page


def test_after_the_seal_it_tells_the_round_and_where_to_look(world):
    world.open_contest(randomness="drand")
    world.close()
    sealed = world.post("/contests/1/seal")
    page = world.page(f"{SLUG}?lang=en").text
    chain, number = world.beacon.chain, sealed["beacon"]["round"]
    assert sealed["digest"] in page
    assert f"<code>{number}</code>" in page
    assert "It comes out on" in page
    for mirror in MIRRORS:
        assert f'href="https://{mirror}/{chain.hash}/public/{number}"' in page
    world.clock.forward(120)
    assert "It came out on" in world.page(f"{SLUG}?lang=en").text


def test_a_round_that_is_missing_for_an_hour_is_told_without_alarm(world):
    world.open_contest(randomness="drand")
    world.close()
    world.post("/contests/1/seal")
    world.clock.forward(3_600)
    assert "more than an hour ago" not in world.page(f"{SLUG}?lang=en").text
    world.clock.forward(120)
    page = world.page(f"{SLUG}?lang=en").text
    assert "This round should have come out more than an hour ago" in page
    assert "It was due on" in page


def test_a_list_that_is_published_at_once_is_shown_by_page(world):
    for _ in range(120):
        world.blog.add()
    world.open_contest(publishes_list=True)
    world.close()
    world.post("/contests/1/seal")
    listed = world.page(f"{PROOF}/sealed.txt")
    assert listed.status_code == 200
    entries = re.findall(r"^entry comment:(\d+)$", listed.text, re.MULTILINE)
    assert len(entries) == 122
    shown = [
        re.findall(r"<li><a href=\"[^\"]+#comment-(\d+)\"", world.page(f"{SLUG}?page={page}").text) for page in (1, 2)
    ]
    assert [len(page) for page in shown] == [100, 22]
    assert [*shown[0], *shown[1]] == entries
    assert world.page(f"{PROOF}/receipt.json").status_code == 404


def test_a_list_that_is_not_published_at_once_waits_for_the_winner_comment(world):
    drawn(world)
    assert world.page(f"{PROOF}/sealed.txt").status_code == 404


def test_while_the_next_draw_is_under_way_the_one_before_stays(world):
    world.open_contest()
    world.announce()
    before = world.get("/contests/1/receipt")
    world.post("/contests/1/redraw", {"reason": "an entry was counted <twice>"})
    page = unescape(world.page(f"{SLUG}?lang=en").text)
    assert "an entry was counted <twice>" in page
    assert f'href="{PROOF}"' in page
    assert "The winner" not in page
    told = world.page(f"{PROOF}?lang=en").text
    assert "This draw was replaced" in told
    assert "an entry was counted &lt;twice&gt;" in told
    assert before["draw"]["pools"][0]["seed"] in told
    assert "Zoé" not in told
    assert "alert" not in told
    assert world.page(f"{PROOF}/receipt.json").json == before
    world.post("/contests/1/seal")
    world.post("/contests/1/draw")
    assert world.page(f"{PROOF}/receipt.json").json == before
    assert world.page(f"{SLUG}/draws/2/receipt.json").status_code == 404
    world.post("/contests/1/announce")
    assert world.page(f"{SLUG}/draws/2/receipt.json").json["draw"]["number"] == 2


def test_a_draw_that_was_replaced_before_it_was_announced_is_public_too(world):
    drawn(world)
    assert world.page(f"{PROOF}/receipt.json").status_code == 404
    world.post("/contests/1/redraw", {"reason": "the wrong deadline"})
    assert world.page(f"{PROOF}/receipt.json").status_code == 200
    assert "the wrong deadline" in world.page(PROOF).text
