"""The documents keep up with the code: settings, links, and the shell lines that repeat a draw."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path
from urllib.parse import unquote

import pytest
from pydantic import SecretStr

from service.settings import Settings
from tests.domain.test_receipt import make, make_two_pools

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text("utf-8")
DOCUMENTS = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
COREUTILS = ("sha256sum", "sort", "head", "tail", "cut")
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


@pytest.mark.parametrize("receipt", [make(winners=1), make(winners=3), make_two_pools()], ids=["1", "3", "pools"])
def test_bash_and_coreutils_alone_repeat_a_draw(tmp_path, receipt):
    (tmp_path / "sealed.txt").write_bytes(receipt["seal"]["text"].encode())
    printed = run_check(tmp_path, secret=receipt["randomness"]["secret"])
    assert printed[0].split()[0] == receipt["seal"]["digest"]
    assert printed[1].split()[0] == receipt["randomness"]["commitment"]
    pools = list(enumerate(receipt["draw"]["pools"], 1))
    expected = [f"{number} {x['ticket']} {x['entry']}" for number, pool in pools for x in pool["ranking"]]
    assert (tmp_path / "ranking.txt").read_text().splitlines() == expected
    assert printed[2:] == expected[:10]
    told = [line for line in receipt["seal"]["text"].splitlines() if line.startswith("pool ")]
    rules = receipt["rules"]["pools"]
    assert told == [
        f"pool {number} {pool['channel']} winners={pool['winners']} alternates={pool['alternates']}"
        for number, pool in enumerate(rules, 1)
    ]


def test_bash_and_coreutils_find_nobody_where_nobody_is_eligible(tmp_path):
    receipt = make([])
    (tmp_path / "sealed.txt").write_bytes(receipt["seal"]["text"].encode())
    assert len(run_check(tmp_path, secret=receipt["randomness"]["secret"])) == 2


def run_check(folder: Path, *, secret: str) -> list[str]:
    """Run the README's lines with nothing but bash and a few coreutils within reach; what they print."""
    tools = folder / "tools"
    tools.mkdir()
    for name in COREUTILS:
        found = shutil.which(name)
        assert found, f"this machine has no {name}"
        (tools / name).symlink_to(found)
    lines = README.partition("<!-- check -->\n```sh\n")[2].partition("```")[0]
    done = subprocess.run(
        [shutil.which("bash") or "bash", "-eu", "-o", "pipefail", "-c", lines],
        cwd=folder,
        env={"PATH": str(tools), "secret": secret},
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
