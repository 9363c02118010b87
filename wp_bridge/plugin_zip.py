"""The companion plugin as the zip file that WordPress's own upload form takes.

Path("tirage.zip").write_bytes(wp_bridge.plugin_zip.make_zip())
"""

from __future__ import annotations

import re
from io import BytesIO
from pathlib import Path
from zipfile import ZIP_STORED, ZipFile, ZipInfo

FOLDER = Path(__file__).parent / "plugin/tirage"
_KINDS = {".php", ".js", ".css", ".json", ".txt", ".pot", ".po", ".mo"}
_SAME_TIME = (1980, 1, 1, 0, 0, 0)  # the earliest a zip file can tell
_ON_UNIX, _READABLE_BY_ALL = 3, 0o100644 << 16


def version() -> str:
    """The plugin's version, as its header tells it to WordPress."""
    header = (FOLDER / "tirage.php").read_text("utf-8")
    found = re.search(r"^ \* Version: (\S+)$", header, re.MULTILINE)
    assert found, "the plugin's header has a version"
    return found[1]


def make_zip() -> bytes:
    """The plugin in one folder `tirage/`; the same bytes for the same files, on every machine.

    Stored as they are: how well files are packed differs between versions of zlib.
    """
    target = BytesIO()
    with ZipFile(target, "w", ZIP_STORED) as archive:
        for name, content in _contents().items():
            entry = ZipInfo(f"tirage/{name}", _SAME_TIME)
            entry.create_system, entry.external_attr = _ON_UNIX, _READABLE_BY_ALL
            archive.writestr(entry, content)
    return target.getvalue()


def _contents() -> dict[str, bytes]:
    """The plugin's files by name, and nothing that an editor or a tool left beside them."""
    files = {path.relative_to(FOLDER).as_posix(): path for path in FOLDER.rglob("*") if path.suffix in _KINDS}
    return {name: files[name].read_bytes() for name in sorted(files) if not re.search(r"(^|/)[._]", name)}
