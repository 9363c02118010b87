"""Close and seal: read everything a last time, then freeze who is in before any randomness is known."""

from __future__ import annotations

from dataclasses import dataclass, replace

from sqlalchemy import Connection

from service.domain import receipt
from service.domain.beacon import commit
from service.domain.contest import Contest, Phase, Randomness, require_phase
from service.domain.drawing import hash_text, rfc3339
from service.domain.eligibility import Code, Status, Verdict, leave_out_undecided
from service.domain.errors import Blocked, Conflict
from service.domain.log_chain import LogLine
from service.domain.post_judging import SocialPost
from service.storage import contests, draws, log, searches
from service.storage.contests import Lease
from service.storage.draws import Draw
from service.usecases.collect import Progress, ignore, is_over, read_comments, require_complete
from service.usecases.freezing import judged_entries
from service.usecases.judging import Judged, judge_all, save
from service.usecases.look import look_at_posts
from service.usecases.ports import BeaconProblem
from service.usecases.search import search_posts, unfinished, unfinished_message
from service.usecases.services import Services
from service.usecases.uncollected import without_collector

BEFORE_SEAL = (Phase.OPEN, Phase.CLOSING, Phase.REVIEW)


def seal(
    services: Services,
    contest_id: int,
    *,
    actor: str,
    leave_out: bool = False,
    without_search: bool = False,
    progress: Progress = ignore,
) -> Draw:
    """Seal a contest whose deadline has passed; the sealed draw, also when it was sealed before.

    Raises Blocked when the reading isn't complete, when comments are held and `leave_out` is false, when a search isn't
    finished and `without_search` is false, and while a post is undecided; Conflict before the deadline; BlogProblem.
    """
    with services.hold(contest_id) as lease:
        return seal_under(
            services, lease, actor=actor, leave_out=leave_out, without_search=without_search, progress=progress
        )


def seal_under(
    services: Services,
    lease: Lease,
    *,
    actor: str,
    leave_out: bool,
    without_search: bool = False,
    progress: Progress = ignore,
) -> Draw:
    """Seal under a lease that the caller holds."""
    with services.store.read() as tx:
        contest = contests.get(tx, lease.contest_id)
        if contest.phase.is_sealed:
            return draws.latest(tx, contest.id)
    close_under(services, lease, progress)
    if contest.randomness is Randomness.DRAND:
        _require_clock(services)
    if contest.wants_posts:
        search_posts(services, lease, seconds=services.timing.looks)
        look_at_posts(services, lease, seconds=services.timing.looks)
    with without_collector(), services.store.write() as tx:
        contest = contests.lock(tx, contest.id, lease)
        require_phase(contest, Phase.REVIEW, to="seal it")
        _require_over(services, contest)
        missing = {} if without_search else unfinished(services, contest, searches.of_contest(tx, contest.id))
        if missing:
            raise Blocked(unfinished_message(missing), code="searching")
        return _freeze(tx, services, contest, actor=actor, leave_out=leave_out)


def close_under(services: Services, lease: Lease, progress: Progress = ignore) -> None:
    """After the deadline: a full reading that must match WordPress's count, then review."""
    with services.store.write() as tx:
        contest = contests.lock(tx, lease.contest_id, lease)
        require_phase(contest, *BEFORE_SEAL, to="close it")
        _require_over(services, contest)
        if contest.phase is Phase.OPEN:
            contests.update(tx, contest.id, phase=Phase.CLOSING)
    reading = read_comments(services, lease, progress)
    require_complete(reading)
    with services.store.write() as tx:
        contest = contests.lock(tx, lease.contest_id, lease)
        if contest.phase is Phase.CLOSING:
            contests.update(tx, contest.id, phase=Phase.REVIEW)
            line = LogLine(
                at=services.clock(),
                actor="worker",
                action="close",
                reason="",
                details={"comments": reading.comments},
            )
            log.write(tx, contest.id, line)


def _require_over(services: Services, contest: Contest) -> None:
    if not is_over(services, contest):
        raise Conflict(
            f"Contest {contest.id} is open until {rfc3339(contest.closes_at)}; change its deadline to end it sooner.",
            code="still_open",
        )


def _require_clock(services: Services) -> None:
    """Raises Blocked where this machine's clock is so slow that the round would be known before the seal."""
    chain = services.beacon.chain
    promised = commit(chain, services.clock())
    try:
        services.beacon.fetch(promised.round)
    except BeaconProblem:
        return  # as it should be; who can't reach the beacon can't know the round either
    raise Blocked(
        f"Round {promised.round} of drand's {chain.name} is out already, which should come in a minute: this machine's "
        "clock is slow. Set it (NTP keeps it right), then seal.",
        code="clock",
    )


