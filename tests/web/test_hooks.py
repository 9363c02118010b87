"""Doorbells: what is taken, what is refused, and that a contest becomes due."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from datetime import timedelta

import pytest

from service.storage import contests, inbox
from service.web.doorkeys import hookpress_key
from tests.web.conftest import DOOR_SECRET, signed_headers

EVENT = {"event": "comment.added", "post": 7, "comment": 100}


def ring(world, *events, raw: bytes | None = None, **changed):
    body = json.dumps({"type": "doorbell", "events": list(events)}).encode() if raw is None else raw
    headers = signed_headers(world.clock(), body, **changed)
    return world.app.test_client().post("/webhooks/wordpress", data=body, headers=headers)


def rung(world, contest_id: int = 1):
    with world.services.store.read() as tx:
        return inbox.rung(tx, contest_id, most=1000)


def due_at(world):
    with world.services.store.read() as tx:
        return contests.get(tx, 1).due_at


@pytest.fixture
def open_world(world):
    """With a contest that is next due in an hour."""
    world.open_contest()
    with world.services.store.write() as tx:
        contests.update(tx, 1, due_at=world.clock() + timedelta(hours=1))
    return world


def test_a_doorbell_makes_its_contest_due_at_once(open_world):
    answer = ring(open_world, EVENT)
    assert (answer.status_code, answer.json) == (202, {"status": "accepted"})
    assert rung(open_world).comment_ids == {100}
    assert due_at(open_world) == open_world.clock()


def test_a_repeat_is_taken_and_does_nothing(open_world):
    ring(open_world, EVENT)
    with open_world.services.store.write() as tx:
        inbox.answered(tx, 1, last=rung(open_world).last)
    answer = ring(open_world, EVENT)
    assert (answer.status_code, answer.json) == (202, {"status": "repeated"})
    assert not rung(open_world).are_there


def test_a_contest_that_was_due_earlier_stays_so(open_world):
    before = open_world.clock() - timedelta(minutes=5)
    with open_world.services.store.write() as tx:
        contests.update(tx, 1, due_at=before)
    ring(open_world, EVENT)
    assert due_at(open_world) == before


def test_events_of_the_whole_post_ring_for_everything(open_world):
    ring(open_world, {"event": "post.changed", "post": 7})
    assert rung(open_world).for_all


def test_an_erased_person_rings_for_every_contest(open_world):
    ring(open_world, {"event": "privacy.erased"})
    assert rung(open_world).for_all


def test_posts_without_a_contest_are_nobody_s_business(open_world):
    assert ring(open_world, {**EVENT, "post": 8}).status_code == 202
    assert not rung(open_world).are_there


def test_a_sealed_contest_does_not_ring(open_world):
    open_world.close()
    open_world.post("/contests/1/seal", {})
    ring(open_world, EVENT)
    assert not rung(open_world).are_there


@pytest.mark.parametrize(
    ("changed", "status", "code"),
    [
        ({"secret": "whsec_" + base64.b64encode(b"x" * 32).decode()}, 401, "signature_wrong"),
        ({"late": 301}, 400, "timestamp_refused"),
        ({"late": -301}, 400, "timestamp_refused"),
        ({"without": "webhook-id"}, 400, "signature_malformed"),
        ({"without": "webhook-timestamp"}, 400, "signature_malformed"),
        ({"without": "webhook-signature"}, 400, "signature_malformed"),
    ],
)
def test_what_is_not_signed_well_is_refused(open_world, changed, status, code):
    answer = ring(open_world, EVENT, **changed)
    assert (answer.status_code, answer.json["code"]) == (status, code)
    assert not rung(open_world).are_there
    with open_world.services.store.read() as tx:
        assert inbox.last_delivery_at(tx) is None


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b"\xff\xfe",
        b"[" * 50_000,
        b"{}",
        b'{"type": "contest.save", "data": {}}',
        b'{"type": "doorbell"}',
        b'{"type": "doorbell", "events": {}}',
        b'{"type": "doorbell", "events": [1]}',
        b'{"type": "doorbell", "events": [{"event": "comment.added"}]}',
        b'{"type": "doorbell", "events": [{"event": "comment.added", "post": -1}]}',
        b'{"type": "doorbell", "events": [{"event": "comment.added", "post": true}]}',
        b'{"type": "doorbell", "events": [{"event": "comment.added", "post": 1e30}]}',
        b'{"type": "doorbell", "events": [{"event": "comment.added", "post": 99999999999999999999}]}',
        json.dumps({"type": "doorbell", "events": [EVENT] * 501}).encode(),
    ],
)
def test_a_signed_body_that_is_no_doorbell_is_refused(open_world, raw):
    answer = ring(open_world, raw=raw)
    assert answer.status_code == 400, answer.text
    assert answer.json["code"] in ("body_malformed", "events_malformed", "wrong_type")
    assert not rung(open_world).are_there


def test_a_body_over_64_kib_is_refused_before_it_is_read(open_world):
    assert ring(open_world, raw=b"x" * (64 * 1024 + 1)).status_code == 413
    claimed = {"CONTENT_LENGTH": str(2**30)}
    headers = signed_headers(open_world.clock(), b"")
    client = open_world.app.test_client()
    assert client.post("/webhooks/wordpress", headers=headers, environ_overrides=claimed).status_code == 413


def test_other_methods_are_not_possible(open_world):
    assert open_world.app.test_client().get("/webhooks/wordpress").status_code == 405


def test_without_a_secret_nothing_is_taken(keyless_world):
    answer = ring(keyless_world, EVENT)
    assert (answer.status_code, answer.json["code"]) == (503, "no_secret")


def post_wp_webhooks(world, body: bytes, secret: str = DOOR_SECRET):
    signature = base64.b64encode(hmac.digest(secret.encode(), body, hashlib.sha256)).decode()
    headers = {"X-WP-Webhook-Signature": signature, "Content-Type": "application/json"}
    return world.app.test_client().post("/webhooks/wp-webhooks", data=body, headers=headers)


def test_wp_webhooks_rings(open_world):
    body = {
        "comment_id": 100,
        "comment_data": {"comment_ID": "100", "comment_post_ID": "7"},
        "user_data_meta": "x" * 200_000,
    }
    assert post_wp_webhooks(open_world, json.dumps(body).encode()).status_code == 202
    assert rung(open_world).comment_ids == {100}


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b'{"comment_data": []}', b'{"comment_data": {"comment_ID": "x"}}'])
def test_wp_webhooks_without_ids_is_refused(open_world, body):
    assert post_wp_webhooks(open_world, body).status_code == 400


def test_wp_webhooks_signed_wrongly_is_refused(open_world):
    assert post_wp_webhooks(open_world, b"{}", "another secret").status_code == 401
    assert open_world.app.test_client().post("/webhooks/wp-webhooks", data=b"{}").status_code == 401


def test_hookpress_rings_by_the_secret_in_its_address(open_world):
    address = f"/webhooks/hookpress/{hookpress_key(DOOR_SECRET)}"
    form = {"comment_ID": "100", "comment_post_ID": "7", "comment_author_email": "a@b.example", "hook": "comment_post"}
    assert open_world.app.test_client().post(address, data=form).status_code == 202
    assert rung(open_world).comment_ids == {100}


def test_hookpress_names_no_post_for_a_status_and_the_contest_is_found(open_world):
    open_world.post("/contests/1/collect")
    address = f"/webhooks/hookpress/{hookpress_key(DOOR_SECRET)}"
    open_world.app.test_client().post(
        address, data={"comment_ID": "101", "status": "spam", "hook": "wp_set_comment_status"}
    )
    assert rung(open_world).comment_ids == {101}
    open_world.app.test_client().post(address, data={"comment_ID": "999", "status": "spam"})
    assert rung(open_world).comment_ids == {101}


@pytest.mark.parametrize("key", ["", "wrong", "é", "0" * 32, DOOR_SECRET])
def test_hookpress_at_another_address_finds_nothing(open_world, key):
    answer = open_world.app.test_client().post(f"/webhooks/hookpress/{key}", data={"comment_ID": "100"})
    assert answer.status_code == 404


def test_nothing_of_a_body_is_stored_or_logged(open_world, capsys, caplog):
    body = {"comment_data": {"comment_ID": "100", "comment_post_ID": "7", "comment_author_email": "hidden@example.org"}}
    post_wp_webhooks(open_world, json.dumps(body).encode())
    ring(open_world, {**EVENT, "comment_author_email": "hidden@example.org"})
    with open_world.services.store.read() as tx:
        dump = "\n".join(tx.connection.driver_connection.iterdump())
    assert "hidden@example.org" not in dump
    told = capsys.readouterr()
    assert "hidden" not in told.out + told.err + caplog.text
