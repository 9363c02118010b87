"""The inbox: deliveries taken exactly once, what rang for each contest, and that very many of either do no harm."""

from __future__ import annotations

import multiprocessing
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import func, select, text

from service.domain.contest import Phase
from service.storage import contests, entries, inbox
from service.storage.store import Store
from service.storage.tables import deliveries
from tests.factories import make_comment
from tests.storage.test_contests import NOW, add_contest

MANY = 200_000
EARLIER = NOW - timedelta(hours=2)
COUNTED = f"WITH RECURSIVE counted(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM counted WHERE n < {MANY}) "


def number_of(store: Store, table) -> int:
    with store.read() as tx:
        return tx.execute(select(func.count()).select_from(table)).scalar_one()


def rung(store: Store, contest_id: int, most: int = 1000) -> inbox.Rings:
    with store.read() as tx:
        return inbox.rung(tx, contest_id, most=most)


def take(store: Store, message_id: str) -> bool:
    with store.write() as tx:
        return inbox.take_doorbells(tx, {message_id}, now=NOW) == {message_id}


# Deliveries


def test_a_delivery_is_taken_once(store):
    assert take(store, "msg_1")
    assert not take(store, "msg_1")
    assert take(store, "MSG_1")
    assert take(store, "m" * 100)


def test_a_delivery_of_a_transaction_that_failed_can_come_again(store):
    with store.engine.connect() as connection, connection.begin() as transaction:
        assert inbox.take_doorbells(connection, {"msg_1"}, now=NOW)
        transaction.rollback()
    assert take(store, "msg_1")


def test_a_repeat_doesn_t_spoil_its_transaction(store):
    take(store, "msg_1")
    contest = add_contest(store)
    with store.write() as tx:
        assert inbox.take_doorbells(tx, {"msg_1", "msg_2"}, now=NOW) == {"msg_2"}
        inbox.ring(tx, {contest.id: [5]}, now=NOW)
    assert rung(store, contest.id).comment_ids == {5}


def test_of_many_threads_one_takes_a_delivery(store):
    start = threading.Barrier(8)

    def race(number: int) -> bool:
        start.wait()
        return take(store, "msg_1")

    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(race, range(8))) == [False] * 7 + [True]


def test_of_several_processes_one_takes_each_delivery(store, url):
    store.engine.dispose()
    with multiprocessing.get_context("spawn").Pool(3) as pool:
        taken = pool.map(take_all, [url] * 3, chunksize=1)
    assert sorted(number for numbers in taken for number in numbers) == list(range(100))


def take_all(url: str) -> list[int]:
    """In a process of its own: which of a hundred deliveries it was the first to take."""
    store = Store(url)
    taken = [number for number in range(100) if take(store, f"msg_{number}")]
    store.close()
    return taken


def test_deliveries_that_overlap_don_t_wait_for_each_other_for_ever(store):
    """Two transactions that insert the same ids in another order would be a deadlock."""
    ids = [f"msg_{number:04}" for number in range(2_000)]
    start = threading.Barrier(2)

    def race(wanted: list[str]) -> int:
        start.wait()
        with store.write() as tx:
            return len(inbox.take_doorbells(tx, wanted, now=NOW))

    with ThreadPoolExecutor(2) as pool:
        assert sum(pool.map(race, [ids, ids[::-1]])) == len(ids)


def test_the_newest_delivery_tells_when_the_plugin_was_last_there(store):
    with store.write() as tx:
        assert inbox.last_doorbell_at(tx) is None
        inbox.take_doorbells(tx, {"msg_1"}, now=NOW)
        assert inbox.last_doorbell_at(tx) == NOW


def test_the_newest_delivery_is_never_forgotten(store):
    with store.write() as tx:
        for number in range(3):
            inbox.take_doorbells(tx, {f"msg_{number}"}, now=EARLIER)
        assert inbox.forget_deliveries(tx, before=NOW, most=10) == 2
        assert inbox.last_doorbell_at(tx) == EARLIER
        assert inbox.forget_deliveries(tx, before=NOW, most=10) == 0


def test_a_call_is_taken_once_and_is_no_doorbell(store):
    with store.write() as tx:
        assert inbox.take_doorbells(tx, {"msg_rung"}, now=EARLIER)
        assert inbox.take_call(tx, "msg_asked", now=NOW)
        assert not inbox.take_call(tx, "msg_asked", now=NOW)
        assert inbox.last_doorbell_at(tx) == EARLIER
        assert inbox.forget_deliveries(tx, before=NOW, most=10) == 0  # the newest doorbell stays, whatever came since


