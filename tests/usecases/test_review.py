"""A moderator's decisions, and what a contest can't be opened or changed to."""

from __future__ import annotations

import pytest

from service.domain.contest import Rules
from service.domain.eligibility import Code, State, Status
from service.domain.errors import AlreadyAdopted, BadInput, BadTemplate, Conflict, NotFound
from service.storage import listing
from service.usecases import adopt, announce, collect, review, seal
from service.usecases.adopt import Change


@pytest.fixture
def reviewed(world):
    """A contest with three entries: one fine, one held, one a reply."""
    world.blog.add(comment_id=101)
    world.blog.add(comment_id=102, state=State.HELD)
    world.blog.add(comment_id=103, parent_id=101)
    world.open()
    collect.collect(world.services, 1)
    return world


def test_a_disqualified_entry_says_why(reviewed):
    entry = review.disqualify(reviewed.services, 1, 101, reason="  wrote\n twice ", actor="ada")
    assert entry.verdict.status is Status.INELIGIBLE
    assert (entry.verdict.reasons[0].code, entry.verdict.reasons[0].detail) == (Code.DISQUALIFIED, "wrote twice")


def test_a_readmitted_reply_is_in(reviewed):
    assert review.readmit(reviewed.services, 1, 103, reason="our fault", actor="ada").verdict.status is Status.ELIGIBLE


def test_who_was_disqualified_can_be_readmitted(reviewed):
    review.disqualify(reviewed.services, 1, 101, reason="mistaken", actor="ada")
    assert review.readmit(reviewed.services, 1, 101, reason="sorry", actor="ada").verdict.status is Status.ELIGIBLE


def test_a_held_comment_is_approved_in_wordpress_and_not_readmitted_here(reviewed):
    with pytest.raises(Conflict, match="Approve it in WordPress first"):
        review.readmit(reviewed.services, 1, 102, reason="please", actor="ada")


@pytest.mark.parametrize("reason", ["", "  ", "x" * 501, "ask bob@example.org", "from 192.0.2.1", "a\x00b", "\u202e"])
def test_a_reason_that_can_not_be_published_is_refused(reviewed, reason):
    with pytest.raises(BadInput):
        review.disqualify(reviewed.services, 1, 101, reason=reason, actor="ada")


def test_decisions_after_the_seal_are_refused(reviewed):
    reviewed.pass_deadline()
    seal.seal(reviewed.services, 1, actor="ada", leave_out=True)
    for decide in (review.disqualify, review.readmit):
        with pytest.raises(Conflict, match="sealed"):
            decide(reviewed.services, 1, 101, reason="too late", actor="ada")
    with pytest.raises(Conflict, match="sealed"):
        collect.collect(reviewed.services, 1)
    with pytest.raises(Conflict, match="sealed"):
        adopt.change_contest(reviewed.services, 1, Change(winners=2), actor="ada", reason="more")


def test_an_entry_that_is_not_there(reviewed):
    with pytest.raises(NotFound):
        review.disqualify(reviewed.services, 1, 999, reason="who", actor="ada")


def test_changed_rules_are_judged_at_once(reviewed):
    adopt.change_contest(reviewed.services, 1, Change(rules=Rules(replies_count=True)), actor="ada", reason="kinder")
    with reviewed.services.store.read() as tx:
        assert listing.one(tx, 1, 103).verdict.status is Status.ELIGIBLE


@pytest.mark.parametrize(
    "change", [Change(winners=0), Change(winners=10**9), Change(alternates=-1), Change(closes="whenever")]
)
def test_a_change_that_makes_no_contest_is_refused(reviewed, change):
    before = reviewed.contest()
    with pytest.raises(BadInput):
        adopt.change_contest(reviewed.services, 1, change, actor="ada", reason="x")
    assert reviewed.contest() == before


def test_a_template_is_tried_before_it_is_kept(reviewed):
    with pytest.raises(BadTemplate):
        adopt.change_contest(reviewed.services, 1, Change(template="{{ nonsense"), actor="ada", reason="x")


def test_a_second_contest_on_the_same_post_is_refused(world):
    world.open()
    with pytest.raises(AlreadyAdopted, match="contest 1"):
        world.open()


def test_a_post_that_readers_can_not_see_is_refused(world):
    world.blog.add_post(8, status="trash")
    with pytest.raises(BadInput, match="trash"):
        world.open(post_id=8)


def test_two_posts_of_the_same_name_get_different_pages(world):
    world.blog.add_post(8, slug="deux-livres-7")
    assert world.open().slug != world.open(post_id=8).slug


def test_a_post_named_in_another_script_gets_a_page_all_the_same(world):
    world.blog.add_post(8, slug="%e3%81%82", title="プレゼント")
    world.blog.add_post(9, slug="", title="プレゼント")
    assert world.open(post_id=8).slug == "e3-81-82"
    assert world.open(post_id=9).slug == "contest-9"


def test_the_words_can_change_until_they_are_used(reviewed):
    reviewed.pass_deadline()
    seal.seal(reviewed.services, 1, actor="ada", leave_out=True)
    reviewed.run()
    change = Change(template="Bravo ! {{ proof_url }}")
    adopt.change_contest(reviewed.services, 1, change, actor="ada", reason="shorter")
    announce.announce(reviewed.services, 1, actor="ada")
    assert reviewed.blog.texts() == ["Bravo ! https://tirage.example/contests/deux-livres-7/draws/1"]
    with pytest.raises(Conflict):
        adopt.change_contest(reviewed.services, 1, change, actor="ada", reason="again")


def test_a_deadline_is_not_put_off_where_nobody_can_comment(reviewed):
    reviewed.blog.set_comments_open(7, is_open=False)
    with pytest.raises(BadInput, match="Comments are closed"):
        adopt.change_contest(
            reviewed.services, 1, Change(closes="2026-12-20T17:00:00+01:00"), actor="ada", reason="more time"
        )


def test_a_change_says_why(reviewed):
    with pytest.raises(BadInput, match="Say why"):
        adopt.change_contest(reviewed.services, 1, Change(winners=2), actor="ada", reason=" ")


def test_names_of_pages_never_run_out(world):
    for post_id, slug in ((20, "prix-22"), (21, "prix"), (22, "prix"), (23, "prix")):
        world.blog.add_post(post_id, slug=slug)
    assert [world.open(post_id=post_id).slug for post_id in (20, 21, 22, 23)] == [
        "prix-22",
        "prix",
        "prix-22-2",
        "prix-23",
    ]
