"""The page that a winner's link opens: what it shows, what it takes, and that looking at it changes nothing."""

from __future__ import annotations

import json
import logging
import os
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from html import unescape

import pytest

from service.domain.contest import Claims
from service.domain.errors import Conflict
from service.processes import gunicorn_command
from service.settings import Settings
from service.storage import claims, contests, log
from service.usecases import prizes
from service.usecases.claims import note_sent
from service.worker import work_once
from tests.web.conftest import HOSTILE, TOKEN

FIELDS = ("Adresse postale", "Taille <b>")
ANSWERS = {"answer-1": "1 rue de la Paix\r\n75002 Paris", "answer-2": "XL"}
POLICY = "Content-Security-Policy"


def won(world, *, fields=FIELDS, days=14):
    """A contest whose winner has a link; its token."""
    world.open_contest(pools=[{"name": "livre", "winners": 1, "alternates": 1, "prize": "le livre <i>"}])
    with world.services.store.write() as tx:
        contests.update(tx, 1, claims=Claims(days=days, fields=fields))
    world.announce()
    while work_once(world.services):
        pass
    return token_of(world)


def token_of(world):
    return world.services.vault.unlock(claim_of(world).token)


def claim_of(world):
    with world.services.store.read() as tx:
        return claims.of_contest(tx, 1)[-1]


def answers_of(world):
    locked = claim_of(world).answers
    return json.loads(world.services.vault.unlock(locked)) if locked else None


def send(world, token, form=ANSWERS, **given):
    return world.app.test_client().post(f"/claims/{token}", data=form, headers={"Accept": "text/html"}, **given)


def lines_of(world):
    with world.services.store.read() as tx:
        return [line for line in log.lines(tx, 1) if line.action == "claim"]


def test_a_link_shows_prize_contest_term_and_the_fields_in_the_contest_s_language(world):
    token = won(world)
    assert "Please take your prize.</p>" in world.page(f"/claims/{token}?lang=en").text  # nobody told them a day yet
    note_sent(world.services, 1, claim_of(world).id, actor="ada")
    page = world.page(f"/claims/{token}", **{"Accept-Language": "en"})
    text = unescape(page.text)
    assert page.status_code == 200
    assert '<html lang="fr">' in page.text
    for told in ("Deux livres à gagner", "le livre <i>", *FIELDS, "11 décembre 2026"):
        assert told in text
    assert "<i>" not in page.text
    assert "<b>" not in page.text
    assert 'lang="en"' in world.page(f"/claims/{token}?lang=en").text


def test_it_is_private(world):
    headers = world.page(f"/claims/{won(world)}").headers
    assert "form-action 'self'" in headers[POLICY]
    assert "default-src 'none'" in headers[POLICY]
    assert headers["Cache-Control"] == "no-store"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert "noindex" in headers["X-Robots-Tag"]
    assert "Set-Cookie" not in headers


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS", "PUT", "DELETE"])
def test_nothing_but_sending_the_form_changes_anything(world, method):
    token = won(world)
    before = claim_of(world)
    world.app.test_client().open(f"/claims/{token}", method=method, data=ANSWERS)
    assert claim_of(world) == before


def test_the_prize_is_taken_once_and_what_was_told_is_shown_to_nobody(world):
    token = won(world)
    done = send(world, token)
    assert done.status_code == 200
    assert answers_of(world) == {"Adresse postale": "1 rue de la Paix\n75002 Paris", "Taille <b>": "XL"}
    again = send(world, token, {"answer-1": "elsewhere", "answer-2": "S"})
    assert again.status_code == 410
    assert world.page(f"/claims/{token}").status_code == 410
    assert answers_of(world)["Taille <b>"] == "XL"
    for page in (done, again, world.page(f"/claims/{token}?lang=en")):
        assert "rue de la Paix" not in page.text
        assert "textarea" not in page.text
    assert "It was claimed on" in world.page(f"/claims/{token}?lang=en").text


