"""Mirrors of drand: whichever is right is used, and none is believed."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from service.beacons.drand import MIRRORS, DrandBeacon
from service.domain.beacon import QUICKNET
from service.networks.http import Http
from service.usecases.ports import BeaconProblem
from testbed.drand import GENESIS_TIME, Drand, Fault
from testbed.standin import Answer
from tests.beacons.published import ROUNDS

OUT = 1000  # the last round that is out
LIES = [Fault.WRONG_SIGNATURE, Fault.OTHER_ROUND, Fault.OTHER_KEY, Fault.FALSE_RANDOMNESS]
TO_COME = [Fault.NOT_OUT_YET, Fault.TOO_EARLY, Fault.STALE]
SILENT = [Fault.BROKEN, Fault.NO_DATA, Fault.HANGS]


@pytest.fixture
def drand() -> Iterator[Drand]:
    """A chain whose last round is OUT."""
    with Drand(period=3, clock=lambda: GENESIS_TIME + 3 * OUT - 1) as drand:
        yield drand


@pytest.fixture
def beacon(drand: Drand) -> Iterator[DrandBeacon]:
    """The beacon, with little patience."""
    http = Http(user_agent="test", timeout=0.3, max_bytes=10_000, origins=drand.origins)
    yield DrandBeacon(http, chain=drand.chain)
    http.close()


def problem_of(beacon: DrandBeacon, number: int = OUT) -> BeaconProblem:
    with pytest.raises(BeaconProblem) as caught:
        beacon.fetch(number)
    return caught.value


def test_one_mirror_is_enough(drand, beacon):
    assert beacon.fetch(OUT) == drand.round(OUT)
    assert [asked.host for asked in drand.requests] == [MIRRORS[0]]
    assert drand.requests[0].path == f"/{drand.chain.hash}/public/{OUT}"


@pytest.mark.parametrize("fault", Fault)
def test_a_mirror_that_does_not_give_the_round_is_passed_over(drand, beacon, fault):
    drand.misbehave(fault, mirrors=MIRRORS[:1])
    assert beacon.fetch(OUT) == drand.round(OUT)
    assert [asked.host for asked in drand.requests] == list(MIRRORS[:2])


def test_the_last_mirror_is_enough(drand, beacon):
    for mirror, fault in zip(MIRRORS[:3], (Fault.OTHER_KEY, Fault.BROKEN, Fault.NOT_OUT_YET), strict=True):
        drand.misbehave(fault, mirrors=[mirror])
    assert beacon.fetch(OUT) == drand.round(OUT)
    assert drand.count() == 4


@pytest.mark.parametrize("fault", LIES)
def test_a_lie_is_never_used(drand, beacon, fault):
    drand.misbehave(fault)
    problem = problem_of(beacon)
    assert problem.code == "not_verified"
    assert all(mirror in problem.message for mirror in MIRRORS)


def test_the_right_signature_under_another_number_is_not_used(drand, beacon):
    drand.fail(Answer(body={"round": OUT + 1, "signature": drand.round(OUT).signature}), times=4)
    assert problem_of(beacon).code == "not_verified"


@pytest.mark.parametrize("fault", SILENT)
def test_mirrors_without_an_answer_are_unreachable(drand, beacon, fault):
    drand.misbehave(fault)
    assert problem_of(beacon).code == "unreachable"


@pytest.mark.parametrize("fault", TO_COME)
def test_a_round_to_come_is_worth_asking_for_again_soon(drand, beacon, fault):
    drand.misbehave(Fault.OTHER_KEY, mirrors=MIRRORS[:1])
    drand.misbehave(Fault.BROKEN, mirrors=MIRRORS[1:2])
    drand.misbehave(fault, mirrors=MIRRORS[2:])
    problem = problem_of(beacon)
    assert (problem.code, problem.retry_after) == ("not_out_yet", 3.0)


def test_a_real_round_to_come_is_not_out_yet(beacon):
    assert problem_of(beacon, OUT + 1).code == "not_out_yet"


def test_another_chains_mirrors_have_no_rounds_of_ours(drand):
    with Drand(seed=b"another") as other:
        http = Http(user_agent="test", origins=other.origins)
        assert problem_of(DrandBeacon(http, chain=drand.chain)).code == "not_out_yet"
        http.close()


@pytest.mark.parametrize(
    "body",
    [
        *(b"", b"\xff", b"null", b"[]", b"[" * 9_000, b'"42"', b"{}", b'{"round": null, "signature": null}'),
        *(b'{"round": 1000}', b'{"round": 1000, "signature": {}}', b'{"round": 1e400}', b'{"round": ' + b"9" * 5000),
        *(b'{"round": 1000, "signature": "\\ud800"}', b'{"round": -1}', b'{"round": true}', b" " * 20_000),
    ],
    ids=lambda body: repr(body[:40]),
)
def test_no_answer_of_a_mirror_is_an_error(drand, beacon, body):
    drand.fail(Answer(body=body), times=4)
    drand.fail(Answer(301, headers={"Location": "http://127.0.0.1:9/"}), times=4)
    assert problem_of(beacon).code in ("not_verified", "unreachable")
    assert problem_of(beacon).code == "unreachable"
    assert beacon.fetch(OUT) == drand.round(OUT)


def test_published_rounds_are_taken_in_either_case_and_kept_in_lower(drand):
    signature, randomness = ROUNDS[42]
    http = Http(user_agent="test", origins=drand.origins)
    for told in ({"randomness": randomness.upper()}, {}):
        drand.fail(Answer(body={"round": 42, "signature": signature.upper(), **told}))
        found = DrandBeacon(http).fetch(42)
        assert (found.signature, found.randomness) == (signature, randomness)
    assert f"/{QUICKNET.hash}/public/42" == drand.requests[-1].path
    http.close()


@pytest.mark.parametrize("number", [0, -1, 2**64])
def test_what_is_no_round_is_not_asked_for(drand, beacon, number):
    with pytest.raises(ValueError, match="from 1"):
        beacon.fetch(number)
    assert drand.count() == 0
