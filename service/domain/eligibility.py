"""Who is in and why: `judge` turns what the blog reported into one verdict an entry."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from service.domain.contest import Contest
from service.domain.people import email_key, group_people, name_key


class Kind(StrEnum):
    """What an entry is on the blog."""

    COMMENT = "comment"
    PINGBACK = "pingback"
    TRACKBACK = "trackback"
    NOTE = "note"
    OTHER = "other"


class State(StrEnum):
    """Where the blog keeps it now."""

    APPROVED = "approved"
    HELD = "held"
    SPAM = "spam"
    TRASH = "trash"
    DELETED = "deleted"  # it was there and is no more


class Status(StrEnum):
    """The three possible verdicts."""

    ELIGIBLE = "eligible"
    INELIGIBLE = "ineligible"
    UNDECIDED = "undecided"


class Code(StrEnum):
    """Why an entry is not (yet) in."""

    LATE = "late"
    DUPLICATE = "duplicate"
    POST_AUTHOR = "post_author"
    STAFF = "staff"
    EXCLUDED = "excluded"
    REPLY = "reply"
    PINGBACK = "pingback"
    TRACKBACK = "trackback"
    NOTE = "note"
    OTHER_KIND = "other_kind"
    HELD = "held"
    SPAM = "spam"
    TRASH = "trash"
    DELETED = "deleted"
    EMPTY = "empty"
    ERASED = "erased"
    DISQUALIFIED = "disqualified"
    EARLY = "early"  # from here on: of posts
    OFF_MESSAGE = "off_message"
    REPOST = "repost"
    GONE = "gone"
    NOT_PUBLIC = "not_public"
    UNCLAIMED = "unclaimed"
    UNCHECKED = "unchecked"
    UNREAD_LINKS = "unread_links"
    CLAIMED_TWICE = "claimed_twice"


class Action(StrEnum):
    """What a moderator decided about one entry."""

    DISQUALIFY = "disqualify"
    READMIT = "readmit"


@dataclass(frozen=True, slots=True)
class Override:
    """A moderator's decision on an entry, with its public reason; a readmission sets exactly these `codes` aside."""

    action: Action
    reason: str
    codes: tuple[Code, ...] = ()


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason; `detail` holds its facts: seconds late, the comment id of the first entry, a moderator's words."""

    code: Code
    detail: int | str | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """Eligible, ineligible (reasons) or undecided (what is missing); `overruled`: reasons a moderator set aside."""

    status: Status
    reasons: tuple[Reason, ...] = ()
    overruled: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryFacts:
    """What is known of one comment. `submitted_at` is aware UTC in whole seconds."""

    comment_id: int
    parent_id: int = 0
    account_id: int = 0
    author_name: str = ""
    author_email: str = ""
    author_ip: str = ""
    kind: Kind = Kind.COMMENT
    state: State = State.APPROVED
    submitted_at: datetime
    is_empty: bool = False
    is_erased: bool = False  # the author had their personal data erased, so nobody could reach them
    posts: tuple[str, ...] = ()  # references of the posts whose addresses the comment gives
    handles: tuple[str, ...] = ()  # who the author says they are on networks, by name or website: "x:ana"
    override: Override | None = field(default=None)


ELIGIBLE = Verdict(Status.ELIGIBLE)
NOT_READMITTABLE = frozenset(
    {
        Code.PINGBACK,
        Code.TRACKBACK,
        Code.NOTE,
        Code.OTHER_KIND,
        Code.HELD,
        Code.SPAM,
        Code.TRASH,
        Code.DELETED,
    }
)
_KIND_CODES = {
    Kind.PINGBACK: Code.PINGBACK,
    Kind.TRACKBACK: Code.TRACKBACK,
    Kind.NOTE: Code.NOTE,
    Kind.OTHER: Code.OTHER_KIND,
}
_STATE_CODES = {State.SPAM: Code.SPAM, State.TRASH: Code.TRASH, State.DELETED: Code.DELETED}


def judge(contest: Contest, entries: Sequence[EntryFacts]) -> list[Verdict]:
    """One verdict for each entry, in the order given.

    A person is all entries that share an e-mail address or a WordPress account; what makes one of them the
    post's author or staff holds for all. Of a person's entries that could win, the earliest counts and the others
    are duplicates of it, also when a moderator disqualified it and then binned it: who is struck isn't back with a
    second comment. What a moderator readmitted can win; a reason that came up later stands again.
    """
    people = group_people([(entry.account_id, email_key(entry.author_email)) for entry in entries])
    barred = _barred_people(contest, entries, people)
    own = [
        tuple(_own_reasons(contest, entry, barred.get(person))) for entry, person in zip(entries, people, strict=True)
    ]
    firsts = _first_entries(entries, people, own)
    return [
        _verdict(
            entry,
            reasons,
            _duplicate_of(entry, entries[firsts[person]] if person in firsts else None, reasons),
        )
        for entry, person, reasons in zip(entries, people, own, strict=True)
    ]


