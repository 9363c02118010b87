"""A round counts where its signature is the chain's, and each round has one signature only."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from py_arkworks_bls12381 import G1Point

from service.beacons.bls import is_valid
from service.domain.beacon import QUICKNET
from testbed.drand import Drand
from tests.beacons.published import ROUNDS

GENUINE = ROUNDS[42][0]
PRIME = 0x1A0111EA397FE69A4B1BA7B6434BACD764774B84F38512BF6730D2A0F6B0F6241EABFFFEB153FFFFB9FEFFFFFFFFAAAB
OF_ORDER_THREE = f"80{'00' * 47}"  # x = 0, y = 2 is on the curve
INFINITY = f"c0{'00' * 47}"


def encoded(x: int, flags: int) -> str:
    """A point as Zcash writes it: the flags are compressed, infinity, and which of the two signs."""
    return f"{x | flags << 381:096x}"


@pytest.mark.parametrize("number", ROUNDS)
def test_published_rounds_hold(number):
    assert is_valid(QUICKNET, number, ROUNDS[number][0])


def test_a_chain_of_our_own_holds_where_quicknet_does_not():
    drand = Drand()
    ours = drand.round(42).signature
    assert is_valid(drand.chain, 42, ours)
    assert not is_valid(QUICKNET, 42, ours)
    assert not is_valid(drand.chain, 42, GENUINE)


def test_the_signature_of_another_round_is_refused():
    assert not is_valid(QUICKNET, 43, GENUINE)
    assert not is_valid(QUICKNET, 42, ROUNDS[657413][0])


def test_a_signature_cannot_be_shifted_by_a_point_outside_the_subgroup():
    """The pairing alone would take it, so that a mirror could choose between several randomnesses."""
    outside = G1Point.from_compressed_bytes_unchecked(bytes.fromhex(OF_ORDER_THREE))
    assert not outside.is_in_subgroup()
    shifted = G1Point.from_compressed_bytes(bytes.fromhex(GENUINE)) + outside
    assert not is_valid(QUICKNET, 42, shifted.to_compressed_bytes().hex())


@pytest.mark.parametrize(
    "signature",
    [
        OF_ORDER_THREE,
        INFINITY,
        encoded(0, 0b111),  # infinity with a sign, with something behind it, with the signature behind it
        encoded(5, 0b110),
        f"{int(GENUINE, 16) | 1 << 382:096x}",
        f"{int(GENUINE, 16) & ~(1 << 383):096x}",  # not compressed
        f"{int(GENUINE, 16) ^ 1 << 381:096x}",  # the other sign
        encoded(1, 0b100),  # no point has this x
        encoded(PRIME, 0b100),  # x = 0 in another spelling
        "00" * 48,
        "ff" * 48,
    ],
)
def test_points_that_no_beacon_signs_with_are_refused(signature):
    assert len(signature) == 96
    assert not is_valid(QUICKNET, 42, signature)


@pytest.mark.parametrize(
    "signature",
    [
        *(GENUINE.upper(), f"0x{GENUINE}", f" {GENUINE}", f"{GENUINE}\n", f"{GENUINE[:48]} {GENUINE[48:]}"),
        *(GENUINE[:-1], GENUINE[:-2], f"{GENUINE}00", GENUINE * 2, "", "zz" * 48, "９" * 96, "\ud800" * 96),
        *(bytes.fromhex(GENUINE), GENUINE.encode(), int(GENUINE, 16), None, [GENUINE], {}),
    ],
)
def test_a_signature_has_one_spelling(signature):
    assert not is_valid(QUICKNET, 42, signature)


@pytest.mark.parametrize("number", [0, -42, 2**64, 2**64 + 42, 10**400, 42.0, "42", True, None])
def test_what_is_no_round_has_no_signature(number):
    assert not is_valid(QUICKNET, number, GENUINE)


@pytest.mark.parametrize(
    "change",
    [
        *({"scheme": scheme} for scheme in ("pedersen-bls-unchained", "bls-unchained-on-g1", "")),
        *({"public_key": key} for key in (f"{INFINITY}{'00' * 48}", QUICKNET.public_key[:-2], "", "key")),
    ],
)
@pytest.mark.parametrize("signature", [GENUINE, INFINITY, encoded(5, 0b110)])
def test_a_chain_that_cannot_be_verified_has_no_signatures(change, signature):
    """At infinity everything signs everything."""
    assert not is_valid(replace(QUICKNET, **change), 42, signature)


@settings(max_examples=50, deadline=None)
@given(st.binary(min_size=48, max_size=48), st.sampled_from([None, 0b100, 0b101, 0b110, 0b111]))
def test_bytes_that_are_no_signature_are_refused_without_an_error(raw, flags):
    number = int.from_bytes(raw, "big")
    signature = raw.hex() if flags is None else encoded(number % 2**381, flags)
    assert not is_valid(QUICKNET, 42, signature)


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 383))
def test_one_bit_makes_a_signature_another(bit):
    assert not is_valid(QUICKNET, 42, f"{int(GENUINE, 16) ^ 1 << bit:096x}")
