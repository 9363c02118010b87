"""One person's data: what is found of it, and that after an erasure nothing of it is left, whoever erases first."""

from __future__ import annotations

import pytest

from service.domain import receipt_checks
from service.domain.contest import Claims, Phase, Rules
from service.domain.eligibility import Code, Status
from service.domain.pools import Channel, Pool
from service.domain.posts import NetworkName
from service.storage import claims, draws, listing, log, personal, posts
from service.usecases import announce, claim_page, doorbell, privacy, privacy_posters, review, seal
from service.usecases.add_posts import add_posts
from service.usecases.doorbell import Bell, Delivery
from service.usecases.privacy_posters import Account

EMAIL = "Ada.Lovelace@Example.org"
ADA = {
    "author_name": "Ada Lovelace",
    "author_email": EMAIL,
    "author_url": "https://ada.example/",
    "author_ip": "198.51.100.7",
}
TRACES = (*ADA.values(), "ada.lovelace@example.org", "Lovelace")
BY_WORDPRESS = {  # what WordPress's own eraser leaves of a comment
    "author_name": "Anonyme",
    "author_email": "",
    "author_url": "",
    "author_ip": "198.51.100.0",
    "account_id": 0,
}


def dump(world):
    """Everything that the database holds, as text."""
    with world.services.store.read() as tx:
        return "\n".join(tx.connection.driver_connection.iterdump())


def no_trace(world):
    """Whether nothing that is stored tells of Ada."""
    return not [trace for trace in TRACES if trace in dump(world)]


def entries_of(world, email=EMAIL):
    return privacy.export(world.services, email)[0]


def erase(world, email=EMAIL):
    return privacy.erase(world.services, email, actor="wordpress")


def verdict(world, comment_id):
    with world.services.store.read() as tx:
        return listing.one(tx, 1, comment_id).verdict


def read_everything(world):
    """As after WordPress's doorbell that somebody was erased."""
    doorbell.ring(world.services, [Delivery([Bell()])])
    return world.run()


@pytest.fixture
def open_world(world):
    """Comment 100 by Ada, 101 by somebody else, both read."""
    world.blog.add(**ADA)
    world.blog.add()
    world.open()
    world.run()
    return world


@pytest.fixture
def won_world(world):
    """Ada is the only entrant, and the contest is sealed."""
    world.blog.add(**ADA)
    world.open()
    world.pass_deadline()
    seal.seal(world.services, 1, actor="ada")
    return world


# Export


@pytest.mark.parametrize("asked", [EMAIL, EMAIL.lower(), EMAIL.upper(), f"  {EMAIL} "])
def test_what_is_kept_is_found_in_any_case(open_world, asked):
    (found,) = entries_of(open_world, asked)
    assert (found.contest_id, found.contest_title, found.comment_id) == (1, "Deux livres à gagner", 100)
    assert {name: getattr(found, name) for name in ADA} == ADA


def test_an_address_beyond_ascii_is_found_as_it_is_written(world):
    world.blog.add(author_email="ÉLODIE@exemple.example")
    world.open()
    world.run()
    assert len(entries_of(world, "ÉLODIE@EXEMPLE.example")) == 1


@pytest.mark.parametrize("asked", ["", " ", "%", "_da.lovelace@example.org", "lovelace@example.org", "a" * 320])
def test_nobody_else_is_found(open_world, asked):
    open_world.blog.add(author_email="")
    open_world.clock.forward(61)
    open_world.run()
    assert privacy.export(open_world.services, asked) == ([], [])
    assert erase(open_world, asked) == (0, [])


def test_a_person_is_found_in_every_contest(open_world):
    open_world.blog.add_post(8)
    open_world.blog.add(8, **ADA)
    open_world.open(post_id=8)
    open_world.run()
    found = entries_of(open_world)
    assert [(entry.contest_id, entry.comment_id) for entry in found] == [(1, 100), (2, 102)]
    assert erase(open_world)[0] == 2
    assert no_trace(open_world)


# Erasing