def test_the_log_keeps_that_it_was_claimed_and_nothing_of_the_person(world):
    token = won(world)
    send(world, token)
    send(world, token)
    [line] = lines_of(world)
    assert dict(line.details) == {"draw": 1, "pool": 1, "entry": claim_of(world).entry}
    assert (line.actor, line.reason) == ("winner", "")


def test_of_many_who_send_the_form_at_once_one_is_told_that_it_worked(world):
    token = won(world)
    with ThreadPoolExecutor(8) as pool:
        statuses = list(pool.map(lambda _: send(world, token).status_code, range(8)))
    assert sorted(statuses) == [200] + [410] * 7
    assert len(lines_of(world)) == 1


def test_without_fields_the_button_is_enough(world):
    token = won(world, fields=())
    assert "textarea" not in world.page(f"/claims/{token}").text
    assert send(world, token, {}).status_code == 200
    assert claim_of(world).claimed_at
    assert answers_of(world) is None


@pytest.mark.parametrize(
    "form",
    [
        {},
        {"answer-1": "here"},
        {"answer-1": "here", "answer-2": " \n\t\u200e\x00 "},
        {"answer-1": "here", "answer-2": "x" * 1001},
        {"answer-1": "here", "answer-3": "x"},
    ],
)
def test_a_form_that_lacks_something_is_shown_again_with_what_was_typed(world, form):
    token = won(world)
    page = send(world, f"{token}?lang=en", form)
    assert page.status_code == 422
    assert 'role="alert"' in page.text
    assert "Taille &lt;b&gt;" in page.text
    if form:
        assert re.search(r"<textarea [^>]*>\nhere</textarea>", page.text)
    assert claim_of(world).claimed_at is None


def test_what_is_typed_is_text_whatever_it_holds(world):
    token = won(world)
    page = send(world, token, {"answer-1": f"</textarea>{HOSTILE}"})
    assert "<script" not in page.text
    send(world, token, {"answer-1": f"{HOSTILE}\x07\x1b[31m", "answer-2": "é" * 1000 + "\r\n"})
    assert answers_of(world) == {"Adresse postale": "<script>alert(1)</script>gnp.exe[31m", "Taille <b>": "é" * 1000}


def test_ten_long_answers_fit(world):
    fields = tuple(f"Champ {number}" for number in range(10))
    token = won(world, fields=fields)
    assert send(world, token, {f"answer-{number}": "😀" * 1000 for number in range(1, 11)}).status_code == 200
    assert len(answers_of(world)["Champ 9"]) == 1000


def test_a_body_without_end_is_refused(world):
    token = won(world)
    assert send(world, token, {"answer-1": "x" * 300_000}).status_code == 413
    assert claim_of(world).claimed_at is None


@pytest.mark.parametrize("token", ["x", "A" * 43, "é", "%00", "..%2f", "'; DROP TABLE claims", "A" * 201, "<script>"])
def test_a_link_that_never_was_says_so(world, token):
    won(world)
    for page in (world.page(f"/claims/{token}"), send(world, token)):
        assert page.status_code == 404
        assert page.mimetype == "text/html"
        assert "<script" not in page.text


def test_a_link_whose_term_is_over_says_so(world):
    token = won(world)
    note_sent(world.services, 1, claim_of(world).id, actor="ada")
    world.clock.move_to(claim_of(world).expires_at)
    page = world.page(f"/claims/{token}?lang=en")
    assert page.status_code == 410
    assert "wasn't claimed by" in unescape(page.text)
    assert "<title>This link doesn't work any more</title>" in page.text
    assert send(world, token).status_code == 410
    assert claim_of(world).claimed_at is None


def test_who_lost_the_prize_can_not_take_it(world):
    token = won(world)
    entry = claim_of(world).entry
    prizes.disqualify_winner(world.services, 1, entry, reason="two accounts", actor="ada")
    assert send(world, token).status_code == 410
    assert "given to somebody else" in world.page(f"/claims/{token}?lang=en").text
    assert lines_of(world) == []
    world.clock.forward(60 * 86_400)  # it stays what happened
    assert "given to somebody else" in world.page(f"/claims/{token}?lang=en").text


