"""Every error is a problem document: what to fix for the caller, the trace for the log."""

from __future__ import annotations

import re

import pytest
from sqlalchemy.exc import OperationalError

from service.domain.errors import Blocked, LeaseLost
from service.storage.store import Store
from service.usecases.ports import BlogProblem


def is_problem(answer, status, code):
    assert answer.status_code == status, answer.text
    assert answer.mimetype == "application/problem+json"
    assert answer.json["status"] == status
    assert answer.json["code"] == code
    assert answer.json["type"] == "about:blank"
    assert answer.json["title"]
    assert answer.json["detail"]
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Traceback" not in answer.text
    return answer.json


def test_an_unknown_address_is_a_404_problem(world):
    is_problem(world.ask("GET", "/nowhere"), 404, "not_found")


def test_an_impossible_method_is_a_405_problem_that_names_the_possible_ones(world):
    answer = world.ask("DELETE", "/contests")
    is_problem(answer, 405, "method_not_allowed")
    assert {"GET", "POST"} <= set(answer.headers["Allow"].split(", "))


def test_a_large_body_is_a_413_problem(world):
    answer = world.ask("POST", "/contests", json={"post": "x" * 70_000})
    is_problem(answer, 413, "request_entity_too_large" if "entity" in answer.text else "content_too_large")


@pytest.mark.parametrize("mimetype", ["text/plain", "application/x-www-form-urlencoded", "application/xml", ""])
def test_a_body_that_is_not_json_is_a_415_problem(world, mimetype):
    answer = world.ask("POST", "/contests", data='{"post": "7"}', content_type=mimetype)
    is_problem(answer, 415, "unsupported_media_type")


@pytest.mark.parametrize(
    "body", [b"{", b'{"post": }', b"\xff\xfe", b'{"post": "7"', b"[" * 60_000, b'{"winners": ' + b"9" * 5_000 + b"}"]
)
def test_broken_json_is_a_400_problem(world, body):
    is_problem(world.ask("POST", "/contests", data=body, content_type="application/json"), 400, "bad_request")


@pytest.mark.parametrize("body", ['"{\\"post\\": \\"7\\"}"', "[]", "7", "null", "true"])
def test_json_that_is_no_object_is_a_422_problem(world, body):
    answer = world.ask("POST", "/contests", data=body, content_type="application/json")
    is_problem(answer, 422, "invalid_request")


def test_a_wrong_body_names_each_wrong_place(world):
    body = {"post": "7", "winners": "2", "rules": {"excluded": ["a", 3]}, "wins": 1}
    told = is_problem(world.ask("POST", "/contests", json=body), 422, "invalid_request")
    places = {error["pointer"] for error in told["errors"]}
    assert places == {"/closes", "/winners", "/rules/excluded/1", "/wins"}
    assert {error["where"] for error in told["errors"]} == {"body"}


def test_a_wrong_parameter_is_named(world):
    told = is_problem(world.ask("GET", "/contests?limit=501"), 422, "invalid_request")
    assert told["errors"][0]["where"] == "query"
    assert told["errors"][0]["pointer"] == "/limit"


def test_a_parameter_that_is_misspelt_is_refused(world):
    is_problem(world.ask("GET", "/contests?fase=open"), 422, "invalid_request")


@pytest.mark.parametrize("number", [2**31, 2**63, 2**200])
def test_a_number_that_no_database_holds_is_refused(world, number):
    told = is_problem(world.ask("GET", f"/contests/{number}"), 422, "invalid_request")
    assert told["errors"][0]["where"] == "path"


def test_the_largest_number_is_looked_for(world):
    world.open_contest()
    is_problem(world.ask("GET", f"/contests/{2**31 - 1}"), 404, "not_found")
    entry = f"/contests/1/entries/{2**63 - 1}/disqualify"
    is_problem(world.ask("POST", entry, json={"reason": "Not there"}), 404, "not_found")


def test_every_error_of_the_domain_has_its_status(world):
    world.open_contest()
    is_problem(world.ask("GET", "/contests/2"), 404, "not_found")
    is_problem(world.ask("POST", "/contests/1/draw"), 409, "phase_open")
    is_problem(world.ask("POST", "/contests/1/seal", json={}), 409, "still_open")
    is_problem(world.ask("GET", "/contests/1/receipt"), 404, "not_found")
    again = world.ask("POST", "/contests", json={"post": "7", "closes": "2026-11-27 17:00"})
    is_problem(again, 409, "already_adopted")
    unreadable = world.ask("PATCH", "/contests/1", json={"closes": "when pigs fly", "reason": "Why not"})
    is_problem(unreadable, 422, "bad_deadline")