def test_who_is_erased_before_the_seal_is_out_and_the_others_stay(open_world):
    others = open_world.blog.add(author_email=EMAIL.lower()).id
    open_world.clock.forward(61)
    open_world.run()
    assert erase(open_world, EMAIL.lower()) == (2, [])
    assert no_trace(open_world)
    for comment_id in (100, others):
        assert verdict(open_world, comment_id).status is Status.INELIGIBLE
        assert [reason.code for reason in verdict(open_world, comment_id).reasons] == [Code.ERASED]
    assert verdict(open_world, 101).status is Status.ELIGIBLE
    assert len(entries_of(open_world, "reader101@example.org")) == 1


def test_an_erasure_is_logged_without_whose(open_world):
    erase(open_world)
    with open_world.services.store.read() as tx:
        line = log.lines(tx, 1)[-1]
    assert (line.actor, line.action, dict(line.details)) == ("wordpress", "erase", {"entries": 1})


def test_a_second_erasure_finds_nothing(open_world):
    assert erase(open_world)[0] == 1
    assert erase(open_world) == (0, [])
    assert privacy.export(open_world.services, EMAIL) == ([], [])


def test_rules_that_list_the_address_are_exported(world):
    world.open(rules=Rules(excluded=("bob@example.org", "Zoé", EMAIL.upper())))
    entries, exclusions = privacy.export(world.services, EMAIL)
    assert entries == []
    (found,) = exclusions
    assert (found.contest_id, found.contest_title) == (1, "Deux livres à gagner")
    assert found.listed == EMAIL.upper()


@pytest.mark.parametrize("listed", [EMAIL, EMAIL.lower(), "ada.lovelace+prize@example.org"])
def test_rules_that_list_the_address_are_told(world, listed):
    world.open(rules=Rules(excluded=("bob@example.org", "Zoé", listed)))
    number, kept = erase(world)
    assert number == 0
    assert kept == ["The rules of “Deux livres à gagner” list this address among those that may not win: change them."]


def test_who_is_erased_after_the_seal_stays_in_the_draw_and_nothing_else(won_world):
    won_world.blog.calls.clear()
    assert erase(won_world) == (1, [])
    assert no_trace(won_world)
    assert verdict(won_world, 100).status is Status.ELIGIBLE
    assert won_world.run().phase is Phase.DRAWN
    with won_world.services.store.read() as tx:
        told = draws.latest(tx, 1).receipt
    assert told is not None
    assert receipt_checks.verify(told) == []
    assert [entry["id"] for entry in told["entries"]] == ["comment:100"]


def test_a_winner_who_is_erased_before_the_winner_comment_isn_t_named_in_it(won_world):
    won_world.run()
    _, kept = erase(won_world)
    assert "edit it in WordPress" in kept[0]
    announce.announce(won_world.services, 1, actor="ada")
    assert "Anonyme" in won_world.blog.texts()[0]
    assert "Lovelace" not in won_world.blog.texts()[0]


def test_a_winner_who_is_erased_while_the_winner_comment_waits_isn_t_named_in_it(won_world):
    won_world.run()
    announce.request_announcement(won_world.services, 1, actor="ada")
    erase(won_world)
    assert no_trace(won_world)
    assert won_world.run().phase is Phase.ANNOUNCED
    assert "Anonyme" in won_world.blog.texts()[0]
    assert "https://tirage.example/contests/deux-livres-7/draws/1" in won_world.blog.texts()[0]


def test_a_winner_s_name_is_kept_on_the_blog_alone_and_that_is_told(won_world):
    won_world.run()
    announce.announce(won_world.services, 1, actor="ada")
    with won_world.services.store.read() as tx:
        before = draws.latest(tx, 1).receipt
    _, kept = erase(won_world)
    assert kept == ["The winner comment on “Deux livres à gagner” may name this person: edit it in WordPress."]
    assert no_trace(won_world)
    assert "Ada Lovelace" in won_world.blog.texts()[0]
    with won_world.services.store.read() as tx:
        assert draws.latest(tx, 1).receipt == before
        announcement = draws.find_announcement(tx, 1, 1)
    assert before is not None
    assert receipt_checks.verify(before) == []
    assert announcement is not None
    assert "Anonyme" in announcement.text


def test_who_did_not_win_leaves_nothing_on_the_blog(won_world):
    won_world.run()
    with won_world.services.store.write() as tx:
        tx.exec_driver_sql("UPDATE entries SET comment_id = 999")
    assert erase(won_world) == (1, [])


