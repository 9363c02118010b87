"""The receipt: whole, free of personal data, and broken by any change that matters."""

from __future__ import annotations

import copy
import json
from datetime import timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from service.domain import drawing, receipt
from service.domain.contest import Rules
from service.domain.eligibility import Action, EntryFacts, Override, State, judge, leave_out_undecided
from service.storage.draws import Draw
from service.usecases.draw import make_receipt
from tests.factories import CLOSES_AT, SECRET, make_contest, make_entry


def make(entries: list[EntryFacts] | None = None, **given: Any) -> dict[str, Any]:
    """A receipt as the use cases make it."""
    contest = make_contest(**given)
    facts = entries if entries is not None else sample_entries()
    judged = [
        receipt.JudgedEntry(
            comment_id=e.comment_id,
            submitted_at=e.submitted_at,
            verdict=leave_out_undecided(v),
            override=e.override,
        )
        for e, v in zip(facts, judge(contest, facts), strict=True)
    ]
    sealed_at = CLOSES_AT + timedelta(minutes=5)
    text = receipt.seal(contest, judged, number=1, sealed_at=sealed_at)
    sealed = Draw(
        number=1,
        sealed_at=sealed_at,
        sealed_text=text,
        digest=drawing.hash_text(text),
        rules=receipt.rules_json(contest),
        entries=[receipt.entry_json(entry) for entry in judged],
    )
    made = make_receipt(contest, sealed, secret=SECRET, drawn_at=sealed_at)
    value: dict[str, Any] = json.loads(json.dumps(made))
    return value


def sample_entries() -> list[EntryFacts]:
    late = CLOSES_AT + timedelta(seconds=200)
    return [
        *(make_entry(number) for number in range(100, 106)),
        make_entry(110, submitted_at=late),
        make_entry(111, submitted_at=late, override=Override(Action.READMIT, "our server was down")),
        make_entry(112, override=Override(Action.DISQUALIFY, "same household")),
        make_entry(113, state=State.HELD),
        make_entry(114, author_email="reader100@example.org"),
    ]


def test_a_receipt_verifies():
    assert receipt.verify(make()) == []


def test_a_receipt_of_nobody_and_of_too_few_verifies():
    assert receipt.verify(make([])) == []
    assert receipt.verify(make([make_entry(5)], winners=3)) == []


def test_no_name_mail_or_network_address_is_in_it():
    text = json.dumps(make(rules=Rules(excluded=("bob@example.org",))))
    assert "@" not in text
    assert "Reader" not in text


def leaves(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    if isinstance(value, dict):
        return [leaf for key, part in value.items() for leaf in leaves(part, (*path, key))]
    if isinstance(value, list) and value:
        return [leaf for index, part in enumerate(value) for leaf in leaves(part, (*path, index))]
    return [path]


LEAVES = leaves(make())


@given(st.sampled_from(LEAVES), st.one_of(st.integers(), st.text(max_size=5), st.none(), st.booleans()))
def test_any_changed_value_is_found(path, value):
    changed = copy.deepcopy(make())
    place: Any = changed
    for step in path[:-1]:
        place = place[step]
    if path == ("draw", "drawn_at") or (place[path[-1]] == value and type(place[path[-1]]) is type(value)):
        return  # the draw follows from the seal whenever it is made: its time is told, not proven
    place[path[-1]] = value
    assert receipt.verify(changed) != []


@given(st.recursive(st.none() | st.integers() | st.text(), lambda x: st.lists(x) | st.dictionaries(st.text(), x)))
def test_anything_else_is_refused_without_an_exception(value):
    assert receipt.verify(value) != []
    assert receipt.verify({"format": receipt.FORMAT, "rules": value, "draw": value}) != []


def test_a_failure_names_the_place():
    changed = make()
    changed["entries"][0]["verdict"]["reasons"] = [{"code": "late"}]
    changed["randomness"]["secret"] = "0" * 64
    places = [failure.where for failure in receipt.verify(changed)]
    assert places[:2] == ["entries", "randomness.secret"]
