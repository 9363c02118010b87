"""What the API gives: the shapes that `service.presenters` makes, described for programs."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from service.domain.contest import Phase, Randomness, XSearch
from service.domain.eligibility import Action, Code, Kind, State, Status
from service.domain.pools import Channel
from service.domain.posts import NetworkName, Sight
from service.domain.strikes import StrikeKind
from service.usecases.add_posts import Became
from service.usecases.claim_states import ClaimState

RFC3339 = r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$"
DIGEST = r"^[0-9a-f]{64}$"


def instant(description: str) -> Any:
    """A field that holds an instant in UTC."""
    return Field(description=description, pattern=RFC3339)


class Answer(BaseModel):
    """Nothing that isn't described."""

    model_config = ConfigDict(extra="forbid")


class ErrorAt(Answer):
    """One thing that is wrong with a request."""

    where: str = Field(description="body, query or path")
    pointer: str = Field(description="JSON Pointer into it")
    detail: str


class Problem(Answer):
    """An error, as RFC 9457 has it; `code` is a stable word for programs."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    errors: list[ErrorAt] = []
    request_id: str = ""


class Rules(Answer):
    """Who may win, beyond what always holds."""

    replies_count: bool
    staff_may_win: bool
    leave_out_held: bool
    one_prize: bool
    needs_all: bool
    reposts_count: bool
    excluded: list[str]


class Pool(Answer):
    """One draw of a contest, with its own prize."""

    name: str
    channel: Channel
    winners: int
    alternates: int
    prize: str


class Message(Answer):
    """What entrants are asked to post."""

    text: str
    links: list[str]
    hashtags: list[str]
    mentions: list[str]


class Search(Answer):
    """Where posts are searched for, beside the addresses in comments."""

    x: XSearch
    x_cap_cents: int
    mastodon: list[str]
    bluesky: bool


class Waiting(Answer):
    """Why a contest doesn't go on."""

    code: str
    message: str
    since: str = instant("Since when")
    tries: int


class ClaimRules(Answer):
    """Whether winners have to claim their prize."""

    days: int = Field(description="The term; 0 asks nobody")
    fields: list[str] = Field(description="What winners are asked for")


class Plan(Answer):
    """A contest as it would be opened."""

    post_id: int
    post_url: str
    title: str
    closes_at: str = instant("The deadline")
    closes_at_local: str = Field(description="The deadline on the blog's clock")
    timezone: str
    language: str
    winners: int = Field(description="Of all pools")
    alternates: int = Field(description="Of all pools")
    pools: list[Pool]
    message: Message
    search: Search
    rules: Rules
    automatic: bool
    randomness: Randomness
    publishes_list: bool = Field(description="The sealed list is public at once, not with the winner comment")
    claims: ClaimRules


class ContestLine(Plan):
    """A contest in a list."""

    id: int
    slug: str
    phase: Phase
    template: str | None
    promotion_template: str | None
    commitment: str = Field(description="SHA-256 of the secret that is revealed at the draw", pattern=DIGEST)
    opened_at: str = instant("When it was opened")
    last_read_at: str | None = Field(description="When its comments were last read")
    due_at: str | None = Field(description="When the worker looks again")
    erased_at: str | None = Field(description="When the term of its personal data ended")
    problem: Waiting | None
    page_url: str


class ContestLines(Answer):
    """A page of contests."""

    contests: list[ContestLine]
    next: str | None = Field(description="The address of the next page")


class Counts(Answer):
    """How many entries have each verdict."""

    eligible: int
    ineligible: int
    undecided: int


class Entrant(Answer):
    """Somebody by their entry."""

    entry: str = Field(description="comment:412 or x:1990000000000000001")
    comment_id: int | None = Field(description="None for a post")
    author: str | None
    url: str | None = Field(description="The post's address")


class Person(Entrant):
    """Somebody in a draw."""

    pool: str
    prize: str


class Holder(Person):
    """Somebody who holds a prize now."""

    place: int = Field(description="Which of the pool's prizes, from 1")
    strike: int | None = Field(description="The strike that promoted them; None: they won in the draw")


class Announcement(Answer):
    """The winner comment or a reply to it, written or to be written."""

    draw: int
    text: str
    actor: str
    comment_id: int | None
    comment_url: str | None
    posted_at: str | None


class Strike(Answer):
    """A prize that passed on."""

    number: int
    pool: int
    kind: StrikeKind
    reason: str
    actor: str
    at: str = instant("When")
    struck: Entrant
    promoted: Entrant | None = Field(description="None where nobody was left")
    reply: Announcement | None = Field(description="None where it was before the winner comment, which tells the rest")


class DrawPrizes(Answer):
    """Who holds the prizes of a draw, and how they passed on."""

    number: int
    holders: list[Holder]
    strikes: list[Strike]
    prizes_left: int
    replaced_at: str | None
    replaced_reason: str | None


class Prizes(Answer):
    """The finished draws, the newest first."""

    draws: list[DrawPrizes]


class ClaimMail(Answer):
    """The mail that tells a winner of their prize; subject and text are there while it can still be claimed."""

    sent_at: str | None
    next_at: str | None = Field(description="When it is tried next; None: sent or given up")
    tries: int
    problem: str | None = Field(description="Why it wasn't taken: send the text yourself once next_at is None")
    subject: str | None
    text: str | None


class Claim(Answer):
    """One winner's claim to one prize."""

    id: int
    draw: int
    entry: str
    author: str | None
    email: str | None
    pool: str
    prize: str
    state: ClaimState
    created_at: str = instant("When the link was made")
    expires_at: str = instant("Until when it can be claimed")
    expires_at_local: str
    claimed_at: str | None
    erased_at: str | None
    answers: dict[str, str] = Field(description="What the winner told, by field")
    link: str | None = Field(description="The winner's own; None once it opens nothing")
    mail: ClaimMail


