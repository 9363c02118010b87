"""What lets visitors check a draw: scripts that may ask for its receipt, and verify.py to take away."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from flask import Flask, Response, send_from_directory

from service.domain.beacon import QUICKNET
from service.web.context import services
from service.web.headers import allow

HOURS = 3_600  # seconds for which a copy of verify.py may be kept


def add_check(app: Flask) -> None:
    """Give an application the check, after the public pages and the headers of every answer."""
    app.add_template_global(trial_chain)
    app.add_url_rule("/contests/verify.py", "verify_py", _verify_py)
    app.after_request(_let_scripts_run)


def trial_chain() -> dict[str, Any] | None:
    """The settings' chain where it isn't drand's quicknet, which everybody knows; with its hash."""
    chain = services().beacon.chain
    return {**asdict(chain), "hash": chain.hash} if chain != QUICKNET else None


def _verify_py() -> Response:
    return send_from_directory("static", "verify.py", mimetype="text/x-python", as_attachment=True, max_age=HOURS)


def _let_scripts_run(response: Response) -> Response:
    """A worker keeps to the policy of its own file, not to that of the page which started it."""
    if response.mimetype == "text/javascript":
        allow(response, scripts=True)
    return response
