"""Doorbells: what is taken, what is refused, and that a contest becomes due."""

from __future__ import annotations

import base64
import gzip
import hashlib
import hmac
import io
import json
from datetime import timedelta

import pytest
from sqlalchemy.exc import OperationalError

from service.storage import contests, inbox
from service.web.doorkeys import hookpress_key
from tests.web.conftest import DOOR_SECRET, make_world, signed_headers
from wp_bridge.signature import make_secret

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
        assert inbox.last_doorbell_at(tx) is None


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


def ring_in_pieces(world, body: bytes):
    """A doorbell that tells no length, as `Transfer-Encoding: chunked` sends it."""
    headers = signed_headers(world.clock(), body) | {"Transfer-Encoding": "chunked"}
    untold = {"wsgi.input_terminated": True, "CONTENT_LENGTH": ""}
    return world.app.test_client().post(
        "/webhooks/wordpress", input_stream=io.BytesIO(body), headers=headers, environ_overrides=untold
    )


def test_a_body_that_tells_no_length_is_taken_up_to_the_limit(open_world):
    body = json.dumps({"type": "doorbell", "events": [EVENT]}).encode().ljust(64 * 1024 + 1)
    assert ring_in_pieces(open_world, body).status_code == 413
    assert not rung(open_world).are_there
    assert ring_in_pieces(open_world, body[:-2]).status_code == 202
    assert rung(open_world).comment_ids == {100}


def test_a_body_that_ends_too_soon_is_refused(open_world):
    body = json.dumps({"type": "doorbell", "events": [EVENT]}).encode()
    headers = signed_headers(open_world.clock(), body)
    longer = {"CONTENT_LENGTH": str(len(body) + 1)}
    answer = open_world.app.test_client().post(
        "/webhooks/wordpress", data=body, headers=headers, environ_overrides=longer
    )
    assert (answer.status_code, answer.mimetype) == (400, "application/problem+json")
    assert ring(open_world, raw=body[:-1]).status_code == 400
    assert not rung(open_world).are_there


def test_a_packed_body_is_not_unpacked(open_world):
    body = gzip.compress(json.dumps({"type": "doorbell", "events": [EVENT]}).encode())
    headers = signed_headers(open_world.clock(), body) | {"Content-Encoding": "gzip"}
    answer = open_world.app.test_client().post("/webhooks/wordpress", data=body, headers=headers)
    assert (answer.status_code, answer.json["code"]) == (400, "body_malformed")


def test_500_events_are_taken_and_one_more_is_refused(open_world):
    events = [{**EVENT, "comment": number} for number in range(1, 502)]
    assert ring(open_world, *events[:500]).status_code == 202
    assert rung(open_world).comment_ids == set(range(1, 501))
    answer = ring(open_world, *events, message_id="msg_2")
    assert (answer.status_code, answer.json["code"]) == (400, "events_malformed")
    assert rung(open_world).comment_ids == set(range(1, 501))


def test_a_doorbell_without_events_shows_that_the_plugin_is_there(open_world):
    assert ring(open_world).status_code == 202
    assert not rung(open_world).are_there
    with open_world.services.store.read() as tx:
        assert inbox.last_doorbell_at(tx) == open_world.clock()


@pytest.mark.parametrize(
    "comment", [0, -1, 2**63, 10**400, 100.0, 1.5, True, None, "", "-1", "1.0", "１００", " 100", [], {}, [[[]]]]
)
def test_a_number_that_no_comment_has_rings_for_the_whole_post(open_world, comment):
    """Rather one reading too many than a change that nobody sees."""
    assert ring(open_world, {**EVENT, "comment": comment}).status_code == 202
    assert rung(open_world).for_all


@pytest.mark.parametrize("event", ["comment.starred", "", None, 7, [], {}, [["x"]], {"a": []}, "privacy.erased"])
def test_events_of_any_name_ring_for_their_post(open_world, event):
    assert ring(open_world, {"event": event, "post": 7, "comment": "100"}).status_code == 202
    assert rung(open_world).comment_ids == {100}


@pytest.mark.parametrize("event", ["comment.starred", None, 7, [], {}, [["x"]], {"a": []}, ["privacy.erased"]])
def test_events_of_any_other_name_need_a_post(open_world, event):
    answer = ring(open_world, EVENT, {"event": event, "comment": 100})
    assert (answer.status_code, answer.json["code"]) == (400, "events_malformed")
    assert "Event 1" in answer.json["detail"]
    assert not rung(open_world).are_there


@pytest.mark.parametrize("deep", ["[" * 900 + "]" * 900, '{"a":' * 900 + "1" + "}" * 900])
def test_what_is_nested_deeply_is_no_number(open_world, deep):
    raw = f'{{"type": "doorbell", "events": [{{"event": {deep}, "post": 7, "comment": {deep}}}]}}'
    assert ring(open_world, raw=raw.encode()).status_code == 202
    raw = f'{{"type": "doorbell", "events": [{{"event": {deep}, "post": {deep}}}]}}'
    assert ring(open_world, raw=raw.encode(), message_id="msg_2").status_code == 400


def test_of_a_key_that_comes_twice_the_last_counts(open_world):
    raw = b'{"type": "x", "type": "doorbell", "events": 1, "events": [{"event": "x", "post": 9, "post": 7}]}'
    assert ring(open_world, raw=raw).status_code == 202
    assert rung(open_world).for_all


