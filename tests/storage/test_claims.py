"""Claims on both databases: one a prize, found by what their link hashes to, and empty once they are erased."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy.exc import IntegrityError

from service.domain.errors import NotFound
from service.storage import claims
from service.storage.claims import Claim
from tests.storage.test_contests import NOW, add_contest


def make_claim(entry="comment:100", **given):
    values = {
        "draw_number": 1,
        "pool": 1,
        "entry": entry,
        "token_hash": entry.rjust(64, "0"),
        "token": "locked link",
        "created_at": NOW,
        "expires_at": NOW + timedelta(days=14),
        "mail_at": NOW,
        **given,
    }
    return Claim(**values)


@pytest.fixture
def contest_id(store):
    return add_contest(store).id


def test_a_claim_comes_back_as_it_was_stored(store, contest_id):
    made = make_claim(claimed_at=NOW, answers="locked answers", mail_problem="No.", mail_tries=3)
    with store.write() as tx:
        claims.add(tx, contest_id, made)
        [stored] = claims.of_contest(tx, contest_id)
        assert claims.find(tx, made.token_hash) == (contest_id, stored)
        assert claims.get(tx, contest_id, stored.id) == stored
        assert claims.find(tx, "0" * 64) is None
        with pytest.raises(NotFound):
            claims.get(tx, contest_id + 1, stored.id)
    assert {name: getattr(stored, name) for name in made.__slots__ if name != "id"} == {
        name: getattr(made, name) for name in made.__slots__ if name != "id"
    }


def test_one_prize_has_one_claim(store, contest_id):
    with store.write() as tx:
        claims.add(tx, contest_id, make_claim())
        claims.add(tx, contest_id, make_claim(pool=2, token_hash="1" * 64))
    with pytest.raises(IntegrityError), store.write() as tx:
        claims.add(tx, contest_id, make_claim(token_hash="2" * 64))


def test_erasing_takes_links_and_answers_of_those_named_and_keeps_that_there_was_a_claim(store, contest_id):
    with store.write() as tx:
        for entry in ("comment:100", "comment:101"):
            claims.add(tx, contest_id, make_claim(entry, claimed_at=NOW, answers="locked", mail_problem="No."))
        assert claims.erase(tx, contest_id, ["comment:100"], now=NOW) == 1
        first, second = claims.of_contest(tx, contest_id)
        assert (first.token, first.answers, first.mail_problem, first.mail_at) == ("", "", "", None)
        assert (first.claimed_at, first.erased_at) == (NOW, NOW)
        assert second.answers == "locked"
        assert claims.of_entries(tx, contest_id, ["comment:101"]) == [second]
        assert claims.erase(tx, contest_id, now=NOW + timedelta(days=1)) == 1
        assert claims.get(tx, contest_id, first.id).erased_at == NOW


def test_a_replaced_draw_s_claims_are_emptied_and_the_next_one_s_are_not(store, contest_id):
    with store.write() as tx:
        for number in (1, 2):
            given = {"draw_number": number, "token_hash": str(number) * 64, "answers": "locked"}
            claims.add(tx, contest_id, make_claim(**given))
        assert claims.erase_draw(tx, contest_id, 1, now=NOW) == 1
        first, second = claims.of_contest(tx, contest_id)
        assert (first.token, first.answers, first.mail_at, first.erased_at) == ("", "", None, NOW)
        assert (second.token, second.answers, second.erased_at) == ("locked link", "locked", None)
        assert claims.erase_draw(tx, contest_id, 1, now=NOW) == 0


def test_claims_are_found_by_the_comment_that_gave_the_post(store, contest_id):
    with store.write() as tx:
        claims.add(tx, contest_id, make_claim("x:1", given_by="comment:100"))
        claims.add(tx, contest_id, make_claim("x:2", given_by="comment:101"))
        claims.add(tx, contest_id, make_claim("comment:100"))
        assert [claim.entry for claim in claims.of_givers(tx, contest_id, ["comment:100"])] == ["x:1"]
        assert claims.of_givers(tx, contest_id, []) == []


def test_a_representation_shows_nothing_that_opens_or_was_told():
    assert "locked" not in repr(make_claim(answers="locked answers"))
