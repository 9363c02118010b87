"""A contest as a row: what JSON columns hold, and back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import Row

from service.domain.contest import Claims, Contest, Phase, Problem, Randomness, Rules, Search, XSearch
from service.domain.pools import Channel, Pool
from service.domain.posts import Message

_IN_JSON = ("rules", "message", "search", "claims", "problem")


def to_row(values: Mapping[str, Any]) -> dict[str, Any]:
    """Columns for some of a contest's fields."""
    row = dict(values)
    for name in _IN_JSON:
        if row.get(name) is not None:
            row[name] = {key: _to_json(value) for key, value in asdict(row[name]).items()}
    if "pools" in row:
        row["pools"] = [{key: _to_json(value) for key, value in asdict(pool).items()} for pool in row["pools"]]
    if "staff_ids" in row:
        row["staff_ids"] = sorted(row["staff_ids"])
    return row


def from_row(row: Row[Any]) -> Contest:
    """The contest in a row."""
    values = dict(row._mapping)
    values["phase"] = Phase(values["phase"])
    values["pools"] = tuple(Pool(**{**pool, "channel": Channel(pool["channel"])}) for pool in values["pools"])
    values["rules"] = Rules(**_with_tuples(values["rules"]))
    values["message"] = Message(**_with_tuples(values["message"]))
    values["claims"] = Claims(**_with_tuples(values["claims"]))
    values["randomness"] = Randomness(values["randomness"])
    values["search"] = _search(_with_tuples(values["search"]))
    values["staff_ids"] = frozenset(values["staff_ids"])
    if values["problem"] is not None:
        values["problem"] = _problem(values["problem"])
    return Contest(**values)


def _search(value: Mapping[str, Any]) -> Search:
    return Search(**{**value, "x": XSearch(value.get("x", XSearch.OFF))})


def _problem(value: Mapping[str, Any]) -> Problem:
    times = {name: datetime.fromisoformat(value[name]) for name in ("since", "rests_until") if value.get(name)}
    return Problem(**{**value, **times})


def _with_tuples(value: Mapping[str, Any]) -> dict[str, Any]:
    return {name: tuple(part) if isinstance(part, list) else part for name, part in value.items()}


def _to_json(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    return list(value) if isinstance(value, tuple) else value
