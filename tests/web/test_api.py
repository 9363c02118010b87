"""What the API does, from opening a contest to its winner comment."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from service.domain import receipt_checks
from service.domain.drawing import hash_text
from service.domain.eligibility import State
from tests.factories import SECRET

OPEN = {"post": "https://blog.example/deux-livres-7/", "closes": "2026-11-27 17:00"}


def test_a_contest_is_opened_and_shown(world):
    answer = world.ask("POST", "/contests", json={**OPEN, "winners": 2, "rules": {"excluded": ["Ada"]}})
    assert answer.status_code == 201
    assert answer.headers["Location"] == "/api/v1/contests/1"
    told = world.get("/contests/1")
    assert told == answer.json
    assert told["closes_at"] == "2026-11-27T16:00:00Z"
    assert told["closes_at_local"] == "2026-11-27T17:00:00+01:00"
    assert told["winners"] == 2
    assert told["rules"]["excluded"] == ["Ada"]
    assert told["commitment"] == hash_text(SECRET)
    assert told["phase"] == "open"
    assert told["proof_url"] is None, "a link that is told too early may be taken for the winner comment's"
    assert SECRET not in answer.text


def test_a_posts_number_may_be_a_number(world):
    assert world.post("/contests", {**OPEN, "post": 7}, 201)["post_id"] == 7


def test_a_dry_run_shows_the_resolved_deadline_and_opens_nothing(world):
    plan = world.post("/contests", {**OPEN, "dry_run": True})
    assert plan["closes_at_local"] == "2026-11-27T17:00:00+01:00"
    assert plan["title"] == "Deux livres à gagner"
    assert world.get("/contests")["contests"] == []


def test_contests_are_listed_page_by_page(world):
    for post_id in (7, 8, 9):
        world.blog.add_post(post_id)
        world.open_contest(post=post_id)
    first = world.get("/contests?limit=2&phase=open")
    assert [contest["id"] for contest in first["contests"]] == [1, 2]
    rest = world.app.test_client().get(first["next"], headers={"Authorization": "Bearer moderator-token"}).json
    assert [contest["id"] for contest in rest["contests"]] == [3]
    assert rest["next"] is None
    assert world.get("/contests?phase=drawn")["contests"] == []


def test_what_is_changed_changes_and_the_rest_stays(world):
    world.open_contest(rules={"excluded": ["Ada"], "replies_count": True})
    answer = world.ask(
        "PATCH", "/contests/1", json={"winners": 3, "rules": {"staff_may_win": True}, "reason": "More books"}
    )
    assert answer.status_code == 200, answer.text
    rules = {"replies_count": True, "staff_may_win": True, "leave_out_held": False, "excluded": ["Ada"]}
    assert answer.json["rules"] == {**rules, "one_prize": True, "needs_all": False, "reposts_count": False}
    assert (answer.json["winners"], answer.json["alternates"]) == (3, 3)
    assert world.get("/contests/1/log")["log"][-1]["reason"] == "More books"


def test_a_change_needs_a_reason(world):
    world.open_contest()
    assert world.ask("PATCH", "/contests/1", json={"winners": 2}).status_code == 422


def test_collecting_tells_what_was_read(world):
    world.open_contest()
    reading = world.post("/contests/1/collect")
    assert (reading["comments"], reading["complete"], reading["gap"]) == (6, True, None)
    assert reading["counts"] == {"eligible": 2, "ineligible": 4, "undecided": 0}
    told = world.get("/contests/1")
    assert told["reasons"]["ineligible"] == {"duplicate": 1, "empty": 1, "post_author": 1, "reply": 1}
    assert told["last_read_at"] == "2026-11-26T16:00:00Z"


def test_a_contest_is_shown_while_entries_are_not_judged_yet(world):
    world.open_contest()
    from service.storage import entries
    from tests.factories import make_comment

    with world.services.store.write() as tx:
        entries.save_page(tx, 1, [make_comment(500)], now=world.clock())
    assert world.get("/contests/1")["counts"]["undecided"] == 1


def test_entries_are_listed_with_verdict_reasons_and_hints(world):
    world.open_contest()
    world.post("/contests/1/collect")
    rows = {row["comment_id"]: row for row in world.get("/contests/1/entries")["entries"]}
    assert rows[101]["verdict"] == {"status": "eligible", "reasons": []}
    assert rows[101]["flags"] == ["shared_ip"]
    assert rows[102]["verdict"] == {"status": "ineligible", "reasons": ["duplicate"]}
    assert rows[102]["details"][0]["detail"] == 101
    assert "101" in rows[102]["details"][0]["words"]
    assert rows[102]["author_email"] == "reader101@example.org"


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("status=eligible", [100, 101]),
        ("reason=reply", [104]),
        ("author=zo%C3%A9", [101, 102]),
        ("author=READER103", [103]),
        ("author=%25", []),
        ("after=103", [104, 105]),
        ("after=9223372036854775807", []),
    ],
)
def test_entries_are_filtered(world, query, found):
    world.open_contest()
    world.post("/contests/1/collect")
    assert [row["comment_id"] for row in world.get(f"/contests/1/entries?{query}")["entries"]] == found


def test_entries_come_page_by_page_with_the_same_filter(world):
    world.open_contest()
    world.post("/contests/1/collect")
    page = world.get("/contests/1/entries?limit=3&status=ineligible")
    assert [row["comment_id"] for row in page["entries"]] == [102, 103, 104]
    rest = world.app.test_client().get(page["next"], headers={"Authorization": "Bearer moderator-token"}).json
    assert [row["comment_id"] for row in rest["entries"]] == [105]
    assert rest["next"] is None


def test_an_entry_is_struck_and_let_in_again(world):
    world.open_contest()
    world.post("/contests/1/collect")
    struck = world.post("/contests/1/entries/101/disqualify", {"reason": "Asked to be left out"})
    assert struck["verdict"] == {"status": "ineligible", "reasons": ["disqualified"]}
    assert struck["moderator"] == {"action": "disqualify", "reason": "Asked to be left out"}
    back = world.post("/contests/1/entries/101/readmit", {"reason": "Changed their mind"})
    assert back["verdict"]["status"] == "eligible"


def test_what_is_not_on_the_blog_cannot_be_let_in(world):
    world.open_contest()
    world.blog.edit(101, state=State.SPAM)
    world.post("/contests/1/collect")
    told = world.post("/contests/1/entries/101/readmit", {"reason": "A friend"}, 409)
    assert told["code"] == "not_readmittable"


@pytest.mark.parametrize("reason", ["", " ", "write to ada@example.org", "from 192.0.2.1", "bad\u202ename", "x" * 501])
def test_a_reason_is_there_short_and_impersonal(world, reason):
    world.open_contest()
    world.post("/contests/1/collect")
    world.post("/contests/1/entries/101/disqualify", {"reason": reason}, 422)


@pytest.mark.parametrize("text", ["nul\\u0000", "\\ud800"])
@pytest.mark.parametrize("field", ["closes", "template", "reason"])
def test_text_that_no_database_holds_is_refused(world, field, text):
    world.open_contest()
    body = f'{{"winners": 2, "{field}": "{text}"' + ("}" if field == "reason" else ', "reason": "Why"}')
    answer = world.ask("PATCH", "/contests/1", data=body, content_type="application/json")
    assert answer.status_code == 422, answer.text
    assert answer.json["errors"][0]["pointer"] == f"/{field}"


def test_a_filter_that_no_database_holds_is_refused(world):
    world.open_contest()
    assert world.ask("GET", "/contests/1/entries?author=a%00b").status_code == 422


def test_held_comments_can_be_left_out_at_the_seal(world):
    world.open_contest()
    held = world.blog.add(state=State.HELD)
    world.close()
    world.post("/contests/1/seal", {"leave_out_undecided": True})
    row = world.get(f"/contests/1/entries?after={held.id - 1}")["entries"][0]
    assert row["verdict"] == {"status": "ineligible", "reasons": ["held"]}


def test_a_contest_goes_to_its_winner_comment_and_each_act_twice_is_once(world):
    world.open_contest()
    world.close()
    sealed = world.post("/contests/1/seal")
    assert sealed == world.post("/contests/1/seal", {})
    assert sealed["winners"] == []
    drawn = world.post("/contests/1/draw")
    assert drawn == world.post("/contests/1/draw")
    assert drawn["digest"] == sealed["digest"]
    winner = drawn["winners"][0]["comment_id"]
    assert {winner, *(row["comment_id"] for row in drawn["alternates"])} == {100, 101}
    told = world.post("/contests/1/announce")
    assert told == world.post("/contests/1/announce")
    assert told["comment_url"].endswith(f"#comment-{told['comment_id']}")
    assert len(world.blog.texts()) == 1
    assert world.get("/contests/1")["announcement"] == told
    assert world.get("/contests/1")["phase"] == "announced"
    assert [line["action"] for line in world.get("/contests/1/log")["log"]] == [
        "open",
        "close",
        "seal",
        "draw",
        "announce",
    ]


def test_many_who_announce_at_once_make_one_comment(world):
    world.open_contest()
    world.close()
    world.post("/contests/1/seal")
    world.post("/contests/1/draw")
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: world.ask("POST", "/contests/1/announce"), range(8)))
    assert {answer.status_code for answer in answers} <= {200, 409}
    assert len(world.blog.texts()) == 1


def test_the_receipt_verifies(world):
    world.open_contest()
    world.close()
    world.post("/contests/1/seal")
    assert world.ask("GET", "/contests/1/receipt").json["code"] == "not_drawn"
    world.post("/contests/1/draw")
    assert receipt_checks.verify(world.get("/contests/1/receipt")) == []


def test_the_winner_comment_can_be_looked_at_before_and_with_another_template(world):
    world.open_contest()
    assert "https://draws.example/contests/" in world.get("/contests/1/preview")["text"]
    assert "https://draws.example/contests/" in world.post("/contests/1/preview")["text"]
    told = world.post("/contests/1/preview", {"template": "Bravo ! {{ proof_url }}"})
    assert "/contests/" in told["text"]


def test_the_contest_is_told_as_the_list_tells_it_and_more(world):
    world.open_contest()
    line = world.get("/contests")["contests"][0]
    told = world.get("/contests/1")
    assert {name: told[name] for name in line} == line
