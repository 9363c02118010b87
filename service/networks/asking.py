"""Asks one network's servers: at the pace they allow, and with one answer to "too often"."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from service.networks.http import Http, HttpAnswer, Params
from service.networks.limits import is_spent, rest_after
from service.networks.pace import Pace
from service.usecases.ports import Clock, NetworkProblem


def ask_for_less(sizes: Sequence[int], ask: Callable[[int], HttpAnswer]) -> HttpAnswer:
    """The answer with the first of these numbers of posts that isn't too big to be read.

    Otherwise a few posts made as big as a network takes them would end a search for everybody.
    """
    for size in sizes[:-1]:
        try:
            return ask(size)
        except NetworkProblem as problem:
            if problem.code != "too_big":
                raise
    return ask(sizes[-1])


class Asker:
    """Sends requests and keeps the pace. Raises NetworkProblem where no answer comes, or one that says "too often"."""

    def __init__(self, http: Http, *, pace: Pace, clock: Clock) -> None:
        self._http = http
        self._pace = pace
        self._clock = clock

    def get(self, host: str, path: str, *, params: Params | None = None, token: str = "") -> HttpAnswer:
        """The answer, of any status but 429."""
        self._pace.take(host)
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        return self._heed(host, self._http.get(f"https://{host}{path}", params=params, headers=headers))

    def post(self, host: str, path: str, *, body: Mapping[str, Any]) -> HttpAnswer:
        """The same for a JSON body."""
        self._pace.take(host)
        return self._heed(host, self._http.post_json(f"https://{host}{path}", body))

    def _heed(self, host: str, answer: HttpAnswer) -> HttpAnswer:
        is_refused = answer.status == 429
        if not is_refused and not is_spent(answer.headers):
            return answer
        seconds = rest_after(answer.headers, now=self._clock())
        self._pace.rest(host, seconds)
        if is_refused:
            raise NetworkProblem(
                f"{host} was asked too often; it is asked again in {seconds:.0f} seconds.",
                code="rate_limited",
                host=host,
                retry_after=seconds,
            )
        return answer
