"""What a winner's link opens: what they have won, until when, and taking it, once."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection

from service.domain.contest import Contest
from service.domain.drawing import hash_text
from service.domain.errors import BadInput, NotFound
from service.domain.log_chain import LogLine
from service.storage import claims, contests, log
from service.storage.claims import Claim
from service.usecases.claim_mail import Prize, prize_of
from service.usecases.claim_states import ClaimState, states
from service.usecases.services import Services

LONGEST_ANSWER = 1_000
WINNER = "winner"  # who acts, in the log: it names nobody
_REORDERING = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


class BadAnswers(BadInput):
    """Some fields aren't filled in right: `missing` and `too_long` name them."""

    code = "bad_answers"

    def __init__(self, *, missing: Sequence[str], too_long: Sequence[str]) -> None:
        super().__init__(f"Every field takes between 1 and {LONGEST_ANSWER} characters.")
        self.missing = tuple(missing)
        self.too_long = tuple(too_long)


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedClaim:
    """A claim with what it is for. `is_new`: it was made just now."""

    contest: Contest
    claim: Claim
    prize: Prize
    state: ClaimState
    is_new: bool = False


def open_claim(services: Services, token: str) -> OpenedClaim:
    """What a link opens; changes nothing. Raises NotFound for one that never was."""
    with services.store.read() as tx:
        return _open(tx, token, now=services.clock())


def take_prize(services: Services, token: str, given: Sequence[str]) -> OpenedClaim:
    """Take the prize, with an answer to each of the contest's fields in their order; a second time changes nothing.

    Who asks before the term is over is in time, however long the database lets them wait.
    Raises NotFound, BadAnswers, Conflict where answers can't be encrypted.
    """
    asked_at = services.clock()
    with services.store.read() as tx:
        opened = _open(tx, token, now=asked_at)
    if opened.state is not ClaimState.WAITING:
        return opened
    answers = check_answers(opened.contest.claims.fields, given)
    kept = services.vault.lock(json.dumps(answers, ensure_ascii=False)) if answers else ""
    with services.store.write() as tx:
        contests.lock(tx, opened.contest.id)
        opened = _open(tx, token, now=asked_at)
        if opened.state is not ClaimState.WAITING:
            return opened
        claims.update(tx, opened.claim.id, claimed_at=asked_at, answers=kept, mail_at=None, mail_problem="")
        _write_log(tx, opened, asked_at)
        return replace(_open(tx, token, now=asked_at), is_new=True)


def check_answers(fields: Sequence[str], given: Sequence[str]) -> Mapping[str, str]:
    """The answers by field, cleaned. Raises BadAnswers for an empty or a long one."""
    answers = {field: clean_answer(text) for field, text in zip(fields, given, strict=True)}
    missing = [field for field, text in answers.items() if not text]
    too_long = [field for field, text in answers.items() if len(text) > LONGEST_ANSWER]
    if missing or too_long:
        raise BadAnswers(missing=missing, too_long=too_long)
    return answers


def clean_answer(text: str) -> str:
    """The text with its lines, without control characters and without marks that show it in another order."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")
    kept = "".join(char for char in lines if char == "\n" or _is_shown(char))
    return "\n".join(line.rstrip() for line in unicodedata.normalize("NFC", kept).split("\n")).strip()


def _is_shown(char: str) -> bool:
    return unicodedata.category(char) not in ("Cc", "Cs", "Zl", "Zp") and char not in _REORDERING


def _open(tx: Connection, token: str, *, now: datetime) -> OpenedClaim:
    found = claims.find(tx, hash_text(token))
    if found is None:
        raise NotFound("There is no such link.")
    contest_id, claim = found
    contest = contests.get(tx, contest_id)
    state = states(tx, contest, [claim], now=now)[claim.id]
    return OpenedClaim(contest=contest, claim=claim, prize=prize_of(tx, contest, claim), state=state)


def _write_log(tx: Connection, opened: OpenedClaim, now: datetime) -> None:
    claim = opened.claim
    details = {"draw": claim.draw_number, "pool": claim.pool, "entry": claim.entry}
    log.write(tx, opened.contest.id, LogLine(at=now, actor=WINNER, action="claim", reason="", details=details))
