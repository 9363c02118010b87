"""The worker's steps: from an open contest to the winner comment, and what it does when something is in the way."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from time import sleep

import pytest

from service.domain import receipt_checks
from service.domain.contest import Phase, Rules
from service.domain.eligibility import State
from service.domain.errors import LeaseLost
from service.domain.reports import CommentFacts
from service.storage import contests, draws, entries, listing, log, tables
from service.usecases import adopt, announce, collect, seal
from service.usecases.adopt import Change
from service.usecases.ports import BlogProblem
from service.usecases.services import Timing, utc_now
from tests.factories import CLOSES_AT, SECRET


def test_an_automatic_contest_goes_all_the_way(world):
    for _ in range(5):
        world.blog.add()
    world.open(auto=True)
    assert world.step().phase is Phase.OPEN
    world.pass_deadline()
    assert world.run().phase is Phase.ANNOUNCED
    assert len(world.blog.texts()) == 1
    with world.services.store.read() as tx:
        drawn, lines = draws.latest(tx, 1), log.lines(tx, 1)
    assert receipt_checks.verify(drawn.receipt) == []
    assert [line.action for line in lines] == ["open", "close", "seal", "draw", "announce"]
    assert drawn.drawn_at is not None
    assert drawn.drawn_at is not None
    assert world.contest().due_at == drawn.drawn_at + timedelta(days=90), "the end of its personal data's term"


def test_the_other_contests_wait_for_the_moderator(world):
    world.blog.add()
    world.open()
    world.pass_deadline()
    for _ in range(3):
        assert world.step().phase in (Phase.CLOSING, Phase.REVIEW)
    assert world.contest().phase is Phase.REVIEW
    assert world.blog.texts() == []


def test_an_open_contest_is_read_again_at_each_poll_and_at_the_deadline(world):
    world.open()
    contest = world.step()
    assert contest.due_at == world.clock() + timedelta(seconds=60)
    world.clock.move_to(CLOSES_AT - timedelta(seconds=20))
    assert world.step().due_at == CLOSES_AT + timedelta(seconds=2)


def test_nothing_closes_while_the_blog_s_own_clock_is_behind(world):
    world.open()
    world.pass_deadline()
    world.blog.time = CLOSES_AT - timedelta(seconds=30)
    assert world.step().phase is Phase.OPEN
    world.blog.time = CLOSES_AT + timedelta(seconds=3)
    world.clock.forward(2)
    assert world.step().phase is Phase.REVIEW


def test_a_held_comment_stops_an_automatic_contest_until_it_is_decided_in_wordpress(world):
    held = world.blog.add(state=State.HELD)
    world.blog.add()
    world.open(auto=True)
    world.pass_deadline()
    world.step()
    contest = world.step()
    assert contest.phase is Phase.REVIEW
    assert contest.problem is not None
    assert contest.problem.code == "undecided"
    world.blog.edit(held.id, state=State.APPROVED)
    world.clock.forward(61)
    assert world.run().phase is Phase.ANNOUNCED


def test_a_contest_told_to_leave_held_comments_out_does_not_wait(world):
    world.blog.add(state=State.HELD)
    world.blog.add()
    world.open(auto=True, rules=Rules(leave_out_held=True))
    world.pass_deadline()
    assert world.run().phase is Phase.ANNOUNCED


def test_a_problem_is_stored_with_its_first_moment_and_gone_after_a_good_step(world):
    world.open()
    world.blog.fail("comments", times=2)
    first = world.step().problem
    world.clock.forward(10)
    again = world.step().problem
    assert first is not None
    assert again is not None
    assert (again.since, again.tries) == (first.since, 2)
    world.clock.forward(60)
    assert world.step().problem is None


@pytest.mark.parametrize(("asked", "waited"), [(7.0, 7.0), (10**9, 6 * 3600.0), (0.0, 1.0)])
def test_a_pause_that_the_blog_asks_for_is_kept_within_bounds(world, asked, waited):
    world.open()
    world.blog.fail("count", BlogProblem("busy", code="blog_busy", retry_after=asked))
    assert world.step().due_at == world.clock() + timedelta(seconds=waited)


def test_pauses_grow_and_end_growing(world):
    world.open()
    world.blog.fail("count", times=20)
    pauses = []
    for _ in range(20):
        contest = world.step()
        pauses.append((contest.due_at - world.clock()).total_seconds())
        world.clock.move_to(contest.due_at)
    assert pauses == sorted(pauses)
    assert (pauses[0], pauses[-1]) == (5.0, 300.0)


def test_a_fault_of_our_own_stops_one_contest_and_not_the_worker(world, monkeypatch):
    world.open()
    monkeypatch.setattr(world.blog, "count", lambda _post_id: 1 // 0)
    contest = world.step()
    assert contest.problem is not None
    assert contest.problem.code == "internal"


def test_a_comment_that_is_counted_and_not_listed_keeps_the_contest_from_closing(world):
    hidden = world.blog.add()
    world.blog.hidden.add(hidden.id)
    world.open(auto=True)
    world.pass_deadline()
    contest = world.step()
    assert contest.phase is Phase.CLOSING
    assert contest.problem is not None
    assert "WordPress counts 1 approved comments on this post and 0 could be read" in contest.problem.message
    world.blog.hidden.clear()
    world.clock.forward(60)
    assert world.run().phase is Phase.ANNOUNCED


def test_an_incomplete_reading_deletes_nothing(world):
    comment = world.blog.add()
    world.open()
    world.step()
    world.blog.hidden.add(comment.id)
    world.clock.forward(61)
    world.step()
    with world.services.store.read() as tx:
        assert entries.count_states(tx, 1) == {State.APPROVED: 1}


def test_comments_that_come_while_a_reading_runs_are_read_before_it_counts_as_complete(world, monkeypatch):
    for _ in range(7):
        world.blog.add()
    world.open()
    read = world.blog.comments
    late: list[CommentFacts] = []

    def comments(post_id):
        for page in read(post_id):
            if not late:
                late.append(world.blog.add(comment_id=1))  # before the page that was just read
            yield page

    monkeypatch.setattr(world.blog, "comments", comments)
    reading = collect.collect(world.services, 1)
    assert (reading.gap, reading.comments) == ("", 8)


def test_a_deadline_put_off_during_review_opens_the_contest_again(world):
    world.open()
    world.pass_deadline()
    world.step()
    change = Change(closes="2026-12-04T17:00:00+01:00")
    contest = adopt.change_contest(world.services, 1, change, actor="ada", reason="more time")
    assert contest.phase is Phase.OPEN
    assert contest.closes_at == CLOSES_AT + timedelta(days=7)
    with world.services.store.read() as tx:
        line = log.lines(tx, 1)[-1]
    assert (line.actor, line.action, line.reason) == ("ada", "change", "more time")
    assert line.details["closes_at"] == ["2026-11-27T16:00:00Z", "2026-12-04T16:00:00Z"]


def test_while_a_worker_holds_the_contest_a_command_says_so(world):
    world.open()
    with world.services.store.write() as tx:
        contests.take(tx, 1, now=world.clock(), seconds=30, token="a worker")
    with pytest.raises(LeaseLost, match="another process"):
        collect.collect(world.services, 1)


def test_a_worker_that_lost_its_lease_changes_nothing(world, monkeypatch):
    """A worker that was frozen wakes up after another has taken the contest."""
    world.blog.add()
    world.open()
    staff_ids = world.blog.staff_ids

    def freeze():
        world.clock.forward(31)
        with world.services.store.write() as tx:
            contests.take(tx, 1, now=world.clock(), seconds=30, token="another worker")
        monkeypatch.setattr(world.blog, "staff_ids", staff_ids)
        return staff_ids()

    monkeypatch.setattr(world.blog, "staff_ids", freeze)
    world.step()
    with world.services.store.read() as tx:
        assert entries.facts(tx, 1) == []


def test_sealing_twice_gives_the_same_list(world):
    world.blog.add()
    world.open()
    world.pass_deadline()
    first = seal.seal(world.services, 1, actor="ada")
    world.blog.add()
    assert seal.seal(world.services, 1, actor="ada") == first


def test_fewer_entrants_than_prizes_all_win_and_the_comment_says_what_is_left(world):
    world.blog.add(author_name="Zoé")
    world.open(auto=True, winners=3)
    world.pass_deadline()
    world.run()
    text = world.blog.texts()[0]
    assert "Zoé" in text
    assert "2" in text


def test_nobody_eligible_is_announced_too(world):
    world.open(auto=True)
    world.pass_deadline()
    assert world.run().phase is Phase.ANNOUNCED
    assert "https://tirage.example/contests/" in world.blog.texts()[0]


def test_an_answer_that_got_lost_leads_to_one_comment(world):
    world.blog.add()
    world.open(auto=True)
    world.pass_deadline()
    world.blog.lose_answers()
    world.run()
    assert len(world.blog.texts()) == 1


def test_after_an_unclear_attempt_nothing_is_posted_before_it_has_settled(world):
    world.blog.add()
    world.open(auto=True)
    world.pass_deadline()
    world.blog.fail("add_comment", BlogProblem("cut", code="blog_unreachable"))
    world.run()
    attempted_at = world.clock()
    world.clock.forward(6)
    contest = world.step()
    assert world.blog.texts() == []
    assert contest.due_at == attempted_at + timedelta(seconds=90)
    world.clock.forward(90)
    assert world.run().phase is Phase.ANNOUNCED
    assert len(world.blog.texts()) == 1


def test_after_a_clear_refusal_it_is_tried_again_at_once(world):
    world.blog.add()
    world.open(auto=True)
    world.pass_deadline()
    world.blog.fail("add_comment", BlogProblem("too quick", code="comment_flood", retry_after=15))
    world.run()
    world.clock.forward(16)
    assert world.run().phase is Phase.ANNOUNCED


def test_comments_are_opened_only_for_the_winner_comment(world):
    world.blog.add()
    world.open(auto=True)
    world.pass_deadline()
    world.blog.set_comments_open(7, is_open=False)
    world.blog.writes.clear()
    world.run()
    assert [name for name, _ in world.blog.writes] == ["set_comments_open", "add_comment", "set_comments_open"]
    assert not world.blog.post(7).comments_open


def test_comments_that_could_not_be_closed_again_are_closed_later(world):
    world.blog.add()
    world.open(auto=True)
    world.pass_deadline()
    world.blog.set_comments_open(7, is_open=False)
    close = world.blog.set_comments_open

    def fail_to_close(post_id, *, is_open):
        if not is_open:
            raise BlogProblem("away", code="blog_unreachable")
        close(post_id, is_open=is_open)

    world.blog.set_comments_open = fail_to_close
    assert world.run().phase is Phase.ANNOUNCING
    world.blog.set_comments_open = close
    world.clock.forward(400)
    assert world.run().phase is Phase.ANNOUNCED
    assert not world.blog.post(7).comments_open
    assert len(world.blog.texts()) == 1


def test_the_winner_s_name_at_the_seal_is_the_one_announced(world):
    comment = world.blog.add(author_name="Ada")
    world.open()
    world.pass_deadline()
    seal.seal(world.services, 1, actor="ada")
    world.blog.edit(comment.id, author_name="Somebody else")
    world.run()
    announce.announce(world.services, 1, actor="ada")
    assert "Ada" in world.blog.texts()[0]
    with world.services.store.read() as tx:
        assert listing.authors(tx, 1, [comment.id]) == {comment.id: "Ada"}


def test_a_proof_link_that_readers_can_not_open_is_not_posted(world):
    world.blog.add()
    world.services = replace(world.services, public_url="http://127.0.0.1:8000")
    world.open(auto=True)
    world.pass_deadline()
    contest = world.run()
    assert contest.phase is Phase.DRAWN
    assert contest.problem is not None
    assert contest.problem.code == "public_url"
    assert world.blog.texts() == []


def test_a_step_that_could_not_even_note_its_problem_is_not_forgotten(world, monkeypatch):
    world.open()
    world.blog.fail("count")
    monkeypatch.setattr("service.usecases.advance._note_problem", lambda *_: 1 // 0)
    with pytest.raises(ZeroDivisionError):
        world.step()
    assert world.contest().due_at is not None


def test_a_lease_is_kept_through_a_call_that_takes_longer_than_it(world, monkeypatch):
    """With the real clock: two workers on a slow blog must not overtake each other for ever."""
    world.services = replace(world.services, clock=utc_now, timing=Timing(lease=0.6, closing_margin=0))
    world.blog.add()
    world.open()
    count, taken = world.blog.count, []

    def slow(post_id):
        sleep(1.5)
        with world.services.store.write() as tx:
            taken.append(contests.take(tx, 1, now=utc_now(), seconds=9, token="another worker"))
        return count(post_id)

    monkeypatch.setattr(world.blog, "count", slow)
    assert collect.collect(world.services, 1).gap == ""
    assert taken == [None]


def test_a_winner_comment_that_readers_do_not_see_is_a_problem_until_it_is_restored(world):
    world.blog.add()
    world.open(auto=True)
    world.pass_deadline()
    world.blog.lose_answers()
    find = world.blog.find_own_comment
    world.blog.find_own_comment = lambda post_id, text: spam(find(post_id, text))
    contest = world.run()
    assert contest.phase is Phase.ANNOUNCING
    assert contest.problem is not None
    assert contest.problem.code == "comment_not_public"
    world.blog.find_own_comment = find
    world.clock.forward(400)
    assert world.run().phase is Phase.ANNOUNCED
    assert len(world.blog.texts()) == 1


def spam(posted):
    return replace(posted, state=State.SPAM) if posted else None


def test_another_public_url_in_between_changes_nothing(world):
    world.blog.add()
    world.open(auto=True)
    world.pass_deadline()
    find = world.blog.find_own_comment
    world.blog.find_own_comment = lambda *_: None
    world.blog.lose_answers()
    world.run()
    world.blog.find_own_comment = find
    world.services = replace(world.services, public_url="https://moved.example")
    world.clock.forward(400)
    assert world.run().phase is Phase.ANNOUNCED
    assert len(world.blog.texts()) == 1


def test_no_address_and_no_secret_stands_in_a_log_of_a_failure(world, monkeypatch, logs):
    world.blog.add(author_email="ada@example.org", author_name="Ada Lovelace")
    world.open()
    monkeypatch.setattr(tables.entries.c.comment_id, "name", "nonsense")
    world.step()
    logged = logs()
    assert '"event": "step_failed"' in logged
    assert "ada@example.org" not in logged
    assert "Lovelace" not in logged
    assert SECRET not in logged
