"""The OpenAPI document tells the truth: schemathesis holds every operation to it."""

from __future__ import annotations

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.specs.openapi.checks import positive_data_acceptance

from service.app import create_app
from service.settings import Settings
from service.storage.store import Store
from service.usecases.services import Services
from tests.fakes import FakeBlog, FakeVault
from tests.web.conftest import TOKEN


def operations():
    """(method, path) of everything in the document."""
    services = Services(
        store=Store("sqlite://"),
        blog=FakeBlog(),
        public_url="https://draws.example",
        vault=FakeVault(),
        open_blog=lambda *_: FakeBlog(),
    )
    document = create_app(Settings(_env_file=None), services).api_doc
    return [(method, path) for path, item in document["paths"].items() for method in item]


@pytest.mark.parametrize("mode", list(GenerationMode))
@pytest.mark.parametrize(("method", "path"), operations())
def test_every_operation_does_what_the_document_says(world, method, path, mode):
    """Good requests are accepted, bad ones refused, and each answer is one of those that are described."""
    world.open_contest()
    world.post("/contests/1/collect")
    operation = schemathesis.openapi.from_wsgi("/openapi.json", world.app)[path][method]

    @given(case=operation.as_strategy(generation_mode=mode))
    @settings(
        max_examples=12,
        derandomize=True,
        deadline=None,
        database=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    def check(case):
        answer = case.call_and_validate(
            headers={"Authorization": f"Bearer {TOKEN}"}, excluded_checks=[positive_data_acceptance]
        )
        if mode is GenerationMode.POSITIVE and answer.status_code == 422:
            # Not every text is a time, a post or a reason; but the shape was right.
            assert answer.json()["code"] != "invalid_request", answer.text

    try:
        check()
    except Unsatisfiable:
        assert mode is GenerationMode.NEGATIVE, "a request that takes nothing can be sent"


def test_the_document_is_openapi_3_1_with_problems_for_errors(world):
    told = world.app.test_client().get("/openapi.json")
    assert told.mimetype == "application/json"
    assert told.json["openapi"].startswith("3.1")
    for path, operations in told.json["paths"].items():
        for method, operation in operations.items():
            assert operation["summary"], (method, path)
            for status, answer in operation["responses"].items():
                if status >= "400" and path.startswith("/api/"):
                    assert list(answer["content"]) == ["application/problem+json"], (method, path, status)


def test_every_reference_of_the_document_leads_somewhere(world):
    told = world.app.test_client().get("/openapi.json")
    names = set(told.json["components"]["schemas"])
    wanted = {part.split('"')[0] for part in told.text.split("#/components/schemas/")[1:]}
    assert wanted <= names
