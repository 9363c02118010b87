"""A contest saved with its post in WordPress: opened the first time, changed the next, and left alone otherwise."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from service.domain.contest import Claims, Phase, Rules
from service.domain.errors import BadDeadline, BadInput, Conflict
from service.domain.pools import default_pools
from service.storage import contests, log
from service.usecases import seal
from service.usecases.ports import BlogProblem
from service.usecases.save_contest import Wish, save_contest
from tests.factories import CLOSES_AT, SECRET, make_site

WISH = Wish(
    post_id=7,
    closes="2026-11-27 17:00",
    pools=default_pools(winners=2, alternates=1),
    message=None,
    search=None,
    rules=Rules(replies_count=True, excluded=("bob@example.org",)),
    is_automatic=True,
)


def save(world, **changed):
    given = {name: changed.pop(name) for name in ("winners", "alternates") if name in changed}
    if given:
        changed["pools"] = default_pools(**{"winners": 2, "alternates": 1, **given})
    return save_contest(world.services, replace(WISH, **changed), actor="wordpress:ada")


def actions(world, contest_id=1):
    with world.services.store.read() as tx:
        return [(line.actor, line.action) for line in log.lines(tx, contest_id)]


def all_contests(world):
    with world.services.store.read() as tx:
        return contests.page(tx, limit=10)


@pytest.fixture
def saved_world(world):
    """A contest that was just saved, with nothing more to do before its poll."""
    save(world)
    world.run()
    world.blog.calls.clear()
    return world


@pytest.fixture
def sealed_world(saved_world):
    """The same after the deadline, sealed."""
    saved_world.pass_deadline()
    seal.seal(saved_world.services, 1, actor="ada")
    saved_world.blog.calls.clear()
    return saved_world


# The first time


def test_the_first_time_opens_it(world):
    contest = save(world)
    assert (contest.post_id, contest.closes_at, contest.phase) == (7, CLOSES_AT, Phase.OPEN)
    assert (contest.winners, contest.alternates, contest.is_automatic) == (2, 1, True)
    assert contest.rules == WISH.rules
    assert contest.due_at == world.clock()
    assert actions(world) == [("wordpress:ada", "open")]


@pytest.mark.parametrize("status", ["draft", "future", "pending", "private"])
def test_a_post_that_is_not_out_yet_can_carry_one(world, status):
    world.blog.add_post(7, status=status, published_at=None, slug="", title="Bientôt")
    assert save(world).slug == "bientot"


@pytest.mark.parametrize(
    ("changes", "code"),
    [({"status": "trash"}, "post_not_public"), ({"comments_open": False}, "comments_closed")],
)
def test_a_post_that_nobody_can_comment_on_is_refused(world, changes, code):
    world.blog.add_post(7, **changes)
    with pytest.raises(BadInput) as caught:
        save(world)
    assert caught.value.code == code
    assert all_contests(world) == []


def test_a_post_that_isn_t_there_opens_nothing(world):
    with pytest.raises(BlogProblem, match="no post 8"):
        save(world, post_id=8)
    assert all_contests(world) == []


@pytest.mark.parametrize("closes", ["whenever", "2026-02-30 12:00", "2026-03-29 02:30", "vendredi", "\x01", "9" * 99])
def test_a_deadline_that_means_nothing_opens_nothing(world, closes):
    with pytest.raises(BadDeadline):
        save(world, closes=closes)
    assert all_contests(world) == []


@pytest.mark.parametrize("places", [{"winners": 0}, {"alternates": -1}, {"winners": 1001}])
def test_a_number_of_places_that_makes_no_draw_opens_nothing(world, places):
    with pytest.raises(BadInput):
        save(world, **places)
    assert all_contests(world) == []


def test_a_deadline_that_has_passed_closes_at_the_next_step(world):
    world.blog.add_post(7, comments_open=False)
    world.blog.add()
    save(world, closes="2026-11-20 12:00", is_automatic=False)
    assert world.run().phase is Phase.REVIEW


def test_the_deadline_is_on_the_blog_s_clock_in_winter_and_in_summer(world):
    world.blog.add_post(8)
    world.clock.move_to(datetime(2026, 5, 1, tzinfo=UTC))
    assert save(world, closes="2026-11-27 17:00").closes_at == datetime(2026, 11, 27, 16, tzinfo=UTC)
    assert save(world, post_id=8, closes="2026-06-27 17:00").closes_at == datetime(2026, 6, 27, 15, tzinfo=UTC)


def test_a_blog_that_is_down_opens_nothing_and_the_next_try_does(world):
    world.blog.fail("find_post")
    with pytest.raises(BlogProblem):
        save(world)
    assert all_contests(world) == []
    assert save(world).id == 1


@pytest.mark.parametrize("moment", ["while the post is read", "before it is stored"])
def test_two_who_save_at_once_open_one(world, monkeypatch, moment):
    def the_other(given):
        monkeypatch.undo()
        world.services = replace(world.services, make_secret=lambda: SECRET)
        save_contest(world.services, WISH, actor="wordpress:bob")
        return given

    find_post = world.blog.find_post
    if moment == "before it is stored":
        world.services = replace(world.services, make_secret=lambda: the_other(SECRET))
    else:
        monkeypatch.setattr(world.blog, "find_post", lambda reference: the_other(find_post(reference)))
    contest = save(world, winners=5)
    assert [one.id for one in all_contests(world)] == [contest.id]
    assert contest.winners == 5
    assert actions(world) == [("wordpress:bob", "open"), ("wordpress:ada", "change")]


# The same once more


def test_saved_twice_nothing_changes_and_nobody_is_asked(saved_world):
    before = saved_world.contest()
    assert save(saved_world) == before
    assert saved_world.contest() == before
    assert saved_world.blog.calls == []
    assert actions(saved_world) == [("wordpress:ada", "open")]


@pytest.mark.parametrize("phase", list(Phase))
def test_the_same_once_more_is_fine_at_any_time(saved_world, phase):
    saved_world.pass_deadline()
    with saved_world.services.store.write() as tx:
        contests.update(tx, 1, phase=phase)
    before = saved_world.contest()
    assert save(saved_world) == before
    assert saved_world.contest() == before


def test_a_time_that_comes_twice_in_autumn_is_the_same_each_time(world):
    world.clock.move_to(datetime(2026, 10, 1, tzinfo=UTC))
    first = save(world, closes="2026-10-25 02:30")
    assert first.closes_at == datetime(2026, 10, 25, 1, 30, tzinfo=UTC)
    assert save(world, closes="2026-10-25 02:30") == first
    assert actions(world) == [("wordpress:ada", "open")]


# Something else


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"winners": 3}, {"pools": default_pools(winners=3, alternates=1)}),
        ({"alternates": 0}, {"pools": default_pools(winners=2, alternates=0)}),
        ({"is_automatic": False}, {"is_automatic": False}),
        ({"rules": Rules()}, {"rules": Rules()}),
        ({"publishes_list": True}, {"publishes_list": True}),
        ({"claims": Claims(days=14, fields=("Adresse",))}, {"claims": Claims(days=14, fields=("Adresse",))}),
        ({"closes": "2026-11-28 17:00"}, {"closes_at": CLOSES_AT + timedelta(days=1)}),
        ({"closes": "2026-11-26 09:00"}, {"closes_at": datetime(2026, 11, 26, 8, tzinfo=UTC)}),
    ],
)
def test_what_is_different_is_changed_and_nothing_else(saved_world, changed, expected):
    before = saved_world.contest()
    contest = save(saved_world, **changed)
    assert contest == replace(before, **expected, due_at=saved_world.clock())
    assert actions(saved_world) == [("wordpress:ada", "open"), ("wordpress:ada", "change")]
    with saved_world.services.store.read() as tx:
        assert list(log.lines(tx, 1)[-1].details) == list(expected)


def test_who_is_excluded_is_not_in_the_log(saved_world):
    save(saved_world, rules=Rules(excluded=("eve@example.org",)))
    with saved_world.services.store.read() as tx:
        assert "@" not in str([line.details for line in log.lines(tx, 1)])


def test_more_time_during_review_opens_it_again(saved_world):
    saved_world.pass_deadline()
    with saved_world.services.store.write() as tx:
        contests.update(tx, 1, phase=Phase.REVIEW)
    assert save(saved_world, closes="2026-12-04 17:00").phase is Phase.OPEN


def test_no_more_time_is_given_where_nobody_can_comment(saved_world):
    saved_world.blog.set_comments_open(7, is_open=False)
    with pytest.raises(BadInput, match="Comments are closed"):
        save(saved_world, closes="2026-12-04 17:00")
    assert saved_world.contest().closes_at == CLOSES_AT


@pytest.mark.parametrize(
    "changed",
    [
        {"winners": 3},
        {"closes": "2026-12-04 17:00"},
        {"rules": Rules()},
        {"claims": Claims(days=14)},
        {"publishes_list": True},
    ],
)
def test_after_the_seal_nothing_else_can_be_wished(sealed_world, changed):
    before = sealed_world.contest()
    with pytest.raises(Conflict) as caught:
        save(sealed_world, **changed)
    assert caught.value.code == "sealed"
    assert sealed_world.contest() == before
    assert sealed_world.blog.calls == []


def test_a_post_can_be_saved_when_the_people_it_excludes_are_forgotten_here(sealed_world):
    sealed_world.run()
    sealed_world.clock.forward(timedelta(days=90).total_seconds())
    contest = sealed_world.run()
    assert contest.erased_at is not None
    assert save(sealed_world) == contest


def test_a_contest_that_was_opened_elsewhere_is_taken_over(world):
    world.open(winners=1)
    contest = save(world)
    assert (contest.id, contest.winners, contest.rules) == (1, 2, WISH.rules)
    assert actions(world) == [("ada", "open"), ("wordpress:ada", "change")]


def test_claims_and_the_list_are_as_they_were_set_elsewhere_unless_the_wish_names_them(world):
    set_elsewhere = {"claims": Claims(days=14, fields=("Adresse",)), "publishes_list": True}
    world.open(**set_elsewhere)
    contest = save(world)
    assert {name: getattr(contest, name) for name in set_elsewhere} == set_elsewhere
    contest = save(world, claims=Claims(), publishes_list=False)
    assert (contest.claims, contest.publishes_list) == (Claims(), False)


def test_a_contest_opens_with_a_term_to_claim_and_a_list_for_everybody(world):
    contest = save(world, claims=Claims(days=14, fields=("Adresse",)), publishes_list=True)
    assert (contest.claims, contest.publishes_list) == (Claims(days=14, fields=("Adresse",)), True)
    world.blog.add_post(8)
    contest = save(world, post_id=8)
    assert (contest.claims, contest.publishes_list) == (Claims(), False)


def test_a_term_beyond_that_of_the_personal_data_is_refused_before_and_after_it_opened(world):
    for _ in range(2):
        with pytest.raises(BadInput, match="PERSONAL_DATA_DAYS"):
            save(world, claims=Claims(days=90))
        save(world)
    assert world.contest().claims == Claims()


def test_a_wrong_change_leaves_the_contest_as_it_is(saved_world):
    before = saved_world.contest()
    for changed in ({"winners": 0}, {"alternates": 9999}, {"closes": "whenever"}):
        with pytest.raises(BadInput):
            save(saved_world, **changed)
    assert saved_world.contest() == before


def test_the_other_contests_are_left_alone(saved_world):
    saved_world.blog.add_post(8)
    other = saved_world.open(post_id=8)
    save(saved_world, winners=9)
    assert saved_world.contest(other.id) == other


# A deadline as an instant


@pytest.mark.parametrize(
    "closes", ["2026-11-27T17:00:00+01:00", "2026-11-27T16:00:00Z", "2026-11-28T01:00:00+09:00", "2026-11-27 17:00"]
)
def test_the_same_instant_is_no_change_however_it_is_written(saved_world, closes):
    assert save(saved_world, closes=closes).closes_at == CLOSES_AT
    assert len(actions(saved_world)) == 1


@pytest.mark.parametrize("closes", ["2027-10-31T02:30:00+02:00", "2027-10-31T02:30:00+01:00", "2027-06-01T12:00:59Z"])
def test_an_instant_is_kept_to_the_second_and_in_the_hour_that_comes_twice(world, closes):
    for winners in (2, 3):
        assert save(world, closes=closes, winners=winners).closes_at == datetime.fromisoformat(closes)


def test_an_instant_stays_where_it_is_when_the_blog_moved_to_another_timezone(world):
    world.blog._site = make_site(timezone="UTC")
    opened = save(world, closes="2026-11-27T17:00:00+00:00")
    world.blog._site = make_site(timezone="Europe/Paris")
    assert save(world, closes="2026-11-27T18:00:00+01:00", winners=3).closes_at == opened.closes_at
