"""What the WordPress plugin asks for: each call as docs/plugin-protocol.md has it, and whatever else may be sent."""

from __future__ import annotations

import gzip
import json
from dataclasses import replace
from importlib.metadata import version
from itertools import count
from threading import Event
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from werkzeug.test import TestResponse

from service.app import create_app
from service.domain.contest import Claims
from service.domain.errors import Conflict
from service.settings import Settings
from service.storage import connections, contests, log, personal
from service.storage.tables import deliveries
from service.usecases.ports import BlogProblem
from service.worker import work_once
from tests.web.conftest import DOOR_SECRET, HOSTILE, make_world, signed_headers
from wp_bridge.signature import make_secret

RULES = {
    "replies_count": False,
    "staff_may_win": False,
    "leave_out_held": False,
    "one_prize": True,
    "needs_all": False,
    "reposts_count": False,
    "excluded": [],
}
SAVE = {
    "post": 7,
    "actor": "ada",
    "closes": "2026-11-27 17:00",
    "winners": 1,
    "alternates": 3,
    "automatic": False,
    "publishes_list": False,
    "claims": {"days": 0, "fields": []},
    "rules": {**RULES, "excluded": ["bob@example.org"]},
}
CALLS: dict[str, dict[str, Any]] = {
    "ping": {},
    "connect": {"url": "https://blog.example", "user": "ada", "password": "abcd efgh ijkl"},
    "contest.save": SAVE,
    "contest.show": {"posts": [7, 8]},
    "privacy.export": {"email": "reader101@example.org"},
    "privacy.erase": {"email": "reader101@example.org"},
}
STATE: dict[str, Any] = {
    "id": 1,
    "slug": "deux-livres-7",
    "phase": "open",
    "closes_at": "2026-11-27T16:00:00Z",
    "winners": 1,
    "alternates": 3,
    "pools": [{"name": "comments", "channel": "comments", "winners": 1, "alternates": 3, "prize": ""}],
    "message": {"text": "", "links": [], "hashtags": [], "mentions": []},
    "compose": [],
    "automatic": False,
    "publishes_list": False,
    "claims": {"days": 0, "fields": []},
    "rules": RULES,
    "entries": 0,
    "eligible": 0,
    "page_url": "https://draws.example/contests/deux-livres-7",
    "proof_url": None,
    "drawn": [],
    "comment_url": None,
    "problem": None,
    "is_changeable": True,
}
numbers = count(1)
every_call = pytest.mark.parametrize("name", CALLS)


def send(world, name: str, body: bytes, headers: dict[str, str] | None = None, **signing: Any) -> TestResponse:
    """A signed request to the address of a call."""
    signing.setdefault("message_id", f"msg_{next(numbers)}")
    given = signed_headers(world.clock(), body, **signing) | (headers or {})
    answered: TestResponse = world.app.test_client().post(f"/plugin/v1/{name}", data=body, headers=given)
    return answered


def call(world, name: str, data: Any = None, **signing: Any) -> TestResponse:
    """The call as the plugin makes it."""
    told = {"type": name, "data": CALLS[name] if data is None else data}
    return send(world, name, json.dumps(told).encode(), **signing)


def answer(world, name: str, data: Any = None) -> Any:
    """What a call that succeeds gives."""
    given = call(world, name, data)
    assert given.status_code == 200, given.text
    assert given.mimetype == "application/json"
    return given.json


def is_problem(given: TestResponse, status: int, code: str | None = None) -> Any:
    """Whether it is a problem document with a code, which is given back."""
    assert given.status_code == status, given.text
    assert given.mimetype == "application/problem+json"
    assert given.headers["X-Content-Type-Options"] == "nosniff"
    told: Any = given.json
    assert {"type", "title", "status", "detail", "code"} <= told.keys()
    assert told["code"] == (code or told["code"])
    return told


def contest_of(world):
    with world.services.store.read() as tx:
        return contests.get(tx, 1)


def entries_of(world, email="reader101@example.org"):
    with world.services.store.read() as tx:
        return personal.find(tx, email)


@pytest.fixture
def open_world(world):
    """A contest whose six comments were read."""
    world.open_contest()
    world.post("/contests/1/collect")
    return world


# Each call


def test_a_ping_tells_the_version_and_the_blog(world):
    assert answer(world, "ping") == {
        "service": "tirage",
        "version": version("tirage"),
        "time": "2026-11-26T16:00:00Z",
        "blog": {"url": "https://blog.example", "name": "Le blog"},
        "problem": None,
        "code": None,
    }


