"""Prizes that pass on: to the next of the same order, and nobody else moves."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from service.domain import drawing
from service.domain.receipt_outline import Place
from service.domain.strikes import (
    NOBODY,
    Holder,
    PoolPrizes,
    Strike,
    StrikeKind,
    ever_held,
    find_next,
    holders,
    prizes_left,
)

NOW = datetime(2026, 12, 1, tzinfo=UTC)
DISQUALIFIED, UNCLAIMED = StrikeKind.DISQUALIFIED, StrikeKind.UNCLAIMED


@dataclass
class World:
    """Draws of some pools, and what followed them. `orders`: each pool's whole order."""

    orders: list[list[str]]
    pools: list[PoolPrizes]
    one_prize: bool = True
    person_of: dict[str, str] = field(default_factory=dict)
    strikes: list[Strike] = field(default_factory=list)

    def person(self, entry: str) -> str:
        """Who is behind an entry."""
        return self.person_of.get(entry, entry)

    def holders(self) -> list[Holder]:
        """Who holds the prizes now."""
        return holders(self.pools, self.strikes)

    def held(self, pool: int = 1) -> list[str]:
        """The same in one pool, by entry."""
        return [holder.entry for holder in self.holders() if holder.pool == pool]

    def strike(self, entry: str, *, pool: int = 1, kind: StrikeKind = UNCLAIMED) -> str:
        """Strike who holds a prize; who gets it."""
        struck = [strike.entry for strike in self.strikes if strike.kind is DISQUALIFIED]
        order = [
            Place(pool=pool, place=place, entry=name, ticket="", person=self.person_of.get(name, ""))
            for place, name in enumerate(self.orders[pool - 1], 1)
        ]
        promoted = find_next(
            ever_held(self.pools, self.strikes),
            [*struck, entry] if kind is DISQUALIFIED else struck,
            order,
            pool=pool,
            one_prize=self.one_prize,
            person_of=self.person_of,
        )
        number = len(self.strikes) + 1
        given = {"draw_number": 1, "reason": "no answer", "actor": "ada", "at": NOW}
        self.strikes.append(
            Strike(number=number, pool=pool, entry=entry, promoted=promoted, kind=kind, **given)  # type: ignore[arg-type]
        )
        return promoted


def draw(*orders: str, winners: int = 1, one_prize: bool = True, **person_of: str) -> World:
    """Pools in which the entries (a letter each) come in these orders."""
    won: set[str] = set()
    pools = []
    for number, order in enumerate(orders, 1):
        first: list[str] = []
        for entry in order:
            person = person_of.get(entry, entry)
            if len(first) < winners and not (one_prize and person in won):
                first.append(entry)
                won.add(person)
        pools.append(
            PoolPrizes(
                number=number, name=f"p{number}", prize="", winners=tuple(first), prizes_left=winners - len(first)
            )
        )
    return World([list(order) for order in orders], pools, one_prize, dict(person_of))


def test_who_won_in_a_later_pool_is_passed_over_in_an_earlier_one():
    world = draw("ABCD", "BCAD")
    assert (world.held(1), world.held(2)) == (["A"], ["B"])
    assert world.strike("A") == "C"
    assert world.strike("B", pool=2) == "D", "A was struck and C was promoted"


def test_who_did_not_claim_in_one_pool_may_get_another_prize_where_several_are_allowed():
    world = draw("ABC", "BAC", one_prize=False)
    assert world.strike("A") == "B"
    assert world.strike("B", pool=2) == "A"


def test_a_disqualified_person_gets_nothing_more_by_any_of_their_entries():
    world = draw("AaB", "CaB", one_prize=False, a="A")
    assert world.strike("A", kind=DISQUALIFIED) == "B"
    assert world.strike("C", pool=2) == "B"


def test_another_entry_of_a_person_who_was_promoted_is_passed_over():
    world = draw("ABbC", "DbEC", b="B")
    assert world.strike("A") == "B"
    assert world.strike("D", pool=2) == "E"


