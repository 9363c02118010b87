"""Requests as fast as they are answered, or so many a second whatever happens."""

from __future__ import annotations

import http.client
import json
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice
from secrets import token_hex
from time import perf_counter, sleep, time

from bench.web import SECRET
from wp_bridge.signature import key_of, sign

CONNECTIONS = 32
TIMEOUT_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Call:
    """A request, ready to go; what is signed stays good for five minutes."""

    path: str
    body: bytes
    headers: dict[str, str]


@dataclass(frozen=True, slots=True)
class Answer:
    """What came: 0 for no answer. `seconds` since the request was due; `at` is when it came."""

    call: Call
    status: int
    seconds: float
    at: float


def doorbell(post_id: int, comment_id: int) -> Call:
    """What the plugin sends when one comment came in."""
    event = {"event": "comment.added", "post": post_id, "comment": comment_id}
    body = json.dumps({"type": "doorbell", "events": [event]}).encode()
    message_id, timestamp = f"msg_{token_hex(16)}", int(time())
    headers = {
        "Content-Type": "application/json",
        "webhook-id": message_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": sign(key_of(SECRET), message_id=message_id, timestamp=timestamp, body=body),
    }
    return Call("/webhooks/wordpress", body, headers)


def as_fast_as_possible(port: int, calls: Sequence[Call], *, connections: int = CONNECTIONS) -> list[Answer]:
    """Every connection sends its next request as soon as the last is answered."""
    return _spread(port, calls, connections, began=perf_counter(), rate=None)


def at_rate(port: int, calls: Sequence[Call], rate: float, *, connections: int = CONNECTIONS) -> list[Answer]:
    """So many requests a second, on time however slow the answers are, as long as a connection is free.

    One that had to wait for a connection counts from when it was due.
    """
    return _spread(port, calls, connections, began=perf_counter(), rate=rate)


def _spread(port: int, calls: Sequence[Call], connections: int, *, began: float, rate: float | None) -> list[Answer]:
    def keep_sending(first: int) -> list[Answer]:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=TIMEOUT_SECONDS)
        answers = []
        for number, call in islice(enumerate(calls), first, None, connections):
            due = perf_counter() if rate is None else began + number / rate
            sleep(max(0.0, due - perf_counter()))
            status = _send(connection, call)
            answers.append(Answer(call, status, perf_counter() - due, perf_counter()))
        connection.close()
        return answers

    with ThreadPoolExecutor(connections) as pool:
        return [answer for answers in pool.map(keep_sending, range(connections)) for answer in answers]


def _send(connection: http.client.HTTPConnection, call: Call) -> int:
    """The status; a connection that the server closed while it was idle is opened again."""
    for _ in range(2):
        try:
            connection.request("POST", call.path, call.body, call.headers)
            answer = connection.getresponse()
            answer.read()
        except (OSError, http.client.HTTPException):
            connection.close()
        else:
            return answer.status
    return 0
