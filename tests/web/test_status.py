"""How the service says that it is alive, ready, and how much there is to do."""

from __future__ import annotations

import threading

import pytest
from sqlalchemy.exc import OperationalError

from service.usecases.ports import BlogProblem
from service.web import readiness
from service.web.readiness import Readiness


def ready(world):
    return world.app.test_client().get("/readyz")


def test_a_process_is_alive_whatever_else_is(world, monkeypatch):
    monkeypatch.setattr(world.services.store, "check", lambda: 1 / 0)
    world.blog.fail("check")
    answer = world.app.test_client().get("/healthz")
    assert (answer.status_code, answer.json) == (200, {"status": "ok"})


def test_ready_is_when_database_and_blog_answer(world):
    answer = ready(world)
    assert answer.status_code == 200
    ok = {"status": "ok", "detail": None}
    assert answer.json == {"status": "ok", "checks": {"database": ok, "blog": ok}}


def test_a_blog_that_fails_is_named_with_its_reason(world):
    world.blog.fail("check", BlogProblem("The blog asks for a pause.", code="blog_busy"))
    answer = ready(world)
    assert answer.status_code == 503
    assert answer.json["checks"]["database"]["status"] == "ok"
    assert answer.json["checks"]["blog"] == {"status": "failing", "detail": "The blog asks for a pause."}


def test_whoever_asks_does_not_learn_the_moderators_name(world):
    world.blog.fail("check", BlogProblem("Ada may not moderate here.", code="not_allowed", permanent=True))
    answer = ready(world)
    assert answer.status_code == 503
    assert "Ada" not in answer.text
    assert "moderate" in answer.json["checks"]["blog"]["detail"]


def test_an_outdated_database_says_what_to_do(world):
    world.services.store.downgrade("base")
    answer = ready(world)
    assert answer.status_code == 503
    assert "tirage db upgrade" in answer.json["checks"]["database"]["detail"]


@pytest.mark.parametrize("failure", [OperationalError("x", {}, Exception("password=hunter2")), ValueError("hunter2")])
def test_a_database_that_fails_gives_no_secret_away(world, monkeypatch, failure):
    def fail():
        raise failure

    monkeypatch.setattr(world.services.store, "check", fail)
    answer = ready(world)
    assert answer.status_code == 503
    assert answer.json["checks"]["database"]["status"] == "failing"
    assert "hunter2" not in answer.text


def test_the_blog_is_asked_no_more_often_than_every_ten_seconds(world, monkeypatch):
    now = [0.0]
    monkeypatch.setattr(readiness, "monotonic", lambda: now[0])
    for _ in range(20):
        ready(world)
    assert world.blog.calls.count("check") == 1
    now[0] = 10.1
    ready(world)
    assert world.blog.calls.count("check") == 2


def test_a_blog_that_hangs_holds_up_one_request_only(world, monkeypatch):
    asked, answer = threading.Event(), threading.Event()

    def hang():
        asked.set()
        answer.wait(10)

    monkeypatch.setattr(world.blog, "check", hang)
    checks = Readiness(world.services)
    first = threading.Thread(target=checks.blog)
    first.start()
    asked.wait(10)
    assert not checks.blog().is_ok
    answer.set()
    first.join()
    assert checks.blog().is_ok


def test_metrics_count_contests_and_say_how_late_the_worker_is(world):
    world.open_contest()
    world.clock.forward(90)
    text = world.app.test_client().get("/metrics").text
    assert 'tirage_contests{phase="open"} 1.0' in text
    assert 'tirage_contests{phase="announced"} 0.0' in text
    assert "tirage_contests_waiting 0.0" in text
    assert "tirage_due_lag_seconds 90.0" in text
