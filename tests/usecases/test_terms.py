"""When the term of personal data ends, nothing personal is left, and everything that was drawn can still be checked."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from unittest.mock import Mock

import pytest

from service import presenters
from service.domain import receipt_checks
from service.domain.contest import Phase, Rules, Search, XSearch
from service.domain.drawing import hash_text
from service.domain.errors import Conflict
from service.domain.log_chain import find_break
from service.domain.posts import NetworkName
from service.storage import claims, contests, draws, entries, inbox, listing, log, posts, searches, tickets
from service.storage.claims import Claim
from service.usecases import adopt, announce, collect, doorbell, draw, privacy, review, seal, terms
from service.usecases.add_posts import add_posts
from service.usecases.doorbell import Bell, Delivery
from service.usecases.winners import entrants
from service.worker import work
from tests.factories import CLOSES_AT
from tests.fake_networks import FakeSource
from tests.usecases.test_privacy import dump

EMAIL = "Ada@Lovelace.example"
ADA: dict[str, Any] = {
    "author_name": "Ada Lovelace",
    "author_email": EMAIL,
    "author_url": "https://ada-web.example/",
    "author_ip": "198.51.100.77",
    "account_id": 4711_4711,
    "handles": "x:ada_on_x",
}
POSTER: dict[str, Any] = {
    "author_id": "6677889900",
    "author_handle": "poster_handle",
    "author_name": "Petra Poster",
    "url": "https://x.com/poster_handle/status/1",
    "mentions": ("friend_handle",),
    "links": ("https://blog.example/deux-livres-7/", "https://petra-web.example/"),
}
UNSEEN = "xenia.handle.example/3kq"
XENIA = hash_text(f"x:{UNSEEN}")[:5]
TRACES = (
    *("Ada", "Lovelace", "ada_on_x", "ada-web", "198.51.100", "47114711", hash_text("Me too!")),
    *("6677889900", "poster_handle", "Petra", "friend_handle", "petra-web", "secret_cursor"),
    *("xenia", "3kq", "excluded@person.example", "Excluded Person", "@excluded_handle", "1 rue du Bac"),
    *("Tess Typed", "Theo Typed"),
)


def take_part(world, *, auto=False):
    """A contest with traces in every column that can hold one: Ada comments, Petra posts, nobody saw Xenia's post."""
    world.blog.add(text="Me too!", posts="x:1990000000000000001", **ADA)
    world.blog.add(text="Me again!", **{**ADA, "posts": f"x:{UNSEEN}"})
    world.network.add(1, **POSTER)
    world.network.add(2, **POSTER)
    world.networks.source = FakeSource([[world.network.posts[world.network.key(2)]], []])
    world.network.unclear = {UNSEEN}
    world.open_pools(search=Search(x=XSearch.RECENT))
    rules = Rules(excluded=("excluded@person.example", "Excluded Person", "@excluded_handle"), one_prize=False)
    change = adopt.Change(
        rules=rules,
        is_automatic=auto,
        template="Tess Typed, {% for winner in winners %}{{ winner.name }} {% endfor %}{{ proof_url }}",
        promotion_template="Theo Typed: {{ proof_url }}",
    )
    adopt.change_contest(world.services, 1, change, actor="mod", reason="rules")
    world.run()
    for key in (UNSEEN, world.network.key(1)):
        add_posts(world.services, 1, [f"https://x.com/i/web/status/{key}"], reason="told us", actor="mod")
    world.run()
    for entry in (f"x:{UNSEEN}", "x:1990000000000000001", "x:1990000000000000002"):
        review.readmit_post(world.services, 1, entry, reason="a known reader", actor="mod")


def draw_it(world):
    """Take the contest from there to its winners."""
    world.pass_deadline()
    seal.seal(world.services, 1, actor="mod", without_search=True)
    draw.draw(world.services, 1, actor="mod")
    with world.services.store.write() as tx:
        searches.save(tx, 1, "x:search", cursor={"user": "secret_cursor"}, problem={"code": "a", "message": "Petra"})
        claim = Claim(
            draw_number=1,
            pool=1,
            entry="comment:100",
            token_hash="0" * 64,
            token="Ada's token",
            answers="Ada, 1 rue du Bac",
            created_at=world.clock(),
            expires_at=world.clock(),
            mail_problem="Ada@Lovelace.example is full",
        )
        claims.add(tx, 1, claim)
        inbox.ring(tx, {1: [100]}, now=world.clock())


