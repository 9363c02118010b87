"""The API is behind tokens, and nothing else is."""

from __future__ import annotations

import re

import pytest

from service.storage import tokens


@pytest.mark.parametrize(
    "header",
    [
        "",
        "Bearer",
        "Bearer ",
        "Basic bW9kZXJhdG9yLXRva2Vu",
        "moderator-token",
        "Bearer wrong",
        "Bearer moderator-token x",
    ],
)
def test_without_a_valid_token_there_is_nothing(world, header):
    answer = world.ask("GET", "/contests", token=None, headers={"Authorization": header} if header else {})
    assert answer.status_code == 401
    assert answer.mimetype == "application/problem+json"
    assert answer.headers["WWW-Authenticate"].startswith('Bearer realm="tirage"')


def test_a_wrong_token_is_called_so(world):
    assert 'error="invalid_token"' in world.ask("GET", "/contests", token="wrong").headers["WWW-Authenticate"]
    assert "error" not in world.ask("GET", "/contests", token=None).headers["WWW-Authenticate"]


def test_the_scheme_may_be_written_in_any_case(world):
    assert (
        world.ask("GET", "/contests", token=None, headers={"Authorization": "bearer moderator-token"}).status_code
        == 200
    )


def test_a_revoked_token_is_worth_nothing(world):
    with world.services.store.write() as tx:
        tokens.revoke(tx, name="Ada", now=world.clock())
    assert world.ask("GET", "/contests").status_code == 401


def test_a_body_is_not_looked_at_without_a_token(world):
    assert world.ask("POST", "/contests", token=None, data="{").status_code == 401


def test_the_tokens_name_is_in_the_contests_log(world):
    world.open_contest()
    assert [line["actor"] for line in world.get("/contests/1/log")["log"]] == ["Ada"]


def test_every_operation_of_the_api_needs_a_token(world):
    document = world.app.test_client().get("/openapi.json").json
    guarded = [path for path in document["paths"] if path.startswith("/api/")]
    assert len(guarded) >= 10
    for path in guarded:
        for method, operation in document["paths"][path].items():
            address = re.sub(r"{\w+}", "1", path.replace("{what}.{form}", "log.csv"))
            answer = world.app.test_client().open(address, method=method.upper())
            assert answer.status_code == 401, (method, path)
            assert operation["security"] == [{"bearer": []}]
