"""The receipt: whole, free of personal data, and broken by any change that matters."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from service.beacons import bls
from service.cli.receipt import verify as verify_command
from service.domain import drawing, receipt, receipt_checks
from service.domain.beacon import QUICKNET, BeaconRound, commit
from service.domain.contest import Rules
from service.domain.eligibility import Action, Code, EntryFacts, Override, State, judge, leave_out_undecided
from service.domain.log_chain import LogHead
from service.domain.pools import Channel, Pool
from service.domain.post_judging import SocialPost, judge_posts
from service.domain.posts import Sight
from service.domain.receipt_checks import Beacons
from service.storage.draws import Draw
from service.usecases.draw import make_receipt
from service.usecases.freezing import judged_entries
from service.usecases.judging import Judged
from testbed.drand import Drand
from tests.factories import CLOSES_AT, SECRET, make_contest, make_entry, make_found

LOG = LogHead(lines=3, head=drawing.hash_text("three lines"))
DRAND = Drand(period=3, genesis_time=1_700_000_000)  # asked for its rounds, not over HTTP
BEACONS = Beacons(
    chains=(QUICKNET, DRAND.chain), is_valid=lambda chain, found: bls.is_valid(chain, found.round, found.signature)
)


def make(
    entries: list[EntryFacts] | None = None,
    posts: Sequence[SocialPost] = (),
    *,
    by_beacon: bool = False,
    given_up: str = "",
    **given: Any,
) -> dict[str, Any]:
    """A receipt as the use cases make it: by the secret, by a round, or by the secret in a round's stead."""
    contest = make_contest(**given)
    facts = entries if entries is not None else sample_entries()
    judged = Judged(
        comments=facts,
        verdicts=[leave_out_undecided(verdict) for verdict in judge(contest, facts)],
        posts=list(posts),
        post_verdicts=[],
    )
    if posts:
        judged = replace(judged, post_verdicts=judge_posts(contest, list(posts), facts, judged.verdicts))
    sealed_at = CLOSES_AT + timedelta(minutes=5)
    promised = commit(DRAND.chain, sealed_at) if by_beacon else None
    told = [receipt.entry_json(entry) for entry in judged_entries(contest, judged)]
    rules = receipt.rules_json(contest)
    text = receipt.seal(
        slug=contest.slug,
        post_url=contest.post_url,
        number=1,
        sealed_at=sealed_at,
        commitment=contest.commitment,
        beacon=(promised.chain.hash, promised.round) if promised else None,
        log=LOG,
        rules=rules,
        entries=told,
    )
    sealed = Draw(
        number=1,
        sealed_at=sealed_at,
        sealed_text=text,
        digest=drawing.hash_text(text),
        rules=rules,
        entries=told,
        commitment=contest.commitment,
        log=LOG,
        beacon=promised,
        secret_reason=given_up,
    )
    found = DRAND.round(promised.round) if promised and not given_up else None
    drawn_at = sealed_at + timedelta(hours=2 if promised else 0)
    made = make_receipt(contest, sealed, secret=SECRET, found=found, drawn_at=drawn_at)
    value: dict[str, Any] = json.loads(json.dumps(made))
    return value


def sample_entries() -> list[EntryFacts]:
    late = CLOSES_AT + timedelta(seconds=200)
    return [
        *(make_entry(number) for number in range(100, 106)),
        make_entry(110, submitted_at=late),
        make_entry(111, submitted_at=late, override=Override(Action.READMIT, "our server was down", (Code.LATE,))),
        make_entry(112, override=Override(Action.DISQUALIFY, "same household")),
        make_entry(113, state=State.HELD),
        make_entry(114, author_email="reader100@example.org"),
    ]


def test_a_receipt_verifies():
    assert receipt_checks.verify(make()) == []


def test_a_receipt_by_a_beacon_verifies():
    told = make(by_beacon=True)
    assert told["randomness"]["source"] == "drand"
    assert SECRET not in json.dumps(told)
    assert receipt_checks.verify(told, BEACONS) == []