def _barred_people(contest: Contest, entries: Sequence[EntryFacts], people: Sequence[int]) -> dict[int, Reason]:
    """The people who may not win whatever they write: the post's author, staff, whoever the rules list."""
    names = frozenset(name_key(name) for name in contest.rules.excluded)
    emails = frozenset(email_key(name) for name in contest.rules.excluded if "@" in name)
    staff = frozenset() if contest.rules.staff_may_win else contest.staff_ids
    barred: dict[int, Reason] = {}
    for entry, person in zip(entries, people, strict=True):
        if entry.account_id and entry.account_id == contest.post_author_id:
            barred[person] = Reason(Code.POST_AUTHOR)
        elif entry.account_id in staff:
            barred.setdefault(person, Reason(Code.STAFF))
        elif names and _is_listed(entry, names, emails):
            barred.setdefault(person, Reason(Code.EXCLUDED))
    return barred


def _is_listed(entry: EntryFacts, names: frozenset[str], emails: frozenset[str]) -> bool:
    is_shown = entry.state not in _STATE_CODES  # a stranger's spam under that name bars nobody
    return (
        (is_shown and bool(entry.author_name) and name_key(entry.author_name) in names)
        or (entry.account_id > 0 and f"#{entry.account_id}" in names)
        or (bool(entry.author_email) and email_key(entry.author_email) in emails)
    )


def _own_reasons(contest: Contest, entry: EntryFacts, barred: Reason | None) -> Iterator[Reason]:
    """What speaks against an entry by itself, without looking at the person's other entries."""
    if entry.state in _STATE_CODES:
        yield Reason(_STATE_CODES[entry.state])
    if entry.kind in _KIND_CODES:
        yield Reason(_KIND_CODES[entry.kind])
        return
    if barred:
        yield barred
    if entry.parent_id and not contest.rules.replies_count:
        yield Reason(Code.REPLY)
    if entry.submitted_at > contest.closes_at:
        yield Reason(Code.LATE, round((entry.submitted_at - contest.closes_at).total_seconds()))
    if entry.is_empty:
        yield Reason(Code.EMPTY)
    if entry.is_erased:
        yield Reason(Code.ERASED)


def _first_entries(
    entries: Sequence[EntryFacts], people: Sequence[int], own: Sequence[tuple[Reason, ...]]
) -> dict[int, int]:
    """For each person the index of the entry that counts: the earliest that can win, or could before it was struck."""
    firsts: dict[int, int] = {}
    for index, (entry, person) in enumerate(zip(entries, people, strict=True)):
        if not _stands_for_person(entry, own[index]):
            continue
        best = firsts.get(person)
        if best is None or _age(entry) < _age(entries[best]):
            firsts[person] = index
    return firsts


def _stands_for_person(entry: EntryFacts, own: tuple[Reason, ...]) -> bool:
    if entry.override and entry.override.action is Action.DISQUALIFY:
        return all(reason.code in _STATE_CODES.values() for reason in own)
    return entry.state is not State.HELD and _is_set_aside(entry, own)


def _is_set_aside(entry: EntryFacts, reasons: tuple[Reason, ...]) -> bool:
    """Whether nothing speaks against an entry, or only what a moderator readmitted it in spite of."""
    is_readmitted = entry.override is not None and entry.override.action is Action.READMIT
    codes = entry.override.codes if entry.override and is_readmitted else ()
    return can_readmit(reasons) and all(reason.code in codes for reason in reasons)


def _age(entry: EntryFacts) -> tuple[datetime, int]:
    return entry.submitted_at, entry.comment_id


def _duplicate_of(entry: EntryFacts, first: EntryFacts | None, reasons: tuple[Reason, ...]) -> Reason | None:
    if first is None or first.comment_id == entry.comment_id or not can_readmit(reasons):
        return None
    if entry.state is State.HELD and _age(entry) < _age(first):
        return None
    return Reason(Code.DUPLICATE, first.comment_id)


def _verdict(entry: EntryFacts, own: tuple[Reason, ...], duplicate: Reason | None) -> Verdict:
    reasons = own + ((duplicate,) if duplicate else ())
    override = entry.override
    if override and override.action is Action.DISQUALIFY:
        return Verdict(Status.INELIGIBLE, (Reason(Code.DISQUALIFIED, override.reason), *reasons))
    if reasons and entry.state is not State.HELD and _is_set_aside(entry, reasons):
        return Verdict(Status.ELIGIBLE, overruled=reasons)
    if reasons:
        return Verdict(Status.INELIGIBLE, reasons)
    if entry.state is State.HELD:
        return Verdict(Status.UNDECIDED, (Reason(Code.HELD),))
    return ELIGIBLE


def can_readmit(reasons: Iterable[Reason]) -> bool:
    """Whether a moderator can set these reasons aside: not where the blog itself doesn't show the comment."""
    return not any(reason.code in NOT_READMITTABLE for reason in reasons)


def leave_out_undecided(verdict: Verdict) -> Verdict:
    """The verdict at the seal: what is still missing then counts as a reason."""
    if verdict.status is Status.UNDECIDED:
        return Verdict(Status.INELIGIBLE, verdict.reasons)
    return verdict
