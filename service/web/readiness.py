"""Whether the service can do its work now: does the database answer, does the blog?"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic

import structlog
from sqlalchemy.exc import SQLAlchemyError

from service.domain.errors import TirageError
from service.usecases.ports import BlogProblem
from service.usecases.services import Services

KEEP_SECONDS = 10.0  # a blog is asked no more often, however often we are

_WITHOUT_NAMES = {  # anybody may ask whether we are ready, and the blog's own words name the moderator
    "not_allowed": "The configured user may not moderate comments on the blog; `tirage blog check` tells more.",
}

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Check:
    """What was found: an empty `failure` is good."""

    failure: str = ""

    @property
    def is_ok(self) -> bool:
        """Whether it works."""
        return not self.failure


class Readiness:
    """The checks of one application, safe to ask from many threads at once."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._blog = Check("The blog is being asked for the first time; ask again in a few seconds.")
        self._blog_checked_at: float | None = None
        self._asking = threading.Lock()

    def database(self) -> Check:
        """Whether the database answers and its tables are those of this version."""
        return _check("database", self._services.store.check)

    def blog(self) -> Check:
        """Whether the blog answers; at most ten seconds old, or older while it is just being asked."""
        if self._is_stale() and self._asking.acquire(blocking=False):
            try:
                self._blog = _check("blog", self._services.blog.check)
                self._blog_checked_at = monotonic()
            finally:
                self._asking.release()
        return self._blog

    def _is_stale(self) -> bool:
        return self._blog_checked_at is None or monotonic() - self._blog_checked_at > KEEP_SECONDS


def _check(name: str, check: Callable[[], None]) -> Check:
    try:
        check()
    except TirageError as error:
        return Check(error.message)
    except BlogProblem as error:
        return Check(_WITHOUT_NAMES.get(error.code, error.message))
    except SQLAlchemyError:
        log.warning("check_failed", check=name, exc_info=True)
        return Check("The database doesn't answer; look at DATABASE_URL and whether the database runs.")
    except Exception:
        log.exception("check_failed", check=name)
        return Check(f"The check of the {name} failed; the log tells more.")
    return Check()
