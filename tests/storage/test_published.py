"""What pages show of a draw, on both databases: taken out of the receipt once, and found at once."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.exc import IntegrityError

from service.domain.beacon import QUICKNET, BeaconCommitment
from service.domain.errors import NotFound
from service.domain.receipt_outline import places
from service.storage import draws, published, standings, tickets
from service.storage.draws import Announcement, Draw
from service.storage.tables import entries
from tests.factories import CLOSES_AT
from tests.storage.test_contests import add_contest

RECEIPTS = Path(__file__).parents[1] / "domain"


def kept(version: int) -> dict[str, Any]:
    """A receipt of one of the formats before."""
    told: dict[str, Any] = json.loads((RECEIPTS / f"receipt-{version}.json").read_text("utf-8"))
    return told


def add_draw(tx, contest_id, told, *, number=1, is_drawn=True, **given):
    """Store a draw with this receipt."""
    draw = Draw(
        number=number,
        sealed_at=CLOSES_AT,
        sealed_text=told["seal"]["text"],
        digest=told["seal"]["digest"],
        rules=told["rules"],
        entries=told["entries"],
        commitment=told["randomness"]["commitment"],
        **given,
    )
    draws.add(tx, contest_id, draw)
    if is_drawn:
        draws.finish(tx, contest_id, number, drawn_at=CLOSES_AT, receipt=told)


@pytest.mark.parametrize("version", [1, 2])
def test_the_outcome_is_what_the_receipt_tells(store, version):
    contest, told = add_contest(store), kept(version)
    with store.write() as tx:
        add_draw(tx, contest.id, told)
        outcome = published.outcome(tx, contest.id, 1)
        assert json.loads(published.receipt_text(tx, contest.id, 1)) == told
        assert published.sealed_text(tx, contest.id, 1) == told["seal"]["text"]
    assert (outcome.rules, outcome.randomness) == (told["rules"], told["randomness"])
    assert outcome.is_numbered is (version > 1)
    assert outcome.number_of_entries == len(told["entries"])
    eligible = [entry for entry in told["entries"] if entry["verdict"]["status"] == "eligible"]
    assert outcome.number_of_eligible == len(eligible)
    for pool, drawn in zip(outcome.pools, told["draw"]["pools"], strict=True):
        assert pool.seed == drawn.get("seed", told["draw"].get("seed"))
        assert (list(pool.winners), list(pool.alternates)) == (drawn["winners"], drawn["alternates"])
        assert pool.number_of_tickets == len(drawn["ranking"])


def test_the_order_comes_by_page_and_by_entry(store):
    contest, told = add_contest(store), kept(2)
    with store.write() as tx:
        add_draw(tx, contest.id, told)
        for number, pool in enumerate(told["draw"]["pools"], 1):
            order = [(row["entry"], row["ticket"]) for row in pool["ranking"]]
            page = tickets.page(tx, contest.id, 1, pool=number, after=1, limit=2)
            assert [(place.entry, place.ticket) for place in page] == order[1:3]
            assert [place.place for place in page] == [2, 3][: len(page)]
            [found] = [place for place in tickets.of_entry(tx, contest.id, 1, order[-1][0]) if place.pool == number]
            assert (found.place, found.ticket) == (len(order), order[-1][1])
        assert tickets.of_entry(tx, contest.id, 1, "comment:1") == []
        assert tickets.of_entry(tx, contest.id, 2, told["draw"]["pools"][0]["ranking"][0]["entry"]) == []
        people = {entry["id"]: entry["person"] for entry in told["entries"] if "person" in entry}
        for entry, person in people.items():
            assert {place.person for place in tickets.of_entry(tx, contest.id, 1, entry)} <= {person}


def test_an_order_is_stored_once(store):
    contest, told = add_contest(store), kept(2)
    with store.write() as tx:
        add_draw(tx, contest.id, told)
    with pytest.raises(IntegrityError), store.write() as tx:
        tickets.add(tx, contest.id, 1, places(told))


def test_all_draws_are_told_without_what_computes_a_winner(store):
    contest, told = add_contest(store), kept(2)
    promised = BeaconCommitment(chain=QUICKNET, round=5)
    with store.write() as tx:
        add_draw(tx, contest.id, told, replaced_at=CLOSES_AT + timedelta(days=1), replaced_reason="a mistake")
        add_draw(tx, contest.id, told, number=2)
        add_draw(tx, contest.id, told, number=3, is_drawn=False, beacon=promised)
        for number, posted_at in ((1, None), (2, CLOSES_AT)):
            comment = Announcement(
                draw_number=number,
                text="",
                proof_url="",
                actor="a",
                posted_at=posted_at,
                comment_url="https://b.example",
            )
            draws.add_announcement(tx, contest.id, comment)
        found = published.all_draws(tx, contest.id)
    assert [draw.number for draw in found] == [1, 2, 3]
    assert [draw.is_public for draw in found] == [True, True, False]
    assert [draw.is_proven for draw in found] == [True, True, False]
    assert [draw.comment_url for draw in found] == ["", "https://b.example", ""]
    assert found[2].beacon == promised
    with store.read() as tx, pytest.raises(NotFound):
        published.receipt_text(tx, contest.id, 3)


def test_a_standing_is_one_entrys_alone(store):
    contest = add_contest(store)
    row: dict[str, Any] = dict.fromkeys(("author_name", "author_email", "author_url", "author_ip"), "x")
    row |= dict.fromkeys(("parent_id", "account_id"), 0) | {"kind": "comment", "state": "approved", "posts": "x:1 x:2"}
    row |= {"submitted_at": CLOSES_AT, "first_seen_at": CLOSES_AT, "content_hash": "", "is_empty": False}
    with store.write() as tx:
        tx.execute(entries.insert().values(contest_id=contest.id, comment_id=10**18 - 1, **row))
        found = standings.of_comment(tx, contest.id, 10**18 - 1)
        assert found is not None
        assert found.posts == ("x:1", "x:2")
        assert standings.of_comment(tx, contest.id, 2) is None
        assert standings.of_post(tx, contest.id, "x:1") is None
