"""Why an entry is in the draw or not: whatever a reader pastes, and nothing that isn't for everybody."""

from __future__ import annotations

from html import unescape
from urllib.parse import quote

import pytest

from service.domain.eligibility import Code, Reason, State
from service.i18n import LANGUAGES
from service.storage import entries, posts
from service.storage.post_rows import verdict_values
from service.storage.tables import posts as posts_table
from service.usecases.standing import Missing
from service.web.why_words import advice, missing_words, reader_words
from tests.factories import SECRET, make_contest, make_evidence

SLUG = "/contests/deux-livres-7"
BLOG = "https://blog.example/deux-livres-7/"


def ask(world, text, status=200):
    """What a reader is told who asks for an entry."""
    answer = world.page(f"{SLUG}/why?lang=en&entry={quote(text, safe='')}")
    assert answer.status_code == status, answer.text
    assert "Set-Cookie" not in answer.headers
    return unescape(answer.text).partition('role="status"')[2]


def read(world, **given):
    """An open contest whose comments were read."""
    world.open_contest(**given)
    world.post("/contests/1/collect")


@pytest.mark.parametrize(
    "text",
    [
        "101",
        " 101 ",
        "#101",
        "comment:101",
        "#comment-101",
        "comment-101",
        f"{BLOG}#comment-101",
        f"{BLOG}comment-page-2/?x=1#comment-101",
        "http://www.BLOG.example/?p=7#comment-101",
        f"{BLOG}#li-comment-101",
    ],
)
def test_a_comment_is_found_by_whatever_names_it(world, text):
    read(world)
    told = ask(world, text)
    assert "Comment 101" in told
    assert "It is in the draw, as things stand." in told


@pytest.mark.parametrize(
    ("text", "status", "sentence"),
    [
        ("hello", 400, "this is none of them"),
        ("0", 400, "this is none of them"),
        ("-1", 400, "this is none of them"),
        ("comment:007", 400, "this is none of them"),
        ("1" * 30, 400, "this is none of them"),
        ("x" * 3_000, 400, "this is none of them"),
        ("<script>alert(1)</script>", 400, "this is none of them"),
        ("101\x00", 400, "this is none of them"),
        ("x:\x00", 400, "this is none of them"),
        ("' OR 1=1 --", 400, "this is none of them"),
        ("https://[", 400, "this is none of them"),
        ("javascript:alert(1)", 400, "this is none of them"),
        (BLOG, 400, "but to no comment"),
        (f"{BLOG}#comment-1e9", 400, "but to no comment"),
        ("https://elsewhere.example/#comment-101", 400, "neither the address of a comment"),
        ("https://blog.example.evil.example/#comment-101", 400, "neither the address of a comment"),
        ("999", 404, "knows no such comment"),
        ("999999999999999999", 404, "knows no such comment"),
        ("https://x.com/ana/status/1990000000000000009", 404, "knows no such post"),
        ("mastodon:mastodon.example/113", 404, "knows no such post"),
        ("x:unseen-0123456789abcdef", 404, "knows no such post"),
    ],
)
def test_anything_else_gets_one_sentence(world, text, status, sentence):
    read(world)
    told = ask(world, text, status)
    assert sentence in told
    assert "<script>" not in told


def test_without_a_question_there_is_only_the_form(world):
    read(world)
    for query in ("", "?entry=", "?entry=%20"):
        page = world.page(f"{SLUG}/why{query}")
        assert page.status_code == 200
        assert 'role="status"' not in page.text
    assert world.page("/contests/no-such/why?entry=1").status_code == 404


def test_a_comment_of_another_post_is_told_nothing_about(world):
    world.blog.add_post(8, slug="autre")
    world.blog.add(8, 500)
    world.post("/contests", {"post": "8", "closes": "2026-11-27 17:00"}, 201)
    world.post("/contests/1/collect")
    world.open_contest()
    world.post("/contests/2/collect")
    assert "knows no such comment" in ask(world, "500", 404)


@pytest.mark.parametrize(
    ("comment", "reason", "todo"),
    [
        ("102", "another entry by the same person (the first: comment 101)", "the first entry counts"),
        ("103", "wrote the post", "Nothing can be done"),
        ("104", "a reply to another comment", "Write a comment of its own on the post before the deadline"),
        ("105", "an empty comment", "with words in it"),
    ],
)
def test_each_reason_comes_with_what_can_be_done(world, comment, reason, todo):
    read(world)
    told = ask(world, comment)
    assert "It isn't in the draw." in told
    assert reason in told
    assert todo in told


def test_after_the_deadline_no_new_comment_is_asked_for(world):
    read(world)
    world.close()
    told = ask(world, "104")
    assert "the deadline has passed" in told
    assert "Write a comment" not in told


@pytest.mark.parametrize("state", [State.HELD, State.SPAM, State.TRASH])
def test_of_a_comment_that_the_blog_does_not_show_only_that_is_told(world, state):
    world.blog.add(author_name="Mallory Hidden", author_email="reader101@example.org", state=state, parent_id=100)
    read(world)
    told = ask(world, "106")
    assert "Mallory" not in told
    assert "the same person" not in told
    assert "a reply" not in told
    assert 'href="https://blog.example' not in told
    assert told.count("<li>") == 1


def test_a_moderators_reason_is_told_and_is_text(world):
    read(world)
    world.post("/contests/1/entries/101/disqualify", {"reason": "works for the <b>publisher</b>"})
    page = world.page(f"{SLUG}/why?entry=101&lang=en").text
    assert "works for the &lt;b&gt;publisher&lt;/b&gt;" in page
    assert "the moderator can take it back" in page
    world.post("/contests/1/entries/104/readmit", {"reason": "it was meant so"})
    assert "let it in although" in ask(world, "104")


