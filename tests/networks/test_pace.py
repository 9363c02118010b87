"""Limits are kept without waiting."""

from __future__ import annotations

import threading

import pytest

from service.networks.pace import Pace
from service.usecases.ports import NetworkProblem


class Seconds:
    now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock():
    return Seconds()


def wait_told(pace, host="a.example"):
    with pytest.raises(NetworkProblem) as caught:
        pace.take(host)
    assert (caught.value.code, caught.value.host) == ("rate_limited", host)
    return caught.value.retry_after


def test_only_so_many_requests_fit_into_the_time(clock):
    pace = Pace(2, 10.0, clock)
    pace.take("a.example")
    clock.now += 4
    pace.take("a.example")
    assert wait_told(pace) == 6
    pace.take("b.example")
    clock.now += 6
    pace.take("a.example")
    assert wait_told(pace) == 4


def test_a_host_that_asks_for_a_rest_gets_it(clock):
    pace = Pace(5, 1.0, clock)
    pace.rest("a.example", 30)
    pace.rest("a.example", 5)
    assert wait_told(pace) == 30
    pace.take("b.example")
    clock.now += 30
    pace.take("a.example")


def test_many_hosts_are_forgotten_again(clock):
    pace = Pace(1, 1.0, clock)
    for number in range(5_000):
        clock.now += 0.01
        pace.take(f"a{number}.example")
    assert len(pace._taken) < 1_100
    assert wait_told(pace, "a4999.example") == pytest.approx(1)


def test_threads_together_keep_the_limit(clock):
    pace, taken = Pace(10, 1.0, clock), []

    def ask():
        for _ in range(10):
            try:
                pace.take("a.example")
            except NetworkProblem:
                continue
            taken.append(1)

    threads = [threading.Thread(target=ask) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(taken) == 10
