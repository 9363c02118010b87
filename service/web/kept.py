"""What takes a second to make and is asked for by anybody: made one at a time, and kept while it is the same."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from hashlib import sha256

MOST_KEPT = 16


class Kept:
    """The newest files of one process, by everything that they are made of."""

    def __init__(self, most: int = MOST_KEPT) -> None:
        self._most = most
        self._files: OrderedDict[bytes, bytes] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, made_of: object, make: Callable[[], bytes]) -> bytes:
        """The file made of this, whose `repr` tells all of it. Others wait meanwhile, so many askers cost one file."""
        key = sha256(repr(made_of).encode()).digest()
        with self._lock:
            if key not in self._files:
                self._files[key] = make()
            self._files.move_to_end(key)
            while len(self._files) > self._most:
                self._files.popitem(last=False)
            return self._files[key]