def test_a_receipt_by_the_secret_in_the_beacons_stead_says_so():
    told = make(by_beacon=True, given_up="the mirrors are blocked here")
    assert told["randomness"]["instead_of"] == {
        "chain": DRAND.chain.hash,
        "round": commit(DRAND.chain, CLOSES_AT + timedelta(minutes=5)).round,
    }
    assert receipt_checks.verify(told, BEACONS) == []


def failures_of(told: dict[str, Any], beacons: Beacons | None = BEACONS) -> list[str]:
    """Where a receipt fails."""
    return [failure.where for failure in receipt_checks.verify(told, beacons)]


def test_a_beacon_that_is_not_known_is_not_believed():
    told = make(by_beacon=True)
    assert failures_of(told, None) == ["randomness.chain"]
    assert failures_of(told, replace(BEACONS, chains=(QUICKNET,))) == ["randomness.chain"]


def test_a_round_that_was_chosen_is_found():
    """A whole receipt about another round, genuine as it is: the organiser would have had a choice."""
    told = make(by_beacon=True)
    number = told["randomness"]["round"]
    text = json.dumps(told).replace(f" {number}\\nlog", f" {number + 1}\\nlog")
    forged = json.loads(text)
    found = DRAND.round(number + 1)
    forged["randomness"] |= {"round": found.round, "signature": found.signature, "randomness": found.randomness}
    assert "randomness.round" in failures_of(forged)


def test_a_signature_that_is_not_the_beacons_is_found_although_all_follows_from_it():
    other = Drand(period=3, genesis_time=1_700_000_000, seed=b"another key").round(
        make(by_beacon=True)["randomness"]["round"]
    )
    forged = rebuilt(make(by_beacon=True), other)
    assert failures_of(forged) == ["randomness.signature"]


def rebuilt(told: dict[str, Any], found: BeaconRound) -> dict[str, Any]:
    """The same receipt drawn with another signature, all of it right but that."""
    told["randomness"] |= {"signature": found.signature, "randomness": found.randomness}
    told["draw"]["pools"] = receipt.draw_pools(
        slug=told["contest"]["slug"],
        digest=told["seal"]["digest"],
        randomness=found.randomness,
        rules=told["rules"],
        entries=told["entries"],
    )
    return told


def test_the_secret_is_not_taken_before_the_round_was_missing_for_an_hour():
    told = make(by_beacon=True, given_up="blocked")
    told["draw"]["drawn_at"] = "2026-11-27T17:05:59Z"
    assert failures_of(told) == ["draw.drawn_at"]


