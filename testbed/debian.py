"""Debian packages: installed by root, unpacked into the cache by others, from another release if need be.

Where packages come from is read from the machine's own apt sources; nothing here names a mirror.
"""

import re
from collections.abc import Sequence
from pathlib import Path

from testbed import cache
from testbed.shell import TestbedError, is_root, run, say

_APT = Path("/etc/apt")
_NOTHING = "/dev/null"  # as the list of what is installed: otherwise apt only sees what is newer than this machine's


def own_suite() -> str:
    """The code name of the Debian release this machine runs, like "bookworm"."""
    found = re.search(r"^VERSION_CODENAME=(\S+)$", Path("/etc/os-release").read_text(), re.MULTILINE)
    if not found:
        raise TestbedError("This machine does not say which Debian release it runs, and the packages come from Debian.")
    return found.group(1).strip('"')


def provide(packages: Sequence[str]) -> Path:
    """Make packages of the machine's own release usable, with what they depend on.

    Returns the folder they are under: `/` when they were installed, one of the cache when they were unpacked.
    """
    if is_root():
        say(f"Installing the Debian packages {' '.join(packages)}")
        install(packages)
        return Path("/")
    return cache.built(f"debian/{'-'.join(sorted(packages))}", lambda draft: _unpack_missing(packages, draft))


def install(packages: Sequence[str]) -> None:
    """Install packages as root, refreshing apt's lists when the first try fails."""
    quiet = {"DEBIAN_FRONTEND": "noninteractive"}
    command = [
        "apt-get",
        "install",
        "-y",
        "--no-install-recommends",
        "-o",
        "DPkg::Lock::Timeout=300",
        *packages,
    ]
    with cache.locked("apt"):
        try:
            run(command, env=quiet)
        except TestbedError:
            run(["apt-get", "update", "-q"], tries=3)
            run(command, env=quiet, tries=2)


def unpack(packages: Sequence[str], *, suite: str, into: Path) -> None:
    """Download packages of any release, without what they depend on, and unpack them."""
    options = _private_apt(suite)
    debs = into / ".debs"
    debs.mkdir(parents=True)
    try:
        run(["apt-get", *options, "download", *packages], cwd=debs)
    except TestbedError:  # the lists were read some time ago, and what they name may be gone
        run(["apt-get", *options, "update", "-q"], tries=2)
        run(["apt-get", *options, "download", *packages], cwd=debs, tries=2)
    for deb in sorted(debs.iterdir()):
        run(["dpkg-deb", "-x", str(deb), str(into)])
        deb.unlink()
    debs.rmdir()


def unpack_whole(packages: Sequence[str], *, suite: str, into: Path) -> None:
    """The same with every library they need, down to libc: they run by the loader that is among them."""
    say(f"Unpacking {' '.join(packages)} of Debian {suite}")
    needs = _missing(packages, suite, installed=_NOTHING)
    # The rest, such as perl and debconf, is for scripts that only an installation runs.
    unpack([name for name in needs if name.startswith(("lib", "php"))], suite=suite, into=into)


def _unpack_missing(packages: Sequence[str], into: Path) -> None:
    say(f"Unpacking the Debian packages {' '.join(packages)}, as only root can install them")
    suite = own_suite()
    try:
        unpack(_missing(packages, suite, installed="/var/lib/dpkg/status"), suite=suite, into=into)
    except TestbedError as failed:
        raise TestbedError(
            f"Debian's packages {' '.join(packages)} are missing and could not be fetched without root: {failed}"
        ) from failed


def _missing(packages: Sequence[str], suite: str, *, installed: str) -> list[str]:
    """The packages and what they depend on, without what the file `installed` lists."""
    options = [*_private_apt(suite), "-o", f"Dir::State::status={installed}"]
    plan = run(["apt-get", *options, "install", "-s", "--no-install-recommends", *packages])
    return re.findall(r"^Inst (\S+)", plan, re.MULTILINE)


def _private_apt(suite: str) -> list[str]:
    """Options that give apt its own lists for a release, so that the machine's stay as they are."""
    state = cache.built(f"apt/{suite}", lambda draft: _fill_apt(draft, suite))
    return _apt_options(state)


def _fill_apt(state: Path, suite: str) -> None:
    say(f"Reading the package lists of Debian {suite}")
    for folder in ("lists/partial", "cache/archives/partial", "sources"):
        (state / folder).mkdir(parents=True)
    written = 0
    for source in sorted([*_APT.glob("sources.list"), *_APT.glob("sources.list.d/*")]):
        if text := _moved(source, own_suite(), suite):
            (state / "sources" / source.name).write_text(text)
            written += 1
    if not written:
        raise TestbedError(f"This machine's apt sources hold no Debian {own_suite()} to take {suite} from.")
    try:
        run(["apt-get", *_apt_options(state), "update", "-q"], tries=3)
    except TestbedError as failed:
        raise TestbedError(f"The package lists of Debian {suite} could not be fetched: {failed}") from failed


def _apt_options(state: Path) -> list[str]:
    settings = {
        "Dir::Etc::sourcelist": "/dev/null",
        "Dir::Etc::sourceparts": state / "sources",
        "Dir::State": state,
        "Dir::State::lists": state / "lists",
        "Dir::State::status": _NOTHING,
        "Dir::Cache": state / "cache",
        "APT::Update::Error-Mode": "any",  # otherwise lists that couldn't be fetched pass for empty ones
        "APT::Sandbox::User": "",  # the cache may lie where apt's own user can't go
    }
    return [word for name, value in settings.items() for word in ("-o", f"{name}={value}")]


def _moved(source: Path, old: str, new: str) -> str:
    """A sources file with one release's name in place of another's; empty when it doesn't speak of that."""
    text = source.read_text()
    name = re.compile(rf"(?<=[\s]){re.escape(old)}(?=[\s/-]|$)")
    if source.suffix == ".sources":
        parts = [part for part in re.split(r"\n\s*\n", text) if re.search(rf"(?m)^Suites:.*\b{re.escape(old)}\b", part)]
        return "\n\n".join(name.sub(new, part) for part in parts) + "\n" * bool(parts)
    if source.suffix != ".list":
        return ""
    lines = [line for line in text.splitlines() if re.match(r"deb\s", line) and name.search(line)]
    return "".join(name.sub(new, line) + "\n" for line in lines)
