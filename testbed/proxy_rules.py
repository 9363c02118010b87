"""The ways in which the proxy misbehaves; each begins with `proxy.when(...)`."""

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from testbed.proxy_exchange import Answer, Exchange, Request
from testbed.proxy_gates import PATIENCE_SECONDS, Gate, Rule

_HTML = [("Content-Type", "text/html; charset=UTF-8")]
_JSON = [("Content-Type", "application/json; charset=UTF-8")]
_LOGIN_PAGE = (
    '<!DOCTYPE html><html lang="fr"><head><title>Connexion</title></head><body>'
    '<form method="post"><input name="log"><input name="pwd" type="password"></form></body></html>'
)


@dataclass(frozen=True)
class Rules:
    """The verbs of a rule. Where one answers by itself the blog never sees the request, unless it says so."""

    match: Callable[[Request], bool]
    times: int | None
    add: Callable[[Rule], None]

    def hold_answer(self) -> Gate:
        """The blog does its work, and the client waits for the answer until the gate is released."""
        gate = Gate()

        def behave(exchange: Exchange) -> None:
            answer = exchange.ask_blog()
            gate.stop_here()
            exchange.send(answer)

        return self._rule(behave, gate).gate

    def hold_request(self) -> Gate:
        """The request doesn't reach the blog until the gate is released."""
        gate = Gate()

        def behave(exchange: Exchange) -> None:
            gate.stop_here()
            exchange.pass_on()

        return self._rule(behave, gate).gate

    def answer(
        self,
        status: int,
        body: bytes | str = b"",
        headers: Mapping[str, str] | None = None,
        *,
        after: bool = False,
    ) -> Rule:
        """Answer this; with `after`, once the blog has done its work and its own answer is thrown away."""
        content = body.encode() if isinstance(body, str) else body
        answer = Answer(status, list({"Content-Type": "text/plain; charset=UTF-8", **(headers or {})}.items()), content)

        def behave(exchange: Exchange) -> None:
            if after:
                exchange.ask_blog()
            exchange.send(answer)

        return self._rule(behave)

    def fail(self, status: int = 500, *, after: bool = False) -> Rule:
        """A server error in WordPress's own form; with `after`, though the blog did what it was asked."""
        problem = {
            "code": "internal_server_error",
            "message": "Il y a eu une erreur critique.",
            "data": {"status": status},
        }
        return self.answer(status, json.dumps(problem), dict(_JSON), after=after)

    def too_many_requests(self, *, retry_after: str = "1", status: int = 429) -> Rule:
        """429, or 503, with Retry-After: seconds or an HTTP date."""
        return self.answer(status, "Too many requests", {"Retry-After": retry_after})

    def unavailable(self, *, retry_after: str | None = None) -> Rule:
        """503, as during maintenance."""
        headers = {"Retry-After": retry_after} if retry_after else {}
        return self.answer(503, "<h1>Maintenance</h1>", {**dict(_HTML), **headers})

    def login_page(self) -> Rule:
        """An HTML login form with 200, as from a security plugin or a hotel's network."""
        return self.answer(200, _LOGIN_PAGE, dict(_HTML))

    def error_page(self) -> Rule:
        """An error in HTML with 200, as from a careless host."""
        return self.answer(200, "<h1>Error establishing a database connection</h1>", dict(_HTML))

    def redirect(self, location: str, status: int = 302) -> Rule:
        return self.answer(status, b"", {"Location": location})

    def delay(self, seconds: float = 30.0) -> Rule:
        """Wait, then let the request through; clearing the rules ends the wait."""
        gate = Gate()

        def behave(exchange: Exchange) -> None:
            gate.stop_here(seconds)
            exchange.pass_on()

        return self._rule(behave, gate)

    def cut_answer(self) -> Rule:
        """The blog does its work, half its answer arrives, then the connection breaks."""

        def behave(exchange: Exchange) -> None:
            answer = exchange.ask_blog()
            exchange.begin(answer, length=len(answer.body))
            exchange.write(answer.body[: len(answer.body) // 2])
            time.sleep(0.05)  # a reset right behind the data could overtake it
            exchange.cut()

        return self._rule(behave)

    def half_json(self) -> Rule:
        """The blog does its work, and half its answer arrives as if it were all of it."""

        def behave(exchange: Exchange) -> None:
            answer = exchange.ask_blog()
            exchange.send(Answer(answer.status, answer.headers, answer.body[: len(answer.body) // 2]))

        return self._rule(behave)

    def cut(self, *, after: bool = False) -> Rule:
        """Break the connection off without a word; with `after`, once the blog has done its work."""

        def behave(exchange: Exchange) -> None:
            if after:
                exchange.ask_blog()
            exchange.cut()

        return self._rule(behave)

    def drip(self, *, seconds_between: float = 0.05) -> Rule:
        """JSON that never ends, a byte at a time: no single read takes long enough to time out."""
        gate = Gate()

        def behave(exchange: Exchange) -> None:
            exchange.begin(Answer(200, _JSON), length=None)
            exchange.write(b"[")
            deadline = time.monotonic() + PATIENCE_SECONDS
            while not gate.is_open and time.monotonic() < deadline:
                exchange.write(b" ")
                time.sleep(seconds_between)

        return self._rule(behave, gate)

    def flood(self, *, megabytes: int = 12) -> Rule:
        """A well-formed JSON answer of so many megabytes."""

        def behave(exchange: Exchange) -> None:
            exchange.begin(Answer(200, _JSON), length=megabytes * 2**20)
            exchange.write(b'["')
            for _ in range(megabytes - 1):
                exchange.write(b"x" * 2**20)
            exchange.write(b"x" * (2**20 - 4) + b'"]')

        return self._rule(behave)

    def change(self, edit: Callable[[Answer], Answer]) -> Rule:
        """Let the request through and send what `edit` makes of the answer."""
        return self._rule(lambda exchange: exchange.send(edit(exchange.ask_blog())))

    def _rule(self, behave: Callable[[Exchange], None], gate: Gate | None = None) -> Rule:
        rule = Rule(self.match, behave, self.times, gate or Gate())
        self.add(rule)
        return rule