def leaves(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    if isinstance(value, dict):
        return [leaf for key, part in value.items() for leaf in leaves(part, (*path, key))]
    if isinstance(value, list) and value:
        return [leaf for index, part in enumerate(value) for leaf in leaves(part, (*path, index))]
    return [path]


BY_BEACON = [make(by_beacon=True), make(by_beacon=True, given_up="blocked")]
BEACON_LEAVES = [(number, leaf) for number, told in enumerate(BY_BEACON) for leaf in leaves(told)]


@given(st.sampled_from(BEACON_LEAVES), st.one_of(st.integers(), st.text(max_size=5), st.none(), st.booleans()))
def test_any_changed_value_of_a_receipt_by_a_beacon_is_found(leaf, value):
    number, path = leaf
    assert_change_is_found(copy.deepcopy(BY_BEACON[number]), path, value)


def test_a_receipt_with_pools_verifies():
    told = make_two_pools()
    assert receipt_checks.verify(told) == []
    assert receipt_checks.verify(make_two_pools(rules=Rules(one_prize=False))) == []


def test_who_won_in_one_pool_is_passed_over_in_the_next():
    told = make_two_pools()
    person_of = {entry["id"]: entry.get("person", entry["id"]) for entry in told["entries"]}
    winners = [person_of[entry] for pool in told["draw"]["pools"] for entry in pool["winners"]]
    assert len(winners) == len(set(winners)) == 5
    assert {entry["id"] for entry in told["entries"] if "person" in entry} == {
        "x:1990000000000000001",
        "x:1990000000000000003",
    }


def test_a_receipt_of_nobody_and_of_too_few_verifies():
    assert receipt_checks.verify(make([])) == []
    assert receipt_checks.verify(make([make_entry(5)], winners=3)) == []


def test_no_name_mail_or_network_address_is_in_it():
    text = json.dumps(make(rules=Rules(excluded=("bob@example.org",))))
    assert "@" not in text
    assert "Reader" not in text
    assert "oster" not in json.dumps(make_two_pools())


def make_two_pools(**given: Any) -> dict[str, Any]:
    """A receipt of commenters and posters: one of them is one person with two entries."""
    pools = (
        Pool(name="comments", winners=2, prize="Le livre"),
        Pool(name="posts", channel=Channel.POSTS, winners=2, alternates=1),
        Pool(name="all", channel=Channel.BOTH, winners=1, alternates=9),
    )
    comments = [
        *sample_entries(),
        make_entry(120, posts=("x:1990000000000000001",)),
        make_entry(121, handles=("x:poster3",)),
    ]
    found = [make_found(number) for number in range(1, 6)]
    found.append(make_found(7, evidence={"links": ()}))
    return make(comments, found, pools=pools, **given)


LEAVES = leaves(make())
POOL_LEAVES = leaves(make_two_pools())


@given(st.sampled_from(POOL_LEAVES), st.one_of(st.integers(), st.text(max_size=5), st.none(), st.booleans()))
def test_any_changed_value_is_found_with_pools(path, value):
    assert_change_is_found(make_two_pools(), path, value)


@given(st.sampled_from(LEAVES), st.one_of(st.integers(), st.text(max_size=5), st.none(), st.booleans()))
def test_any_changed_value_is_found(path, value):
    assert_change_is_found(make(), path, value)


def assert_change_is_found(changed: dict[str, Any], path: tuple[Any, ...], value: Any) -> None:
    """Put a value into a receipt: it doesn't hold any more, unless the value stood there before."""
    place: Any = changed
    for step in path[:-1]:
        place = place[step]
    if place[path[-1]] == value and type(place[path[-1]]) is type(value):
        return
    place[path[-1]] = value
    assert receipt_checks.verify(changed, BEACONS) != []


@given(st.recursive(st.none() | st.integers() | st.text(), lambda x: st.lists(x) | st.dictionaries(st.text(), x)))
def test_anything_else_is_refused_without_an_exception(value):
    assert receipt_checks.verify(value) != []
    assert receipt_checks.verify({"format": receipt.FORMAT, "rules": value, "draw": value}) != []


def test_a_failure_names_the_place():
    changed = make()
    changed["entries"][0]["verdict"]["reasons"] = [{"code": "late"}]
    changed["randomness"]["secret"] = "0" * 64
    places = [failure.where for failure in receipt_checks.verify(changed)]
    assert places[0] == "entries"
    assert "randomness.secret" in places


def listed(text: str) -> list[str]:
    """Every entry line of a sealed text, wherever it stands."""
    return [line.removeprefix("entry ") for line in text.split("\n") if line.startswith("entry ")]


def forge(change: Any) -> dict[str, Any]:
    """A receipt with whatever a forger changes, sealed and drawn again so that all its hashes fit."""
    forged = make()
    change(forged)
    rules, entries = forged["rules"], forged["entries"]
    digests = {"rules": receipt.canonical(rules), "verdicts": receipt.canonical(entries)}
    text = forged["seal"]["text"]
    for name, value in digests.items():
        text = re.sub(f"\n{name} .*\n", f"\n{name} {drawing.hash_text(value)}\n", text)
    text = re.sub("\npost .*\n", lambda _: f"\npost {forged['contest']['post_url']}\n", text)
    eligible = [e["id"] for e in entries if e["verdict"]["status"] == "eligible"]
    head = text.partition("\nentry ")[0] if "evil" not in forged["contest"]["post_url"] else text.rstrip("\n")
    known = listed(head)
    text = "\n".join([head, *(f"entry {e}" for e in eligible if e not in known)]) + "\n"
    digest = drawing.hash_text(text)
    seed = drawing.make_seed(slug=forged["contest"]["slug"], digest=digest, randomness=SECRET, pool=1)
    ranking = drawing.draw(seed, listed(text), winners=1, alternates=3)
    forged["seal"] |= {"text": text, "digest": digest}
    forged["draw"]["pools"] = [receipt.pool_json("comments", ranking)]
    return forged


def test_a_receipt_forged_without_a_change_is_the_receipt():
    assert forge(lambda _: None) == make()


def let_in_late(forged: dict[str, Any]) -> None:
    late = next(e for e in forged["entries"] if e["id"] == "comment:110")
    late["verdict"] = {"status": "eligible", "reasons": []}


def leave_out(forged: dict[str, Any]) -> None:
    forged["entries"][0]["verdict"] = {"status": "ineligible", "reasons": []}
    forged["seal"]["text"] = forged["seal"]["text"].replace("\nentry comment:100", "")


def name_otherwise(name: str) -> Any:
    def change(forged: dict[str, Any]) -> None:
        forged["entries"][0]["id"] = name

    return change


def add_again(forged: dict[str, Any]) -> None:
    forged["entries"].append({**forged["entries"][0], "id": "comment:0100"})


def slip_in(forged: dict[str, Any]) -> None:
    forged["contest"]["post_url"] = "https://blog.example/evil\nentry comment:666"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (let_in_late, "comment:110 eligible, which came after"),
        (leave_out, "leaves comment:100 out without a reason"),
        (name_otherwise("comment:0100"), "names no comment"),
        (name_otherwise("comment:١٠٠"), "names no comment"),
        (add_again, "names no comment"),
        (slip_in, "can't stand in a line"),
    ],
)
def test_a_forged_receipt_is_found_although_its_hashes_fit(change, words):
    assert words in " ".join(failure.what for failure in receipt_checks.verify(forge(change)))


