"""The public pages: how a contest stands, the proof of its draws, why an entry is in or not. No login, no cookie."""

from __future__ import annotations

from flask import Blueprint, Flask, Response, make_response, redirect, render_template, request, url_for
from werkzeug.routing import BaseConverter

from service.domain.contest import Contest
from service.domain.errors import NotFound
from service.domain.pools import is_comment
from service.domain.posts import NetworkName
from service.domain.receipt import rules_json
from service.storage import contests, published, strikes
from service.web import pages, proofs
from service.web.context import services
from service.web.downloads import download
from service.web.headers import allow
from service.web.kept import Kept
from service.web.languages import HEADER, choose_language, language, rules_in_words, speak
from service.web.why import why_page

part = Blueprint("public", __name__, url_prefix="/contests")
PAGE_SECONDS = 60
_papers = Kept()
DRAW = "/<slug:slug>/draws/<int(max=1000000):number>"


class Slug(BaseConverter):
    """A contest's public name in an address."""

    regex = "[a-z0-9-]{1,200}"


def add_pages(app: Flask) -> None:
    """Give an application the public pages."""
    app.url_map.converters["slug"] = Slug
    app.register_blueprint(part)
    app.jinja_env.globals["entry_url"] = entry_url


@part.get("/<slug:slug>")
def contest(slug: str) -> Response:
    """How a contest stands."""
    with services().store.read() as tx:
        page = pages.contest_page(tx, contests.get_by_slug(tx, slug), now=services().clock(), asked=request.args)
    return _contest(page)


@part.get(DRAW)
def proof(slug: str, number: int) -> Response:
    """A draw and how to check it, the page that the winner comment links; until it is public, the contest's."""
    now = services().clock()
    with services().store.read() as tx:
        contest = contests.get_by_slug(tx, slug)
        draw = pages.find_draw(tx, contest, number)
        if not draw.is_proven:
            return _contest(pages.contest_page(tx, contest, now=now, asked=request.args))
        page = proofs.proof_page(tx, contest, draw, now=now, asked=request.args)
    choose_language(contest.language)
    response = _html("proof.html", is_final=True, page=page, base_url=services().proof_url(slug, number))
    allow(response, forms=True, scripts=True)
    return response


@part.get(f"{DRAW}/receipt.json")
def receipt(slug: str, number: int) -> Response:
    """Everything needed to repeat the draw."""
    with services().store.read() as tx:
        contest, draw = pages.proven_draw(tx, slug, number)
        return download(
            lambda: published.receipt_text(tx, contest.id, number),
            "application/json",
            tag=f"receipt-{draw.digest[:32]}-{int(draw.drawn_at.timestamp()) if draw.drawn_at else 0}",
        )


@part.get(f"{DRAW}/receipt.pdf")
def paper(slug: str, number: int) -> Response:
    """The receipt on paper, in the contest's language."""
    from service.web.receipt_pdf import places_of_each, write_pdf  # half a second, which no other page needs

    now = services().clock()
    with services().store.read() as tx:
        contest, draw = pages.proven_draw(tx, slug, number)
        each = places_of_each(len(published.outcome(tx, contest.id, number).pools))
        page = proofs.proof_page(tx, contest, draw, now=now, asked={}, most_first=each)
    speak(contest.language)
    base_url = services().proof_url(slug, number)
    rules, words = rules_in_words(page.outcome.rules), language()
    told = _papers.get(
        (page, rules, base_url, words), lambda: write_pdf(page, rules, base_url=base_url, language=words)
    )
    response = Response(told, content_type="application/pdf")
    response.headers["Cache-Control"] = f"public, max-age={PAGE_SECONDS}"
    response.headers["Vary"] = HEADER
    response.add_etag()
    response.make_conditional(request)
    return response


@part.get(f"{DRAW}/sealed.txt")
def sealed(slug: str, number: int) -> Response:
    """The sealed list, byte for byte what was hashed."""
    with services().store.read() as tx:
        contest, draw = pages.listed_draw(tx, slug, number)
        return download(
            lambda: published.sealed_text(tx, contest.id, number),
            "text/plain; charset=utf-8",
            tag=f"sealed-{draw.digest[:32]}",
        )


@part.get("/<slug:slug>/promotions/<int(max=1000000):number>-<int(max=1000000):strike>")
def promotion(slug: str, number: int, strike: int) -> Response:
    """Where a reply on the blog leads that tells who got a prize next."""
    with services().store.read() as tx:
        contest, _ = pages.proven_draw(tx, slug, number)
        if strike not in [known.number for known in strikes.of_draw(tx, contest.id, number)]:
            raise NotFound("No prize of this draw passed on under this number.")
    place = url_for("public.proof", slug=slug, number=number, _anchor=f"strike-{strike}")
    response = make_response(redirect(place, 302))
    response.headers["Cache-Control"] = f"public, max-age={PAGE_SECONDS}"
    return response


@part.get("/<slug:slug>/why")
def why(slug: str) -> tuple[Response, int]:
    """Why an entry is in the draw or not."""
    with services().store.read() as tx:
        contest = contests.get_by_slug(tx, slug)
        choose_language(contest.language)
        text = request.args.get("entry", "")
        page = why_page(tx, services().networks, contest, text, now=services().clock(), language=language())
    response = _html("why.html", is_final=False, page=page)
    allow(response, forms=True)
    return response, 404 if page.is_missing else 400 if page.problem else 200


def entry_url(contest: Contest, entry: str) -> str:
    """Where an entry can be seen, by its name alone; empty where that can't be told."""
    if is_comment(entry):
        return f"{contest.post_url}#comment-{entry.partition(':')[2]}"
    name, _, key = entry.partition(":")
    try:
        return services().networks.get(NetworkName(name)).address_of(key).url
    except (ValueError, LookupError):
        return ""


def _contest(page: pages.ContestPage) -> Response:
    choose_language(page.contest.language)
    contest = page.contest
    composed = (
        [network.compose(contest.message) for network in services().networks.all()] if contest.wants_posts else []
    )
    rules = rules_json(contest)
    response = _html("contest.html", is_final=page.is_announced, page=page, rules=rules, compose=composed)
    allow(response, forms=True)
    return response


def _html(template: str, *, is_final: bool, **facts: object) -> Response:
    response = make_response(render_template(template, **facts))
    response.headers["Vary"] = HEADER
    response.headers["Cache-Control"] = f"public, max-age={PAGE_SECONDS}" if is_final else "no-cache"
    return response
