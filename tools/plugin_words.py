"""`make i18n` for the plugin: brings its catalogue up to date, and compiles it for WordPress.

In `languages/`: `tirage.pot` is what the source says, `tirage-fr_FR.po` the French (edit this one), and the rest is
made of it: the `.mo` for PHP, and for each script the JSON that `wp_set_script_translations()` looks for. No file
carries a date or a tool's version, so that nothing changes unless the words do.
"""

from __future__ import annotations

import json
import re
import struct
import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from tools.php_words import extract_php

PLUGIN = Path(__file__).parents[1] / "wp_bridge/plugin/tirage"
LOCALE = "fr_FR"
SCRIPTS = {
    "assets/editor.js": "tirage-editor",
    "assets/editor-fields.js": "tirage-editor-fields",
    "assets/block.js": "tirage-block",
}
"""Which script is registered under which handle."""

KEYWORDS = {
    **dict.fromkeys(("__", "_e", "esc_html__", "esc_html_e", "esc_attr__", "esc_attr_e"), (1,)),
    **dict.fromkeys(("_x", "_ex", "esc_html_x", "esc_attr_x"), (1, (2, "c"))),
    **dict.fromkeys(("_n", "_n_noop"), (1, 2)),
    "_nx": (1, 2, (4, "c")),
    "_nx_noop": (1, 2, (3, "c")),
}
"""WordPress's functions for translations: which arguments are words, and which is their context."""

_BLOCK_KEYS = {"title": "block title", "description": "block description", "keywords": "block keyword"}
_HEADERS = ("Plugin Name", "Description", "Author")
_PLACEHOLDER = re.compile(r"%(?:\d+\$)?[sd]")


class Words(Catalog):
    """A catalogue whose header says only what programs need."""

    @property
    def mime_headers(self) -> list[tuple[str, str]]:  # Babel's own adds dates and its version
        headers = [
            ("Project-Id-Version", "Tirage"),
            ("MIME-Version", "1.0"),
            ("Content-Type", "text/plain; charset=UTF-8"),
            ("Content-Transfer-Encoding", "8bit"),
        ]
        if self.locale:
            headers += [("Language", str(self.locale)), ("Plural-Forms", self.plural_forms)]
        return [*headers, ("X-Domain", "tirage")]


def source_words(plugin: Path = PLUGIN) -> Words:
    """All words of the plugin's source, in the order of its files."""
    template = Words(header_comment="# Tirage's words in the plugin for WordPress.", fuzzy=False)
    for file in [*sorted(plugin.rglob("*.php")), *sorted(plugin.rglob("*.js"))]:
        method: Any = (
            extract_php if file.suffix == ".php" else "javascript"
        )  # Babel's hint forgets that a word may be None
        with file.open("rb") as source:
            for _, words, comments, context in extract(method, source, KEYWORDS, ["translators:"]):
                _add(template, words, file=file.relative_to(plugin).as_posix(), comments=comments, context=context)
    for words, comment, context in _block_words(plugin / "block.json"):
        _add(template, words, file="block.json", comments=[comment], context=context)
    for words, comment in _header_words(plugin / "tirage.php"):
        _add(template, words, file="tirage.php", comments=[comment])
    return template


def _add(
    template: Words, words: str | tuple[str, ...], *, file: str, comments: list[str], context: str | None = None
) -> None:
    message = template.add(words, locations=[(file, 0)], auto_comments=comments, context=context)
    _set_format(message)


def _set_format(message: Message) -> None:
    """Babel takes every %s for Python's."""
    message.flags.discard("python-format")
    words = [message.id] if isinstance(message.id, str) else message.id
    if any(_PLACEHOLDER.search(text) for text in words):
        message.flags.add("php-format")


def _block_words(file: Path) -> Iterator[tuple[str, str, str]]:
    """What WordPress translates in block.json: words, a comment, and the context that WordPress asks with."""
    block = json.loads(file.read_text("utf-8"))
    for key, context in _BLOCK_KEYS.items():
        for words in [block[key]] if isinstance(block[key], str) else block[key]:
            yield words, f"{context[0].upper()}{context[1:]} in block.json", context