def test_young_deliveries_are_kept(store):
    with store.write() as tx:
        for number, at in enumerate((EARLIER, NOW, NOW)):
            inbox.take_doorbells(tx, {f"msg_{number}"}, now=at)
        assert inbox.forget_deliveries(tx, before=NOW, most=10) == 1
    assert [take(store, f"msg_{number}") for number in range(3)] == [True, False, False]


def test_many_deliveries_are_forgotten_a_few_thousand_at_a_time(store):
    insert = "INSERT INTO deliveries (message_id, received_at, is_doorbell) "
    with store.write() as tx:
        tx.execute(text(f"{insert}{COUNTED}SELECT 'msg_' || n, :at, true FROM counted"), {"at": _stored(tx, EARLIER)})
    assert number_of(store, deliveries) == MANY
    with store.write() as tx:
        assert inbox.forget_deliveries(tx, before=NOW, most=5_000) == 5_000
    assert number_of(store, deliveries) == MANY - 5_000


def _stored(tx, instant):
    """An instant for plain SQL."""
    return f"{instant:%Y-%m-%d %H:%M:%S.%f}" if tx.dialect.name == "sqlite" else instant


# What rang


def test_what_rang_makes_its_contest_due_and_no_other(store):
    one, other = add_contest(store, 7), add_contest(store, 8)
    later = NOW + timedelta(minutes=5)
    with store.write() as tx:
        for contest in (one, other):
            contests.update(tx, contest.id, due_at=NOW + timedelta(hours=1))
        inbox.ring(tx, {one.id: [5, None]}, now=later)
        assert contests.get(tx, one.id).due_at == later
        assert contests.get(tx, other.id).due_at == NOW + timedelta(hours=1)
        inbox.ring(tx, {one.id: [6]}, now=later + timedelta(minutes=1))
        assert contests.get(tx, one.id).due_at == later


def test_what_rings_during_a_step_makes_the_contest_due_again(store):
    contest = add_contest(store)
    with store.write() as tx:
        contests.take_due(tx, now=NOW, seconds=60, token="one")
        assert contests.get(tx, contest.id).due_at is None
        inbox.ring(tx, {contest.id: [5]}, now=NOW)
        assert contests.get(tx, contest.id).due_at == NOW


def test_nothing_rung_changes_nothing(store):
    contest = add_contest(store)
    with store.write() as tx:
        inbox.ring(tx, {}, now=EARLIER)
        inbox.ring(tx, {contest.id: []}, now=EARLIER)
        assert contests.get(tx, contest.id).due_at == NOW
    assert not rung(store, contest.id).are_there


def test_each_contest_is_told_its_own(store):
    one, other = add_contest(store, 7), add_contest(store, 8)
    with store.write() as tx:
        inbox.ring(tx, {one.id: [5, 2**63 - 1], other.id: [None, 6]}, now=NOW)
    assert rung(store, one.id).comment_ids == {5, 2**63 - 1}
    assert not rung(store, one.id).for_all
    assert rung(store, other.id).comment_ids == {6}
    assert rung(store, other.id).for_all


def test_what_rang_since_the_reading_stays(store):
    contest = add_contest(store)
    with store.write() as tx:
        inbox.ring(tx, {contest.id: [5, 6]}, now=NOW)
    read = rung(store, contest.id)
    with store.write() as tx:
        inbox.ring(tx, {contest.id: [6, 7]}, now=NOW)
        inbox.answered(tx, contest.id, last=read.last)
    assert rung(store, contest.id).comment_ids == {6, 7}


def test_an_answer_to_one_contest_leaves_what_rang_for_another(store):
    one, other = add_contest(store, 7), add_contest(store, 8)
    with store.write() as tx:
        inbox.ring(tx, {one.id: [5], other.id: [6]}, now=NOW)
        inbox.ring(tx, {one.id: [7]}, now=NOW)
        inbox.answered(tx, one.id, last=rung_last(tx, one.id))
    assert not rung(store, one.id).are_there
    assert rung(store, other.id).comment_ids == {6}


def rung_last(tx, contest_id: int) -> int:
    return inbox.rung(tx, contest_id, most=10).last


