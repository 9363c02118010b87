"""How long servers want to be left alone, in all the ways they say it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from service.networks.limits import is_spent, rest_after

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
SOON = NOW + timedelta(seconds=90)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"Retry-After": "90"}, 90),
        ({"retry-after": format_datetime(SOON, usegmt=True)}, 90),
        ({"X-RateLimit-Reset": str(int(SOON.timestamp()))}, 90),
        ({"X-RateLimit-Reset": "2026-11-20T12:01:30.000Z"}, 90),
        ({"x-ratelimit-reset": "2026-11-20T12:01:30"}, 90),
        ({"RateLimit-Reset": "90"}, 90),
        ({"x-rate-limit-reset": str(int(SOON.timestamp()))}, 90),
        ({"Retry-After": "5", "X-RateLimit-Reset": "90"}, 5),
        ({"Retry-After": "soon", "X-RateLimit-Reset": "90"}, 90),
        ({}, 60),
        ({"Retry-After": "-3"}, 60),
        ({"Retry-After": "²"}, 60),
        ({"Retry-After": "9" * 5000}, 60),
        ({"Retry-After": "0"}, 1),
        ({"X-RateLimit-Reset": "2001-01-01T00:00:00Z"}, 1),
        ({"X-RateLimit-Reset": "9999-12-31T23:59:59Z"}, 3600),
        ({"X-RateLimit-Reset": "0001-01-01T00:00:00+23:59"}, 1),
        ({"Retry-After": "999999999"}, 3600),
    ],
)
def test_a_rest_is_read_however_it_is_written_and_has_bounds(headers, seconds):
    assert rest_after(headers, now=NOW) == seconds


def test_a_limit_is_spent_when_nothing_remains():
    assert is_spent({"X-RateLimit-Remaining": "0"})
    assert is_spent({"ratelimit-remaining": " 0 "})
    assert not is_spent({"X-RateLimit-Remaining": "299"})
    assert not is_spent({})