@pytest.mark.parametrize("method", ["check", "site"])
@pytest.mark.parametrize(
    ("code", "said"), [("blog_unreachable", "No answer."), ("settings_missing", "choose the moderator")]
)
def test_a_ping_tells_why_the_blog_can_not_be_reached(world, method, code, said):
    world.blog.fail(method, BlogProblem("No answer.", code=code))
    told = answer(world, "ping")
    assert (told["blog"], told["code"]) == (None, code)
    assert said in told["problem"]


def test_a_ping_does_not_wait_for_a_blog_that_hangs(world, monkeypatch):
    """The plugin waits 20 seconds, the blog's time-out is 30."""
    stop = Event()
    monkeypatch.setattr(world.blog, "check", lambda: stop.wait(30))
    services = replace(world.services, timing=replace(world.services.timing, look=0.1))
    world.app = create_app(Settings(_env_file=None, webhook_secrets=DOOR_SECRET), services)
    try:
        told = answer(world, "ping")
    finally:
        stop.set()
    assert (told["blog"], told["code"]) == (None, "blog_unreachable")
    assert "within 0.1 seconds" in told["problem"]


def test_connecting_keeps_the_login(world):
    assert answer(world, "connect") == {"blog": {"url": "https://blog.example", "name": "Le blog", "user": "ada"}}
    with world.services.store.read() as tx:
        kept = connections.find(tx)
    assert kept is not None
    assert (kept.url, kept.user) == ("https://blog.example", "ada")
    assert kept.password != "abcd efgh ijkl"


def test_a_login_that_the_blog_refuses_is_told_and_not_kept(world):
    world.blog.fail("check", BlogProblem("Wrong password.", code="credentials_refused", permanent=True))
    assert is_problem(call(world, "connect"), 502, "credentials_refused")["detail"] == "Wrong password."
    with world.services.store.read() as tx:
        assert connections.find(tx) is None


def test_a_blog_that_the_settings_name_is_not_replaced(world):
    services = replace(world.services, is_blog_fixed=True)
    world.app = create_app(Settings(_env_file=None, webhook_secrets=DOOR_SECRET), services)
    is_problem(call(world, "connect"), 409, "blog_fixed")


def test_saving_opens_a_contest_and_tells_how_it_stands(world):
    assert answer(world, "contest.save") == {"contest": {**STATE, "rules": SAVE["rules"]}}
    with world.services.store.read() as tx:
        assert [(line.actor, line.action) for line in log.lines(tx, 1)] == [("wordpress:ada", "open")]


def test_everything_but_post_actor_and_deadline_may_be_left_out(world):
    least = {name: SAVE[name] for name in ("post", "actor", "closes")}
    assert answer(world, "contest.save", least) == {"contest": STATE}


OTHER_BLOGS = ["https://blog.example/second/", "https://blog.example:8443/", "https://other.example"]


@pytest.mark.parametrize("url", OTHER_BLOGS)
def test_another_blog_s_post_of_the_same_number_is_no_contest_of_ours(world, url):
    answer(world, "connect")
    answer(world, "contest.save", {**SAVE, "url": "http://www.Blog.example/"})
    before = contest_of(world)
    told = is_problem(call(world, "contest.save", {**SAVE, "url": url, "winners": 9}), 409, "other_blog")
    assert url in told["detail"]
    assert contest_of(world) == before


@pytest.mark.parametrize("url", OTHER_BLOGS)
def test_the_blog_that_the_settings_name_is_asked_for_its_address(world, url):
    world.app = create_app(
        Settings(_env_file=None, webhook_secrets=DOOR_SECRET), replace(world.services, is_blog_fixed=True)
    )
    is_problem(call(world, "contest.save", {**SAVE, "url": url}), 409, "other_blog")
    answer(world, "contest.save", {**SAVE, "url": "https://blog.example/"})


def test_a_blog_that_was_handed_over_is_known_without_asking_it(world):
    answer(world, "connect")
    answer(world, "contest.save", {**SAVE, "url": "https://blog.example"})
    world.blog.calls.clear()
    answer(world, "contest.save", {**SAVE, "url": "https://blog.example"})
    assert world.blog.calls == []


