"""What our WordPress plugin asks for, signed as its doorbells are: docs/plugin-protocol.md describes each call."""

from __future__ import annotations

from importlib.metadata import version
from typing import Annotated, Any
from urllib.parse import urlsplit

from flask import Blueprint
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from service import presenters
from service.domain.contest import Claims
from service.domain.drawing import rfc3339
from service.domain.errors import Conflict
from service.personal_presenters import comments_json, kept_json
from service.storage import contests, inbox
from service.usecases import connect as connecting
from service.usecases import privacy, privacy_posters, which_blog
from service.usecases.connect import Credentials
from service.usecases.ports import BlogProblem
from service.usecases.save_contest import Wish, save_contest
from service.web import pages
from service.web.context import services
from service.web.pool_schemas import MessageBody, PoolsBody, SearchBody, as_pools
from service.web.problems import problem, wrong_values
from service.web.schemas import ClaimsBody, OpenRulesBody, When
from service.web.signed import read_signed
from service.web.values import LARGEST_ID, Alternates, Winners, text_of

part = Blueprint("plugin", __name__, url_prefix="/plugin/v1")
MOST_POSTS = 100
NO_BLOG = "No blog is connected yet: choose the moderator below and press Connect."
NO_CONTROLS = r"^[^\p{Cc}]*$"  # the log is shown on terminals


def _http_address(text: str) -> str:
    """Raises ValueError for anything that is no web address."""
    parts = urlsplit(text)
    parts.port  # noqa: B018 - reading it is what checks it
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("must be an address that begins with https:// or http://")
    return text


HttpAddress = Annotated[str, text_of(2_000), AfterValidator(_http_address)]
PostId = Annotated[int, Field(ge=1, le=LARGEST_ID)]


class _Data(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class ConnectBody(_Data):
    """A blog and a moderator's login."""

    url: Annotated[str, text_of(2_000)]
    user: Annotated[str, text_of(200)]
    password: Annotated[str, text_of(200)]


class SaveBody(_Data):
    """A contest as the writer set it up."""

    post: PostId
    actor: Annotated[str, text_of(80), Field(pattern=NO_CONTROLS)]
    url: HttpAddress | None = None
    closes: When
    winners: Winners = 1
    alternates: Alternates = 3
    pools: PoolsBody | None = None
    message: MessageBody | None = None
    search: SearchBody | None = None
    automatic: bool = False
    publishes_list: bool | None = None
    claims: ClaimsBody | None = None
    rules: OpenRulesBody = OpenRulesBody()


class ShowBody(_Data):
    """Which posts' contests."""

    posts: Annotated[list[PostId], Field(max_length=MOST_POSTS)]


class EmailBody(_Data):
    """Whose data."""

    email: Annotated[str, text_of(320)]


@part.errorhandler(ValidationError)
def wrong_data(error: ValidationError) -> Any:
    """422 with what is wrong."""
    return wrong_values(error)


@part.post("/ping")
def ping() -> Any:
    """Whether the two understand each other, and whether we reach the blog."""
    _read("ping")
    told: dict[str, Any] = {
        "service": "tirage",
        "version": version("tirage"),
        "time": rfc3339(services().clock()),
        "blog": None,
        "problem": None,
        "code": None,
    }
    try:
        site = which_blog.look(services())
        told["blog"] = {"url": site.url, "name": site.name}
    except BlogProblem as error:
        told["problem"] = NO_BLOG if error.code == "settings_missing" else error.message
        told["code"] = error.code
    return told


@part.post("/connect")
def connect() -> Any:
    """Take over the blog's address and a moderator's login, once they are tried."""
    body = ConnectBody.model_validate(_read("connect"))
    given = Credentials(url=body.url, user=body.user, password=body.password)
    site = connecting.connect(services(), given)
    return {"blog": {"url": site.url, "name": site.name, "user": body.user}}


@part.post("/contest.save")
def save() -> Any:
    """Open a contest on a post, or change the one that is there."""
    body = SaveBody.model_validate(_read("contest.save"))
    try:
        if body.url is not None:
            which_blog.refuse_other_blog(services(), body.url)
        contest = save_contest(services(), _wish(body), actor=f"wordpress:{body.actor}")
    except BlogProblem as error:
        if error.code != "not_found":
            raise
        return problem(422, error.message, code="post_not_found")
    return {"contest": _state(contest.slug)}


def _wish(body: SaveBody) -> Wish:
    return Wish(
        post_id=body.post,
        closes=body.closes,
        pools=as_pools(body.pools) if body.pools else None,
        winners=body.winners if "winners" in body.model_fields_set else None,
        alternates=body.alternates if "alternates" in body.model_fields_set else None,
        message=body.message.as_message() if body.message else None,
        search=body.search.as_search() if body.search else None,
        rules=body.rules.as_rules(),
        is_automatic=body.automatic,
        publishes_list=body.publishes_list,
        claims=_claims(body.post, body.claims) if body.claims else None,
    )


def _claims(post_id: int, body: ClaimsBody) -> Claims:
    """What winners are asked, with what the body names."""
    with services().store.read() as tx:
        contest = contests.find_by_post(tx, post_id)
    return body.as_claims(contest.claims if contest else Claims())


@part.post("/contest.show")
def show() -> Any:
    """How the contests on some posts stand."""
    body = ShowBody.model_validate(_read("contest.show"))
    with services().store.read() as tx:
        found = [contest for post_id in body.posts if (contest := contests.find_by_post(tx, post_id))]
    return {"contests": {str(contest.post_id): _state(contest.slug) for contest in found}}


@part.post("/privacy.export")
def export() -> Any:
    """Everything personal that is kept under an e-mail address."""
    body = EmailBody.model_validate(_read("privacy.export"))
    told = comments_json(*privacy.export(services(), body.email))
    return {"items": [*told, *kept_json(privacy_posters.export_beside(services(), body.email))]}


@part.post("/privacy.erase")
def erase() -> Any:
    """Take it off, and tell what stays elsewhere."""
    body = EmailBody.model_validate(_read("privacy.erase"))
    erased, kept = privacy.erase(services(), body.email, actor="wordpress")
    return {"erased": erased, "kept": kept}


def _read(name: str) -> dict[str, Any]:
    """The data of a signed call, whose id is used up by it. Raises Conflict for one that was used before."""
    message_id, body = read_signed(name)
    with services().store.write() as tx:
        if not inbox.take_call(tx, message_id, now=services().clock()):
            raise Conflict("This call was made before: make it again under a new webhook-id.", code="repeated_call")
    data = body.get("data")
    return data if isinstance(data, dict) else {}


def _state(slug: str) -> presenters.Json:
    """What everybody may know of a contest, and what its writer needs."""
    with services().store.read() as tx:
        page = pages.contest_page(tx, contests.get_by_slug(tx, slug), now=services().clock(), asked={})
    announced = page.draw if page.draw and page.draw.is_public else None
    return {
        **presenters.contest_state_json(
            page.contest,
            entries_=page.number_of_entries,
            eligible=page.number_of_eligible,
            proof_url=services().proof_url,
            networks=services().networks,
        ),
        "proof_url": services().proof_url(slug, announced.number) if announced else None,
        "drawn": [
            {
                "name": winner.name,
                "comment": winner.comment_id,
                "url": winner.url,
                "pool": winner.pool,
                "prize": winner.prize,
            }
            for winner in page.winners
        ],
        "comment_url": (announced.comment_url or None) if announced else None,
    }
