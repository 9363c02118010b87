"""verify.py, written a second time: it agrees with `tirage receipt verify` on whatever anybody does to a receipt."""

from __future__ import annotations

import ast
import copy
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import asdict, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from service.beacons.drand import MIRRORS
from service.domain import drawing, receipt, receipt_checks
from service.domain.beacon import QUICKNET
from service.domain.contest import Rules
from service.domain.eligibility import Action, Code, Override
from service.domain.log_chain import LogHead
from service.web.static import verify
from tests.domain.test_receipt import BEACONS, DRAND, OLD, leaves, make, make_two_pools
from tests.factories import CLOSES_AT, make_entry, make_found

FILE = Path(verify.__file__)
CHAINS = tuple({**asdict(chain), "hash": chain.hash} for chain in (QUICKNET, DRAND.chain))
UNSIGNED = replace(BEACONS, is_valid=lambda *_: True)  # the one thing that verify.py doesn't check
GOOD = {
    "secret": make(),
    "beacon": make(by_beacon=True, winners=3),
    "given up": make(by_beacon=True, given_up="blocked"),
    "pools": make_two_pools(by_beacon=True),
    "prizes for all": make_two_pools(rules=Rules(one_prize=False)),
    "nobody": make([]),
    "1": OLD[1],
    "2": OLD[2],
}
LEAVES = [(name, leaf) for name, told in GOOD.items() for leaf in leaves(told)]
ODD = st.one_of(
    *(st.integers(-2, 3), st.floats(), st.text(max_size=5), st.none(), st.booleans(), st.just([]), st.just({})),
    *(
        st.sampled_from(
            ["1", "comment:100", "comment:0100", "x:1", "eligible", "drand", "both", "2026-11-27T16:05:00Z"]
        ),
    ),
)


def fails(told: object) -> bool:
    return any(verify.check(told, CHAINS).values())


def agree(told: Any) -> bool:
    """Both say the same; whether the receipt holds."""
    failures = receipt_checks.verify(told, UNSIGNED)
    assert fails(told) is bool(failures), failures
    return not failures


@pytest.mark.parametrize("told", GOOD.values(), ids=GOOD)
def test_a_good_receipt_of_any_format_holds(told):
    assert agree(told)


def put(told: Any, path: tuple[Any, ...], value: object) -> None:
    for step in path[:-1]:
        told = told[step]
    told[path[-1]] = value


@given(st.sampled_from(LEAVES), ODD)
@example(("secret", ("draw", "number")), "1")
@example(("secret", ("draw", "pools", 0, "prizes_left")), False)
def test_both_programs_agree_on_any_changed_value(leaf, value):
    name, path = leaf
    told = copy.deepcopy(GOOD[name])
    put(told, path, value)
    agree(told)