def test_saving_changes_what_is_different(world):
    answer(world, "contest.save")
    rules = {"replies_count": True, "staff_may_win": True, "leave_out_held": True, "excluded": ["Zoé"]}
    rules |= {"one_prize": False, "needs_all": True, "reposts_count": True}
    told = answer(world, "contest.save", {**SAVE, "winners": 2, "alternates": 0, "automatic": True, "rules": rules})
    assert contest_of(world).rules.excluded == ("Zoé",)
    pools = [{**STATE["pools"][0], "winners": 2, "alternates": 0}]
    assert told["contest"] == {
        **STATE,
        "winners": 2,
        "alternates": 0,
        "pools": pools,
        "automatic": True,
        "rules": rules,
    }


def test_a_save_that_says_nothing_of_pools_leaves_them(world):
    pools = [{"name": "posts", "channel": "posts", "winners": 2, "alternates": 0, "prize": "un livre"}]
    least = {name: SAVE[name] for name in ("post", "actor", "closes")}
    answer(world, "contest.save", {**least, "pools": pools})
    told = answer(world, "contest.save", {**least, "automatic": True})["contest"]
    assert (told["pools"], told["automatic"]) == (pools, True)
    assert [composed["network"] for composed in told["compose"]] == ["x", "mastodon", "bluesky"]


def test_what_winners_claim_and_the_list_are_saved_and_told(world):
    fields = ["Adresse", "<script>alert(1)</script>"]
    wish = {"publishes_list": True, "claims": {"days": 14, "fields": fields}}
    assert answer(world, "contest.save", {**SAVE, **wish})["contest"] == {**STATE, **wish, "rules": SAVE["rules"]}
    assert contest_of(world).claims == Claims(days=14, fields=tuple(fields))


LEFT_OUT = [{}, {"claims": None, "publishes_list": None}, {"claims": {}}, {"claims": {"days": 14}}]


@pytest.mark.parametrize("said", LEFT_OUT)
def test_a_save_that_says_nothing_of_claims_or_list_leaves_them(world, said):
    """As earlier versions of the plugin do."""
    wish = {"publishes_list": True, "claims": {"days": 14, "fields": ["Adresse"]}}
    answer(world, "contest.save", {**SAVE, **wish})
    least = {name: SAVE[name] for name in ("post", "actor", "closes")}
    told = answer(world, "contest.save", {**least, "automatic": True, **said})["contest"]
    assert (told["automatic"], {name: told[name] for name in wish}) == (True, wish)


def test_no_term_to_claim_is_saved_without_a_key_to_keep_answers_with(world, monkeypatch):
    def refuse(_text):
        raise Conflict("Set SECRET_KEY in the service's settings.", code="secret_key_missing")

    monkeypatch.setattr(world.services.vault, "lock", refuse)
    answer(world, "contest.save")  # nobody is asked for anything
    is_problem(call(world, "contest.save", {**SAVE, "claims": {"days": 14}}), 409, "secret_key_missing")
    assert contest_of(world).claims == Claims()


def test_saving_twice_changes_nothing(world):
    first = answer(world, "contest.save")
    before = contest_of(world)
    assert answer(world, "contest.save") == first
    assert contest_of(world) == before


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"post": 8}, 422, "post_not_found"),
        ({"closes": "whenever"}, 422, "bad_deadline"),
        ({"rules": {"excluded": [" "]}}, 422, "bad_input"),
        ({"rules": {"excluded": ["\x1b[2J"]}}, 422, "bad_input"),
        ({"claims": {"days": 90}}, 422, "bad_input"),
        ({"claims": {"days": 14, "fields": [" "]}}, 422, "bad_input"),
        ({"claims": {"days": 14, "fields": ["\x1b[2J"]}}, 422, "bad_input"),
    ],
)
def test_a_contest_that_can_not_be_saved_says_why(world, changes, status, code):
    assert is_problem(call(world, "contest.save", {**SAVE, **changes}), status, code)["detail"]
    with world.services.store.read() as tx:
        assert contests.page(tx, limit=1) == []


def test_a_blog_that_is_away_is_tried_again_later(world):
    world.blog.fail("find_post")
    given = call(world, "contest.save")
    is_problem(given, 503, "blog_unreachable")
    assert int(given.headers["Retry-After"]) > 0


def test_a_sealed_contest_is_shown_and_not_changed(open_world):
    open_world.close()
    open_world.post("/contests/1/seal", {})
    is_problem(call(open_world, "contest.save", {**SAVE, "winners": 5}), 409, "sealed")
    told = answer(open_world, "contest.show")["contests"]["7"]
    assert (told["phase"], told["is_changeable"]) == ("sealed", False)