def _freeze(tx: Connection, services: Services, contest: Contest, *, actor: str, leave_out: bool) -> Draw:
    judged = judge_all(tx, contest)
    left_out = _require_decided(contest, judged, leave_out=leave_out)
    judged = _without_undecided(judged)
    now, number = services.clock().replace(microsecond=0), draws.next_number(tx, contest.id)
    promised = commit(services.beacon.chain, now) if contest.randomness is Randomness.DRAND else None
    rules, head = receipt.rules_json(contest), log.head(tx, contest.id)
    frozen = [receipt.entry_json(entry) for entry in judged_entries(contest, judged)]
    text = receipt.seal(
        slug=contest.slug,
        post_url=contest.post_url,
        number=number,
        sealed_at=now,
        commitment=contest.commitment,
        beacon=(promised.chain.hash, promised.round) if promised else None,
        log=head,
        rules=rules,
        entries=frozen,
    )
    draw = Draw(
        number=number,
        sealed_at=now,
        sealed_text=text,
        digest=hash_text(text),
        rules=rules,
        entries=frozen,
        commitment=contest.commitment,
        beacon=promised,
        log=head,
    )
    draws.add(tx, contest.id, draw)
    save(tx, contest, judged)
    contests.update(tx, contest.id, phase=Phase.SEALED)
    details = {"draw": number, "digest": draw.digest, "left_out": left_out}
    if promised:
        details["round"] = promised.round
    log.write(tx, contest.id, LogLine(at=now, actor=actor, action="seal", reason="", details=details))
    return draw


def _require_decided(contest: Contest, judged: Judged, *, leave_out: bool) -> int:
    """How many entries are left out because their comment is still held. Raises Blocked while anything is undecided.

    What a network didn't answer is never left out: it is waited for, or a moderator decides it.
    """
    waiting = [post.entry for post, verdict in _undecided_posts(judged) if not _is_held(verdict)]
    if waiting:
        raise Blocked(undecided_posts_message(len(waiting), waiting[0]), code="undecided_posts")
    held = find_held(contest, judged)
    if held.comments and not leave_out:
        raise Blocked(held_message(held), code="undecided")
    return held.comments


@dataclass(frozen=True, slots=True)
class Held:
    """How many held comments can matter, and how many posts wait for one of them."""

    comments: int
    posts: int


def find_held(contest: Contest, judged: Judged) -> Held:
    """What waits for moderation. Where no pool draws among comments, only those matter that give posts."""
    comments = {
        comment.comment_id
        for comment, verdict in zip(judged.comments, judged.verdicts, strict=True)
        if verdict.status is Status.UNDECIDED and (contest.wants_comments or comment.posts)
    }
    posts = [verdict for _, verdict in _undecided_posts(judged) if _is_held(verdict)]
    given_by = {reason.detail for verdict in posts for reason in verdict.reasons}
    return Held(comments=len(comments | given_by), posts=len(posts))


def _undecided_posts(judged: Judged) -> list[tuple[SocialPost, Verdict]]:
    both = zip(judged.posts, judged.post_verdicts, strict=True)
    return [(post, verdict) for post, verdict in both if verdict.status is Status.UNDECIDED]


def _is_held(verdict: Verdict) -> bool:
    return all(reason.code is Code.HELD for reason in verdict.reasons)


def held_message(held: Held) -> str:
    """What to do about comments that are still held."""
    comments, them = ("1 comment is", "it") if held.comments == 1 else (f"{held.comments} comments are", "them")
    waits = "1 post waits" if held.posts == 1 else f"{held.posts} posts wait"
    posts = f", and {waits} for {them}" if held.posts else ""
    return (
        f"{comments} still held for moderation{posts}: approve or bin in WordPress, disqualify with a reason, "
        "or seal and leave out what is held."
    )


def undecided_posts_message(number: int, first: str) -> str:
    """What to do about posts that no network has answered for, or that two people claim."""
    posts_ = f"1 post is undecided ({first})" if number == 1 else f"{number} posts are undecided (the first: {first})"
    return (
        f"{posts_}: wait until its network answers, or decide each yourself, with a reason: readmit it, or "
        "disqualify it."
    )


def _without_undecided(judged: Judged) -> Judged:
    return replace(
        judged,
        verdicts=[leave_out_undecided(verdict) for verdict in judged.verdicts],
        post_verdicts=[leave_out_undecided(verdict) for verdict in judged.post_verdicts],
    )