class Claims(Answer):
    """All claims of a contest, oldest first."""

    claims: list[Claim]


class PromisedRound(Answer):
    """The beacon's round that a draw waits for."""

    chain: str
    chain_hash: str = Field(pattern=DIGEST)
    round: int
    out_at: str = instant("When it comes out")


class Draw(Answer):
    """A numbered draw: sealed first, drawn later."""

    number: int
    sealed_at: str = instant("When the list was frozen")
    digest: str = Field(description="SHA-256 of the sealed text", pattern=DIGEST)
    beacon: PromisedRound | None = Field(description="None where the secret decides")
    randomness: Randomness | None = Field(description="What decided, once it is drawn")
    drawn_at: str | None
    seed: str | None = Field(description="Of the first pool")
    winners: list[Person]
    alternates: list[Person]
    prizes_left: int | None
    holders: list[Holder] = Field(description="Who holds the prizes now; winners are as they were drawn")
    strikes: list[Strike]
    replaced_at: str | None
    replaced_reason: str | None


class Composed(Answer):
    """The message ready to post on one network."""

    network: NetworkName
    url: str = Field(description="Opens the network's editor with the message in it")
    text: str
    length: int = Field(description="As the network counts")
    longest: int
    fits: bool


class SearchProblem(Answer):
    """Why a search waits."""

    code: str
    message: str


class SearchState(Answer):
    """How one search stands."""

    source: str
    query: str
    found: int
    spent_usd: float
    covered_until: str | None
    next_at: str | None
    problem: SearchProblem | None
    gap: str | None = Field(description="What may have been missed, in words")


class Posts(Answer):
    """How the posts of a contest stand."""

    counts: Counts
    reasons: dict[str, dict[str, int]]
    sights: dict[str, int] = Field(description="How many posts were seen, are gone, weren't looked at yet …")
    next_check_at: str | None
    searches: list[SearchState]
    spent_usd: float
    cap_usd: float
    compose: list[Composed]


class Contest(ContestLine):
    """Everything about a contest."""

    counts: Counts
    reasons: dict[str, dict[str, int]] = Field(description="How often each reason comes first, by verdict")
    proof_url: str | None
    draw: Draw | None
    announcement: Announcement | None
    posts: Posts | None = Field(description="None where no pool takes posts")


class Verdict(Answer):
    """In or not, and why."""

    status: Status
    reasons: list[Code]


class Reason(Answer):
    """One reason with its facts, also in words of the blog's language."""

    code: Code
    detail: int | str | None = Field(description="Seconds late, the first entry, a moderator's words")
    words: str


class Decision(Answer):
    """What a moderator decided."""

    action: Action
    reason: str


class Entry(Answer):
    """One comment of the post and its verdict."""

    comment_id: int
    author: str
    author_email: str
    account_id: int
    submitted_at: str = instant("When it was submitted")
    submitted_at_local: str
    kind: Kind
    state: State
    verdict: Verdict
    details: list[Reason]
    overruled: list[Reason] = Field(description="Reasons that a moderator set aside")
    moderator: Decision | None
    flags: list[str] = Field(description="edited_after_deadline, approved_after_deadline, shared_ip")


class Post(Answer):
    """One post on a network and its verdict."""

    post: str = Field(description="Its public name, once its network told it: x:1990000000000000001")
    references: list[str]
    network: NetworkName
    author: str | None
    author_name: str | None
    url: str | None
    posted_at: str | None
    posted_at_local: str | None
    sight: Sight
    brought_by: str = Field(description="comment, hand, or the name of a search")
    looked_at: str | None
    check_at: str | None = Field(description="When it is looked at again")
    trouble: str | None = Field(description="Why the last look showed nothing")
    verdict: Verdict
    details: list[Reason]
    overruled: list[Reason]
    moderator: Decision | None


class PostLines(Answer):
    """A page of posts."""

    posts: list[Post]
    next: str | None = Field(description="The address of the next page")


class AddedLine(Answer):
    """What became of one line that was given."""

    line: int
    text: str
    became: Became
    post: str | None


class Added(Answer):
    """What became of the lines that were given."""

    lines: list[AddedLine]


class Entries(Answer):
    """A page of entries."""

    entries: list[Entry]
    next: str | None = Field(description="The address of the next page")


class Reading(Answer):
    """What a reading of the blog did."""

    comments: int
    changed: int
    deleted: int
    seconds: float
    complete: bool
    gap: str | None = Field(description="What is missing, in words")
    counts: Counts


class Preview(Answer):
    """The winner comment as it would be posted, in HTML."""

    text: str


class LogLine(Answer):
    """Who did what, when and why: what is hashed, and the hash; docs/log.md tells how."""

    number: int = Field(description="From 1 in each contest")
    at: str = Field(description="When, to the microsecond", pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$")
    actor: str
    action: str
    reason: str
    details: dict[str, Any]
    hash: str = Field(description="SHA-256 of this line and the hash of the one before", pattern=DIGEST)


class Log(Answer):
    """The whole log, oldest first."""

    log: list[LogLine]


class Receipt(BaseModel):
    """Everything needed to repeat the draw; docs/receipt.md describes it."""

    model_config = ConfigDict(extra="allow")

    format: str


class Health(Answer):
    """The process is alive."""

    status: str


class CheckAnswer(Answer):
    """One check; `detail` says in a sentence what fails."""

    status: str
    detail: str | None


class Ready(Answer):
    """Whether everything that is needed answers."""

    status: str
    checks: dict[str, CheckAnswer]
