"""Open a contest on an existing post, and change it until it is sealed."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from itertools import chain, count
from typing import Any

from sqlalchemy import Connection

from service.domain.contest import Claims, Contest, Phase, Randomness, Rules, Search, require_phase, require_unsealed
from service.domain.drawing import hash_text, rfc3339
from service.domain.errors import AlreadyAdopted, BadInput
from service.domain.log_chain import LogLine
from service.domain.pools import Channel, Pool, check_pools, default_pools
from service.domain.posts import Message
from service.domain.reports import PostFacts, SiteFacts
from service.storage import contests, log, searches
from service.usecases.deadline import read_deadline
from service.usecases.judging import judge_entries
from service.usecases.promise import require_promised
from service.usecases.review import check_reason
from service.usecases.services import Services
from service.usecases.wording import check_promotion_template, check_template

PHASES_BEFORE_ANNOUNCING = (Phase.OPEN, Phase.CLOSING, Phase.REVIEW, Phase.SEALED, Phase.DRAWN)
_READABLE_STATUSES = frozenset({"publish", "private", "future", "pending", "draft"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A contest as it would be opened: shown to the moderator before it counts."""

    site: SiteFacts
    post: PostFacts
    closes_at: datetime
    pools: tuple[Pool, ...]
    message: Message
    search: Search
    rules: Rules
    is_automatic: bool
    randomness: Randomness
    publishes_list: bool = False
    claims: Claims = field(default_factory=Claims)

    @property
    def winners(self) -> int:
        """The prizes of all pools."""
        return sum(pool.winners for pool in self.pools)

    @property
    def alternates(self) -> int:
        """The alternates of all pools."""
        return sum(pool.alternates for pool in self.pools)


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What to change about a contest; None leaves a thing as it is, an empty template goes back to ours.

    A deadline is text, as the moderator typed it. `winners` and `alternates` are those of a contest's only pool.
    """

    closes: str | None = None
    winners: int | None = None
    alternates: int | None = None
    pools: tuple[Pool, ...] | None = None
    message: Message | None = None
    search: Search | None = None
    rules: Rules | None = None
    is_automatic: bool | None = None
    randomness: Randomness | None = None
    publishes_list: bool | None = None
    claims: Claims | None = None
    template: str | None = None
    promotion_template: str | None = None


def plan(
    services: Services,
    reference: str,
    *,
    closes: str,
    pools: tuple[Pool, ...] = default_pools(),
    message: Message | None = None,
    search: Search | None = None,
    rules: Rules | None = None,
    is_automatic: bool = False,
    randomness: Randomness | None = None,
    publishes_list: bool = False,
    claims: Claims | None = None,
) -> Plan:
    """Read the post and the deadline. Without a message, posts must link the post.

    Where `randomness` isn't said, it is what the settings say, else the public beacon if that can be reached.
    Raises BadInput, Conflict, BlogProblem.
    """
    check_pools(pools)
    post, site = services.blog.find_post(reference), services.blog.site()
    with services.store.read() as tx:
        _refuse_second(tx, post)
    closes_at = _deadline(services, closes, site.timezone, site.language, post)
    _check_post(post, closes_at, services.clock())
    return Plan(
        site=site,
        post=post,
        closes_at=closes_at,
        pools=pools,
        message=full_message(message, pools, post.url),
        search=check_search(services, search or Search(), pools),
        rules=rules or Rules(),
        is_automatic=is_automatic,
        randomness=randomness or usual_randomness(services),
        publishes_list=publishes_list,
        claims=check_claims(services, claims or Claims()),
    )


def usual_randomness(services: Services) -> Randomness:
    """What the settings say; where they leave it open, the public beacon if it can be reached from here."""
    if services.randomness is not None:
        return services.randomness
    return Randomness.DRAND if services.beacon.is_reachable(services.clock()) else Randomness.COMMIT_REVEAL


def open_contest(services: Services, plan: Plan, *, actor: str) -> Contest:
    """Store the contest with a fresh secret, of which only the SHA-256 is shown. Raises AlreadyAdopted."""
    secret, now = services.make_secret(), services.clock()
    values = {
        "post_id": plan.post.id,
        "post_url": plan.post.url,
        "post_title": plan.post.title,
        "post_author_id": plan.post.author_id,
        "timezone": plan.site.timezone,
        "language": plan.site.language,
        "phase": Phase.OPEN,
        "closes_at": plan.closes_at,
        "starts_at": min(plan.post.published_at or now, now),
        "pools": plan.pools,
        "message": plan.message,
        "search": plan.search,
        "rules": plan.rules,
        "is_automatic": plan.is_automatic,
        "randomness": plan.randomness,
        "publishes_list": plan.publishes_list,
        "claims": plan.claims,
        "commitment": hash_text(secret),
        "secret": secret,
        "opened_at": now,
        "due_at": now,
    }
    with services.store.write() as tx:
        contest_id = contests.add(tx, {**values, "slug": _free_slug(tx, plan.post)})
        details = {
            "closes_at": rfc3339(plan.closes_at),
            "winners": plan.winners,
            "alternates": plan.alternates,
            "commitment": values["commitment"],
            "randomness": plan.randomness.value,
        }
        log.write(tx, contest_id, LogLine(at=now, actor=actor, action="open", reason="", details=details))
        return contests.get(tx, contest_id)


def change_contest(services: Services, contest_id: int, change: Change, *, actor: str, reason: str) -> Contest:
    """Change an unsealed contest and judge again; what changed is logged.

    The template of the winner comment can change until it is used, that of the replies always. Where the randomness
    comes from can change until a deadline has passed.

    Raises BadInput, Conflict, NotFound, BlogProblem.
    """
    reason = check_reason(reason)
    with services.store.read() as tx:
        contest = contests.get(tx, contest_id)
        _require_changeable(tx, contest, change, services.clock())
    closes_at = read_changed_deadline(services, contest, change)
    if change.search is not None or change.pools is not None:
        check_search(services, change.search or contest.search, change.pools or contest.pools)
    if change.claims is not None:
        check_claims(services, change.claims)
    if change.template:
        check_template(change.template, language=contest.language)
    if change.promotion_template:
        check_promotion_template(change.promotion_template, language=contest.language)
    with services.store.write() as tx:
        contest, now = contests.lock(tx, contest_id), services.clock()
        _require_changeable(tx, contest, change, now)
        values = _changed_values(contest, change, closes_at, now)
        if values:
            _store_change(tx, services, contest, values, actor=actor, reason=reason)
        return contests.get(tx, contest_id)


def read_changed_deadline(services: Services, contest: Contest, change: Change) -> datetime | None:
    """The deadline that a change means, None where it names none. Raises BadDeadline, BadInput, BlogProblem."""
    if change.closes is None:
        return None
    post = services.blog.post(contest.post_id)
    closes_at = _deadline(services, change.closes, contest.timezone, contest.language, post)
    _check_post(post, closes_at, services.clock())
    return closes_at


def _require_changeable(tx: Connection, contest: Contest, change: Change, now: datetime) -> None:
    if change == Change(promotion_template=change.promotion_template):
        return
    if change == Change(template=change.template, promotion_template=change.promotion_template):
        require_phase(contest, *PHASES_BEFORE_ANNOUNCING, to="change its template")
        return
    require_unsealed(contest)
    require_promised(tx, contest, change.randomness, now=now)


def _changed_values(contest: Contest, change: Change, closes_at: datetime | None, now: datetime) -> dict[str, Any]:
    wanted: dict[str, Any] = {
        "closes_at": closes_at,
        "pools": _changed_pools(contest, change),
        "message": change.message,
        "search": change.search,
        "rules": change.rules,
        "is_automatic": change.is_automatic,
        "randomness": change.randomness,
        "publishes_list": change.publishes_list,
        "claims": change.claims,
        "template": change.template,
        "promotion_template": change.promotion_template,
    }
    values = {name: value for name, value in wanted.items() if value is not None and value != getattr(contest, name)}
    values |= {name: None for name in ("template", "promotion_template") if getattr(change, name) == ""}
    check_pools(values.get("pools", contest.pools))
    if values.keys() & {"pools", "message"}:
        pools = values.get("pools", contest.pools)
        values["message"] = full_message(values.get("message", contest.message), pools, contest.post_url)
        values = {name: value for name, value in values.items() if value != getattr(contest, name)}
    if values.get("closes_at", contest.closes_at) > now and contest.phase in (Phase.CLOSING, Phase.REVIEW):
        values["phase"] = Phase.OPEN
    return values


def _changed_pools(contest: Contest, change: Change) -> tuple[Pool, ...] | None:
    """The pools as wished. Raises BadInput for a bare number of winners where there are several pools."""
    if change.winners is None and change.alternates is None:
        return change.pools
    if change.pools is not None:
        raise BadInput("Give the winners and alternates inside the pools, or leave the pools out.")
    if len(contest.pools) > 1:
        raise BadInput("This contest has several pools: give all of them, each with its winners and alternates.")
    only = contest.pools[0]
    winners = only.winners if change.winners is None else change.winners
    alternates = only.alternates if change.alternates is None else change.alternates
    return (replace(only, winners=winners, alternates=alternates),)


def full_message(message: Message | None, pools: tuple[Pool, ...], post_url: str) -> Message:
    """What posts must carry: the link to the blog's post, where nothing else is named."""
    message = message or Message()
    asks = message.links or message.hashtags or message.mentions
    wants_posts = any(pool.channel is not Channel.COMMENTS for pool in pools)
    return message if asks or not wants_posts else replace(message, links=(post_url,))


