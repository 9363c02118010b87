"""Rules of the proxy and the gates at which they hold requests back."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from testbed.proxy_exchange import Exchange, Request

PATIENCE_SECONDS = 120.0
"""No test waits longer, and none leaves a thread behind for ever."""


class Gate:
    """Holds requests back until it is released."""

    def __init__(self) -> None:
        self._reached = threading.Event()
        self._open = threading.Event()

    def wait(self, seconds: float = 30.0) -> None:
        """Wait until a request stands at the gate. Raises TimeoutError if none comes."""
        if not self._reached.wait(seconds):
            raise TimeoutError(f"no request reached the gate within {seconds} s")

    def release(self) -> None:
        """Let through what stands there, and whatever comes later."""
        self._open.set()

    @property
    def is_open(self) -> bool:
        return self._open.is_set()

    def stop_here(self, seconds: float = PATIENCE_SECONDS) -> None:
        """For the proxy: stand at the gate until it opens, or for so long."""
        self._reached.set()
        self._open.wait(seconds)


@dataclass
class Rule:
    """What to do with matching requests, and how many more of them."""

    match: Callable[[Request], bool]
    behave: Callable[[Exchange], None]
    left: int | None
    gate: Gate = field(default_factory=Gate)
    used: int = 0

    def takes(self, request: Request) -> bool:
        """Whether this rule decides over the request; counts it if so. Called under the proxy's lock."""
        if self.left == 0 or not self.match(request):
            return False
        self.used += 1
        self.left = None if self.left is None else self.left - 1
        return True

    def give_up(self) -> None:
        """End the rule and let go of what it holds."""
        self.left = 0
        self.gate.release()