def announce_it(world):
    announce.announce(world.services, 1, actor="mod")


def pass_term(world, days=90):
    world.clock.forward(timedelta(days=days).total_seconds())


def traces(world):
    """What is still stored of anybody."""
    text = dump(world)
    return [trace for trace in TRACES if trace in text]


@pytest.fixture
def drawn_world(world):
    take_part(world)
    draw_it(world)
    return world


@pytest.fixture
def ended_world(drawn_world):
    """Announced, and 90 days later."""
    announce_it(drawn_world)
    drawn_world.run()
    pass_term(drawn_world)
    drawn_world.run()
    return drawn_world


def test_before_the_end_everything_is_there_to_be_found(drawn_world):
    """Or the next test would find nothing whatever the code did."""
    announce_it(drawn_world)
    assert traces(drawn_world) == list(TRACES)


def test_after_the_end_nothing_personal_is_left_anywhere(ended_world):
    assert traces(ended_world) == []
    assert ended_world.contest().erased_at == ended_world.clock()


def test_a_draw_that_was_never_announced_has_its_term_too(drawn_world):
    drawn_world.run()
    assert drawn_world.contest().due_at == terms_end(drawn_world)
    pass_term(drawn_world)
    drawn_world.run()
    assert drawn_world.contest().phase is Phase.DRAWN
    assert traces(drawn_world) == []


def terms_end(world, days=90):
    with world.services.store.read() as tx:
        drawn_at = draws.latest(tx, 1).drawn_at
    assert drawn_at is not None
    return drawn_at + timedelta(days=days)


def test_until_then_nothing_goes_and_the_worker_wakes_up_when_it_is_due(drawn_world):
    announce_it(drawn_world)
    drawn_world.run()
    assert drawn_world.contest().due_at == terms_end(drawn_world)
    drawn_world.clock.move_to(terms_end(drawn_world) - timedelta(seconds=1))
    drawn_world.run()
    assert drawn_world.contest().erased_at is None
    drawn_world.clock.forward(1)
    drawn_world.run()
    assert drawn_world.contest().erased_at == drawn_world.clock()
    assert drawn_world.contest().due_at is None


def test_a_later_draw_begins_the_term_anew(drawn_world):
    announce_it(drawn_world)
    with drawn_world.services.store.write() as tx:
        first = draws.latest(tx, 1)
        assert first.drawn_at is not None
        later = first.drawn_at + timedelta(days=30)
        tx.exec_driver_sql("UPDATE draws SET drawn_at = ?", (later.strftime("%Y-%m-%d %H:%M:%S.%f"),))
    drawn_world.run()
    assert drawn_world.contest().due_at == later + timedelta(days=90)


def test_a_contest_that_was_drawn_before_there_were_terms_is_found_when_the_worker_starts(drawn_world):
    with drawn_world.services.store.write() as tx:
        contests.update(tx, 1, due_at=None)
    assert drawn_world.step().due_at is None
    stop = Mock(is_set=Mock(side_effect=[False, True]))
    work(drawn_world.services, stop)
    assert drawn_world.contest().due_at == terms_end(drawn_world)


def test_the_log_keeps_how_much_it_was(ended_world):
    with ended_world.services.store.read() as tx:
        lines = log.lines(tx, 1)
    assert (lines[-1].actor, lines[-1].action) == ("worker", "end_term")
    assert lines[-1].details == {"entries": 2, "posts": 3, "claims": 1}
    assert find_break(lines) is None


def test_the_receipt_still_verifies_and_is_the_same_as_before(drawn_world):
    with drawn_world.services.store.read() as tx:
        before = draws.latest(tx, 1)
    pass_term(drawn_world)
    drawn_world.run()
    with drawn_world.services.store.read() as tx:
        after = draws.latest(tx, 1)
    assert after == before
    assert after.receipt is not None
    assert receipt_checks.verify(after.receipt) == []


