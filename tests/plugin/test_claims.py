"""The term to claim a prize, what winners are asked for, and the list that is public at once, in both editors."""

from __future__ import annotations

from typing import Any

import pytest

from testbed.site import Site
from tests.plugin.conftest import ask, state_of
from tests.plugin.standin import StandIn
from tests.plugin.test_contest import accept, panel, save, saves
from tests.plugin.test_pools import BASIS, fetch, send, shown_box

HOSTILE = '<script>alert(1)</script> "Ada" & l’<b>'
ASKED: dict[str, Any] = {"claims": {"days": 14, "fields": ["Adresse postale", HOSTILE]}, "publishes_list": True}
SET: dict[str, Any] = {"claim_days": 14, "claim_fields": ["Adresse postale", HOSTILE], "publishes_list": True}
NOTHING: dict[str, Any] = {"claims": {"days": 0, "fields": []}, "publishes_list": False}
RULES = {"excluded": ["Ada", "#12"]}


def kept(settings: dict[str, Any]) -> dict[str, Any]:
    return {name: settings[name] for name in SET}


def test_what_is_set_is_handed_over_and_can_be_taken_back(each_blog: Site, service: StandIn):
    post = each_blog.create_post("Gagnez")
    accept(service, post, **ASKED)
    save(each_blog, post, **SET)
    (wish,) = saves(service, post)
    assert {name: wish[name] for name in ASKED} == ASKED
    accept(service, post, **NOTHING)
    save(each_blog, post, claim_days=0, claim_fields=[], publishes_list=False)
    assert {name: saves(service, post)[1][name] for name in ASKED} == NOTHING


def test_a_service_that_never_told_of_claims_is_told_of_none_unless_they_are_set(blog: Site, service: StandIn):
    """One of an earlier version refuses what it doesn't know."""
    post = blog.create_post("Gagnez")
    accept(service, post)
    save(blog, post)
    save(blog, post, winners=3)
    assert [wish.keys() & ASKED.keys() for wish in saves(service, post)] == [set(), set()]
    save(blog, post, publishes_list=True)
    assert saves(service, post)[-1]["publishes_list"] is True


def test_what_was_set_at_the_service_is_taken_over_and_not_undone_by_the_next_save(blog: Site, service: StandIn):
    post = blog.create_post("Gagnez")
    accept(service, post, **NOTHING)
    save(blog, post)
    accept(service, post, rules=RULES, **ASKED)
    settings = fetch(blog, post)
    assert kept(settings) == SET
    ask(blog, "POST", f"wp/v2/posts/{post}", login="author", json={"title": "Another title"})
    assert len(saves(service, post)) == 1
    # The block editor sends all settings as it got them, with what the writer changed.
    edited = ask(blog, "GET", f"wp/v2/posts/{post}", login="author", params={"context": "edit"}).json()
    save(blog, post, **{**edited["meta"]["_tirage_settings"], "winners": 9})
    assert {name: saves(service, post)[1][name] for name in ASKED} == ASKED


def test_a_client_that_does_not_know_them_leaves_them(each_blog: Site, service: StandIn):
    """An editor that was open while the plugin was brought up to date, or a script."""
    post = each_blog.create_post("Gagnez")
    accept(service, post, **ASKED)
    save(each_blog, post, **SET)
    save(each_blog, post)
    assert len(saves(service, post)) == 1
    save(each_blog, post, winners=3)
    assert {name: saves(service, post)[1][name] for name in ASKED} == ASKED
    assert kept(panel(each_blog, post)["settings"]) == SET


def test_a_service_that_tells_of_no_claims_changes_none(blog: Site, service: StandIn):
    post = blog.create_post("Gagnez")
    accept(service, post)
    save(blog, post, **SET)
    accept(service, post, rules=RULES, winners=7)
    settings = fetch(blog, post)
    assert (settings["winners"], kept(settings)) == (7, SET)


@pytest.mark.parametrize(
    "told",
    [
        {"claims": "<script>", "publishes_list": ["x"]},
        {"claims": {"days": "<script>", "fields": {"a": ["<b>"]}}, "publishes_list": {"a": 1}},
        {"claims": {"days": -5, "fields": "<script>"}, "publishes_list": "no"},
    ],
)
def test_whatever_the_service_tells_everything_is_in_its_place(blog: Site, service: StandIn, told: dict[str, Any]):
    post = blog.create_post("Gagnez")
    accept(service, post, rules=RULES, **told)
    settings = fetch(blog, post)
    assert (settings["claim_days"], settings["claim_fields"]) == (0, [])
    assert settings["publishes_list"] in (True, False)


