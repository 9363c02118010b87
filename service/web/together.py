"""What several requests want at the same moment, done as one."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from typing import Generic, TypeVar

Wish = TypeVar("Wish")
Result = TypeVar("Result")
MOST = 100


class Together(Generic[Wish, Result]):
    """Whoever's turn it is acts for all who wait: a transaction takes about as long for ten rows as for one.

    `act` takes wishes and gives a result for each, in their order. When it fails, it fails for all of them.
    """

    def __init__(self, act: Callable[[Sequence[Wish]], Sequence[Result]]) -> None:
        self._act = act
        self._waiting: deque[tuple[Wish, Future[Result]]] = deque()
        self._turn = threading.Lock()

    def ask(self, wish: Wish) -> Result:
        """Have the wish done, with those of other threads, and wait for its result. Raises what `act` raises."""
        mine: Future[Result] = Future()
        self._waiting.append((wish, mine))
        while not mine.done():  # once is enough, unless more than MOST wait
            with self._turn:
                if not mine.done():
                    self._do_some()
        return mine.result()

    def _do_some(self) -> None:
        taken = [self._waiting.popleft() for _ in range(min(MOST, len(self._waiting)))]
        try:
            results = self._act([wish for wish, _ in taken])
            answers = list(zip(taken, results, strict=True))
        except BaseException as error:
            for _, future in taken:
                future.set_exception(error)
        else:
            for (_, future), result in answers:
                future.set_result(result)