@pytest.mark.parametrize("is_claimed", [True, False])
def test_a_link_of_a_draw_that_was_replaced_says_so_and_nothing_that_was_told_is_kept(world, is_claimed):
    token = won(world)
    if is_claimed:
        send(world, token)
    world.post("/contests/1/redraw", {"reason": "the prize was a different one"})
    claim = claim_of(world)
    assert (claim.answers, claim.token, claim.mail_at) == ("", "", None)
    assert claim.erased_at is not None
    for page in (world.page(f"/claims/{token}?lang=en"), send(world, f"{token}?lang=en")):
        assert page.status_code == 410
        assert "The draw was made again" in page.text
    assert (claim_of(world).answers, bool(claim.claimed_at)) == ("", is_claimed)


def test_what_was_deleted_is_said_to_be(world):
    token = won(world)
    with world.services.store.write() as tx:
        claims.erase(tx, 1, now=world.clock())
    assert "have been deleted" in world.page(f"/claims/{token}?lang=en").text
    assert send(world, token).status_code == 410
    assert answers_of(world) is None


def test_answers_that_can_not_be_encrypted_are_not_lost(world, monkeypatch):
    token = won(world)

    def lock(_text):
        raise Conflict("Set SECRET_KEY in the service's settings.", code="secret_key_missing")

    monkeypatch.setattr(world.services.vault, "lock", lock)
    page = send(world, f"{token}?lang=en")
    assert page.status_code == 503
    assert "1 rue de la Paix" in page.text
    assert "SECRET_KEY" not in page.text
    assert claim_of(world).claimed_at is None


def test_no_log_holds_a_link(world, caplog):
    caplog.set_level(logging.DEBUG)
    token = won(world)
    send(world, token)
    world.page(f"/claims/{token}/x")
    assert token not in caplog.text
    with world.services.store.read() as tx:
        assert token not in json.dumps([dict(line.details) for line in log.lines(tx, 1)])


FAILING = """
import sys
from service.app import create_app
app = create_app()
def fail(token):
    raise RuntimeError("the database burns")
app.view_functions["claims.show"] = fail
assert app.test_client().get("/claims/" + "secret-token").status_code == 500
from datetime import UTC, datetime
from service.web.paper import Paper
Paper(title="secret-token", footer_text="", language="fr", made_at=datetime.now(UTC)).output()
"""


def test_nor_does_the_trace_of_what_fails_in_a_process_of_its_own(tmp_path):
    env = {**os.environ, "DATABASE_URL": f"sqlite:///{tmp_path}/t.sqlite3", "LOG_LEVEL": "debug"}
    done = subprocess.run([sys.executable, "-c", FAILING], env=env, capture_output=True, text=True, check=True)
    assert json.loads(done.stderr)["event"] == "request_failed"
    assert "secret-token" not in done.stderr + done.stdout


def test_nor_does_gunicorn_write_addresses_down():
    assert "--log-level=info" in gunicorn_command(Settings(_env_file=None, log_level="debug"))
    assert "--log-level=error" in gunicorn_command(Settings(_env_file=None, log_level="error"))


def test_a_body_that_breaks_off_is_the_senders_mistake(world):
    class Broken:
        def read(self, *_size):
            raise RuntimeError("gunicorn's own error for a chunk that is none")

    given = {"wsgi.input": Broken(), "wsgi.input_terminated": True, "HTTP_TRANSFER_ENCODING": "chunked"}
    for path in (f"/claims/{won(world)}", "/api/v1/contests"):
        headers = {"Authorization": f"Bearer {TOKEN}"}
        answer = world.app.test_client().post(path, environ_overrides=given, headers=headers)
        assert answer.status_code == 400
