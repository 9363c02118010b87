"""`tirage contest claims`, and the options that set the term and what winners are asked for."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from service.domain.contest import Claims
from service.usecases import privacy
from service.usecases.claim_page import take_prize
from service.usecases.claim_reports import reports
from service.vault import Vault
from tests.cli.inside import tirage_in
from tests.stores import new_store
from tests.usecases.conftest import World
from tests.usecases.test_claims import announced, token_of

KEY = "a key of the tests"


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """A contest whose two winners were asked, without a mail server."""
    store = new_store(tmp_path)
    world = World(store)
    world.services = replace(world.services, vault=Vault(KEY))
    world.blog.add_post()
    announced(world, winners=2, fields=("Adresse", "Taille"), days=89)
    yield world
    store.close()


def run(world, *arguments):
    return tirage_in(world, "contest", *arguments, SECRET_KEY=KEY, PUBLIC_URL="https://tirage.example")


def test_claims_show_who_was_asked_and_that_the_moderator_has_to_send_the_mail(world):
    done = run(world, "claims", "1")
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("waiting") == 2
    assert done.stdout.count("SMTP_HOST") == 2
    assert f"https://tirage.example/claims/{token_of(world)}" in done.stdout


def test_what_a_winner_told_is_shown_and_their_link_no_more(world):
    token = token_of(world)
    entry = take_prize(world.services, token, ["1 rue de la Paix\n75002 Paris", "XL"]).claim.entry
    done = run(world, "claims", "1")
    assert "Adresse: 1 rue de la Paix\n        75002 Paris\n      Taille: XL" in done.stdout
    assert token not in done.stdout
    [told] = [claim for claim in json.loads(run(world, "claims", "1", "--json").stdout) if claim["entry"] == entry]
    assert told["answers"] == {"Adresse": "1 rue de la Paix\n75002 Paris", "Taille": "XL"}
    assert (told["state"], told["link"], told["mail"]["text"]) == ("claimed", None, None)
    done = run(world, "claims", "1", "--text", entry)
    assert done.returncode == 2
    assert "No claim of" in done.stderr


def test_the_mail_can_be_taken_to_be_sent_by_hand(world):
    entry = reports(world.services, 1)[0].claim.entry
    assert f"(--sent {entry})" in run(world, "claims", "1").stdout
    assert f"{entry} has until" in run(world, "claims", "1", "--sent", entry).stderr
    report = reports(world.services, 1)[0]
    assert report.claim.is_sent
    done = run(world, "claims", "1", "--text", entry.removeprefix("comment:"))
    assert report.mail
    assert done.stdout == f"To: {report.email}\nSubject: {report.mail.subject}\n\n{report.mail.text}\n"
    [told] = json.loads(run(world, "claims", "1", "--text", report.claim.entry, "--json").stdout)
    assert told == {"to": report.email, "subject": report.mail.subject, "text": report.mail.text}


def test_a_mail_is_sent_once_more_on_demand(world):
    entry = reports(world.services, 1)[0].claim.entry
    assert "SMTP_HOST" in run(world, "claims", "1", "--resend", entry).stderr
    mails = {"SECRET_KEY": KEY, "SMTP_HOST": "127.0.0.1", "MAIL_FROM": "blog@example.org"}
    assert "once more" in tirage_in(world, "contest", "claims", "1", "--resend", entry, **mails).stderr
    assert reports(world.services, 1)[0].claim.mail_at is not None
    assert run(world, "claims", "1", "--resend", "comment:1").returncode == 2


def test_a_winner_whom_nobody_can_reach_any_more_is_told_with_what_to_do(world):
    report = reports(world.services, 1)[0]
    privacy.erase(world.services, report.email, actor="wordpress")
    done = run(world, "claims", "1")
    assert done.stdout.count("erased") == 1
    assert "disqualify-winner" in done.stdout


def test_another_key_says_what_to_set(world):
    done = tirage_in(world, "contest", "claims", "1", SECRET_KEY="another key of the tests")
    assert done.returncode == 2
    assert "SECRET_KEY was changed" in done.stderr


def test_the_options_of_change_set_what_is_named_and_leave_the_rest(world):
    world.blog.add_post(8)
    world.open(post_id=8)
    change = ("change", "2", "--reason", "asked for", "--json")
    told = json.loads(run(world, *change, "--claim-days", "7", "--claim-field", "Adresse", "--claim-field", "T").stdout)
    assert told["claims"] == {"days": 7, "fields": ["Adresse", "T"]}
    assert json.loads(run(world, *change, "--claim-days", "9").stdout)["claims"] == {
        "days": 9,
        "fields": ["Adresse", "T"],
    }
    assert json.loads(run(world, *change, "--claim-field", "X").stdout)["claims"] == {"days": 9, "fields": ["X"]}
    assert world.contest(2).claims == Claims(days=9, fields=("X",))
    assert json.loads(run(world, *change, "--claim-days", "0").stdout)["claims"]["days"] == 0


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (["--claim-field", "Adresse"], "--claim-days"),
        (["--claim-days", "366"], "366"),
        (["--claim-days", "90"], "PERSONAL_DATA_DAYS"),
        (["--claim-days", "-1"], "-1"),
        (["--claim-days", "3", "--claim-field", " "], "needs a name"),
        (["--claim-days", "3", "--claim-field", "x" * 81], "80 characters"),
    ],
)
def test_what_can_not_be_asked_is_refused_in_a_sentence(world, options, says):
    world.blog.add_post(8)
    world.open(post_id=8)
    done = run(world, "change", "2", "--reason", "asked for", *options)
    assert done.returncode == 2
    assert says in done.stderr
    assert not world.contest(2).claims.is_on


def test_without_a_key_no_contest_promises_links(world):
    world.blog.add_post(8)
    world.open(post_id=8)
    done = tirage_in(world, "contest", "change", "2", "--reason", "asked for", "--claim-days", "7")
    assert done.returncode == 2
    assert "Set SECRET_KEY" in done.stderr
