"""A writer saved a contest in WordPress's editor: open it on the post, or change the one that is there."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from service.domain.contest import Claims, Contest, Rules, Search
from service.domain.errors import AlreadyAdopted
from service.domain.pools import Pool, default_pools
from service.domain.posts import Message
from service.storage import contests, draws
from service.usecases import adopt
from service.usecases.adopt import Change
from service.usecases.deadline import read_deadline
from service.usecases.services import Services

REASON = "Saved with the post in WordPress."


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """The contest as the writer wants it; `closes` is an instant with its offset, or text on the blog's clock.

    What is None stays as it is. `winners` and `alternates` are those of the only pool, where no pools are named."""

    post_id: int
    closes: str
    pools: tuple[Pool, ...] | None
    message: Message | None
    search: Search | None
    rules: Rules
    is_automatic: bool
    winners: int | None = None
    alternates: int | None = None
    publishes_list: bool | None = None
    claims: Claims | None = None

    @property
    def places(self) -> dict[str, Any]:
        """Those of the only pool that are named."""
        named = {"winners": self.winners, "alternates": self.alternates}
        return {name: number for name, number in named.items() if number is not None}


def save_contest(services: Services, wish: Wish, *, actor: str) -> Contest:
    """The contest as it is now; saved twice, nothing changes.

    Raises BadInput, Conflict once it is sealed and something else is wished, BlogProblem.
    """
    with services.store.read() as tx:
        contest = contests.find_by_post(tx, wish.post_id)
    if contest is None:
        try:
            return _open(services, wish, actor=actor)
        except AlreadyAdopted:  # somebody else was quicker
            with services.store.read() as tx:
                contest = contests.find_by_post(tx, wish.post_id)
            assert contest is not None
    change = _change(services, contest, _without_forgotten(contest, _by_hand(services, contest, wish)))
    if change == Change():
        return contest
    return adopt.change_contest(services, contest.id, change, actor=actor, reason=REASON)


def _by_hand(services: Services, contest: Contest, wish: Wish) -> Wish:
    """The wish, which makes no contest automatic again that is drawn once more: its post is saved for other things."""
    with services.store.read() as tx:
        is_redrawn = draws.latest_number(tx, contest.id) > 0 and not contest.phase.is_sealed
    return replace(wish, is_automatic=contest.is_automatic) if is_redrawn else wish


def _without_forgotten(contest: Contest, wish: Wish) -> Wish:
    """The wish without the people who may not win, once the term of the personal data is over: only the post lists them
    still, and saving it changes nothing.
    """
    return wish if contest.erased_at is None else replace(wish, rules=replace(wish.rules, excluded=()))


def _open(services: Services, wish: Wish, *, actor: str) -> Contest:
    plan = adopt.plan(
        services,
        str(wish.post_id),
        closes=wish.closes,
        pools=wish.pools or default_pools(**wish.places),
        message=wish.message,
        search=wish.search,
        rules=wish.rules,
        is_automatic=wish.is_automatic,
        publishes_list=bool(wish.publishes_list),
        claims=wish.claims,
    )
    return adopt.open_contest(services, plan, actor=actor)


def _change(services: Services, contest: Contest, wish: Wish) -> Change:
    """What is different, and nothing else: what stays the same needs no unsealed contest."""
    pools = _pools(contest, wish)
    message = wish.message and adopt.full_message(wish.message, pools, contest.post_url)
    change = Change(
        pools=pools if pools != contest.pools else None,
        message=message if message not in (None, contest.message) else None,
        search=wish.search if wish.search not in (None, contest.search) else None,
        rules=wish.rules if wish.rules != contest.rules else None,
        is_automatic=wish.is_automatic if wish.is_automatic != contest.is_automatic else None,
        publishes_list=wish.publishes_list if wish.publishes_list != contest.publishes_list else None,
        claims=wish.claims if wish.claims != contest.claims else None,
    )
    closes_at = read_deadline(
        wish.closes,
        timezone=contest.timezone,
        language=contest.language,
        post_published_at=None,
        now=services.clock(),
    )
    return change if closes_at == contest.closes_at else replace(change, closes=wish.closes)


def _pools(contest: Contest, wish: Wish) -> tuple[Pool, ...]:
    """The pools as wished. Several that aren't named stay: nobody could say whose the places are."""
    if wish.pools is None and len(contest.pools) == 1:
        return (replace(contest.pools[0], **wish.places),)
    return wish.pools or contest.pools
