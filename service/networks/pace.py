"""Keeps to the limits of servers without waiting: whoever asks too often is told when to ask again."""

from __future__ import annotations

import threading
import time
from collections import defaultdict, deque
from collections.abc import Callable

from service.usecases.ports import NetworkProblem

_MOST_HOSTS = 1_000  # remembered at once; hosts that rest no more are forgotten


class Pace:
    """At most `most` requests to a host within `seconds`. May be used by several threads.

    `clock` gives seconds that only grow.
    """

    def __init__(self, most: int, seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._most = most
        self._seconds = seconds
        self._clock = clock
        self._lock = threading.Lock()
        self._taken: defaultdict[str, deque[float]] = defaultdict(deque)
        self._rests: dict[str, float] = {}

    def take(self, host: str) -> None:
        """Count a request to this host. Raises NetworkProblem ("rate_limited") when it isn't its time yet."""
        with self._lock:
            now = self._clock()
            self._forget(now)
            taken = self._taken[host]
            while taken and taken[0] <= now - self._seconds:
                taken.popleft()
            free_at = taken[0] + self._seconds if len(taken) >= self._most else now
            wait = max(free_at, self._rests.get(host, now)) - now
            if wait <= 0:
                taken.append(now)
                return
        raise NetworkProblem(
            f"{host} is asked as often as it allows; it is asked again in {max(1.0, wait):.0f} s.",
            code="rate_limited",
            host=host,
            retry_after=wait,
        )

    def rest(self, host: str, seconds: float) -> None:
        """Let the host alone for so long, since it asked for that. A shorter rest never ends a longer one."""
        with self._lock:
            self._rests[host] = max(self._rests.get(host, 0.0), self._clock() + seconds)

    def _forget(self, now: float) -> None:
        if len(self._taken) + len(self._rests) < _MOST_HOSTS:
            return
        self._rests = {host: until for host, until in self._rests.items() if until > now}
        recent = {host: taken for host, taken in self._taken.items() if taken and taken[-1] > now - self._seconds}
        self._taken = defaultdict(deque, recent)
