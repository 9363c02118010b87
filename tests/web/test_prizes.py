"""What the API does after the draw: prizes pass on, and a draw is replaced."""

from __future__ import annotations

import pytest


@pytest.fixture
def announced(world):
    """A contest with two eligible entries, one prize and its winner comment; the winner's and the other's entry."""
    world.open_contest(winners=1)
    world.announce()
    draw = world.get("/contests/1")["draw"]
    return draw["winners"][0]["entry"], draw["alternates"][0]["entry"]


def test_a_winner_is_disqualified_and_the_answer_tells_who_follows(world, announced):
    winner, following = announced
    number = int(winner.removeprefix("comment:"))
    told = world.post("/contests/1/disqualify-winner", {"entry": number, "reason": "works for the publisher"})
    (draw,) = told["draws"]
    (strike,) = draw["strikes"]
    assert (strike["kind"], strike["reason"], strike["actor"]) == ("disqualified", "works for the publisher", "Ada")
    assert (strike["struck"]["entry"], strike["promoted"]["entry"]) == (winner, following)
    assert strike["promoted"]["author"]
    assert strike["reply"]["comment_id"] is None
    (holder,) = draw["holders"]
    assert (holder["entry"], holder["place"], holder["strike"], holder["pool"]) == (following, 1, 1, "comments")
    assert world.get("/contests/1/prizes") == told


def test_the_draw_shows_who_won_and_who_holds_the_prizes(world, announced):
    winner, following = announced
    world.post("/contests/1/disqualify-winner", {"entry": winner, "reason": "works for the publisher"})
    draw = world.get("/contests/1")["draw"]
    assert [person["entry"] for person in draw["winners"]] == [winner]
    assert [person["entry"] for person in draw["holders"]] == [following]
    assert [strike["number"] for strike in draw["strikes"]] == [1]


def test_who_holds_no_prize_is_a_conflict_that_names_who_does(world, announced):
    winner, following = announced
    answer = world.ask("POST", "/contests/1/disqualify-winner", json={"entry": following, "reason": "no reader"})
    assert answer.status_code == 409
    assert answer.json["code"] == "no_prize"
    assert answer.json["detail"] == f"{following} holds no prize: they are held by {winner}."


def test_before_the_draw_there_are_no_prizes_and_nobody_to_strike(world):
    world.open_contest()
    assert world.get("/contests/1/prizes") == {"draws": []}
    for act, body in (("disqualify-winner", {"entry": 1, "reason": "no"}), ("redraw", {"reason": "no"})):
        answer = world.ask("POST", f"/contests/1/{act}", json=body)
        assert (answer.status_code, answer.json["code"]) == (409, "phase_open")


def test_a_redraw_puts_the_contest_back_into_review(world, announced):
    before = world.get("/contests/1")
    told = world.post("/contests/1/redraw", {"reason": "the wrong prize was announced"})
    assert told["phase"] == "review"
    assert not told["automatic"]
    assert told["draw"]["replaced_reason"] == "the wrong prize was announced"
    world.post("/contests/1/seal", {})
    world.clock.forward(120)
    assert world.post("/contests/1/draw")["number"] == 2
    world.post("/contests/1/announce")
    draws = world.get("/contests/1/prizes")["draws"]
    assert [(draw["number"], draw["replaced_at"] is None) for draw in draws] == [(2, True), (1, False)]
    assert before["announcement"]["comment_id"] != world.get("/contests/1")["announcement"]["comment_id"]


def test_the_template_of_replies_can_change_although_the_contest_is_announced(world, announced):
    own = "{% if winner %}{{ winner.name }}{% endif %} !\n{{ proof_url }}"
    answer = world.ask("PATCH", "/contests/1", json={"promotion_template": own, "reason": "our words"})
    assert answer.json["promotion_template"] == own
    refused = world.ask("PATCH", "/contests/1", json={"promotion_template": "{{ winner }}", "reason": "our words"})
    assert (refused.status_code, refused.json["code"]) == (422, "bad_template")