def test_contests_are_shown_by_post_and_the_others_left_out(open_world):
    told = answer(open_world, "contest.show", {"posts": [7, 8, 7, 2**63 - 1]})
    assert told == {"contests": {"7": {**STATE, "entries": 6, "eligible": 2}}}
    assert answer(open_world, "contest.show", {"posts": []}) == {"contests": {}}
    assert answer(open_world, "contest.show", {"posts": list(range(1, 101))})["contests"].keys() == {"7"}


def test_a_contest_s_problem_is_told(open_world):
    open_world.blog.fail("count", BlogProblem("The blog is away.", code="blog_unreachable"))
    with open_world.services.store.write() as tx:
        contests.update(tx, 1, last_read_at=None)
    work_once(open_world.services)
    assert answer(open_world, "contest.show")["contests"]["7"]["problem"] == "The blog is away."


@pytest.mark.parametrize("last", ["seal", "draw"])
def test_no_winner_is_told_before_the_winner_comment_stands(open_world, last):
    open_world.close()
    open_world.post("/contests/1/seal", {})
    if last == "draw":
        open_world.post("/contests/1/draw")
    told = answer(open_world, "contest.show")["contests"]["7"]
    assert (told["drawn"], told["proof_url"], told["comment_url"]) == ([], None, None)


def test_the_winners_are_told_once_the_winner_comment_stands(open_world):
    open_world.announce()
    told = answer(open_world, "contest.show")["contests"]["7"]
    assert told["phase"] == "announced"
    assert told["proof_url"] == "https://draws.example/contests/deux-livres-7/draws/1"
    assert told["comment_url"] == "https://blog.example/deux-livres-7/#comment-106"
    (winner,) = told["drawn"]
    people = ({"name": HOSTILE, "comment": 100}, {"name": "Zoé", "comment": 101})
    assert winner in [{**person, "url": "", "pool": "comments", "prize": ""} for person in people]


def test_a_person_s_data_are_exported(open_world):
    told = answer(open_world, "privacy.export", {"email": "READER101@example.org"})
    first = told["items"][0]
    assert [item["comment"] for item in told["items"]] == [101, 102]
    assert (first["contest"], first["title"]) == (1, "Deux livres à gagner")
    assert first["data"].keys() == {"name", "email", "website", "ip", "posts", "handles", "submitted_at"}
    assert (first["data"]["name"], first["data"]["email"]) == ("Zoé", "reader101@example.org")
    assert answer(open_world, "privacy.export", {"email": "nobody@example.org"}) == {"items": []}


def test_rules_that_list_a_person_are_exported(world):
    answer(world, "contest.save", {**SAVE, "rules": {"excluded": ["Reader101@example.org"]}})
    listed = {"excluded": "Reader101@example.org"}
    item = {"contest": 1, "comment": None, "title": "Deux livres à gagner", "data": listed}
    assert answer(world, "privacy.export") == {"items": [item]}


def test_a_person_s_data_are_erased(open_world):
    assert answer(open_world, "privacy.erase") == {"erased": 2, "kept": []}
    assert entries_of(open_world) == []
    assert answer(open_world, "privacy.export") == {"items": []}
    assert answer(open_world, "privacy.erase") == {"erased": 0, "kept": []}


def test_what_is_kept_of_a_person_is_told_in_sentences(world):
    answer(world, "contest.save", {**SAVE, "rules": {"excluded": ["reader101@example.org"]}})
    told = answer(world, "privacy.erase")
    assert told["erased"] == 0
    assert told["kept"][0].endswith("change them.")


# Who may call


@every_call
def test_a_call_is_taken_once(open_world, name):
    assert call(open_world, name, message_id="msg_once").status_code in (200, 422)
    before = contest_of(open_world)
    is_problem(call(open_world, name, message_id="msg_once"), 409, "repeated_call")
    assert contest_of(open_world) == before


def test_a_repeated_call_does_nothing(open_world):
    assert call(open_world, "privacy.erase", message_id="msg_once").json == {"erased": 2, "kept": []}
    open_world.post("/contests/1/collect")
    assert len(entries_of(open_world)) == 2
    assert call(open_world, "privacy.erase", message_id="msg_once").status_code == 409
    assert len(entries_of(open_world)) == 2


