"""Doorbells: what the worker reads when something rang, and that what gets lost or mixed up costs nobody a place."""

from __future__ import annotations

import threading
from datetime import timedelta
from itertools import count

import pytest

from service import worker
from service.domain.contest import Phase, Rules
from service.domain.eligibility import Code, State, Status
from service.storage import contests, entries, inbox, listing
from service.usecases import doorbell
from service.usecases.adopt import Change, change_contest
from service.usecases.advance import advance
from service.usecases.catch_up import MOST_RUNG
from service.usecases.doorbell import Bell, Delivery
from service.usecases.ports import BlogProblem
from tests.factories import CLOSES_AT

FULL = ["staff_ids", "comments", "count"]


def ring(world, *comment_ids, post_id=7, delivery=None):
    """As a delivery of the plugin with one event for each comment; none: one for the whole post."""
    bells = [Bell(post_id, number) for number in comment_ids] or [Bell(post_id)]
    return doorbell.ring(world.services, [Delivery(bells, delivery)]) == [True]


def rung(world):
    with world.services.store.read() as tx:
        return inbox.rung(tx, 1, most=MOST_RUNG)


def codes(world, comment_id):
    """Why an entry is not in; empty for one that is."""
    with world.services.store.read() as tx:
        verdict = listing.one(tx, 1, comment_id).verdict
    assert (verdict.status is Status.ELIGIBLE) == (not verdict.reasons)
    return [reason.code for reason in verdict.reasons]


def entered(world):
    with world.services.store.read() as tx:
        return [entry.comment_id for entry in entries.facts(tx, 1)]


def taken_lease(world):
    """A worker has just taken the contest and done nothing yet."""
    with world.services.store.write() as tx:
        lease = contests.take_due(tx, now=world.clock(), seconds=30, token="worker")
    assert lease is not None
    return lease


@pytest.fixture
def open_world(world):
    """A contest whose comments 100 to 104 were read."""
    for _ in range(5):
        world.blog.add()
    world.open()
    world.run()
    world.blog.calls.clear()
    return world


# How much is read


def test_many_doorbells_make_one_reading(open_world):
    for number in range(50):
        ring(open_world, open_world.blog.add().id, delivery=f"msg_{number}")
    open_world.run()
    assert open_world.blog.calls == ["comments_after"]
    assert entered(open_world) == list(range(100, 155))
    assert not rung(open_world).are_there


def test_new_and_old_comments_are_read_in_two_requests(open_world):
    open_world.blog.edit(101, text="")
    ring(open_world, open_world.blog.add().id, 101, 103)
    open_world.run()
    assert open_world.blog.calls == ["comments_after", "comments_by_id"]


def test_what_rings_as_a_worker_takes_the_contest_is_not_read_twice(open_world):
    ring(open_world, open_world.blog.add().id)
    lease = taken_lease(open_world)
    ring(open_world, open_world.blog.add().id)
    advance(open_world.services, lease)
    open_world.run()
    assert open_world.blog.calls == ["comments_after"]
    assert entered(open_world)[-2:] == [105, 106]


def test_a_contest_that_is_woken_for_nothing_reads_nothing_before_its_poll(open_world):
    with open_world.services.store.write() as tx:
        contests.ring(tx, 1, at=open_world.clock())
    contest = open_world.run()
    assert open_world.blog.calls == []
    assert contest.due_at == open_world.clock() + timedelta(seconds=60)


@pytest.mark.parametrize(
    ("number", "calls"), [(MOST_RUNG, ["comments_after", "comments_by_id"]), (MOST_RUNG + 1, ["post", *FULL])]
)
def test_from_a_thousand_comments_on_everything_is_read_at_once(open_world, monkeypatch, number, calls):
    monkeypatch.setattr(open_world.blog, "_page_size", 100)
    ring(open_world, *range(1, number + 1))
    open_world.run()
    assert [call for call in open_world.blog.calls if call != "comments"] == [
        call for call in calls if call != "comments"
    ]
    assert not rung(open_world).are_there


