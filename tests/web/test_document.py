"""The OpenAPI document tells the truth: schemathesis holds every operation to it."""

from __future__ import annotations

from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, settings

from tests.web.conftest import TOKEN


@pytest.fixture
def document(world) -> Any:
    """The document of a service with one contest, which is to be driven by it."""
    world.open_contest()
    world.post("/contests/1/collect")
    return schemathesis.openapi.from_wsgi("/openapi.json", world.app)


schema = schemathesis.pytest.from_fixture("document")


@schema.parametrize()
@settings(
    max_examples=15,
    derandomize=True,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
def test_every_operation_does_what_the_document_says(case):
    case.call_and_validate(headers={"Authorization": f"Bearer {TOKEN}"})


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
