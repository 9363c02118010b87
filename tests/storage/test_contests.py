"""Contests, their leases, and what happens when several processes want the same one."""

from __future__ import annotations

import multiprocessing
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from service.domain.contest import Contest, Phase, Problem, Rules
from service.domain.errors import AlreadyAdopted, LeaseLost, NotFound
from service.storage import contests
from service.storage.store import Store
from tests.factories import CLOSES_AT, SECRET, make_contest

NOW = CLOSES_AT - timedelta(days=1)


def add_contest(store: Store, post_id: int = 7, **given: Any) -> Contest:
    """Store a contest that is due now."""
    sample = make_contest(post_id=post_id, slug=f"contest-{post_id}", due_at=NOW, **given)
    values = {name: getattr(sample, name) for name in sample.__slots__ if name != "id"}
    with store.write() as tx:
        contest_id = contests.add(tx, {**values, "secret": SECRET})
        return contests.get(tx, contest_id)


def test_a_contest_comes_back_as_it_was_stored(store):
    problem = Problem(code="blog_unreachable", message="away", since=NOW, tries=3)
    rules = Rules(excluded=("bob@x.org", "Zoé"), replies_count=True)
    stored = add_contest(store, rules=rules, problem=problem, staff_ids=frozenset({3, 1}), last_read_at=NOW)
    assert stored == make_contest(
        id=stored.id,
        slug="contest-7",
        due_at=NOW,
        rules=rules,
        problem=problem,
        staff_ids=frozenset({1, 3}),
        last_read_at=NOW,
    )
    with store.write() as tx:
        contests.update(tx, stored.id, problem=None)
        assert contests.get(tx, stored.id).problem is None


def test_one_post_carries_one_contest(store):
    first = add_contest(store)
    with pytest.raises(AlreadyAdopted, match=f"contest {first.id}"):
        add_contest(store)


def test_a_contest_that_is_not_there_is_not_found(store):
    with store.read() as tx, pytest.raises(NotFound):
        contests.get(tx, 404)
    with store.read() as tx, pytest.raises(NotFound):
        contests.get_by_slug(tx, "none")


def test_a_lease_is_given_once_and_again_after_its_holder_died(store):
    contest = add_contest(store)
    with store.write() as tx:
        lease = contests.take_due(tx, now=NOW, seconds=60, token="one")
        assert lease is not None
        assert contests.take_due(tx, now=NOW, seconds=60, token="two") is None
        assert contests.take(tx, contest.id, now=NOW, seconds=60, token="two") is None
    later = NOW + timedelta(seconds=61)
    with store.write() as tx:
        second = contests.take_due(tx, now=later, seconds=60, token="two")
        assert second is not None
        with pytest.raises(LeaseLost):
            contests.lock(tx, contest.id, lease)
        with pytest.raises(LeaseLost):
            contests.renew(tx, lease, now=later, seconds=60)
        contests.release(tx, lease, due_at=later)
        assert contests.lock(tx, contest.id, second).id == contest.id


def test_what_rings_during_a_step_is_seen_after_it(store):
    contest = add_contest(store)
    with store.write() as tx:
        lease = contests.take_due(tx, now=NOW, seconds=60, token="one")
        contests.ring(tx, contest.id, at=NOW + timedelta(seconds=5))
        assert lease is not None
        contests.release(tx, lease, due_at=NOW + timedelta(hours=1))
        assert contests.get(tx, contest.id).due_at == NOW + timedelta(seconds=5)
        assert not contests.is_due(tx, now=NOW)
        assert contests.is_due(tx, now=NOW + timedelta(seconds=5))


def test_the_most_overdue_comes_first(store):
    add_contest(store, 7)
    late = add_contest(store, 8)
    with store.write() as tx:
        contests.update(tx, late.id, due_at=NOW - timedelta(hours=1))
        lease = contests.take_due(tx, now=NOW, seconds=60, token="one")
        assert lease is not None
        assert lease.contest_id == late.id


def test_contests_are_listed_by_page_and_phase(store):
    ids = [add_contest(store, post_id, phase=phase).id for post_id, phase in enumerate(Phase, start=1)]
    with store.read() as tx:
        assert [c.id for c in contests.page(tx, limit=3)] == ids[:3]
        assert [c.id for c in contests.page(tx, limit=99, after_id=ids[2])] == ids[3:]
        assert [c.phase for c in contests.page(tx, limit=9, phase=Phase.DRAWN)] == [Phase.DRAWN]


def test_four_processes_lose_no_update(store, url):
    """Read, then write: without the lock of `store.write` most of these would be lost without an error."""
    contest = add_contest(store, winners=1)
    store.engine.dispose()
    context = multiprocessing.get_context("spawn")
    processes = [context.Process(target=add_winners, args=(url, contest.id, 25)) for _ in range(4)]
    for process in processes:
        process.start()
    for process in processes:
        process.join(120)
    assert [process.exitcode for process in processes] == [0] * 4
    with store.read() as tx:
        assert contests.get(tx, contest.id).winners == 101


def add_winners(url: str, contest_id: int, times: int) -> None:
    """In a process of its own: read the number of winners and store one more, each in a transaction."""
    store = Store(url)
    for _ in range(times):
        with store.write() as tx:
            [pool] = contests.lock(tx, contest_id).pools
            contests.update(tx, contest_id, pools=(replace(pool, winners=pool.winners + 1),))
    store.close()


def test_of_four_processes_one_gets_the_lease(store, url):
    contest = add_contest(store)
    store.engine.dispose()
    context = multiprocessing.get_context("spawn")
    with context.Pool(4) as pool:
        given = pool.map(take_once, [(url, contest.id, f"token-{number}") for number in range(4)])
    assert sorted(given) == [False, False, False, True]


def take_once(wish: tuple[str, int, str]) -> bool:
    """In a process of its own: whether it got the lease."""
    url, _contest_id, token = wish
    store = Store(url)
    with store.write() as tx:
        lease = contests.take_due(tx, now=NOW, seconds=60, token=token)
    store.close()
    return lease is not None