def test_when_nobody_is_left_the_prize_is_left_and_the_others_stay():
    world = draw("AB", winners=2)
    assert world.strike("A") == NOBODY
    assert world.held() == ["B"]
    assert [holder.place for holder in world.holders()] == [2]
    assert prizes_left(world.pools, world.strikes) == 1


def test_the_place_of_a_prize_stays_with_it_however_often_it_passes_on():
    world = draw("ABCDE", winners=2)
    assert [world.strike(entry) for entry in "AC"] == ["C", "D"]
    assert [(holder.place, holder.entry, holder.strike) for holder in world.holders()] == [(1, "D", 2), (2, "B", 0)]


@given(st.integers(1, 12), st.integers(1, 4), st.lists(st.integers(0, 50), max_size=14), st.sampled_from(StrikeKind))
def test_in_one_pool_the_first_who_are_not_struck_hold_the_prizes(entries, winners, picks, kind):
    order = "ABCDEFGHIJKL"[:entries]
    world = draw(order, winners=winners)
    for pick in picks:
        if held := world.held():
            world.strike(held[pick % len(held)], kind=kind)
    struck = {strike.entry for strike in world.strikes}
    assert sorted(world.held()) == [entry for entry in order if entry not in struck][:winners]


@given(
    st.randoms(use_true_random=False),
    st.integers(1, 3),
    st.lists(st.tuples(st.integers(0, 50), st.sampled_from(StrikeKind)), max_size=12),
    st.booleans(),
)
def test_in_several_pools_nobody_else_moves_and_nobody_gets_what_they_may_not(random: Random, winners, picks, one):
    person_of = {entry: random.choice("ABCDEFGH") for entry in "abcdef"}
    orders = ["".join(random.sample("ABCDEFGHabcdef", 14)) for _ in range(3)]
    world = draw(*orders, winners=winners, one_prize=one, **person_of)
    for pick, kind in picks:
        before = world.holders()
        if not before:
            return
        struck = before[pick % len(before)]
        had = ever_held(world.pools, world.strikes)
        promoted = world.strike(struck.entry, pool=struck.pool, kind=kind)
        after = world.holders()
        assert [holder for holder in before if holder in after] == [holder for holder in before if holder != struck]
        assert [holder.entry for holder in after if holder not in before] == [promoted] * (promoted != NOBODY)
        people = [world.person(holder.entry) for holder in after]
        assert not one or len(set(people)) == len(people)
        assert (struck.pool, promoted) not in had
        out = {world.person(strike.entry) for strike in world.strikes if strike.kind is DISQUALIFIED}
        assert world.person(promoted) not in out
        order = world.orders[struck.pool - 1]
        for skipped in order[: order.index(promoted)] if promoted else order:
            person = world.person(skipped)
            is_taken = one and person in {world.person(entry) for _, entry in had}
            assert (struck.pool, skipped) in had or person in out or is_taken


def test_the_order_is_read_no_further_than_needed():
    read = []

    def order():
        for place, entry in enumerate("ABCDEF", 1):
            read.append(entry)
            yield Place(pool=1, place=place, entry=entry, ticket="")

    assert find_next({(1, "A")}, [], order(), pool=1, one_prize=True, person_of={}) == "B"
    assert read == ["A", "B"]


def test_a_draw_and_its_strikes_agree_on_the_next():
    """Who is promoted first is the first alternate of the draw."""
    entries = [drawing.entry_id(number) for number in range(1, 30)]
    ranking = drawing.draw("5eed", entries, winners=2, alternates=3, won=set())
    pool = PoolPrizes(number=1, name="comments", prize="", winners=ranking.winners)
    world = World([[entry for _, entry in ranking.tickets]], [pool])
    assert [world.strike(entry) for entry in ranking.winners] == list(ranking.alternates[:2])
