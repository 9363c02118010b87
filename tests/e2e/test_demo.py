"""The demo, as `make demo ONCE=1` runs it."""

from __future__ import annotations

import json
import os
import subprocess
import sys


def test_the_demo_runs_a_contest_to_one_winner_comment():
    done = subprocess.run(
        [sys.executable, "-m", "demo"], env={**os.environ, "ONCE": "1"}, capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, done.stdout + done.stderr
    told = json.loads(done.stdout.splitlines()[-1])
    assert told.pop("seconds") > 0
    assert told.pop("winner")
    assert told.pop("post_winner").startswith("@")
    assert told.pop("doorbells_taken") > 30
    assert told == {
        "comments": 40,
        "eligible": 26,
        "ineligible": {
            "disqualified": 1,
            "duplicate": 2,
            "empty": 1,
            "held": 1,
            "late": 2,
            "pingback": 1,
            "post_author": 1,
            "reply": 1,
            "spam": 1,
            "staff": 1,
            "trackback": 1,
            "trash": 1,
        },
        "posts": {
            "eligible": 4,
            "ineligible": 3,
            "undecided": 0,
            "reasons": {"gone": 1, "not_public": 1, "off_message": 1},
        },
        "winner_comments": 1,
        "replies": 1,
        "drawn_by": "drand",
        "receipt_verified": True,
    }