# WordPress's own eraser runs too: before ours, or after it


def test_wordpress_first_and_ours_before_anything_is_read(open_world):
    open_world.blog.edit(100, **BY_WORDPRESS)
    assert erase(open_world)[0] == 1
    read_everything(open_world)
    assert no_trace(open_world)
    assert [reason.code for reason in verdict(open_world, 100).reasons] == [Code.ERASED]


def test_wordpress_first_and_a_reading_before_ours(open_world):
    open_world.blog.edit(100, **BY_WORDPRESS)
    read_everything(open_world)
    assert no_trace(open_world)
    assert erase(open_world) == (0, [])
    assert [reason.code for reason in verdict(open_world, 100).reasons] == [Code.ERASED]


def test_ours_first_and_a_reading_before_wordpress(open_world):
    """WordPress is the truth about comments: while it has the person, so have we."""
    erase(open_world)
    read_everything(open_world)
    assert not no_trace(open_world)
    assert verdict(open_world, 100).status is Status.ELIGIBLE
    open_world.blog.edit(100, **BY_WORDPRESS)
    read_everything(open_world)
    assert no_trace(open_world)
    assert [reason.code for reason in verdict(open_world, 100).reasons] == [Code.ERASED]


def test_a_reading_that_was_under_way_is_made_good_by_the_next(open_world, monkeypatch):
    """It had the page before both erasers ran, and stores it after them."""
    count = open_world.blog.comments

    def comments(post_id):
        for page in count(post_id):
            monkeypatch.undo()
            open_world.blog.edit(100, **BY_WORDPRESS)
            erase(open_world)
            yield page

    monkeypatch.setattr(open_world.blog, "comments", comments)
    open_world.clock.forward(61)
    open_world.step()
    assert not no_trace(open_world)
    read_everything(open_world)
    assert no_trace(open_world)


def test_both_before_the_seal_and_the_seal_reads_no_one_back(open_world):
    open_world.blog.edit(100, **BY_WORDPRESS)
    erase(open_world)
    open_world.pass_deadline()
    seal.seal(open_world.services, 1, actor="ada")
    assert open_world.run().phase is Phase.DRAWN
    assert no_trace(open_world)
    with open_world.services.store.read() as tx:
        assert [entry["id"] for entry in draws.latest(tx, 1).entries if not entry["verdict"]["reasons"]] == [
            "comment:101"
        ]


def test_an_erased_name_is_in_the_blog_s_language(open_world):
    erase(open_world)
    with open_world.services.store.read() as tx:
        assert listing.authors(tx, 1, [100]) == {100: "Anonyme"}
        assert personal.find(tx, EMAIL) == []


def test_erasing_a_commenter_takes_their_post_s_author_off_too_and_nobody_else_s(world):
    for number in (1, 2):
        reference = world.network.add(number)
        world.blog.add(posts=reference, author_email=f"ana{number}@example.org", handles=f"x:poster{number}")
    world.open_pools()
    world.run()
    privacy.erase(world.services, "ANA1@example.org", actor="ada")
    first, second = (world.posts()[number].facts for number in ("001", "002"))
    assert first.evidence
    assert second.evidence
    assert (first.evidence.author_handle, first.evidence.author_name, first.evidence.url) == ("", "", "")
    assert second.evidence.author_handle == "poster2"
    assert world.verdicts()["001"] == ("ineligible", ["unclaimed", "erased"])
    entries, _ = privacy.export(world.services, "ana2@example.org")
    assert [(entry.posts, entry.handles) for entry in entries] == [(second.entry, "x:poster2")]


def test_an_erasure_tells_that_the_address_of_a_post_stays(world):
    world.blog.add(author_email=EMAIL, posts="x:ada.handle.example/3k")
    world.network.unclear = {"ada.handle.example/3k"}
    world.open_pools()
    world.run()
    (kept,) = erase(world)[1]
    assert "keeps the address of a post, which may name its author" in kept


