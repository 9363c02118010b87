"""A moderator's decisions on entries, each with a reason that will be public."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace
from ipaddress import ip_address

from service.domain.contest import require_unsealed
from service.domain.eligibility import Action, Code, Override, can_readmit
from service.domain.errors import BadInput, Conflict
from service.domain.log_chain import LogLine
from service.storage import contests, entries, listing, log, posts
from service.storage.listing import Entry
from service.storage.post_rows import KnownPost
from service.usecases.freezing import public_name
from service.usecases.judging import judge_entries
from service.usecases.services import Services

LONGEST_REASON = 500
_PERSONAL = re.compile(r"\S *@ *\S|\b\d{1,3}(?:\.\d{1,3}){3}\b")
_MAYBE_IPV6 = re.compile(r"(?<![0-9A-Za-z])[0-9A-Fa-f:]*:[0-9A-Fa-f:.]*(?![0-9A-Za-z])")


def disqualify(services: Services, contest_id: int, comment_id: int, *, reason: str, actor: str) -> Entry:
    """Strike an entry; its person is not back with another comment. Raises BadInput, Conflict, NotFound."""
    return _decide(services, contest_id, comment_id, Override(Action.DISQUALIFY, check_reason(reason)), actor)


def readmit(services: Services, contest_id: int, comment_id: int, *, reason: str, actor: str) -> Entry:
    """Set aside what speaks against an entry. Raises BadInput, Conflict, NotFound."""
    return _decide(services, contest_id, comment_id, Override(Action.READMIT, check_reason(reason)), actor)


def disqualify_post(services: Services, contest_id: int, reference: str, *, reason: str, actor: str) -> KnownPost:
    """Strike a post. Raises BadInput, Conflict, NotFound."""
    return _decide_post(services, contest_id, reference, Override(Action.DISQUALIFY, check_reason(reason)), actor)


def readmit_post(services: Services, contest_id: int, reference: str, *, reason: str, actor: str) -> KnownPost:
    """Let a post in, whatever speaks against it or is still missing. Raises BadInput, Conflict, NotFound."""
    return _decide_post(services, contest_id, reference, Override(Action.READMIT, check_reason(reason)), actor)


def _decide_post(services: Services, contest_id: int, reference: str, override: Override, actor: str) -> KnownPost:
    now = services.clock()
    with services.store.write() as tx:
        contest = contests.lock(tx, contest_id)
        require_unsealed(contest)
        known = posts.one(tx, contest_id, reference)
        if override.action is Action.READMIT:
            standing = [*known.verdict.reasons, *known.verdict.overruled]
            codes = [reason.code for reason in standing if reason.code is not Code.DISQUALIFIED]
            # Whether a network has answered may change by itself; anything else that comes up later stands again.
            override = replace(override, codes=tuple(dict.fromkeys([*codes, Code.UNCHECKED])))
        posts.set_override(tx, contest_id, reference, override)
        details = {"post": public_name(known.facts)}
        line = LogLine(at=now, actor=actor, action=override.action, reason=override.reason, details=details)
        log.write(tx, contest_id, line)
        judge_entries(tx, contest)
        contests.ring(tx, contest_id, at=now)
        return posts.one(tx, contest_id, reference)


def check_reason(reason: str) -> str:
    """The reason in one clean line. Raises BadInput for none, a long one, or one with personal data."""
    clean = " ".join(unicodedata.normalize("NFKC", reason).split())
    if not clean:
        raise BadInput("Say why: the reason is published with the draw.")
    if len(clean) > LONGEST_REASON:
        raise BadInput(f"Keep the reason under {LONGEST_REASON} characters.")
    if not clean.isprintable():
        raise BadInput("The reason holds characters that can't be shown; type it again.")
    if _PERSONAL.search(clean) or any(_is_ipv6(word) for word in _MAYBE_IPV6.findall(clean)):
        raise BadInput("The reason is published: leave e-mail and IP addresses out of it.")
    return clean


def _is_ipv6(word: str) -> bool:
    """Whether the word is an address, also with a full stop or colon after it; 17:00:05 and :: alone are none."""
    for candidate in (word, word.rstrip("."), word.rstrip(".:")):
        try:
            if ip_address(candidate).version == 6:
                return candidate != "::"
        except ValueError:
            continue
    return False


def _decide(services: Services, contest_id: int, comment_id: int, override: Override, actor: str) -> Entry:
    now = services.clock()
    with services.store.write() as tx:
        contest = contests.lock(tx, contest_id)
        require_unsealed(contest)
        override = _setting_aside(listing.one(tx, contest_id, comment_id), override)
        entries.set_override(tx, contest_id, comment_id, override)
        details = {"comment_id": comment_id}
        line = LogLine(at=now, actor=actor, action=override.action, reason=override.reason, details=details)
        log.write(tx, contest_id, line)
        judge_entries(tx, contest)
        contests.ring(tx, contest_id, at=now)
        return listing.one(tx, contest_id, comment_id)


def _setting_aside(entry: Entry, override: Override) -> Override:
    """A readmission with the reasons it sets aside: those that the moderator sees now. Raises Conflict."""
    if override.action is not Action.READMIT:
        return override
    standing = [reason for reason in entry.verdict.reasons if reason.code is not Code.DISQUALIFIED]
    if not can_readmit(standing):
        raise Conflict(
            f"Comment {entry.comment_id} can't be readmitted: the blog doesn't show it as an approved comment. "
            "Approve it in WordPress first.",
            code="not_readmittable",
        )
    return replace(override, codes=tuple(reason.code for reason in (*standing, *entry.verdict.overruled)))