def _header_words(file: Path) -> Iterator[tuple[str, str]]:
    """What WordPress translates in the plugin's header."""
    text = file.read_text("utf-8")
    for name in _HEADERS:
        if found := re.search(rf"^ \* {name}: (.+)$", text, re.MULTILINE):
            yield found[1], f"{name} of the plugin"


def read_french(folder: Path = PLUGIN / "languages") -> Catalog:
    """The French catalogue as it is kept."""
    with (folder / f"tirage-{LOCALE}.po").open("rb") as file:
        return read_po(file, locale=LOCALE)


def translated(template: Words, old: Catalog) -> Words:
    """The template with the French that is there; what is new is left empty, what is gone is dropped."""
    fresh = Words(locale=LOCALE, header_comment="# Tirage's French words in the plugin for WordPress.", fuzzy=False)
    for message in template:
        if not message.id:
            continue
        kept = old.get(message.id, context=message.context)
        added = fresh.add(
            message.id,
            kept.string if kept else "",
            locations=message.locations,
            auto_comments=message.auto_comments,
            user_comments=kept.user_comments if kept else (),
            context=message.context,
        )
        _set_format(added)
    return fresh


def compiled(french: Words) -> dict[str, bytes]:
    """The files that WordPress reads, by name."""
    files = {f"tirage-{LOCALE}.mo": _binary(french)}
    for script, handle in SCRIPTS.items():
        files[f"tirage-{LOCALE}-{handle}.json"] = _script_json(french, script)
    return files


def _binary(french: Words) -> bytes:
    """The `.mo`, which says where its table of hashes begins though it has none, as gettext's own does.

    Babel writes 0, and WordPress before 6.5 reads no such file.
    """
    target = BytesIO()
    write_mo(target, french)
    binary = bytearray(target.getvalue())
    (total,) = struct.unpack_from("<I", binary, 8)
    struct.pack_into("<I", binary, 24, 28 + 16 * total)
    return bytes(binary)


def _script_json(french: Words, script: str) -> bytes:
    """A script's words as Jed has them, which `wp.i18n` reads."""
    texts: dict[str, object] = {"": {"domain": "messages", "lang": LOCALE, "plural-forms": french.plural_forms}}
    for message in french:
        if message.id and message.string and any(file == script for file, _ in message.locations):
            first = message.id if isinstance(message.id, str) else message.id[0]
            key = f"{message.context}\x04{first}" if message.context else first
            texts[key] = [message.string] if isinstance(message.string, str) else list(message.string)
    told = {"domain": "messages", "locale_data": {"messages": texts}}
    return (json.dumps(told, ensure_ascii=False, indent=1) + "\n").encode()


def as_po(catalogue: Words) -> bytes:
    """A catalogue as a file for translators."""
    text = BytesIO()
    write_po(text, catalogue, width=0, include_lineno=False)
    return text.getvalue().rstrip(b"\n") + b"\n"


def files(plugin: Path = PLUGIN) -> dict[str, bytes]:
    """Everything that belongs into `languages/`, by name, with the French that is there already."""
    template = source_words(plugin)
    french = translated(template, read_french(plugin / "languages"))
    return {"tirage.pot": as_po(template), f"tirage-{LOCALE}.po": as_po(french), **compiled(french)}


def main() -> int:
    """Write the files; tell how many texts are left to translate."""
    for name, content in files().items():
        (PLUGIN / "languages" / name).write_bytes(content)
    empty = [message.id for message in read_french() if message.id and not _is_whole(message)]
    if empty:
        print(f"{len(empty)} texts of the plugin have no French yet: fill in tirage-{LOCALE}.po, then `make i18n`")
    return 0


def _is_whole(message: Message) -> bool:
    return all([message.string] if isinstance(message.string, str) else message.string or [""])


if __name__ == "__main__":
    sys.exit(main())