def test_the_id_of_a_doorbell_is_no_id_for_a_call(world):
    body = b'{"type": "doorbell", "events": []}'
    headers = signed_headers(world.clock(), body, message_id="msg_door")
    assert world.app.test_client().post("/webhooks/wordpress", data=body, headers=headers).status_code == 202
    is_problem(call(world, "ping", message_id="msg_door"), 409, "repeated_call")


@every_call
def test_a_signature_is_good_for_its_own_address_alone(open_world, name):
    body = json.dumps({"type": name, "data": CALLS[name]}).encode()
    for other in CALLS.keys() - {name}:
        is_problem(send(open_world, other, body), 400, "wrong_type")
    headers = signed_headers(open_world.clock(), body, message_id="msg_door")
    is_problem(open_world.app.test_client().post("/webhooks/wordpress", data=body, headers=headers), 400, "wrong_type")
    assert len(entries_of(open_world)) == 2
    with open_world.services.store.read() as tx:
        assert tx.execute(select(deliveries)).all() == []


@every_call
@pytest.mark.parametrize(
    ("signing", "status", "code"),
    [
        ({"secret": make_secret()}, 401, "signature_wrong"),
        ({"late": 301}, 400, "timestamp_refused"),
        ({"late": -301}, 400, "timestamp_refused"),
        ({"without": "webhook-id"}, 400, "signature_malformed"),
        ({"without": "webhook-timestamp"}, 400, "signature_malformed"),
        ({"without": "webhook-signature"}, 400, "signature_malformed"),
    ],
)
def test_what_is_not_signed_well_is_not_even_read(open_world, name, signing, status, code):
    given = call(open_world, name, **signing)
    is_problem(given, status, code)
    assert (given.headers.get("WWW-Authenticate") == "Webhook-Signature") == (status == 401)
    assert len(entries_of(open_world)) == 2
    with open_world.services.store.read() as tx:
        assert tx.execute(select(deliveries)).all() == []
        assert connections.find(tx) is None


@every_call
def test_a_moderator_s_token_opens_nothing_here(open_world, name):
    headers = {"Authorization": "Bearer moderator-token"}
    answer = open_world.app.test_client().post(f"/plugin/v1/{name}", json={"type": name, "data": {}}, headers=headers)
    is_problem(answer, 400, "signature_malformed")


@every_call
def test_without_a_secret_nobody_can_call(keyless_world, name):
    is_problem(call(keyless_world, name), 503, "no_secret")


def test_while_the_secret_is_changed_both_are_good(tmp_path):
    former, other = make_secret(), make_secret()
    for world in make_world(tmp_path, webhook_secrets=f"{DOOR_SECRET} {former}"):
        assert call(world, "ping").status_code == 200
        assert call(world, "ping", secret=former).status_code == 200
        is_problem(call(world, "ping", secret=other), 401, "signature_wrong")


@every_call
@pytest.mark.parametrize("accept", ["text/html", "*/*", "application/json", ""])
def test_other_methods_are_not_possible(world, name, accept):
    for method in ("GET", "PUT", "PATCH", "DELETE"):
        given = world.app.test_client().open(f"/plugin/v1/{name}", method=method, headers={"Accept": accept})
        is_problem(given, 405, "method_not_allowed")


def test_a_call_that_does_not_exist_is_not_found(world):
    for path in ("contest.delete", "", "../plugin/v1", "ping/", "PING"):
        given = world.app.test_client().post(f"/plugin/v1/{path}", headers={"Accept": "text/html"})
        is_problem(given, 404, "not_found")


# What is sent


@every_call
@pytest.mark.parametrize(
    "raw", [b"", b"{", b"[]", b"null", b'"ping"', b"7", b"\xff\xfe", b"[" * 50_000, b'{"type": 1' + b"0" * 5000 + b"}"]
)
def test_a_body_that_is_no_json_object_is_refused(world, name, raw):
    is_problem(send(world, name, raw), 400, "body_malformed")


@every_call
@pytest.mark.parametrize("kind", [None, 1, [], {}, "", "PING", "ping\u0000", "doorbell"])
def test_a_body_of_another_type_is_refused(world, name, kind):
    is_problem(send(world, name, json.dumps({"type": kind, "data": CALLS[name]}).encode()), 400, "wrong_type")