def test_nobody_is_named(world):
    read(world)
    world.announce()
    for number in range(100, 106):
        told = ask(world, str(number))
        for name in ("Zoé", "Autrice", "Réponse", "Vide", "alert", "@example.org"):
            assert name not in told


def test_until_the_announcement_nothing_computes_a_winner(world):
    read(world)
    world.close()
    world.post("/contests/1/seal", {})
    world.post("/contests/1/draw")
    seed = world.get("/contests/1")["draw"]["seed"]
    for number in ("100", "101", "102"):
        told = ask(world, number)
        assert "nothing about it can change any more" in told
        for hidden in (seed, SECRET, "Ticket", "place "):
            assert hidden not in told
        assert 'note">Nothing' not in told  # no advice any more


def test_after_the_announcement_an_entry_has_its_ticket_and_its_place(world):
    read(world, winners=1)
    world.announce()
    told = world.get("/contests/1/receipt")["draw"]["pools"][0]
    for place, row in enumerate(told["ranking"], 1):
        page = ask(world, row["entry"])
        assert f"Place {place} of 2." in page
        assert row["ticket"] in page
        assert ("It holds a prize." if place == 1 else "It is an alternate") in page
    assert "Ticket" not in ask(world, "104")


def test_after_a_strike_both_are_told_what_happened(world):
    read(world, winners=1)
    world.announce()
    first, second = world.get("/contests/1/receipt")["draw"]["pools"][0]["ranking"]
    world.post("/contests/1/disqualify-winner", {"entry": first["entry"], "reason": "a joke"})
    for entry, words in ((first["entry"], "It lost the prize that it held."), (second["entry"], "It holds a prize.")):
        told = ask(world, entry)
        assert words in told
        assert f'href="{SLUG}/draws/1#strike-1"' in told


def test_a_redraw_opens_the_list_again(world):
    read(world)
    world.announce()
    world.post("/contests/1/redraw", {"reason": "a mistake"})
    told = ask(world, "100")
    assert "as things stand" in told
    assert "Ticket" not in told


def test_who_is_passed_over_is_told_with_whom_they_are_one_person(world):
    pools = [{"name": name, "channel": "comments", "winners": 1, "alternates": 0} for name in ("a", "b")]
    read(world, pools=pools)
    world.announce()
    told = world.get("/contests/1/receipt")["draw"]["pools"]
    page = ask(world, told[0]["winners"][0])
    assert page.count("It holds a prize.") == 1
    assert ("It was passed over" in page) == bool(told[1]["passed_over"])


def add_post(world, **verdict):
    """A post that a search found, with a verdict."""
    evidence = make_evidence(1)
    with world.services.store.write() as tx:
        posts.save_found(tx, 1, evidence, key=evidence.entry[2:], host="x.com", brought_by="hand", now=world.clock())
        tx.execute(posts_table.update().values(**verdict))
    return evidence


def test_a_post_is_found_by_its_address_and_by_its_name(world):
    from service.domain.eligibility import Status, Verdict

    world.open_contest(pools=[{"name": "p", "channel": "posts", "winners": 1}])
    evidence = add_post(world, **verdict_values(Verdict(Status.INELIGIBLE, (Reason(Code.OFF_MESSAGE, "link"),))))
    number = evidence.entry.removeprefix("x:")
    for text in (evidence.entry, f"https://twitter.com/ana/status/{number}?s=20", f"see x.com/ana/status/{number}"):
        told = ask(world, text)
        assert "the post doesn't carry what the contest asks for: the link" in told
        assert "Publish another post with what the contest asks for" in told
        assert evidence.author_handle not in told
        assert evidence.author_name not in told


def test_a_post_that_nobody_saw_and_a_moderator_let_in_has_its_place_too(world):
    world.open_contest(pools=[{"name": "p", "channel": "posts", "winners": 1}])
    address, name = "https://mastodon.example/@ana/123456", "mastodon:mastodon.example/123456"
    world.post("/contests/1/posts", {"addresses": [address], "reason": "from our list"})
    world.post(f"/contests/1/posts/{quote(name, safe='')}/readmit", {"reason": "I saw it"})
    world.announce()
    [sealed] = world.get("/contests/1/receipt")["draw"]["pools"][0]["winners"]
    for text in (address, name, sealed):
        assert "It holds a prize." in ask(world, text)
    assert "123456" not in ask(world, sealed)
    assert ask(world, "mastodon:unseen-" + "0" * 32, status=404)


def test_a_comment_leads_to_the_posts_that_it_gives(world):
    world.blog.add(posts="x:1990000000000000001")
    world.open_contest(pools=[{"name": "p", "channel": "posts", "winners": 1}])
    world.post("/contests/1/collect")
    told = ask(world, "106")
    assert "This giveaway draws among posts" in told
    assert f'href="{SLUG}/why?entry=x:1990000000000000001&lang=en"' in told


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_code_has_its_words_and_its_advice(language):
    for code in Code:
        reason = Reason(code, 42)
        assert reader_words(reason, language=language)
        for is_over in (False, True):
            assert advice(reason, make_contest(), is_over=is_over, language=language).endswith(".")
    for missing in Missing:
        assert "%" not in missing_words(missing, make_contest(), language=language)


def test_a_verdict_is_looked_up_without_reading_the_others(world):
    """One row by its number: a hundred thousand entries make no difference."""
    read(world)
    read_before = entries.facts
    try:
        entries.facts = None  # type: ignore[assignment]  # whoever read them all would fail
        assert "It is in the draw" in ask(world, "100")
    finally:
        entries.facts = read_before