def test_a_stranger_s_erasure_takes_nothing_off_a_post_that_is_not_known_to_be_theirs(world):
    reference = world.network.add(1)
    world.blog.add(posts=reference, author_email="mallory@example.org")
    world.open_pools()
    add_posts(world.services, 1, ["https://x.com/i/web/status/" + world.network.key(1)], reason="found", actor="ada")
    world.run()
    privacy.erase(world.services, "mallory@example.org", actor="ada")
    assert world.verdicts() == {"001": ("eligible", [])}
    assert world.posts()["001"].facts.evidence.author_handle == "poster1"


def test_erased_data_do_not_come_back_with_the_next_look(world):
    reference = world.network.add(1)
    world.blog.add(posts=reference, author_email="ana@example.org")
    world.open_pools()
    world.run()
    privacy.erase(world.services, "ana@example.org", actor="ada")
    with world.services.store.write() as tx:
        evidence = world.network.posts[world.network.key(1)]
        posts.save_found(tx, 1, evidence, key="", host="", brought_by="x:search", now=world.clock())
    assert world.posts()["001"].facts.evidence.author_handle == ""


# What was told for a post's prize, whose name changed since


ANA = "ana@example.org"
ACCOUNT = Account(network=NetworkName.X, handle="poster1")


def claimed_unseen(world):
    """Ana's post won before any network showed it, she left an address, and the network shows it now."""
    reference = world.network.add(1)
    evidence = world.network.posts.pop(world.network.key(1))
    world.blog.add(posts=reference, author_email=ANA)
    world.open_pools(Pool(name="posts", channel=Channel.POSTS), claims=Claims(days=14, fields=("Address",)))
    world.pass_deadline()
    world.run()
    review.readmit_post(world.services, 1, reference, reason="I saw it", actor="ada")
    seal.seal(world.services, 1, actor="ada")
    world.run()
    announce.announce(world.services, 1, actor="ada")
    world.run()
    claim = claim_of(world)
    assert ":unseen-" in claim.entry
    claim_page.take_prize(world.services, world.services.vault.unlock(claim.token), ["1 rue du Bac"])
    with world.services.store.write() as tx:
        posts.save_found(tx, 1, evidence, key=world.network.key(1), host="", brought_by="x:search", now=world.clock())
    return reference


def claim_of(world):
    with world.services.store.read() as tx:
        (claim,) = claims.of_contest(tx, 1)
    return claim


def unfind(world):
    """As if a look had shown the post, and no search."""
    with world.services.store.write() as tx:
        tx.exec_driver_sql("UPDATE posts SET is_found = 0")


@pytest.mark.parametrize("by", ["address", "account", "address of a comment that gave what a search found since"])
def test_what_was_told_under_a_name_that_the_post_had_before_is_found_and_erased(world, by):
    claimed_unseen(world)
    if by == "address":
        unfind(world)
        with world.services.store.write() as tx:  # nor is it known through whose comment
            tx.exec_driver_sql("UPDATE claims SET given_by = ''")
    services = world.services
    if by == "account":
        told = privacy_posters.export_accounts(services, [ACCOUNT])
        _, kept = privacy_posters.erase_accounts(services, [ACCOUNT], actor="ada")
    else:
        told = privacy_posters.export_beside(services, ANA)
        _, kept = privacy.erase(services, ANA, actor="ada")
    assert [dict(claim.answers) for claim in told.claims] == [{"Address": "1 rue du Bac"}]
    assert (claim_of(world).answers, claim_of(world).token) == ("", "")
    assert claim_of(world).erased_at is not None
    assert any("may name this person" in sentence for sentence in kept)


def test_the_hash_of_an_erased_comment_s_text_is_not_kept_once_the_list_is_sealed(won_world):
    with won_world.services.store.read() as tx:
        (told,) = tx.exec_driver_sql("SELECT content_hash FROM entries").scalars()
    assert told in dump(won_world)
    erase(won_world)
    assert told not in dump(won_world)


def test_an_erased_comment_that_is_read_once_more_is_not_taken_for_an_edited_one(open_world):
    open_world.blog.edit(100, **BY_WORDPRESS)
    erase(open_world)
    open_world.pass_deadline()
    read_everything(open_world)
    with open_world.services.store.read() as tx:
        assert not listing.one(tx, 1, 100).is_edited_after_deadline
