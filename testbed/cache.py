"""The folder that keeps what was downloaded and unpacked, safe for several processes at once."""

import contextlib
import fcntl
import hashlib
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent


def home() -> Path:
    """The cache's folder: TIRAGE_CACHE if it is set, otherwise `.wordpress` in the project."""
    folder = Path(os.environ.get("TIRAGE_CACHE") or PROJECT / ".wordpress").resolve()
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@contextlib.contextmanager
def locked(name: str) -> Iterator[None]:
    """Hold the lock of that name; another process that wants it waits."""
    folder = home() / "locks"
    folder.mkdir(exist_ok=True)
    with open(folder / name, "w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def digest(*files: Path) -> str:
    """Eight characters that change when a file does: what was built from the older one isn't used again."""
    total = hashlib.sha256()
    for file in sorted(files):
        total.update(file.read_bytes())
    return total.hexdigest()[:8]


def built(name: str, build: Callable[[Path], None]) -> Path:
    """Return the cached folder `name`, letting `build` fill it first if nobody has yet.

    `build` works in a folder beside it that is renamed at the end: a build that was interrupted leaves
    nothing behind that looks finished.
    """
    target = home() / name
    if target.exists():
        return target
    target.parent.mkdir(parents=True, exist_ok=True)
    with locked(name.replace("/", "-")):
        if target.exists():
            return target
        draft = Path(tempfile.mkdtemp(prefix=f"{target.name}.", dir=target.parent))
        try:
            build(draft)
            draft.chmod(0o755)
            draft.rename(target)
        finally:
            shutil.rmtree(draft, ignore_errors=True)
    return target