def parts(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Where a receipt holds an object or a list."""
    if isinstance(value, dict | list) and value:
        yield path
        for key, part in value.items() if isinstance(value, dict) else enumerate(value):
            yield from parts(part, (*path, key))


PARTS = [(name, path) for name, told in GOOD.items() for path in parts(told)]


@given(st.sampled_from(PARTS), st.integers(0, 20), st.sampled_from(["drop", "add", "twice"]))
def test_both_programs_agree_on_what_is_left_out_or_added(part, number, how):
    name, path = part
    told = copy.deepcopy(GOOD[name])
    place: Any = told
    for step in path:
        place = place[step]
    key = list(place)[number % len(place)] if isinstance(place, dict) else number % len(place)
    if how == "drop":
        del place[key]
    elif isinstance(place, dict):
        place["more"] = copy.deepcopy(place[key])
    else:
        place.insert(0 if how == "add" else key, copy.deepcopy(place[key]))
    agree(told)


def sealed_again(told: dict[str, Any]) -> dict[str, Any]:
    """The receipt that an organiser makes who changes rules or entries before the seal: all of its hashes fit.

    Left as it is where not even our own code would make one.
    """
    with suppress(KeyError, TypeError, ValueError, AttributeError, IndexError):
        random, promised = told["randomness"], None
        if random["source"] == "drand":
            promised = random["chain"]["hash"], random["round"]
        elif "instead_of" in random:
            promised = random["instead_of"]["chain"], random["instead_of"]["round"]
        text = receipt.seal(
            slug=told["contest"]["slug"],
            post_url=told["contest"]["post_url"],
            number=told["draw"]["number"],
            sealed_at=receipt.instant(told["seal"]["sealed_at"]),
            commitment=random["commitment"],
            beacon=promised,
            log=LogHead(**told["log"]) if "log" in told else None,
            rules=told["rules"],
            entries=told["entries"],
        )
        told["seal"] |= {"text": text, "digest": drawing.hash_text(text)}
        told["draw"]["pools"] = receipt.draw_pools(
            slug=told["contest"]["slug"],
            digest=told["seal"]["digest"],
            randomness=receipt.random_value(random),
            rules=told["rules"],
            entries=told["entries"],
        )
    return told


FORGEABLE = ("rules", "entries", "contest", "draw", "log")
FORGED = [
    (name, leaf) for name, leaf in LEAVES if leaf[0] in FORGEABLE and leaf[:2] != ("draw", "pools") and name != "1"
]


@given(st.sampled_from(FORGED), ODD)
@example(("pools", ("rules", "pools", 0, "winners")), 1.0)
@example(("pools", ("rules", "pools", 0, "alternates")), True)
@example(("pools", ("rules", "pools", 0, "prize")), "\ud800")
@example(("pools", ("rules", "pools", 1, "name")), "COMMENTS")
@example(("pools", ("rules", "message", "links")), ["\U0001f600 \u2028 \x7f é"])
@example(("secret", ("rules", "excluded")), 1e22)
@example(("secret", ("contest", "post_url")), "https://blog.example/\nentry comment:1")
@example(("secret", ("log", "lines")), 4)
def test_both_programs_agree_on_a_forgery_whose_hashes_fit(leaf, value):
    name, path = leaf
    told = copy.deepcopy(GOOD[name])
    put(told, path, value)
    agree(sealed_again(told))


def test_a_forgery_without_a_change_is_the_receipt():
    for name in set(GOOD) - {"1"}:
        assert sealed_again(copy.deepcopy(GOOD[name])) == GOOD[name]


def late(told: Any) -> None:
    told["entries"][6]["verdict"] = {"status": "eligible", "reasons": []}


def silenced(told: Any) -> None:
    told["entries"][0]["verdict"] = {"status": "ineligible", "reasons": []}


def stranger(told: Any) -> None:
    told["entries"][0]["person"] = "comment:999"


def rewritten(told: Any) -> None:
    told["rules"] |= {"more": [1.5, 1e16, -0.0, "é\u2028\U0001f600"]}


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (late, "comment:110 came after"),
        (silenced, "comment:100 is left out without a reason"),
        (stranger, "stands for nobody"),
        (rewritten, ""),
    ],
    ids=["late", "silenced", "stranger", "rewritten"],
)
def test_what_the_hashes_cannot_show_is_found_as_well(change: Callable[[Any], None], words: str):
    told = make()
    change(told)
    sealed_again(told)
    found = [verify.sentence(failure, 0) for step in verify.check(told, CHAINS).values() for failure in step]
    assert agree(told) is not bool(words)
    assert words in " ".join(found)


@given(st.recursive(st.none() | st.integers() | st.text(), lambda x: st.lists(x) | st.dictionaries(st.text(), x)))
def test_anything_else_is_refused_without_an_exception(value):
    assert fails(value)
    for form in verify.VERSIONS:
        assert fails({"format": form, "rules": value, "draw": value, "randomness": value})


@pytest.mark.parametrize("posts", [0, 3])
def test_hundreds_of_entries_are_drawn_alike(posts):
    comments = [make_entry(number, override=Override(Action.READMIT, "late", (Code.LATE,))) for number in range(1, 300)]
    late_ones = [make_entry(number, submitted_at=CLOSES_AT + timedelta(days=1)) for number in range(300, 320)]
    assert agree(make([*comments, *late_ones], [make_found(number) for number in range(posts)], winners=20))


def run(python: str, *arguments: str) -> tuple[int, str, str]:
    done = subprocess.run([python, "-I", str(FILE), *arguments], capture_output=True, text=True)
    return done.returncode, done.stdout, done.stderr


def test_it_runs_by_itself_and_tells_what_is_left_to_compare(tmp_path):
    (tmp_path / "receipt.json").write_text(json.dumps(GOOD["beacon"]))
    (tmp_path / "info.json").write_text(DRAND.info)
    oldest = next(filter(None, map(shutil.which, ("python3.8", "python3.9", "python3.10"))), sys.executable)
    given_ = str(tmp_path / "receipt.json"), "--chain", str(tmp_path / "info.json")
    code, out, err = run(oldest if run(oldest, "--help")[0] == 0 else sys.executable, *given_, "--json")
    told = json.loads(out)
    assert (code, err, told["valid"], told["failures"]) == (0, "", True, [])
    random = GOOD["beacon"]["randomness"]
    [_, signed] = told["not_checked"]
    assert random["signature"] in signed["what"]
    assert signed["compare"] == [f"https://{m}/{DRAND.chain.hash}/public/{random['round']}" for m in MIRRORS]


def test_the_site_gives_it_to_take_away_as_it_is(world):
    with world.page("/contests/verify.py") as answer:
        assert answer.get_data() == FILE.read_bytes()
        assert answer.mimetype == "text/x-python"
        assert answer.headers["Content-Disposition"] == "attachment; filename=verify.py"


def main(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    monkeypatch.setattr(sys, "argv", ["verify.py", *arguments])
    return verify.main()


def test_it_tells_people_what_is_wrong_and_where_in_their_language(tmp_path, monkeypatch, capsys):
    told = make()
    told["draw"]["pools"][0]["ranking"][2]["ticket"] = "\x1b[2J"
    file = tmp_path / "receipt.json"
    file.write_text(json.dumps(told))
    assert main(monkeypatch, str(file), "--language", "fr") == 1
    out = capsys.readouterr().out
    assert "NO  Graines, tickets, ordre et rangs en découlent.\n      draw.pools[0].ranking[2]: devrait être" in out
    assert out.endswith("Le procès-verbal n’est PAS juste.\n")
    assert "\x1b" not in out
    assert main(monkeypatch, str(tmp_path / "receipt.json"), "--json") == 1
    [failure] = json.loads(capsys.readouterr().out)["failures"]
    assert failure["where"] == "draw.pools[0].ranking[2]"


WHOLE = json.dumps(make())


@pytest.mark.parametrize(
    "text",
    [
        *("", "[" * 100_000, "é", WHOLE.replace('"number": 1', '"number": NaN'), '{"a": 1e999}'),
        WHOLE.replace('"number": 1', '"number": 2, "number": 1'),
        WHOLE.replace('"number": 1', f'"number": {"9" * 5000}'),
    ],
    ids=["empty", "deep", "latin-1", "NaN", "infinite", "twice", "huge"],
)
def test_a_file_that_can_be_read_in_two_ways_is_refused_in_a_sentence(tmp_path, monkeypatch, capsys, text):
    file = tmp_path / "receipt.json"
    file.write_text(text, "latin-1")
    assert main(monkeypatch, str(file), "--json") == 1
    assert len(json.loads(capsys.readouterr().out)["failures"]) == 1


def test_a_file_that_is_not_there_is_one_sentence(tmp_path, monkeypatch, capsys):
    assert main(monkeypatch, str(tmp_path / "none.json")) == 2
    assert capsys.readouterr().err == "verify.py: this file can't be read\n"


def test_it_needs_nothing_of_ours_and_no_python_of_today():
    text = FILE.read_text()
    tree = ast.parse(text, feature_version=(3, 8))
    names = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    names |= {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert names <= {*sys.stdlib_module_names, "__future__"}
    assert not {"socket", "urllib", "http", "subprocess", "os"} & names
    assert not re.search(r"\bimport (service|tirage)|from service", text)


def test_it_speaks_both_languages_with_the_same_facts():
    for english, french in verify.WORDS.values():
        assert english != french
        assert english.count("{}") == french.count("{}")