def check_search(services: Services, search: Search, pools: tuple[Pool, ...]) -> Search:
    """The search, for which every key is there. Raises BadInput."""
    if any(pool.channel is not Channel.COMMENTS for pool in pools):
        services.networks.sources(search)
    return search


def check_claims(services: Services, claims: Claims) -> Claims:
    """The claims, for which there is time and a key. Raises BadInput, Conflict: after the draw it would be late."""
    if claims.is_on:
        if claims.days >= services.personal_data_days:
            raise BadInput(
                f"Winners' data are deleted {services.personal_data_days} days after the draw (PERSONAL_DATA_DAYS): "
                "give them fewer days to claim their prize."
            )
        services.vault.lock("")
    return claims


def _store_change(
    tx: Connection, services: Services, contest: Contest, values: dict[str, Any], *, actor: str, reason: str
) -> None:
    now = services.clock()
    contests.update(tx, contest.id, **values)
    if values.keys() & {"search", "message", "pools"}:
        searches.restart(tx, contest.id, from_the_beginning="message" in values)
    contests.ring(tx, contest.id, at=now)
    changed = {name: [_told(name, getattr(contest, name)), _told(name, value)] for name, value in values.items()}
    log.write(tx, contest.id, LogLine(at=now, actor=actor, action="change", reason=reason, details=changed))
    if not contest.phase.is_sealed:
        judge_entries(tx, replace(contest, **values))