def test_the_same_delivery_twice_is_read_once(open_world):
    assert ring(open_world, 101, delivery="msg_1")
    open_world.run()
    assert not ring(open_world, 101, delivery="msg_1")
    assert not rung(open_world).are_there
    open_world.run()
    assert open_world.blog.calls == ["comments_after", "comments_by_id"]


# What an old comment has become


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"state": State.SPAM}, Code.SPAM),
        ({"state": State.TRASH}, Code.TRASH),
        ({"state": State.HELD}, Code.HELD),
        ({"is_empty": True}, Code.EMPTY),
        ({"parent_id": 100}, Code.REPLY),
        ({"account_id": 1}, Code.POST_AUTHOR),
        ({"author_email": "reader100@example.org"}, Code.DUPLICATE),
    ],
)
def test_an_old_comment_that_was_changed_is_judged_again(open_world, changes, code):
    open_world.blog.edit(102, **changes)
    ring(open_world, 102)
    open_world.run()
    assert codes(open_world, 102) == [code]
    assert codes(open_world, 103) == []


def test_an_edited_text_is_noted_with_its_time(open_world):
    open_world.clock.forward(5)
    open_world.blog.edit(102, text="Other words")
    ring(open_world, 102)
    open_world.run()
    with open_world.services.store.read() as tx:
        known = entries._reported(tx, 1, [101, 102])
    assert (known[101].edited_at, known[102].edited_at) == (None, open_world.clock())


def test_a_comment_deleted_for_good_is_out_at_once(open_world):
    open_world.blog.delete(102)
    ring(open_world, 102)
    open_world.run()
    assert codes(open_world, 102) == [Code.DELETED]


def test_a_comment_moved_to_another_post_is_out_and_one_moved_here_is_in(open_world):
    open_world.blog.add_post(8)
    open_world.blog.add(8, 50)
    open_world.blog.move(102, 8)
    open_world.blog.move(50, 7)
    ring(open_world, 102, 50)
    open_world.run()
    assert codes(open_world, 102) == [Code.DELETED]
    assert codes(open_world, 50) == []


def test_a_comment_that_comes_back_is_in_again(open_world):
    open_world.blog.add_post(8)
    for post_id in (8, 7):
        open_world.blog.move(102, post_id)
        ring(open_world, 102)
        open_world.run()
    assert codes(open_world, 102) == []


def test_a_comment_with_a_lower_number_than_the_newest_is_found(open_world):
    """Two comments are written at once: the later number may be seen first."""
    open_world.blog.add(comment_id=110)
    ring(open_world, 110)
    open_world.run()
    open_world.blog.add(comment_id=109)
    ring(open_world, 109)
    open_world.run()
    assert entered(open_world)[-2:] == [109, 110]
    assert codes(open_world, 109) == []


def test_a_comment_of_another_post_never_becomes_an_entry(open_world):
    open_world.blog.add_post(8)
    open_world.blog.add(8, 50)
    ring(open_world, 50)
    open_world.run()
    assert 50 not in entered(open_world)


def test_a_comment_that_nobody_can_read_yet_waits_for_its_next_doorbell(open_world):
    ring(open_world, 105)
    open_world.run()
    assert 105 not in entered(open_world)
    open_world.blog.add(comment_id=105)
    ring(open_world, 105)
    open_world.run()
    assert codes(open_world, 105) == []


@pytest.mark.parametrize("order", [(105, 106), (106, 105)])
def test_the_order_of_doorbells_makes_no_difference(open_world, order):
    """One comment was held and then approved, one was deleted as soon as it was there."""
    open_world.blog.add(comment_id=105, state=State.HELD)
    open_world.blog.add(comment_id=106)
    open_world.blog.edit(105, state=State.APPROVED)
    open_world.blog.delete(106)
    for number in (*order, *reversed(order)):
        ring(open_world, number)
        open_world.step()
    assert codes(open_world, 105) == []
    assert 106 not in entered(open_world)


