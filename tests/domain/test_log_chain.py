"""The chain of a log: whatever is done to its lines is found, and the place is named."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.domain.log_chain import NOTHING, LogLine, find_break, hash_line, line_json
from service.domain.log_checks import verify

DOCUMENT = Path(__file__).parents[2] / "docs/log.md"
AT = datetime(2026, 11, 27, 16, 0, 0, 5, tzinfo=UTC)
details = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)
logs = st.lists(
    st.tuples(st.text(), st.text(), st.dictionaries(st.text(), details, max_size=3)), min_size=2, max_size=6
)


def chain(parts):
    """A log of these actors, reasons and details."""
    lines, previous = [], NOTHING
    for number, (actor, reason, told) in enumerate(parts, 1):
        at = AT + timedelta(seconds=number)
        line = LogLine(number=number, at=at, actor=actor, action="act", reason=reason, details=told)
        lines.append(replace(line, hash=hash_line(previous, line)))
        previous = lines[-1].hash
    return lines


def exported(lines):
    """What somebody finds in the file."""
    told = [{**line_json(line), "hash": line.hash} for line in lines]
    return json.loads(json.dumps(told, ensure_ascii=False))


def receipt(lines):
    return {"log": {"lines": len(lines), "head": lines[-1].hash if lines else NOTHING}}


LINES = chain([("ada", "", {"draw": 1}), ("bob", "spät", {"a": [None, 0.1]}), ("worker", "", {}), ("ada", "", {})])


def test_a_line_is_hashed_as_the_document_says():
    """Spelled out, so that it can't change by accident: docs/log.md tells strangers to compute this."""
    line = (
        '{"action":"act","actor":"ada","at":"2026-11-27T16:00:01.000005Z","details":{"draw":1},"number":1,"reason":""}'
    )
    assert LINES[0].hash == sha256(f"tirage-log/1\n{'0' * 64}\n{line}\n".encode()).hexdigest()
    second = '{"action":"act","actor":"bob","at":"2026-11-27T16:00:02.000005Z","details":{"a":[null,0.1]},"number":2,'
    second += '"reason":"sp\\u00e4t"}'
    assert LINES[1].hash == sha256(f"tirage-log/1\n{LINES[0].hash}\n{second}\n".encode()).hexdigest()


def test_the_program_in_the_document_agrees(tmp_path):
    program = DOCUMENT.read_text("utf-8").partition("<!-- check-log -->\n```python\n")[2].partition("```")[0]
    for lines, code in ((LINES, 0), (LINES[1:], 1)):
        (tmp_path / "log.json").write_text(json.dumps(exported(lines), ensure_ascii=False), "utf-8")
        done = subprocess.run(
            [sys.executable, "-X", "utf8", "-c", program], cwd=tmp_path, capture_output=True, text=True
        )
        assert (done.returncode, LINES[-1].hash in done.stdout) == (code, code == 0)


def test_a_time_is_hashed_in_utc():
    paris = replace(LINES[0], at=LINES[0].at.astimezone(timezone(timedelta(hours=1))))
    assert hash_line(NOTHING, paris) == LINES[0].hash


@given(logs)
def test_a_log_that_nobody_touched_holds_in_the_database_and_in_the_file(parts):
    lines = chain(parts)
    assert find_break(lines) is None
    assert verify(exported(lines)) == verify({"log": exported(lines)}, receipt(lines)) == []


@given(logs, st.data())
def test_any_line_that_is_changed_is_found(parts, data):
    lines = chain(parts)
    place = data.draw(st.integers(0, len(lines) - 1))
    name = data.draw(st.sampled_from(["actor", "action", "reason", "details", "at", "number", "hash"]))
    other = {"at": AT, "details": {"draw": "other"}, "number": 99, "hash": "f" * 64}.get(name, "somebody else's")
    lines[place] = replace(lines[place], **{name: other})
    assert find_break(lines) == place + 1
    assert verify(exported(lines))[0].where == f"line {place + 1}"


@given(logs, st.data())
def test_any_line_that_is_dropped_swapped_or_put_in_is_found(parts, data):
    lines = chain(parts)
    kind = data.draw(st.sampled_from(["drop", "swap", "insert"]))
    place = data.draw(st.integers(0, len(lines) - 2))
    touched = list(lines)
    if kind == "drop":
        del touched[place]
    elif kind == "swap":
        touched[place], touched[place + 1] = touched[place + 1], touched[place]
    else:
        touched.insert(place, touched[data.draw(st.integers(0, len(lines) - 1))])
    if touched[place] == lines[place]:  # a line put in before itself: the second of them is one too many
        place += 1
    assert find_break(touched) == place + 1
    assert verify(exported(touched))[0].where == f"line {place + 1}"


@given(logs)
def test_a_log_that_was_cut_off_or_written_anew_contradicts_the_receipt(parts):
    lines = chain(parts)
    assert verify(exported(lines[:-1])) == []
    assert [failure.where for failure in verify(exported(lines[:-1]), receipt(lines))] == ["receipt.log"]
    anew = chain([("somebody", "else", {}), *parts[1:]])
    assert [failure.where for failure in verify(exported(anew), receipt(lines))] == ["receipt.log"] * (anew != lines)


def test_a_log_may_have_gone_on_after_the_seal_and_begin_after_it():
    assert verify(exported(LINES), receipt(LINES[:2])) == []
    assert verify(exported(LINES), receipt([])) == []
    assert verify([], receipt([])) == []


@pytest.mark.parametrize(
    "told",
    [None, 3, "log", {}, {"log": {}}, [1], [[]], [{}], [{**exported(LINES[:1])[0], "more": 1}]]
    + [[{**exported(LINES[:1])[0], name: None}] for name in ("number", "at", "details", "hash")]
    + [[{**exported(LINES[:1])[0], "number": True}], [{**exported(LINES[:1])[0], "details": {"a": float("inf")}}]],
)
def test_what_is_no_log_is_said_to_be_none(told):
    assert verify(told)


@pytest.mark.parametrize("told", [3, [], {}, {"log": None}, {"log": {"lines": -1}}, {"log": {"lines": True}}])
def test_what_is_no_receipt_with_a_log_is_said_to_be_none(told):
    assert [failure.where for failure in verify(exported(LINES), told)] == ["receipt.log"]
