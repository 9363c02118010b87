"""What moderators see of claims over the API, and how they set the term."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.usecases.test_claims import FakeMailer
from tests.web.test_claims import ANSWERS, FIELDS, claim_of, send, token_of, won

ASKED = {"days": 14, "fields": ["Adresse", "Taille"]}


def test_a_contest_is_opened_and_changed_with_its_term(world):
    assert world.open_contest(dry_run=False, claims=ASKED)["claims"] == ASKED
    changed = world.ask("PATCH", "/contests/1", json={"reason": "shorter", "claims": {"days": 7}}).json
    assert changed["claims"] == {"days": 7, "fields": ["Adresse", "Taille"]}
    changed = world.ask("PATCH", "/contests/1", json={"reason": "less", "claims": {"fields": []}}).json
    assert changed["claims"] == {"days": 7, "fields": []}


def test_a_contest_asks_nobody_by_default(world):
    assert world.open_contest()["claims"] == {"days": 0, "fields": []}


@pytest.mark.parametrize(
    "claims",
    [
        {"days": 366},
        {"days": -1},
        {"days": "7"},
        {"days": 7, "fields": ["x" * 81]},
        {"days": 7, "fields": [" \t"]},
        {"days": 7, "fields": [str(number) for number in range(11)]},
        {"days": 7, "more": 1},
    ],
)
def test_a_term_that_can_not_be_is_refused(world, claims):
    assert (
        world.ask("POST", "/contests", json={"post": "7", "closes": "2026-11-27 17:00", "claims": claims}).status_code
        == 422
    )


def test_claims_show_link_mail_and_what_was_told(world):
    token = won(world)
    [told] = world.get("/contests/1/claims")["claims"]
    assert told["link"] == f"https://draws.example/claims/{token}"
    assert told["state"] == "waiting"
    assert told["email"].endswith("@example.org")
    assert told["link"] in told["mail"]["text"]
    assert "SMTP_HOST" in told["mail"]["problem"]
    send(world, token)
    [told] = world.get("/contests/1/claims")["claims"]
    assert told["answers"] == dict(zip(FIELDS, ["1 rue de la Paix\n75002 Paris", ANSWERS["answer-2"]], strict=True))
    assert (told["state"], told["link"]) == ("claimed", None)


def test_a_mail_is_sent_once_more_while_the_claim_waits(world):
    token = won(world)
    number = claim_of(world).id
    assert world.post(f"/contests/1/claims/{number}/resend", status=409)["code"] == "no_mailer"
    with_mailer = replace(world.services, mailer=FakeMailer())
    attached = world.app.extensions["tirage"]
    world.app.extensions["tirage"] = replace(attached, services=with_mailer)
    [told] = world.post(f"/contests/1/claims/{number}/resend")["claims"]
    assert told["mail"]["next_at"]
    send(world, token)
    assert world.post(f"/contests/1/claims/{number}/resend", status=409)["code"] == "claim_over"
    assert world.post("/contests/1/claims/99/resend", status=404)
    assert token_of(world) == token


def test_nobody_without_a_token_sees_claims(world):
    won(world)
    assert world.ask("GET", "/contests/1/claims", token=None).status_code == 401