def test_a_doorbell_of_the_past_shows_what_is_there_now(open_world):
    """The event "added" comes after the comment was read, binned and restored."""
    for state in (State.TRASH, State.APPROVED):
        open_world.blog.edit(104, state=state)
        ring(open_world, 104)
        open_world.run()
    ring(open_world, 104)
    open_world.run()
    assert codes(open_world, 104) == []


# What rings for everything


def test_a_ring_for_the_whole_post_reads_everything_and_brings_the_post_up_to_date(open_world):
    open_world.blog.edit(100, account_id=5)
    open_world.blog.add_post(7, title="Trois livres", url="https://blog.example/trois/", author_id=5)
    open_world.blog.delete(103)
    ring(open_world)
    contest = open_world.run()
    assert open_world.blog.calls[:2] == ["post", "staff_ids"]
    assert (contest.post_title, contest.post_url) == ("Trois livres", "https://blog.example/trois/")
    assert codes(open_world, 100) == [Code.POST_AUTHOR]
    assert codes(open_world, 103) == [Code.DELETED]


def test_a_ring_for_the_whole_blog_reads_every_contest(open_world):
    open_world.blog.add_post(8)
    open_world.blog.add(8)
    open_world.open(post_id=8)
    open_world.run()
    open_world.blog.calls.clear()
    doorbell.ring(open_world.services, [Delivery([Bell()])])
    open_world.run()
    assert open_world.blog.calls.count("count") == 2


def test_a_deleted_post_keeps_what_rang_and_says_so(open_world):
    open_world.blog.fail("post", BlogProblem("There is no post 7.", code="not_found", permanent=True))
    ring(open_world)
    contest = open_world.run()
    assert contest.problem is not None
    assert contest.problem.code == "not_found"
    assert rung(open_world).for_all


# What rings while a reading runs


def test_what_rings_during_a_short_reading_stays_for_the_next(open_world, monkeypatch):
    read = open_world.blog.comments_by_id

    def meanwhile(post_id, comment_ids):
        found = read(post_id, comment_ids)
        monkeypatch.undo()
        open_world.blog.edit(101, state=State.SPAM)
        ring(open_world, 101)
        return found

    monkeypatch.setattr(open_world.blog, "comments_by_id", meanwhile)
    ring(open_world, 101)
    open_world.step()
    assert codes(open_world, 101) == []
    assert rung(open_world).comment_ids == {101}
    open_world.run()
    assert codes(open_world, 101) == [Code.SPAM]
    assert not rung(open_world).are_there


def test_what_rings_during_a_full_reading_stays_for_the_next(open_world, monkeypatch):
    count = open_world.blog.count

    def meanwhile(post_id):
        counts = count(post_id)
        monkeypatch.undo()
        open_world.blog.delete(101)
        ring(open_world, 101)
        return counts

    monkeypatch.setattr(open_world.blog, "count", meanwhile)
    open_world.clock.forward(61)
    open_world.step()
    assert codes(open_world, 101) == []
    open_world.run()
    assert codes(open_world, 101) == [Code.DELETED]


def test_a_worker_that_dies_leaves_what_rang_to_the_next(open_world):
    open_world.blog.edit(101, state=State.SPAM)
    ring(open_world, 101)
    taken_lease(open_world)  # and is never heard of again
    open_world.clock.forward(31)
    open_world.run()
    assert codes(open_world, 101) == [Code.SPAM]


# What gets lost


def test_a_blog_that_is_down_is_read_afterwards(open_world):
    open_world.blog.edit(101, state=State.SPAM)
    open_world.blog.fail("comments_by_id")
    ring(open_world, 101, open_world.blog.add().id)
    contest = open_world.step()
    assert contest.problem is not None
    assert rung(open_world).comment_ids == {101, 105}
    open_world.clock.move_to(contest.due_at)
    assert open_world.run().problem is None
    assert codes(open_world, 101) == [Code.SPAM]
    assert codes(open_world, 105) == []
    assert "comments" not in open_world.blog.calls