def test_values_of_the_wrong_kind_are_refused_or_made_harmless(blog: Site, service: StandIn):
    post = blog.create_post("Gagnez")
    accept(service, post)
    all_wrong: list[dict[str, object]] = [
        {"claim_days": "many"},
        {"claim_days": [14]},
        {"claim_fields": {"a": {}}},
        {"publishes_list": "x"},
    ]
    for wrong in all_wrong:
        meta = {"meta": {"_tirage_settings": {"enabled": True, **wrong}}}
        assert ask(blog, "POST", f"wp/v2/posts/{post}", login="author", json=meta).status_code == 400
    save(blog, post, claim_days=10**9, claim_fields=["x" * 999, *map(str, range(99))])
    (wish,) = saves(service, post)
    assert wish["claims"] == {"days": 365, "fields": ["x" * 80, *map(str, range(9))]}


@pytest.mark.parametrize(
    ("code", "detail", "said"),
    [
        ("secret_key_missing", "English", "SECRET_KEY"),
        ("bad_input", "Give them fewer days (PERSONAL_DATA_DAYS).", "Give them fewer days (PERSONAL_DATA_DAYS)."),
    ],
)
def test_why_the_service_refuses_a_term_is_told_in_both_editors(
    blog: Site, service: StandIn, code: str, detail: str, said: str
):
    post = blog.create_post("Gagnez", author="admin")
    service.calls = {"contest.save": (409, {"code": code, "detail": detail, "status": 409})}
    save(blog, post, login="admin", **SET)
    assert said in panel(blog, post, login="admin")["problem"]
    assert said in shown_box(blog, post)[0]


def test_the_box_sets_the_same(each_blog: Site, service: StandIn):
    post = each_blog.create_post("Gagnez", author="admin")
    service.calls = {"contest.show": (200, {"contests": {}})}
    _, fields = shown_box(each_blog, post)
    accept(service, post, **ASKED)
    assert (fields["claim_days"], fields["claim_fields"], "publishes_list" in fields) == ("", "", False)
    typed = {"claim_days": "14", "claim_fields": f"Adresse postale\r\n\r\n {HOSTILE} ", "publishes_list": "1"}
    settings = send(each_blog, post, {**fields, **BASIS, **typed})
    assert kept(settings) == SET
    html, fields = shown_box(each_blog, post)
    assert "<script" not in html
    assert send(each_blog, post, fields) == settings
    (wish,) = saves(service, post)
    assert {name: wish[name] for name in ASKED} == ASKED
    del fields["publishes_list"]
    settings = send(each_blog, post, {**fields, "claim_days": ""})
    assert kept(settings) == {**SET, "claim_days": 0, "publishes_list": False}


@pytest.mark.parametrize("days", ["-1", "many", "<script>"])
def test_days_that_make_no_sense_in_the_box_ask_nobody(blog: Site, service: StandIn, days: str):
    post = blog.create_post("Gagnez", author="admin")
    accept(service, post)
    assert send(blog, post, {**BASIS, "claim_days": days})["claim_days"] == 0


def test_a_box_that_was_open_while_claims_were_set_elsewhere_leaves_them(blog: Site, service: StandIn):
    post = blog.create_post("Gagnez", author="admin")
    accept(service, post, rules=RULES, **NOTHING)
    fetch(blog, post)
    _, fields = shown_box(blog, post)
    accept(service, post, rules=RULES, **ASKED)
    fetch(blog, post)
    assert kept(send(blog, post, {**fields, "how_to": "Dites bonjour"})) == SET
    assert saves(service, post) == []


def test_once_the_list_is_sealed_they_are_fixed(blog: Site, service: StandIn):
    post = blog.create_post("Gagnez", author="admin")
    accept(service, post, phase="sealed", is_changeable=False, rules=RULES, **ASKED)
    before = fetch(blog, post)
    html, fields = shown_box(blog, post)
    assert html.index("<fieldset disabled>") < html.index("tirage[claim_days]") < html.index("tirage[how_to]")
    changed = {"claim_days": "3", "claim_fields": "x", "how_to": "Dites bonjour"}
    assert send(blog, post, {**fields, **changed}) == {**before, "how_to": "Dites bonjour"}


def test_readers_are_not_told_what_winners_are_asked_for(blog: Site, service: StandIn):
    post = blog.create_post("Gagnez", "[tirage]")
    service.calls = {"contest.save": (200, {"contest": state_of(post, **ASKED)})}
    save(blog, post, **SET)
    answer = ask(blog, "GET", f"wp/v2/posts/{post}", login="reader")
    assert answer.ok
    assert "Adresse postale" not in answer.text