def test_undecided_entries_are_a_conflict_that_says_so(world):
    from service.domain.eligibility import State

    world.open_contest()
    world.blog.add(state=State.HELD)
    world.close()
    told = is_problem(world.ask("POST", "/contests/1/seal"), 409, "undecided")
    assert "held for moderation" in told["detail"]


def test_a_count_that_does_not_match_is_a_conflict_that_says_so(world):
    world.open_contest()
    world.blog.hidden.add(101)
    world.close()
    is_problem(world.ask("POST", "/contests/1/seal"), 409, "incomplete")


def test_a_contest_in_other_hands_is_a_conflict_with_a_time_to_come_back(world, monkeypatch):
    world.open_contest()
    with world.services.hold(1):
        answer = world.ask("POST", "/contests/1/collect")
    is_problem(answer, 409, LeaseLost.code)
    assert int(answer.headers["Retry-After"]) > 0


def test_a_blog_that_is_away_is_a_503_problem_with_a_time_to_come_back(world):
    world.open_contest()
    world.blog.fail("count", BlogProblem("Busy.", code="blog_busy", retry_after=7))
    answer = world.ask("POST", "/contests/1/collect")
    is_problem(answer, 503, "blog_busy")
    assert answer.headers["Retry-After"] == "7"


def test_a_blog_that_refuses_for_good_is_a_502_problem(world):
    world.blog.fail("find_post", BlogProblem("Wrong password.", code="credentials_refused", permanent=True))
    answer = world.ask("POST", "/contests", json={"post": "7", "closes": "2026-11-27 17:00"})
    is_problem(answer, 502, "credentials_refused")


def test_a_post_that_does_not_exist_is_the_callers_mistake(world):
    answer = world.ask("POST", "/contests", json={"post": "8", "closes": "2026-11-27 17:00"})
    is_problem(answer, 422, "post_not_found")


def test_a_failure_of_ours_is_a_500_problem_without_a_trace(world, monkeypatch, caplog):
    def fail(*_args):
        raise RuntimeError("secret detail")

    monkeypatch.setattr(world.blog, "find_post", fail)
    answer = world.ask("POST", "/contests", json={"post": "7", "closes": "2026-11-27 17:00"})
    told = is_problem(answer, 500, "internal")
    assert "secret detail" not in answer.text
    assert told["request_id"] == answer.headers["X-Request-Id"]


def test_the_log_tells_of_a_failure_under_the_requests_id(world, monkeypatch):
    from structlog.testing import capture_logs

    monkeypatch.setattr(world.blog, "find_post", lambda _reference: 1 / 0)
    with capture_logs() as lines:
        answer = world.ask("POST", "/contests", json={"post": "7", "closes": "2026-11-27 17:00"})
    line = next(line for line in lines if line["event"] == "request_failed")
    assert line["request_id"] == answer.headers["X-Request-Id"]
    assert line["exc_info"]


def test_a_database_that_is_away_is_a_503_problem(world, monkeypatch):
    def away(self):
        raise OperationalError("select", {}, Exception("locked at /secret/path"))

    monkeypatch.setattr(Store, "read", away)
    answer = world.ask("GET", "/contests")
    is_problem(answer, 503, "database_unavailable")
    assert "/secret" not in answer.text


def test_a_request_keeps_the_id_that_a_proxy_gave(world):
    assert (
        world.ask("GET", "/contests", headers={"X-Request-Id": "from-proxy-1"}).headers["X-Request-Id"]
        == "from-proxy-1"
    )
    made = world.ask("GET", "/contests", headers={"X-Request-Id": "bad id\u00ff"}).headers["X-Request-Id"]
    assert re.fullmatch("[0-9a-f]{32}", made)


def test_blocked_is_a_conflict(world, monkeypatch):
    def blocked(*_args):
        raise Blocked("Not now.", code="somewhere")

    monkeypatch.setattr(world.blog, "find_post", blocked)
    answer = world.ask("POST", "/contests", json={"post": "7", "closes": "2026-11-27 17:00"})
    is_problem(answer, 409, "somewhere")