def test_a_lost_doorbell_is_made_up_by_the_poll(open_world):
    ring(open_world, 104, delivery="msg_1")
    open_world.run()
    open_world.blog.delete(101)
    open_world.blog.add()
    open_world.clock.forward(600)
    open_world.run()
    assert codes(open_world, 101) == [Code.DELETED]
    assert codes(open_world, 105) == []


def test_a_comment_deleted_for_good_is_out_although_another_can_not_be_listed(open_world):
    """What a plugin hides makes no reading complete, so none takes what it didn't see for deleted."""
    open_world.blog.hidden.add(103)
    open_world.blog.delete(101)
    open_world.clock.forward(61)
    ring(open_world, 101)
    open_world.run()
    assert "count" in open_world.blog.calls
    assert codes(open_world, 101) == [Code.DELETED]
    assert codes(open_world, 102) == []


# How often everything is read


def test_while_the_plugin_rings_everything_is_read_seldom(open_world):
    ring(open_world, 101, delivery="msg_1")
    contest = open_world.run()
    read_at = contest.last_read_at
    assert contest.due_at == read_at + timedelta(seconds=600)
    open_world.clock.forward(599)
    ring(open_world, 101)
    open_world.run()
    assert open_world.contest().last_read_at == read_at
    open_world.clock.forward(1)
    ring(open_world, 101)
    open_world.run()
    assert open_world.contest().last_read_at == open_world.clock()


@pytest.mark.parametrize(
    ("since", "seconds"), [(timedelta(hours=23, minutes=59), 600), (timedelta(days=1), 60), (timedelta(days=9), 60)]
)
def test_a_plugin_that_was_silent_for_a_day_is_not_relied_on(world, since, seconds):
    world.clock.move_to(CLOSES_AT - timedelta(days=20))
    world.open()
    ring(world, delivery="msg_1")
    world.clock.forward(since.total_seconds())
    contest = world.run()
    assert contest.due_at == world.clock() + timedelta(seconds=seconds)


def test_other_webhook_plugins_are_not_relied_on(open_world):
    """Their webhooks have no id and aren't sent again."""
    ring(open_world, 101)
    assert open_world.run().due_at == open_world.clock() + timedelta(seconds=60)


# The deadline and afterwards


def test_a_doorbell_after_the_deadline_closes_the_contest_with_everything_read(open_world):
    open_world.blog.delete(101)
    open_world.pass_deadline()
    ring(open_world, 101, open_world.blog.add(submitted_at=CLOSES_AT + timedelta(seconds=3)).id)
    assert open_world.run().phase is Phase.REVIEW
    assert codes(open_world, 101) == [Code.DELETED]
    assert codes(open_world, 105) == [Code.LATE]
    assert not rung(open_world).are_there


def test_an_approval_during_review_lets_an_automatic_contest_go_on_at_once(world):
    held = world.blog.add(state=State.HELD)
    world.open(auto=True)
    world.pass_deadline()
    assert world.run().phase is Phase.REVIEW
    world.blog.edit(held.id, state=State.APPROVED)
    ring(world, held.id)
    assert world.run().phase is Phase.ANNOUNCED
    assert codes(world, held.id) == []


def test_a_deadline_put_off_is_read_on_from_what_rang(open_world):
    open_world.pass_deadline()
    open_world.run()
    change = Change(closes="2026-12-04T17:00:00+01:00", rules=Rules(replies_count=True))
    change_contest(open_world.services, 1, change, actor="ada", reason="more time")
    ring(open_world, open_world.blog.add(submitted_at=CLOSES_AT + timedelta(seconds=9), parent_id=100).id)
    assert open_world.run().phase is Phase.OPEN
    assert codes(open_world, 105) == []