def person_of(told: dict[str, Any], name: str) -> None:
    told["entries"][0]["person"] = name


@pytest.mark.parametrize("name", ["comment:999", "comment:110", "comment:100", "x:1990000000000000001", "zzz"])
def test_a_person_who_is_nobody_is_found_although_all_hashes_fit(name):
    told = forge(lambda forged: person_of(forged, name))
    assert any("stands for nobody" in failure.what for failure in receipt_checks.verify(told))


@pytest.mark.parametrize(
    "change",
    [
        lambda told: told["entries"].reverse(),
        lambda told: told["entries"][0].update(email="a@b.example"),
        lambda told: told["rules"].update(one_prize=[]),
        lambda told: told["rules"]["pools"][0].update(winners=0),
        lambda told: told["rules"]["pools"][0].update(alternates=3.0),
        lambda told: told["entries"][0]["verdict"].update(overruled=[{"code": "late"}]),
        lambda told: told["entries"][0]["verdict"].update(reasons=[{"code": "late"}]),
    ],
)
def test_what_no_contest_makes_is_found_although_all_hashes_fit(change):
    assert receipt_checks.verify(forge(change)) != []


@pytest.mark.parametrize("sight", [Sight.GONE, Sight.HIDDEN, Sight.UNSEEN])
def test_a_post_that_nobody_saw_and_a_moderator_let_in_is_in_a_receipt_that_holds(sight):
    codes = (Code.GONE, Code.NOT_PUBLIC, Code.UNCHECKED)
    unseen = SocialPost(
        entry="bluesky:ana.example/3kxyz",
        references=("bluesky:ana.example/3kxyz",),
        sight=sight,
        is_found=True,
        looked_at=CLOSES_AT + timedelta(minutes=1),
        override=Override(Action.READMIT, "I saw it", codes),
    )
    told = make([], [unseen], pools=(Pool(name="posts", channel=Channel.POSTS),))
    assert receipt_checks.verify(told) == []
    assert len(told["draw"]["pools"][0]["winners"]) == 1
    assert "ana.example" not in json.dumps(told)