@pytest.mark.parametrize(("most", "for_all"), [(3, False), (2, True), (1, True)])
def test_more_comments_than_asked_for_are_as_good_as_all(store, most, for_all):
    contest = add_contest(store)
    with store.write() as tx:
        inbox.ring(tx, {contest.id: [5, 6, 7]}, now=NOW)
    found = rung(store, contest.id, most)
    assert (found.for_all, found.comment_ids) == (for_all, frozenset() if for_all else {5, 6, 7})
    with store.write() as tx:
        inbox.answered(tx, contest.id, last=found.last)
    assert not rung(store, contest.id).are_there


def test_many_comments_that_rang_are_as_good_as_all(store):
    contest = add_contest(store)
    insert = "INSERT INTO rings (contest_id, comment_id) "
    with store.write() as tx:
        tx.execute(text(f"{insert}{COUNTED}SELECT :contest, n FROM counted"), {"contest": contest.id})
    found = rung(store, contest.id)
    assert found == inbox.Rings(comment_ids=frozenset(), for_all=True, last=MANY)
    with store.write() as tx:
        inbox.ring(tx, {contest.id: [5]}, now=NOW)
        inbox.answered(tx, contest.id, last=found.last)
    assert rung(store, contest.id).comment_ids == {5}


def test_what_rang_for_a_sealed_contest_is_forgotten_a_few_at_a_time(store):
    sealed, unsealed = add_contest(store, 7, phase=Phase.SEALED), add_contest(store, 8)
    with store.write() as tx:
        inbox.ring(tx, {sealed.id: [5, 6, 7], unsealed.id: [8]}, now=NOW)
        assert inbox.forget_rings(tx, (Phase.SEALED, Phase.DRAWN), most=2) == 2
        assert inbox.forget_rings(tx, (Phase.SEALED, Phase.DRAWN), most=2) == 1
    assert not rung(store, sealed.id).are_there
    assert rung(store, unsealed.id).comment_ids == {8}


def test_no_doorbell_is_answered_before_it_is_seen(store):
    """Whoever rings last must have the highest number, else `answered` would take along what nobody has read."""
    contest = add_contest(store)
    stop = threading.Event()
    seen: set[int] = set()

    def read() -> None:
        while not stop.is_set():
            found = rung(store, contest.id, 10_000)
            seen.update(found.comment_ids)
            with store.write() as tx:
                inbox.answered(tx, contest.id, last=found.last)

    def ring(first: int) -> None:
        for number in range(first, first + 40):
            with store.write() as tx:
                inbox.ring(tx, {contest.id: [number]}, now=NOW)

    reader = threading.Thread(target=read)
    reader.start()
    with ThreadPoolExecutor(3) as pool:
        list(pool.map(ring, (0, 100, 200)))
    stop.set()
    reader.join()
    seen |= rung(store, contest.id, 10_000).comment_ids
    assert len(seen) == 120


def test_several_workers_forget_at_once(store):
    with store.write() as tx:
        for number in range(300):
            inbox.take_doorbells(tx, {f"msg_{number}"}, now=EARLIER)

    def forget(_number: int) -> int:
        forgotten = 0
        for _ in range(30):
            with store.write() as tx:
                forgotten += inbox.forget_deliveries(tx, before=NOW, most=10)
        return forgotten

    with ThreadPoolExecutor(3) as pool:
        assert sum(pool.map(forget, range(3))) == 299


# Which contest


def test_only_contests_in_the_phases_asked_for_ring(store):
    by_phase = {phase: add_contest(store, number, phase=phase).id for number, phase in enumerate(Phase, start=1)}
    wanted = (Phase.OPEN, Phase.REVIEW)
    with store.read() as tx:
        assert inbox.contests_in(tx, wanted) == [by_phase[phase] for phase in wanted]
        assert inbox.contests_by_post(tx, {1, 2, 3, 404}, wanted) == {
            1: by_phase[Phase.OPEN],
            3: by_phase[Phase.REVIEW],
        }
        assert inbox.contests_by_post(tx, {2**63 - 1}, wanted) == {}


def test_a_comment_is_found_by_the_contest_that_has_it(store):
    contest = add_contest(store)
    with store.write() as tx:
        entries.save_page(tx, contest.id, [make_comment(100)], now=NOW)
        assert inbox.contest_of_comment(tx, 100, (Phase.REVIEW,)) == contest.id
        assert inbox.contest_of_comment(tx, 100, (Phase.OPEN,)) is None
        assert inbox.contest_of_comment(tx, 2**63 - 1, (Phase.REVIEW,)) is None