@every_call
def test_of_a_key_that_comes_twice_the_last_counts_on_both_sides(world, name):
    is_problem(send(world, name, f'{{"type": "{name}", "type": "other", "data": {{}}}}'.encode()), 400, "wrong_type")


@every_call
def test_a_body_over_64_kib_is_refused(world, name):
    is_problem(send(world, name, b"x" * (64 * 1024 + 1)), 413)
    padded = json.dumps({"type": name, "data": CALLS[name]}).encode().ljust(64 * 1024)
    assert send(world, name, padded).status_code != 413


@every_call
def test_a_body_that_is_packed_is_refused(world, name):
    packed = gzip.compress(json.dumps({"type": name, "data": CALLS[name]}).encode())
    is_problem(send(world, name, packed, {"Content-Encoding": "gzip"}), 400, "body_malformed")


@pytest.mark.parametrize("name", [name for name in CALLS if CALLS[name]])
@pytest.mark.parametrize("data", [[], "x", 7, None, {}])
def test_data_that_are_missing_are_named(world, name, data):
    told = is_problem(send(world, name, json.dumps({"type": name, "data": data}).encode()), 422, "invalid_request")
    wanted = {"post", "actor", "closes"} if name == "contest.save" else CALLS[name].keys()
    assert {error["pointer"] for error in told["errors"]} == {f"/{field}" for field in wanted}


@pytest.mark.parametrize("name", [name for name in CALLS if CALLS[name]])
def test_a_field_that_is_not_known_is_named(world, name):
    told = is_problem(call(world, name, {**CALLS[name], "hint": 1}), 422, "invalid_request")
    assert [error["pointer"] for error in told["errors"]] == ["/hint"]
    assert "hint" in told["detail"]


@pytest.mark.parametrize(
    ("name", "field", "values"),
    [
        ("connect", "url", ["", "x" * 2001, "a\x00b", 7, None, [], "\ud800"]),
        ("connect", "user", ["", "x" * 201, "a\x00b", 7, "\ud800"]),
        ("connect", "password", ["", "x" * 201, "a\x00b", 7, "\ud800"]),
        ("contest.save", "post", [0, -1, 2**63, 10**30, 7.0, 7.5, 1e308, float("nan"), True, "7", None]),
        ("contest.save", "url", ["", "blog.example", "ftp://blog.example", "https://", "https://a:x/", "https://[", 7]),
        ("contest.save", "actor", ["", "x" * 81, "a\x00b", "\x1b[2J", "a\nb", 7, None, "\ud800"]),
        ("contest.save", "closes", ["", "x" * 201, "a\x00b", 7, "\ud800"]),
        ("contest.save", "winners", [0, -1, 1001, 10**30, 1.5, 1e308, float("inf"), True, "1", None]),
        ("contest.save", "alternates", [-1, 1001, 1.5, float("nan"), False, "1", None]),
        ("contest.save", "automatic", [0, 1, "true", None]),
        ("contest.save", "publishes_list", [0, 1, "true", [], "<script>"]),
        ("contest.save", "claims", [[], "x", 14, True, {"more": 1}, {"days": "14"}, {"days": -1}, {"days": 366}]),
        ("contest.save", "claims", [{"days": 10**30}, {"days": 1.5}, {"days": [14]}, {"days": True}, {"days": {}}]),
        ("contest.save", "claims", [{"fields": "Adresse"}, {"fields": [""]}, {"fields": [7]}, {"fields": [["x"]]}]),
        ("contest.save", "claims", [{"fields": ["x"] * 11}, {"fields": ["x" * 81]}, {"fields": ["a\x00b", "\ud800"]}]),
        ("contest.save", "rules", [[], "x", None, {"excluded": "bob"}, {"more": 1}, {"replies_count": 1}]),
        ("contest.save", "rules", [{"excluded": ["x"] * 1001}, {"excluded": ["x" * 321]}, {"excluded": ["\ud800"]}]),
        ("contest.show", "posts", [7, "7", None, [0], [-1], [2**63], [1.5], [True], ["7"], [[7]], [7] * 101]),
        ("privacy.export", "email", ["", "x" * 321, "a\x00b", 7, None, ["a@b.example"], "\ud800"]),
        ("privacy.erase", "email", ["", "x" * 321, "a\x00b", 7, None, {}, "\ud800"]),
    ],
)
def test_a_value_that_can_not_be_is_named(open_world, name, field, values):
    before = contest_of(open_world)
    for value in values:
        told = is_problem(call(open_world, name, {**CALLS[name], field: value}), 422, "invalid_request")
        assert all(error["pointer"].startswith(f"/{field}") for error in told["errors"]), (value, told)
        assert field in told["detail"]
    assert contest_of(open_world) == before
    assert len(entries_of(open_world)) == 2