@pytest.mark.parametrize("at", ["2026-11-27T16:04:59Z", "2026-11-27T16:05Z", "2026-11-28T1:00:00Z", "later", 5, None])
def test_a_draw_is_not_before_its_seal(at):
    changed = make()
    changed["draw"]["drawn_at"] = at
    assert receipt_checks.verify(changed) != []


@pytest.mark.parametrize("zero", [False, 0.0, -0.0])
def test_no_prizes_left_is_a_whole_number(zero):
    changed = make()
    changed["draw"]["pools"][0]["prizes_left"] = zero
    assert [failure.where for failure in receipt_checks.verify(changed)] == ["draw.pools[0].prizes_left"]


def test_a_line_of_the_seal_takes_no_line_break():
    with pytest.raises(ValueError, match="can't stand in a line"):
        make([], post_url="https://x.example/\nentry comment:1")


WHOLE = json.dumps(make())


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (WHOLE.replace('"number": 1', '"number": 2, "number": 1'), "'number' twice"),
        (WHOLE.replace('{"format"', '{"draw": {}, "format"'), "'draw' twice"),
        (WHOLE.replace('"number": 1', '"number": NaN'), "NaN"),
        (WHOLE.replace('"number": 1', '"number": -Infinity'), "-Infinity"),
        (WHOLE.replace('"number": 1', '"number": 1e999'), "draw.number"),
        ("[" * 100_000, "not JSON"),
        ("", "not JSON"),
    ],
)
def test_a_file_that_can_be_read_in_two_ways_is_refused(tmp_path, text, words):
    file = tmp_path / "receipt.json"
    file.write_text(text)
    done = CliRunner().invoke(verify_command, [str(file)], standalone_mode=False)
    assert (done.return_value, done.exception) == (1, None)
    assert words in done.stdout


HERE = Path(__file__).parent
OLD = {number: json.loads((HERE / f"receipt-{number}.json").read_text()) for number in (1, 2)}
OLD_LEAVES = [(number, leaf) for number, told in OLD.items() for leaf in leaves(told)]


@pytest.mark.parametrize("number", OLD)
def test_a_receipt_of_a_format_before_still_holds(number):
    """The files were made by the versions before there were pools, and before there was a beacon."""
    assert receipt_checks.verify(OLD[number]) == []


@pytest.mark.parametrize("told", [make(), *OLD.values()], ids=["3", "1", "2"])
def test_the_number_of_the_draw_is_a_number_although_text_would_read_the_same(told):
    changed = copy.deepcopy(told)
    changed["draw"]["number"] = "1"
    assert failures_of(changed) == ["draw.number"]


@given(st.sampled_from(OLD_LEAVES), st.one_of(st.integers(), st.text(max_size=5), st.none(), st.booleans()))
def test_any_changed_value_of_a_format_before_is_found(leaf, value):
    number, path = leaf
    assert_change_is_found(copy.deepcopy(OLD[number]), path, value)


@pytest.mark.parametrize("told", OLD.values(), ids=["1", "2"])
def test_a_draw_sealed_in_a_format_before_is_finished_in_it(told):
    contest = make_contest(slug=told["contest"]["slug"], post_url=told["contest"]["post_url"])
    sealed_at = receipt.instant(told["seal"]["sealed_at"])
    sealed = Draw(
        number=1,
        sealed_at=sealed_at,
        sealed_text=told["seal"]["text"],
        digest=told["seal"]["digest"],
        rules=told["rules"],
        entries=told["entries"],
        commitment=told["randomness"]["commitment"],
    )
    assert make_receipt(contest, sealed, secret=SECRET, drawn_at=sealed_at) == told