def _told(name: str, value: Any) -> Any:
    """A value as the log keeps it, under its name. Words for comments can name people: their hash is kept."""
    if name in ("template", "promotion_template"):
        return value and {"sha256": hash_text(value)}
    return _shown(value)


def _shown(value: Any) -> Any:
    """A value as the log keeps it. Who is excluded is personal: the log keeps how many."""
    if isinstance(value, datetime):
        return rfc3339(value)
    if isinstance(value, Rules):
        return {
            "replies_count": value.replies_count,
            "staff_may_win": value.staff_may_win,
            "leave_out_held": value.leave_out_held,
            "one_prize": value.one_prize,
            "needs_all": value.needs_all,
            "reposts_count": value.reposts_count,
            "excluded": len(value.excluded),
        }
    if isinstance(value, tuple):
        return [_shown(part) for part in value]
    return asdict(value) if isinstance(value, Pool | Message | Search | Claims) else value


def _deadline(services: Services, text: str, timezone: str, language: str, post: PostFacts) -> datetime:
    return read_deadline(
        text,
        timezone=timezone,
        language=language,
        post_published_at=post.published_at,
        now=services.clock(),
    )


def _refuse_second(tx: Connection, post: PostFacts) -> None:
    existing = contests.find_by_post(tx, post.id)
    if existing is not None:
        raise AlreadyAdopted(
            f"This post already carries contest {existing.id}; change that one instead of opening a second."
        )


def _check_post(post: PostFacts, closes_at: datetime, now: datetime) -> None:
    if post.status not in _READABLE_STATUSES:
        raise BadInput(f"The post is {post.status} in WordPress; restore or publish it first.", code="post_not_public")
    if closes_at > now and not post.comments_open:
        raise BadInput(
            "Comments are closed on this post, so nobody could enter until the deadline; open them in WordPress "
            "(edit the post → Discussion → Allow comments), then open the contest again.",
            code="comments_closed",
        )


def _free_slug(tx: Connection, post: PostFacts) -> str:
    """A public name from the post's: lower-case ASCII and hyphens, at most 100 characters, not yet taken."""
    plain = unicodedata.normalize("NFKD", post.slug or post.title).encode("ascii", "ignore").decode()
    base = re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-")[:80].strip("-") or f"contest-{post.id}"
    names = chain([base, f"{base}-{post.id}"], (f"{base}-{post.id}-{number}" for number in count(2)))
    return next(name for name in names if not contests.slug_exists(tx, name))
