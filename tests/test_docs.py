"""The documents keep up with the code: settings, links, and the shell lines that repeat a draw."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Iterable
from pathlib import Path
from urllib.parse import unquote

import pytest
from pydantic import SecretStr

from service.settings import Settings
from tests.domain.test_receipt import make, make_two_pools

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text("utf-8")
DOCUMENTS = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
COREUTILS = ("sha256sum", "sort", "head", "tail", "cut", "tr", "basenc")
SETTINGS = {name.upper(): field for name, field in Settings.model_fields.items()}


def test_the_readme_has_every_setting_and_no_other():
    rows = re.findall(r"^\| `([A-Z_]+)` \|", README, re.MULTILINE)
    assert sorted(rows) == sorted(SETTINGS)


def test_the_readme_tells_the_real_defaults():
    told = dict(re.findall(r"^\| `([A-Z_]+)` \| (?:`(.*?)`)? *\|", README, re.MULTILINE))
    assert told == {name: default_of(name) for name in SETTINGS}


def test_the_example_file_has_every_setting_with_its_default():
    text = (ROOT / ".env.example").read_text("utf-8")
    told = dict(re.findall(r"^#?([A-Z_]+)=(.*)$", text, re.MULTILINE))
    assert told.pop("WORDPRESS_URL") == "https://blog.example"
    assert told == {name: default_of(name) for name in SETTINGS if name != "WORDPRESS_URL"}


def test_the_example_file_is_a_good_settings_file():
    settings = Settings(_env_file=ROOT / ".env.example")
    assert settings.public_url.host == "127.0.0.1"


def default_of(name: str) -> str:
    default = SETTINGS[name].default
    if isinstance(default, SecretStr):
        return default.get_secret_value()
    return f"{default:g}" if isinstance(default, float) else str(default).rstrip("/")


RECEIPTS = {
    "1": make(winners=1),
    "3": make(winners=3),
    "pools": make_two_pools(),
    "beacon": make(winners=2, by_beacon=True),
    "pools by the beacon": make_two_pools(by_beacon=True),
    "given up": make(by_beacon=True, given_up="blocked"),
    "nobody": make([], by_beacon=True),
}


@pytest.mark.parametrize("receipt", RECEIPTS.values(), ids=RECEIPTS)
def test_bash_and_coreutils_alone_repeat_a_draw(tmp_path, receipt):
    (tmp_path / "sealed.txt").write_bytes(receipt["seal"]["text"].encode())
    random = receipt["randomness"]
    by_beacon = random["source"] == "drand"
    given = {"signature": random["signature"]} if by_beacon else {"secret": random["secret"]}
    printed = run_lines(tmp_path, "beacon" if by_beacon else "secret", "check", 'printf "$randomness"', **given)
    if not by_beacon:
        assert printed.pop(0).split()[0] == random["commitment"]
    assert printed.pop() == (random["randomness"] if by_beacon else random["secret"])
    assert printed.pop(0).split()[0] == receipt["seal"]["digest"]
    pools = list(enumerate(receipt["draw"]["pools"], 1))
    expected = [f"{number} {x['ticket']} {x['entry']}" for number, pool in pools for x in pool["ranking"]]
    assert (tmp_path / "ranking.txt").read_text().splitlines() == expected
    assert printed == expected[:10]
    told = [line for line in receipt["seal"]["text"].splitlines() if line.startswith("pool ")]
    rules = receipt["rules"]["pools"]
    assert told == [
        f"pool {number} {pool['channel']} winners={pool['winners']} alternates={pool['alternates']}"
        for number, pool in enumerate(rules, 1)
    ]


@pytest.mark.parametrize("name", ["pools", "beacon", "given up"])
def test_a_receipt_alone_gives_the_list_and_the_randomness_without_jq(tmp_path, name):
    told = RECEIPTS[name]
    hostile = {**told["entries"][0], "moderator": {"action": "readmit", "reason": '"text": "no", "signature": "0a"'}}
    told = {**told, "entries": [hostile, *told["entries"][1:]]}
    (tmp_path / "receipt.json").write_text(json.dumps(told))
    [signature, secret] = run_lines(tmp_path, "receipt", 'printf "%s\n" "$signature" "$secret"', extra=("sed",))
    assert (tmp_path / "sealed.txt").read_bytes().decode() == told["seal"]["text"]
    random = told["randomness"]
    assert (signature, secret) == (random.get("signature", ""), random.get("secret", ""))


def run_lines(folder: Path, *blocks: str, extra: Iterable[str] = (), **given: str) -> list[str]:
    """Run lines of the README, by the names of their blocks, with nothing but bash and a few coreutils within reach.

    What they print. A block that the README hasn't is run as it is given; `extra`: further tools.
    """
    tools = folder / "tools"
    tools.mkdir()
    for name in (*COREUTILS, *extra):
        found = shutil.which(name)
        assert found, f"this machine has no {name}"
        (tools / name).symlink_to(found)
    lines = [README.partition(f"<!-- {name} -->\n```sh\n")[2].partition("```")[0] or name for name in blocks]
    done = subprocess.run(
        [shutil.which("bash") or "bash", "-eu", "-o", "pipefail", "-c", "\n".join(lines)],
        cwd=folder,
        env={"PATH": str(tools), **given},
        capture_output=True,
        text=True,
    )
    assert done.stderr == ""
    assert done.returncode == 0
    return done.stdout.splitlines()


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_link_leads_somewhere(document):
    for target in re.findall(r"\]\(([^)\s]+)\)", document.read_text("utf-8")):
        if re.match(r"[a-z]+:", target):
            continue
        path, _, anchor = target.partition("#")
        file = (document.parent / unquote(path)).resolve() if path else document
        assert file.exists(), target
        if anchor:
            assert anchor in anchors(file), target


def anchors(document: Path) -> set[str]:
    """The names that a reader's browser can jump to: headings, as forges spell them."""
    headings = re.findall(r"^#+ (.+)$", document.read_text("utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}
