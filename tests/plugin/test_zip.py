"""The plugin as a zip file, wherever Tirage is installed; and its readme, by the rules of WordPress's own directory."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from io import BytesIO
from pathlib import Path

import pytest

from wp_bridge import plugin_zip
from wp_bridge.plugin_zip import FOLDER, make_zip

ROOT = Path(__file__).parents[2]
README = (FOLDER / "readme.txt").read_text("utf-8")


def read(name: str) -> str:
    return (FOLDER / name).read_text("utf-8")


def test_the_version_is_the_same_everywhere():
    constant = re.search(r"define\( 'TIRAGE_VERSION', '(.+?)' \);", read("tirage.php"))
    stable_tag = re.search(r"^Stable tag: (.+)$", README, re.MULTILINE)
    assert constant
    assert stable_tag
    versions = {plugin_zip.version(), constant[1], stable_tag[1], json.loads(read("block.json"))["version"]}
    assert len(versions) == 1
    assert f"= {plugin_zip.version()} =" in README.partition("== Changelog ==")[2]


def test_what_wordpress_must_have_is_the_same_everywhere():
    for name in ("Requires at least", "Requires PHP", "License", "License URI"):
        values = re.findall(rf"^(?: \* )?{name}: (.+)$", read("tirage.php") + README, re.MULTILINE)
        assert len(values) == 2, name
        assert values[0] == values[1], name


def test_the_zip_holds_one_folder_with_everything_in_it():
    with zipfile.ZipFile(BytesIO(make_zip())) as archive:
        assert archive.testzip() is None
        names = archive.namelist()
        assert archive.read("tirage/tirage.php") == (FOLDER / "tirage.php").read_bytes()
    assert {name.split("/")[0] for name in names} == {"tirage"}
    if (ROOT / ".git").exists():
        tracked = subprocess.run(["git", "ls-files", "."], cwd=FOLDER, capture_output=True, text=True, check=True)
        assert set(tracked.stdout.split()) <= {name.removeprefix("tirage/") for name in names}
    assert {"tirage/license.txt", "tirage/readme.txt", "tirage/uninstall.php", "tirage/assets/editor.js"} <= set(names)


def test_the_same_source_gives_the_same_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    before = make_zip()
    copy = shutil.copytree(FOLDER, tmp_path / "tirage", copy_function=shutil.copyfile)  # with other times
    for junk in (".DS_Store", "tirage.php~", ".tirage.php.swp", "._readme.txt", "x.orig", "languages/.x.php"):
        (copy / junk).write_text("junk")
    monkeypatch.setattr(plugin_zip, "FOLDER", copy)
    assert make_zip() == before


def run(*arguments: str, cwd: Path, path: Path | None = None) -> subprocess.CompletedProcess[bytes]:
    """The command line, of the package that lies in `path`."""
    env = {**os.environ, "PYTHONPATH": str(path or ROOT)}
    return subprocess.run(
        [sys.executable, "-m", "service.cli", "plugin", "zip", *arguments], capture_output=True, cwd=cwd, env=env
    )


def test_the_command_writes_it_where_one_wants(tmp_path: Path):
    assert run(cwd=tmp_path).returncode == 0
    assert (tmp_path / "tirage.zip").read_bytes() == make_zip()
    assert run("-", cwd=tmp_path).stdout == make_zip()
    told = json.loads(run("x.zip", "--json", cwd=tmp_path).stdout)
    assert (told["file"], told["version"]) == ("x.zip", plugin_zip.version())


@pytest.mark.parametrize("arguments", [("no/such/folder/x.zip",), (".",), ("-", "--json")])
def test_where_it_can_not_be_written_is_told_in_a_sentence(tmp_path: Path, arguments: tuple[str, ...]):
    done = run(*arguments, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, b"")
    assert re.fullmatch(rb"tirage: .+\.\n", done.stderr)


def test_a_wheel_brings_the_whole_plugin(tmp_path: Path):
    source = tmp_path / "source"
    for name in ("service", "wp_bridge"):
        shutil.copytree(ROOT / name, source / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source)
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "wheel", "--quiet", "--no-deps"]
    subprocess.run([*pip, "--wheel-dir", str(tmp_path), str(source)], check=True)
    with zipfile.ZipFile(next(tmp_path.glob("*.whl"))) as wheel:
        wheel.extractall(tmp_path / "installed")
    assert run("-", cwd=tmp_path, path=tmp_path / "installed").stdout == make_zip()


FIELDS = ("Contributors", "Tags", "Requires at least", "Tested up to", "Requires PHP", "Stable tag", "License")
SECTIONS = ["Description", "Installation", "Frequently Asked Questions", "Changelog", "Upgrade Notice"]


def test_the_readme_follows_wordpress_s_format():
    head, _, rest = README.partition("\n\n")
    title, *fields = head.splitlines()
    short = rest.partition("\n\n")[0]
    told = dict(line.split(": ", 1) for line in fields)
    assert title == "=== Tirage ==="
    assert set(FIELDS) <= set(told)
    assert 1 <= len(told["Tags"].split(", ")) <= 5
    assert re.fullmatch(r"\d+\.\d+", told["Tested up to"])
    assert len(short) <= 150
    assert not re.search(r"[\n*`\[\]<>]", short)  # one line without markup
    assert re.findall(r"^== (.+) ==$", README, re.MULTILINE) == SECTIONS
    assert len(README.encode()) < 10_000  # more is cut off


def test_an_upgrade_notice_is_short():
    notices = re.findall(r"^= .+? =\n(.+)$", README.partition("== Upgrade Notice ==")[2], re.MULTILINE)
    assert notices
    assert all(len(notice) <= 300 for notice in notices)