@pytest.mark.parametrize(
    "text", ["<script>alert(1)</script>", "\u202e", "'; DROP TABLE entries; --", "{{ 7 * 7 }}", "%s"]
)
def test_words_of_strangers_are_taken_as_words(open_world, text):
    assert answer(open_world, "contest.save", {**SAVE, "actor": text})
    assert answer(open_world, "privacy.erase", {"email": text}) == {"erased": 0, "kept": []}
    assert answer(open_world, "connect", {"url": text, "user": text, "password": text})["blog"]["user"] == text
    with open_world.services.store.read() as tx:
        assert log.lines(tx, 1)[-1].actor == f"wordpress:{text}"


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(st.characters(exclude_categories=()))
    | st.sampled_from([2**63, -(2**63), 10**300, "<script>", "\ud800", "\x00", "a@b.example"]),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(st.characters(exclude_categories=())), inner, max_size=3)
    ),
    max_leaves=5,
)


@pytest.fixture(scope="module")
def shared_world(tmp_path_factory):
    yield from make_world(tmp_path_factory.mktemp("calls"), webhook_secrets=DOOR_SECRET)


@every_call
@settings(max_examples=40, deadline=None)
@given(draw=st.data())
def test_whatever_is_sent_is_answered_with_a_reason(shared_world, name, draw):
    given_data = draw.draw(
        st.fixed_dictionaries(
            {}, optional={field: json_values | st.just(value) for field, value in CALLS[name].items()}
        )
        | json_values
    )
    given = send(shared_world, name, json.dumps({"type": name, "data": given_data}).encode())
    assert given.status_code in (200, 422), given.text
    if given.status_code != 200:
        assert is_problem(given, 422)["detail"]


# What is logged


def test_nothing_personal_and_no_password_is_logged(open_world, logs):
    for name in CALLS:
        call(open_world, name, {**CALLS[name], "unknown": "abcd efgh ijkl"})
        call(open_world, name)
    open_world.blog.fail("check", BlogProblem("Wrong password.", code="credentials_refused", permanent=True))
    call(open_world, "connect")
    call(open_world, "connect", {"url": "x", "user": "ada", "password": ["abcd efgh ijkl"]})
    told = logs()
    assert "credentials_refused" in told
    assert "abcd efgh" not in told
    assert "example.org" not in told
    assert "Zoé" not in told


def test_a_failure_of_our_own_logs_no_password_and_no_address(open_world, logs, monkeypatch):
    monkeypatch.setattr(open_world.blog, "site", lambda: 1 // 0)
    is_problem(call(open_world, "connect"), 500, "internal")
    monkeypatch.setattr("service.usecases.privacy.personal.find", lambda _tx, _email: 1 // 0)
    is_problem(call(open_world, "privacy.erase"), 500, "internal")
    told = logs()
    assert told.count('"event": "request_failed"') == 2
    assert "abcd efgh" not in told
    assert "reader101" not in told


PRIZE = {"name": "mugs", "channel": "posts", "winners": 1, "alternates": 3, "prize": "a mug"}


def pools_of(world):
    return [(pool.name, pool.channel.value, pool.winners) for pool in contest_of(world).pools]


def test_saving_without_pools_leaves_them_and_changes_the_places_of_the_only_one(world):
    answer(world, "contest.save", {**SAVE, "pools": [PRIZE]})
    answer(world, "contest.save")
    assert pools_of(world) == [("mugs", "posts", 1)]
    answer(world, "contest.save", {**SAVE, "winners": 4})
    assert pools_of(world) == [("mugs", "posts", 4)]
    answer(world, "contest.save", {name: SAVE[name] for name in ("post", "actor", "closes")})
    assert pools_of(world) == [("mugs", "posts", 4)]


def test_saving_without_pools_leaves_several_as_they_are(world):
    answer(world, "contest.save", {**SAVE, "pools": [PRIZE, {**PRIZE, "name": "pens"}]})
    answer(world, "contest.save", {**SAVE, "winners": 5})
    assert pools_of(world) == [("mugs", "posts", 1), ("pens", "posts", 1)]
