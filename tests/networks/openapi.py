"""X's own description of its API judges what we ask and what the stand-in answers.

The file (version 2.159, MIT) lies beside the project's folder where people develop; without it nothing is judged.
It knows the older vocabulary only.
"""

from __future__ import annotations

import json
import warnings
from functools import cache
from pathlib import Path
from typing import Any

from testbed.standin import Answer, Asked
from testbed.x import X

FILE = Path(__file__).parents[3] / "shared/data/x-openapi-2.159.json"


class Judge:
    """Says what is wrong with a request and its answer by raising openapi-core's errors."""

    def __init__(self, file: Path) -> None:
        from openapi_core import Config, OpenAPI

        config = Config(extra_media_type_deserializers={"application/problem+json": json.loads})
        self._api = OpenAPI.from_file_path(str(file), config=config)

    def judge(self, asked: Asked, answer: Answer) -> None:
        """Raise for what the description doesn't allow."""
        from openapi_core.testing import MockRequest, MockResponse

        query: dict[str, Any] = {name: values[0] for name, values in asked.params.items()}
        headers = {"Authorization": asked.headers["Authorization"]}
        request = MockRequest("https://api.x.com", asked.method.lower(), asked.path, args=query, headers=headers)
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", "Unsupported scheme type")  # the old signatures, which nobody uses here
            self._api.validate_request(request)
        kind = answer.headers.get("Content-Type", "application/json")
        response = MockResponse(answer.raw(), status_code=answer.status, content_type=kind)
        self._api.validate_response(request, response)


@cache
def the_judge() -> Judge | None:
    """The judge, made once since that takes seconds; None where the file isn't there."""
    return Judge(FILE) if FILE.is_file() else None


def judge_all(x: X) -> None:
    """Judge everything that the API was asked and said of itself."""
    judge = the_judge()
    if judge is not None:
        for asked, answer in x.said:
            if "post.fields" not in asked.params:
                judge.judge(asked, answer)