def test_json_shows_no_names_and_still_shows_everything_else(ended_world):
    services = ended_world.services
    with services.store.read() as tx:
        contest = contests.get(tx, 1)
        told = presenters.contest_json(tx, contest, proof_url=services.proof_url, networks=services.networks)
        known = posts.page(tx, 1)
        drawn = [ticket.entry for pool in (1, 2) for ticket in tickets.page(tx, 1, 1, pool=pool, after=0, limit=9)]
        named, authors = entrants(tx, 1, drawn), listing.authors(tx, 1, [100, 101])
    assert len(drawn) == 4
    assert {entrant.name for entrant in named.values()} == {""}
    assert set(authors.values()) == {"Anonyme"}
    assert sum(told["counts"].values()) == 2
    assert told["rules"]["excluded"] == []
    assert [post.facts.references for post in known] == [(post.facts.entry,) for post in known]
    assert announce.preview(services, 1)


def test_a_doorbell_and_every_reading_bring_nothing_back(ended_world):
    services = ended_world.services
    doorbell.ring(services, [Delivery([Bell()]), Delivery([Bell(post_id=7, comment_id=100)]), Delivery([Bell(7)])])
    with services.store.write() as tx:
        inbox.ring(tx, {1: [100, None]}, now=ended_world.clock())
    ended_world.run()
    with pytest.raises(Conflict):
        collect.collect(services, 1)
    with pytest.raises(Conflict):
        review.readmit(services, 1, 100, reason="come back", actor="mod")
    assert seal.seal(services, 1, actor="mod").number == 1
    terms.look_again(services)
    ended_world.run()
    assert traces(ended_world) == []
    assert ended_world.contest().due_at is None


def test_whom_nobody_knows_any_more_is_not_found_and_erasing_them_does_nothing(ended_world):
    assert privacy.export(ended_world.services, EMAIL) == ([], [])
    assert privacy.erase(ended_world.services, EMAIL, actor="wordpress")[0] == 0


def test_while_the_winner_comment_is_to_be_written_its_names_stay(drawn_world):
    announce.request_announcement(drawn_world.services, 1, actor="mod")
    drawn_world.blog.fail("find_own_comment", times=99)
    pass_term(drawn_world)
    drawn_world.step()
    assert drawn_world.contest().phase is Phase.ANNOUNCING
    assert "Ada Lovelace" in dump(drawn_world)
    drawn_world.blog.heal()
    drawn_world.clock.forward(600)
    assert drawn_world.run().phase is Phase.ANNOUNCED
    assert "Ada Lovelace" in drawn_world.blog.texts()[0]
    assert traces(drawn_world) == []


def test_an_erased_contest_is_not_announced(drawn_world):
    pass_term(drawn_world)
    drawn_world.run()
    with pytest.raises(Conflict, match="personal data"):
        announce.announce(drawn_world.services, 1, actor="mod")


def test_an_automatic_contest_that_never_could_be_announced_ends_all_the_same(world):
    take_part(world, auto=True)
    draw_it(world)
    pass_term(world)
    world.run()
    assert (world.contest().phase, traces(world)) == (Phase.DRAWN, [])
    assert world.blog.texts() == []


def test_names_that_name_nobody_stay(ended_world):
    with ended_world.services.store.read() as tx:
        assert {known.facts.entry[:14] for known in posts.page(tx, 1)} == {"x:199000000000", "x:unseen-" + XENIA}
        assert [entry.comment_id for entry in entries.facts(tx, 1)] == [100, 101]
        assert all(known.network is NetworkName.X for known in posts.page(tx, 1))
    assert ended_world.contest().closes_at == CLOSES_AT


def test_no_receipt_ever_names_an_address_that_nobody_saw(world):
    """One post is a duplicate of another, and both were let in although no network showed them."""
    addresses = ("x:xenia.one/1", "x:xenia.two/2")
    world.blog.add(posts=" ".join(addresses))
    world.network.unclear = {address.removeprefix("x:") for address in addresses}
    world.open_pools()
    world.run()
    for _ in range(2):  # once more for the reasons that came up by the first
        for address in addresses:
            review.readmit_post(world.services, 1, address, reason="a known reader", actor="mod")
    world.pass_deadline()
    seal.seal(world.services, 1, actor="mod")
    done = draw.draw(world.services, 1, actor="mod")
    told = [reason for entry in done.entries for reason in entry["verdict"].get("overruled", [])]
    (duplicate,) = [reason["detail"] for reason in told if reason["code"] == "duplicate"]
    assert duplicate in [entry["id"] for entry in done.entries]
    assert "xenia" not in f"{done}"
    with world.services.store.read() as tx:
        assert "xenia" not in f"{log.lines(tx, 1)}"
    assert receipt_checks.verify(done.receipt) == []
