"""What several threads want at the same moment is done as one, and each has its own result."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from service.usecases import doorbell
from service.usecases.doorbell import Bell, Delivery
from service.web import together
from service.web.together import Together


class Slow:
    """Doubles numbers, but not before it is let go."""

    def __init__(self) -> None:
        self.batches: list[list[int]] = []
        self.is_begun = threading.Event()
        self.may_go = threading.Event()

    def __call__(self, numbers):
        self.is_begun.set()
        assert self.may_go.wait(10)
        self.batches.append(list(numbers))
        if 13 in numbers:
            raise ValueError("thirteen")
        return [2 * number for number in numbers]


def ask_while_busy(act: Slow, numbers: list[int]):
    """Ask for 0, and for the others while that is being done; what comes of each."""
    both = Together(act)
    with ThreadPoolExecutor(1 + len(numbers)) as pool:
        first = pool.submit(both.ask, 0)
        assert act.is_begun.wait(10)
        others = [pool.submit(both.ask, number) for number in numbers]
        while len(both._waiting) < len(numbers):
            assert not first.done()
        act.may_go.set()
    return [first, *others]


def test_what_comes_in_while_one_is_done_is_done_at_once():
    act = Slow()
    assert [future.result() for future in ask_while_busy(act, [1, 2, 3])] == [0, 2, 4, 6]
    assert [sorted(batch) for batch in act.batches] == [[0], [1, 2, 3]]


def test_what_fails_fails_for_all_who_were_in_it():
    first, *others = ask_while_busy(Slow(), [12, 13])
    assert first.result() == 0
    for future in others:
        with pytest.raises(ValueError, match="thirteen"):
            future.result()


def test_an_answer_too_few_is_nobody_s_endless_wait():
    forgetful: Together[int, int] = Together(lambda numbers: numbers[1:])
    with pytest.raises(ValueError, match="shorter"):
        forgetful.ask(1)


def test_never_too_many_at_once(monkeypatch):
    monkeypatch.setattr(together, "MOST", 2)
    act = Slow()
    assert [future.result() for future in ask_while_busy(act, [1, 2, 3, 4, 5])] == [0, 2, 4, 6, 8, 10]
    assert max(map(len, act.batches)) == 2


def test_one_batch_of_doorbells_takes_each_id_once(world):
    world.open_contest()
    deliveries = [Delivery([Bell(7, 1)], "a"), Delivery([Bell(7, 2)], "b"), Delivery([Bell(7, 3)], "a")]
    assert doorbell.ring(world.services, deliveries) == [True, True, False]
    assert doorbell.ring(world.services, [*deliveries[1:], Delivery([Bell(7, 4)], "c")]) == [False, False, True]
