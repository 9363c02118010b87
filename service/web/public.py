"""The public pages: how a contest stands, and the proof of its draws. No login, no cookie, no script."""

from __future__ import annotations

from flask import Blueprint, Flask, Response, json, make_response, render_template
from werkzeug.routing import BaseConverter

from service.domain.receipt import rules_json
from service.web import pages
from service.web.context import services
from service.web.languages import HEADER, choose_language

part = Blueprint("public", __name__, url_prefix="/contests")
PAGE_SECONDS = 60
RECEIPT_SECONDS = 3_600  # what is announced doesn't change


class Slug(BaseConverter):
    """A contest's public name in an address."""

    regex = "[a-z0-9-]{1,200}"


def add_pages(app: Flask) -> None:
    """Give an application the public pages."""
    app.url_map.converters["slug"] = Slug
    app.register_blueprint(part)


@part.get("/<slug:slug>")
def contest(slug: str) -> Response:
    """How a contest stands."""
    with services().store.read() as tx:
        page = pages.contest_page(tx, slug, now=services().clock())
    return _contest(page)


@part.get("/<slug:slug>/draws/<int(max=1000000):number>")
def proof(slug: str, number: int) -> Response:
    """A draw and how to check it: the page that the winner comment links."""
    with services().store.read() as tx:
        page = pages.proof_page(tx, slug, number)
        waiting = None if page else pages.contest_page(tx, slug, now=services().clock())
    if waiting:
        return _contest(waiting)
    assert page is not None
    choose_language(page.contest.language)
    base_url = services().proof_url(slug, number)
    return _html("proof.html", is_final=True, page=page, base_url=base_url)


@part.get("/<slug:slug>/draws/<int(max=1000000):number>/receipt.json")
def receipt(slug: str, number: int) -> Response:
    """Everything needed to repeat the draw."""
    with services().store.read() as tx:
        draw = pages.public_draw(tx, slug, number)
    text = json.dumps(draw.receipt, ensure_ascii=False) + "\n"  # indenting a long one takes seconds
    return _download(text, "application/json")


@part.get("/<slug:slug>/draws/<int(max=1000000):number>/sealed.txt")
def sealed(slug: str, number: int) -> Response:
    """The sealed list, byte for byte what was hashed."""
    with services().store.read() as tx:
        draw = pages.public_draw(tx, slug, number)
    return _download(draw.sealed_text, "text/plain; charset=us-ascii")


def _contest(page: pages.ContestPage) -> Response:
    choose_language(page.contest.language)
    contest = page.contest
    composed = (
        [network.compose(contest.message) for network in services().networks.all()] if contest.wants_posts else []
    )
    rules = rules_json(contest)
    return _html("contest.html", is_final=bool(page.announcement), page=page, rules=rules, compose=composed)


def _html(template: str, *, is_final: bool, **facts: object) -> Response:
    response = make_response(render_template(template, **facts))
    response.headers["Vary"] = HEADER
    response.headers["Cache-Control"] = f"public, max-age={PAGE_SECONDS}" if is_final else "no-cache"
    return response


def _download(text: str, content_type: str) -> Response:
    response = Response(text, content_type=content_type)
    response.headers["Cache-Control"] = f"public, max-age={RECEIPT_SECONDS}"
    return response