def test_doorbells_after_the_seal_do_nothing(open_world):
    open_world.pass_deadline()
    open_world.run()
    with open_world.services.store.write() as tx:
        contests.update(tx, 1, phase=Phase.DRAWN, due_at=None)
    before = open_world.contest()
    open_world.blog.edit(101, state=State.SPAM)
    for bell in (Bell(7, 101), Bell(7), Bell(), Bell(None, 101)):
        doorbell.ring(open_world.services, [Delivery([bell])])
    assert open_world.contest() == before
    assert not rung(open_world).are_there
    assert codes(open_world, 101) == []


def test_what_rang_during_the_last_reading_is_cleared_after_the_seal(world, monkeypatch):
    world.blog.add()
    world.open(auto=True)
    world.pass_deadline()
    count = world.blog.count

    def meanwhile(post_id):
        ring(world, 100)
        return count(post_id)

    monkeypatch.setattr(world.blog, "count", meanwhile)
    assert world.run().phase is Phase.ANNOUNCED
    assert rung(world).are_there
    doorbell.forget_old(world.services)
    assert not rung(world).are_there


# Housekeeping


def test_deliveries_are_forgotten_after_an_hour_and_the_newest_never(open_world):
    for number in range(3):
        ring(open_world, 101, delivery=f"msg_{number}")
    open_world.clock.forward(3601)
    doorbell.forget_old(open_world.services)
    assert doorbell.rings_lately(open_world.services)
    assert not ring(open_world, 101, delivery="msg_2")
    assert ring(open_world, 101, delivery="msg_1")


class AfterLoops(threading.Event):
    """Tells the worker to stop after so many of its loops; `waits` lists its pauses, which take no time."""

    def __init__(self, loops: int) -> None:
        super().__init__()
        self.left = loops
        self.waits: list[float | None] = []

    def is_set(self) -> bool:
        self.left -= 1
        return self.left < 0

    def wait(self, timeout: float | None = None) -> bool:
        self.waits.append(timeout)
        return False


@pytest.mark.parametrize(
    ("is_more", "seconds", "tidied"), [(False, 1, 3), (True, 1, 121), (False, 61, 180)], ids=["calm", "much", "slow"]
)
def test_a_worker_forgets_old_deliveries_each_minute_and_at_once_while_there_are_more(
    open_world, monkeypatch, is_more, seconds, tidied
):
    ticks, now, called = count(step=seconds), [0], []

    def work_once(_services):
        now[0] = next(ticks)
        return True

    def forget_old(_services):
        called.append(now[0])
        return is_more

    monkeypatch.setattr(worker, "monotonic", lambda: now[0])

    monkeypatch.setattr(worker, "work_once", work_once)
    monkeypatch.setattr(worker, "forget_old", forget_old)
    worker.work(open_world.services, AfterLoops(181))
    assert len(called) == tidied


def test_a_worker_that_can_not_forget_goes_on_with_its_contests(open_world, monkeypatch):
    monkeypatch.setattr(worker, "TIDY_SECONDS", 0)
    monkeypatch.setattr(worker, "forget_old", lambda _services: 1 // 0)
    ring(open_world, open_world.blog.add().id)
    stop = AfterLoops(3)
    worker.work(open_world.services, stop)
    assert entered(open_world)[-1] == 105
    assert stop.waits == [worker.BROKEN_SECONDS] * 3


def test_a_pause_that_the_blog_asked_for_is_kept_whoever_rings(open_world):
    world = open_world
    world.blog.fail("comments_after", BlogProblem("busy", code="blog_busy", retry_after=120))
    ring(world, 100)
    rests_until = world.step().due_at
    assert rests_until == world.clock() + timedelta(seconds=120)
    calls = len(world.blog.calls)
    world.clock.forward(60)
    ring(world, 101)
    assert world.step().due_at == rests_until
    assert len(world.blog.calls) == calls
    world.clock.move_to(rests_until)
    assert world.step().problem is None
