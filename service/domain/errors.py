"""What Tirage says no to.

    TirageError
    ├── BadInput            the caller can mend it (exit code 2, HTTP 422)
    │   ├── BadDeadline     a time that can't be read or doesn't exist
    │   └── BadTemplate     a winner comment that can't be written
    ├── NotFound            there is no such contest, entry or draw (exit code 2, HTTP 404)
    ├── Conflict            not in this state of the contest (exit code 2, HTTP 409)
    │   ├── AlreadyAdopted  the post carries a contest already
    │   └── LeaseLost       somebody else works on this contest now: try again
    └── Blocked             something outside has to happen first; the contest waits (exit code 3, HTTP 409)

A message is one sentence that says what to do. Errors of the blog itself are `service.usecases.ports.BlogProblem`.
"""

from __future__ import annotations


class TirageError(Exception):
    """Base of all errors of the contest. `code` is a stable word for programs, the message is for people."""

    code = "error"

    def __init__(self, message: str, *, code: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        if code is not None:
            self.code = code


class BadInput(TirageError):
    """Something given is wrong and the caller can mend it."""

    code = "bad_input"


class BadDeadline(BadInput):
    """A time that can't be read, or doesn't exist in the blog's timezone."""

    code = "bad_deadline"


class BadTemplate(BadInput):
    """A template from which no safe winner comment can be made."""

    code = "bad_template"


class NotFound(TirageError):
    """There is no such thing."""

    code = "not_found"


class Conflict(TirageError):
    """It can't be done in this state of the contest."""

    code = "conflict"


class AlreadyAdopted(Conflict):
    """The post carries a contest already."""

    code = "already_adopted"


class LeaseLost(Conflict):
    """Another worker holds the contest."""

    code = "busy"


class Blocked(TirageError):
    """Something outside has to happen first."""

    code = "blocked"
