"""Prizes that passed on in the database, and what of a draw decides to whom, from receipts of every format."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.exc import IntegrityError

from service.domain.drawing import hash_text
from service.domain.receipt import instant
from service.domain.strikes import Strike, StrikeKind
from service.storage import draws, strikes
from service.storage.draws import Draw
from tests.factories import CLOSES_AT
from tests.storage.test_contests import add_contest

RECEIPTS = Path(__file__).parents[1] / "domain"
STRIKE = Strike(
    number=1,
    draw_number=1,
    pool=1,
    entry="comment:9",
    promoted="comment:10",
    kind=StrikeKind.UNCLAIMED,
    reason="no answer",
    actor="worker",
    at=CLOSES_AT,
)


def test_strikes_come_back_in_their_order(store):
    contest = add_contest(store)
    second = replace(STRIKE, number=2, entry="comment:10", promoted="", kind=StrikeKind.DISQUALIFIED)
    with store.write() as tx:
        strikes.add(tx, contest.id, second)
        strikes.add(tx, contest.id, STRIKE)
        strikes.add(tx, contest.id, replace(STRIKE, draw_number=2))
        assert strikes.of_draw(tx, contest.id, 1) == [STRIKE, second]


@pytest.mark.parametrize("changed", [{"number": 2}, {"entry": "comment:11"}])
def test_no_entry_is_struck_twice_in_a_pool_and_no_number_is_given_twice(store, changed):
    contest = add_contest(store)
    with store.write() as tx:
        strikes.add(tx, contest.id, STRIKE)
    with pytest.raises(IntegrityError), store.write() as tx:
        strikes.add(tx, contest.id, replace(STRIKE, **changed))


def add_draw(store, told: dict[str, Any]) -> int:
    """Store a finished draw by its receipt; the contest's id."""
    contest = add_contest(store)
    draw = Draw(
        number=1,
        sealed_at=instant(told["seal"]["sealed_at"]),
        sealed_text=told["seal"]["text"],
        digest=told["seal"]["digest"],
        rules=told["rules"],
        entries=told["entries"],
        commitment=hash_text("secret"),
    )
    with store.write() as tx:
        draws.add(tx, contest.id, draw)
        draws.finish(tx, contest.id, 1, drawn_at=instant(told["draw"]["drawn_at"]), receipt=told)
    return contest.id


@pytest.mark.parametrize("name", ["receipt-1.json", "receipt-2.json"])
def test_receipts_of_the_formats_before_tell_who_is_next_too(store, name):
    told = json.loads((RECEIPTS / name).read_text())
    contest_id = add_draw(store, told)
    with store.read() as tx:
        pools = strikes.drawn_pools(tx, contest_id, 1)
        orders = [list(strikes.order(tx, contest_id, 1, pool=pool.number)) for pool in pools]
        named = strikes.named(tx, contest_id)
        assert strikes.is_one_prize(tx, contest_id, 1)
        people = strikes.people(tx, contest_id, 1, [entry["id"] for entry in told["entries"]])
    drawn = told["draw"]["pools"]
    assert [(pool.name, list(pool.winners), pool.prizes_left) for pool in pools] == [
        (pool["name"], pool["winners"], pool["prizes_left"]) for pool in drawn
    ]
    assert [[place.entry for place in order] for order in orders] == [
        [place["entry"] for place in pool["ranking"]] for pool in drawn
    ]
    assert named == {entry for pool in drawn for entry in pool["winners"]}
    eligible = {place.entry for order in orders for place in order}
    assert people == {
        entry["id"]: entry["person"] for entry in told["entries"] if "person" in entry and entry["id"] in eligible
    }


def test_the_order_is_read_page_by_page_and_whole(store, monkeypatch):
    monkeypatch.setattr(strikes, "PAGE", 2)
    told = json.loads((RECEIPTS / "receipt-2.json").read_text())
    contest_id = add_draw(store, told)
    with store.read() as tx:
        order = [place.entry for place in strikes.order(tx, contest_id, 1, pool=1)]
    assert order == [place["entry"] for place in told["draw"]["pools"][0]["ranking"]]