def test_a_repeat_under_a_new_timestamp_does_nothing(open_world):
    """As the plugin sends again what it had no answer to."""
    assert ring(open_world, EVENT).json == {"status": "accepted"}
    open_world.clock.forward(60)
    again = ring(open_world, {**EVENT, "comment": 101}, late=30)
    assert (again.status_code, again.json) == (202, {"status": "repeated"})
    assert rung(open_world).comment_ids == {100}


@pytest.mark.parametrize("name", ["webhook-id", "webhook-timestamp"])
def test_a_request_that_was_overheard_is_of_no_use_under_another_id_or_time(open_world, name):
    body = json.dumps({"type": "doorbell", "events": [EVENT]}).encode()
    headers = signed_headers(open_world.clock(), body)
    headers[name] = "msg_2" if name == "webhook-id" else str(int(headers[name]) + 1)
    answer = open_world.app.test_client().post("/webhooks/wordpress", data=body, headers=headers)
    assert (answer.status_code, answer.json["code"]) == (401, "signature_wrong")
    assert not rung(open_world).are_there


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("webhook-id", ["", " ", "a b", "x" * 101, "é", "\u202e", "a\tb", "<script>alert(1)</script> ", "\x7f"]),
        ("webhook-timestamp", ["", "now", "-1", "+1", "1e9", "1.0", "0x1", " ", "9" * 13, "²", "١٢٣"]),
        ("webhook-signature", ["", "v1", "v1a,x", "v2,x", "é", "v1,é", "v1 ,x", "x" * 5000, "v1,x " * 1000]),
    ],
)
def test_a_header_that_is_not_what_it_should_be_is_refused(open_world, name, values):
    body = json.dumps({"type": "doorbell", "events": [EVENT]}).encode()
    for value in values:
        odd = {"HTTP_" + name.upper().replace("-", "_"): value.encode().decode("latin-1")}
        headers = signed_headers(open_world.clock(), body, without=name)
        answer = open_world.app.test_client().post(
            "/webhooks/wordpress", data=body, headers=headers, environ_overrides=odd
        )
        assert (answer.status_code, answer.json["code"]) == (400, "signature_malformed"), value
        assert name in answer.json["detail"]
    assert not rung(open_world).are_there


def test_one_good_signature_among_many_is_enough(open_world):
    body = json.dumps({"type": "doorbell", "events": [EVENT]}).encode()
    headers = signed_headers(open_world.clock(), body)
    headers["webhook-signature"] = "v1a,other v1,wrong " + headers["webhook-signature"] + " v1,"
    assert open_world.app.test_client().post("/webhooks/wordpress", data=body, headers=headers).status_code == 202


def test_while_the_secret_is_changed_both_are_good(tmp_path):
    former, later = make_secret(), make_secret()
    for world in make_world(tmp_path, webhook_secrets=f"{former}, {later} shared-with-wp-webhooks"):
        assert ring(world, EVENT, secret=former).status_code == 202
        assert ring(world, EVENT, secret=later, message_id="msg_2").status_code == 202
        assert ring(world, EVENT, message_id="msg_3").status_code == 401
        for secret in (former, later, "shared-with-wp-webhooks"):
            assert post_wp_webhooks(world, b'{"comment_id": 100}', secret).status_code == 202
            address = f"/webhooks/hookpress/{hookpress_key(secret)}"
            assert world.app.test_client().post(address, data={"comment_ID": "100"}).status_code == 202


def test_a_secret_of_another_kind_signs_no_doorbell_of_ours(tmp_path):
    for world in make_world(tmp_path, webhook_secrets="shared-with-wp-webhooks"):
        answer = ring(world, EVENT)
        assert (answer.status_code, answer.json["code"]) == (503, "no_secret")


@pytest.mark.parametrize("accept", ["text/html", "application/json", "*/*", ""])
def test_errors_are_for_programs_whatever_they_say_they_take(open_world, accept):
    for path in ("wordpress", "wp-webhooks", "hookpress/x", "nowhere"):
        answer = open_world.app.test_client().post(f"/webhooks/{path}", headers={"Accept": accept})
        assert answer.status_code in (400, 401, 404)
        assert answer.mimetype == "application/problem+json"
        assert answer.json["code"]


def test_a_database_that_is_away_is_told_so_that_the_plugin_sends_again(open_world, monkeypatch):
    def away(*_args, **_given):
        raise OperationalError("insert", {}, Exception("locked"))

    monkeypatch.setattr(inbox, "take_doorbells", away)
    answer = ring(open_world, EVENT)
    assert (answer.status_code, answer.json["code"]) == (503, "database_unavailable")
    monkeypatch.undo()
    assert ring(open_world, EVENT).json == {"status": "accepted"}


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


def test_nothing_of_a_body_is_stored_or_logged(open_world, logs):
    body = {"comment_data": {"comment_ID": "100", "comment_post_ID": "7", "comment_author_email": "hidden@example.org"}}
    post_wp_webhooks(open_world, json.dumps(body).encode())
    ring(open_world, {**EVENT, "comment_author_email": "hidden@example.org"})
    ring(open_world, {"event": "hidden@example.org", "comment": "hidden@example.org"}, message_id="msg_2")
    with open_world.services.store.read() as tx:
        dump = "\n".join(tx.connection.driver_connection.iterdump())
    assert "hidden" not in dump + logs()
