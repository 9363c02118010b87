"""The private page that a winner's link opens. Looking at it changes nothing: mail scanners open every link."""

from __future__ import annotations

import structlog
from flask import Blueprint, Response, g, make_response, render_template, request
from sqlalchemy.exc import OperationalError

from service.domain.errors import Conflict, NotFound
from service.i18n import LANGUAGES, known_language
from service.usecases.claim_page import LONGEST_ANSWER, BadAnswers, OpenedClaim, open_claim, take_prize
from service.usecases.claim_states import ClaimState
from service.web.bodies import raw_body
from service.web.context import services
from service.web.headers import allow
from service.web.languages import choose_language

part = Blueprint("claims", __name__, url_prefix="/claims")
LARGEST_FORM = 256 * 1024  # bytes: ten answers of a thousand characters, each of which may take twelve
LONGEST_TOKEN = 200

log = structlog.get_logger()


@part.get(f"/<string(maxlength={LONGEST_TOKEN}):token>")
def show(token: str) -> Response:
    """What the winner has won, and the form to take it; or why the link opens nothing any more."""
    try:
        opened = open_claim(services(), token)
    except NotFound:
        return _no_such_link()
    return _page(opened, status=200 if opened.state is ClaimState.WAITING else 410)


@part.post(f"/<string(maxlength={LONGEST_TOKEN}):token>")
def take(token: str) -> Response:
    """Take the prize with what the form holds; what was typed is shown again where it can't be taken."""
    request.max_content_length = LARGEST_FORM
    raw_body()
    try:
        opened = open_claim(services(), token)
        given = [request.form.get(f"answer-{place}", "") for place, _ in enumerate(opened.contest.claims.fields, 1)]
        try:
            taken = take_prize(services(), token, given)
        except BadAnswers as wrong:
            return _page(opened, status=422, given=given, wrong=wrong)
        except (Conflict, OperationalError) as problem:
            log.warning("claim_waits", contest=opened.contest.id, error=type(problem).__name__)
            return _page(opened, status=503, given=given, is_stuck=True)
    except NotFound:
        return _no_such_link()
    return _page(taken, status=200 if taken.is_new else 410)


def _page(
    opened: OpenedClaim,
    *,
    status: int,
    given: list[str] | None = None,
    wrong: BadAnswers | None = None,
    is_stuck: bool = False,
) -> Response:
    """The page in the contest's language, which is that of its fields, unless the address asks for another."""
    asked = request.args.get("lang", "")
    g.language = asked if asked in LANGUAGES else known_language(opened.contest.language)
    fields = opened.contest.claims.fields
    page = render_template(
        "claim.html",
        opened=opened,
        state=opened.state.value,
        contest=opened.contest,
        prize=opened.prize,
        fields=list(zip(fields, given or [""] * len(fields), strict=True)),
        wrong=wrong,
        is_stuck=is_stuck,
        longest=LONGEST_ANSWER,
        kept_days=services().personal_data_days,
    )
    return _private(make_response(page, status))


def _no_such_link() -> Response:
    choose_language("en")
    return _private(make_response(render_template("claim_unknown.html"), 404))


def _private(response: Response) -> Response:
    """For nobody's cache and no search engine, and its address for nobody else."""
    allow(response, forms=True)
    response.headers["Cache-Control"] = "no-store"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response
