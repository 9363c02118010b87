"""What the API says when something is wrong, each in the words that were recorded."""

from typing import Any

from testbed.standin import Answer

_PROBLEMS = "https://api.twitter.com/2/problems"


def _problem(status: int, /, **body: Any) -> Answer:
    return Answer(status, body, {"Content-Type": "application/problem+json"})


def _plain(status: int, title: str) -> Answer:
    return _problem(status, title=title, type="about:blank", status=status, detail=title)


UNAUTHORIZED = _plain(401, "Unauthorized")
NOT_FOUND = _plain(404, "Not Found")
TOO_MANY = _plain(429, "Too Many Requests")  # the headers tell until when
UNAVAILABLE = _plain(503, "Service Unavailable")
CREDITS_DEPLETED = _problem(
    402,
    title="CreditsDepleted",
    detail="Your enrolled account [1] does not have any credits to fulfill this request.",
    type=f"{_PROBLEMS}/credits",
)
PAYMENT_REQUIRED = _problem(
    402,
    title="Payment Required",
    detail="credits depleted",
    status=402,
    type="https://api.x.com/2/problems/credits-depleted",
)
USAGE_CAPPED = _problem(
    429,
    title="UsageCapExceeded",
    detail="Usage cap exceeded: Monthly product cap",
    period="Monthly",
    scope="Product",
    account_id=1,
    type=f"{_PROBLEMS}/usage-capped",
)
NOT_ENROLLED = _problem(
    403,
    title="Client Forbidden",
    reason="client-not-enrolled",
    required_enrollment="Appropriate Level of API Access",
    registration_url="https://console.x.com",
    client_id="1",
    detail="When authenticating requests you must use keys from an App that is attached to a Project.",
    type=f"{_PROBLEMS}/client-forbidden",
)
PLAN_TOO_SMALL = Answer(
    403, {"errors": [{"code": 453, "message": "You currently have access to a subset of X API V2 endpoints"}]}
)


def invalid(parameter: str, value: str, message: str) -> Answer:
    """A parameter that is wrong."""
    return _problem(
        400,
        errors=[{"parameters": {parameter: [value]}, "message": message}],
        title="Invalid Request",
        detail="One or more parameters to your request was invalid.",
        type=f"{_PROBLEMS}/invalid-request",
    )


def not_authorized(wanted: str) -> Answer:
    """A token of the wrong kind."""
    return _problem(
        403,
        title="Unsupported Authentication",
        detail=f"Authenticating with this kind of token is forbidden for this endpoint. Use {wanted}.",
        type=f"{_PROBLEMS}/unsupported-authentication",
        status=403,
    )


def missing(post_id: str, *, is_hidden: bool) -> dict[str, Any]:
    """Why a post that was asked for isn't among the others."""
    problem = {"value": post_id, "resource_type": "tweet", "parameter": "ids", "resource_id": post_id}
    if not is_hidden:
        detail = f"Could not find tweet with ids: [{post_id}]."
        return problem | {"detail": detail, "title": "Not Found Error", "type": f"{_PROBLEMS}/resource-not-found"}
    return problem | {
        "detail": f"Sorry, you are not authorized to see the Tweet with ids: [{post_id}].",
        "title": "Authorization Error",
        "section": "data",
        "type": f"{_PROBLEMS}/not-authorized-for-resource",
    }
