"""What X's API says when it doesn't give what was asked for, as a problem that tells what to do.

Answers: https://docs.x.com/x-api/fundamentals/response-codes-and-errors; some were only ever recorded.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from service.networks.http import HttpAnswer
from service.networks.limits import rest_after
from service.usecases.ports import NetworkProblem

HOST = "api.x.com"
CONSOLE = "https://console.x.com"
_MONEY_PAUSE = 3600.0  # whoever buys credits or raises a cap waits no longer than that
_LONGEST_TOLD = 300


def problem_of(answer: HttpAnswer, *, setting: str, now: datetime) -> NetworkProblem:
    """The problem in an answer of another status than 200. `setting` is where the key comes from."""
    body = _body(answer)
    match answer.status:
        case 400:
            return _permanent(f"X doesn't take the request: {told(body) or 'it says no more'}.", "bad_request")
        case 401:
            return _permanent(f"X refuses the key in {setting}: make a new one at {CONSOLE}.", "key_refused")
        case 402:
            text = f"The credits for X's API are used up: buy more at {CONSOLE}."
            return _permanent(text, "credits_depleted", retry_after=_MONEY_PAUSE)
        case 403:
            return _forbidden(body, setting)
        case 429:
            return _too_many(answer, body, now)
        case status if status >= 500:
            text = f"X has an error of its own (status {status})."
            seconds = rest_after(answer.headers, now=now) if "retry-after" in answer.headers else None
            return NetworkProblem(text, code="unreachable", host=HOST, retry_after=seconds)
    return NetworkProblem(f"X answers in an unknown way (status {answer.status}).", code="bad_answer", host=HOST)


def told(body: Mapping[str, Any]) -> str:
    """X's own words about what is wrong, in one line of at most 300 printable characters."""
    errors = body.get("errors")
    first = errors[0] if isinstance(errors, list) and errors and isinstance(errors[0], dict) else {}
    words = first.get("message") or first.get("detail") or body.get("detail") or body.get("title")
    shown = "".join(char if char.isprintable() else " " for char in str(words or "")[:_LONGEST_TOLD])
    return " ".join(shown.split()).rstrip(".")


def names_parameter(answer: HttpAnswer, name: str) -> bool:
    """Whether a refusal (400) is about a parameter."""
    return answer.status == 400 and name.encode() in answer.body


def _forbidden(body: Mapping[str, Any], setting: str) -> NetworkProblem:
    if body.get("title") == "Unsupported Authentication":
        text = f"X doesn't take the kind of key that is in {setting} for this: see which one is meant in the manual."
        return _permanent(text, "key_refused")
    if body.get("reason") == "client-not-enrolled" or "453" in str(body.get("errors"))[:500]:
        text = f"The app of the key in {setting} may not use this part of X's API: enrol it at {CONSOLE}."
        return _permanent(text, "not_enrolled")
    return _permanent(f"X forbids this to the key in {setting}: {told(body) or 'it says no more'}.", "key_refused")


def _too_many(answer: HttpAnswer, body: Mapping[str, Any], now: datetime) -> NetworkProblem:
    if body.get("title") == "UsageCapExceeded" or str(body.get("type")).endswith("/usage-capped"):
        text = f"The posts that X gives in a month are used up: raise the cap at {CONSOLE}, or wait for the next month."
        return _permanent(text, "usage_capped", retry_after=_MONEY_PAUSE)
    seconds = rest_after(answer.headers, now=now)
    text = f"X was asked too often; it is asked again in {seconds:.0f} s."
    return NetworkProblem(text, code="rate_limited", host=HOST, retry_after=seconds)


def _permanent(text: str, code: str, *, retry_after: float | None = None) -> NetworkProblem:
    return NetworkProblem(text, code=code, host=HOST, permanent=True, retry_after=retry_after)


def _body(answer: HttpAnswer) -> dict[str, Any]:
    try:
        body = answer.json()
    except NetworkProblem:
        return {}
    return body if isinstance(body, dict) else {}
