"""The draw: fixed by published vectors, fair, and repeatable without any code of ours."""

from __future__ import annotations

import json
import subprocess
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.domain import drawing, receipt_v1

DOCS = Path(__file__).parents[2] / "docs"
VECTORS = json.loads((DOCS / "draw-vectors.json").read_text())
FIRST_VECTORS = json.loads((DOCS / "draw-vectors-1.json").read_text())
ENTRIES = [f"comment:{number}" for number in range(1, 21)]


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: str(vector["name"]))
def test_the_draw_follows_its_published_vectors(vector):
    digest = drawing.hash_text(vector["sealed_text"])
    assert drawing.hash_text(vector["secret"]) == vector["commitment"]
    assert digest == vector["digest"]
    for number, pool in enumerate(vector["pools"], 1):
        seed = drawing.make_seed(slug=vector["slug"], digest=digest, randomness=vector["secret"], pool=number)
        entries = drawing.sealed_pools(vector["sealed_text"])[number - 1]
        ranking = drawing.draw(seed, entries, winners=pool["winners"], alternates=pool["alternates"])
        assert seed == pool["seed"]
        assert [list(t) for t in ranking.tickets] == pool["ranking"]


@pytest.mark.parametrize("vector", FIRST_VECTORS, ids=lambda vector: str(vector["name"]))
def test_draws_of_the_first_format_follow_theirs(vector):
    digest = drawing.hash_text(vector["sealed_text"])
    seed = receipt_v1.make_seed(slug=vector["slug"], digest=digest, randomness=vector["secret"])
    [entries] = drawing.sealed_pools(vector["sealed_text"])
    ranking = drawing.draw(seed, entries, winners=vector["winners"], alternates=vector["alternates"])
    assert (digest, seed) == (vector["digest"], vector["seed"])
    assert [list(t) for t in ranking.tickets] == vector["ranking"]


def test_coreutils_alone_give_the_same_order():
    seed = drawing.hash_text("seed")
    script = r"""
      for entry in "$@"; do
        printf '%s %s\n' "$(printf '%s|%s' "$seed" "$entry" | sha256sum | cut -c1-64)" "$entry"
      done | LC_ALL=C sort
    """
    done = subprocess.run(
        ["bash", "-c", script, "-", *ENTRIES],
        env={"seed": seed, "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
    )
    assert done.stdout.split() == [part for t in drawing.rank(seed, ENTRIES) for part in t]


def test_over_2000_secrets_everybody_wins_equally_often():
    """Chi-square over 20 entrants: below 43.8, the 0.1 % quantile for 19 degrees of freedom."""
    seeds = [drawing.make_seed(slug="x", digest="d", randomness=f"secret {n}", pool=1) for n in range(2000)]
    wins = Counter(drawing.draw(seed, ENTRIES, winners=1, alternates=0).winners[0] for seed in seeds)
    expected = len(seeds) / len(ENTRIES)
    assert sum((wins[entry] - expected) ** 2 / expected for entry in ENTRIES) < 43.8


@given(st.sets(st.integers(1, 500), min_size=1, max_size=30), st.text(max_size=20), st.randoms())
def test_striking_a_winner_moves_nobody_else(numbers, secret, random):
    entries = [drawing.entry_id(number) for number in numbers]
    seed = drawing.make_seed(slug="x", digest="d", randomness=secret, pool=1)
    order = [entry for _, entry in drawing.rank(seed, random.sample(entries, len(entries)))]
    without = [entry for _, entry in drawing.rank(seed, [e for e in entries if e != order[0]])]
    assert without == order[1:]


def test_with_fewer_entries_than_winners_all_win_and_the_rest_is_left():
    ranking = drawing.draw("s", ENTRIES[:2], winners=5, alternates=3)
    assert (sorted(ranking.winners), ranking.alternates, ranking.prizes_left) == (ENTRIES[:2], (), 3)


def test_a_draw_of_nobody_names_nobody():
    ranking = drawing.draw("s", [], winners=1, alternates=3)
    assert (ranking.winners, ranking.prizes_left) == ((), 1)
