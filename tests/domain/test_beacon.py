"""Rounds and times of a beacon's chain."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.domain.beacon import QUICKNET, BeaconRound, round_at, time_of
from tests.beacons.published import ROUNDS

INSTANTS = st.datetimes(datetime(2020, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))


def test_quicknet_has_the_hash_that_drand_publishes():
    assert QUICKNET.hash == "52db9ba70e0cc0f6eaf7803dd07447a1f5477735fd3f661792ba94600c84e971"


@pytest.mark.parametrize(
    "change",
    [{"period": 4}, {"genesis_time": 1692803368}, {"name": "x"}, {"public_key": "00"}, {"genesis_seed": "00"}],
)
def test_a_chain_that_differs_has_another_hash(change):
    assert replace(QUICKNET, **change).hash != QUICKNET.hash


@pytest.mark.parametrize(
    ("instant", "number"),
    [
        (datetime(2023, 9, 15, 11, 0, 3, tzinfo=UTC), 657413),
        (datetime(2026, 4, 20, tzinfo=UTC), 27946612),
        (datetime(2023, 8, 23, 15, 9, 27, tzinfo=UTC), 1),
    ],
)
def test_rounds_come_out_when_drand_says(instant, number):
    assert time_of(QUICKNET, number) == instant
    assert round_at(QUICKNET, instant) == number
    assert round_at(QUICKNET, instant + timedelta(microseconds=1)) == number + 1


@given(INSTANTS)
def test_the_round_at_an_instant_is_the_first_that_is_not_before_it(instant):
    number = round_at(QUICKNET, instant)
    assert time_of(QUICKNET, number) >= instant
    assert number == 1 or time_of(QUICKNET, number - 1) < instant


def test_before_the_chain_began_the_first_round_is_to_come():
    assert round_at(QUICKNET, datetime(2013, 1, 1, tzinfo=UTC)) == 1


def test_a_round_below_one_has_no_time():
    with pytest.raises(ValueError, match="from 1"):
        time_of(QUICKNET, 0)


@pytest.mark.parametrize("number", ROUNDS)
def test_the_randomness_is_the_hash_of_the_signature(number):
    signature, randomness = ROUNDS[number]
    assert BeaconRound(round=number, signature=signature).randomness == randomness


@pytest.mark.parametrize(
    "change",
    [
        *({"round": number} for number in (0, -1, 2**64, True, "42", 42.0)),
        *({"signature": text} for text in ("", "95", "95" * 49, "AB" * 48, "zz" * 48, "9 " * 48, b"95" * 48, None)),
    ],
)
def test_what_has_not_the_form_of_a_round_is_none(change):
    with pytest.raises(ValueError, match="can't be a round"):
        BeaconRound(**{"round": 42, "signature": ROUNDS[42][0], **change})
