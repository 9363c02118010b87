"""Finds the words to translate in PHP: a method for Babel's extraction, which knows no PHP of its own.

Pygments tells strings, comments and code apart, so what looks like a call inside a string isn't taken for one.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import IO, Any

from pygments.lexers.php import PhpLexer
from pygments.token import Comment, Name, Punctuation, String, Text, Whitespace

Found = tuple[int, str, list[str | None], list[str]]
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "v": "\v", "e": "\x1b", "f": "\f"}


@dataclass(frozen=True)
class _Piece:
    """A piece of code on the line where it begins: a name, a comment, a mark such as "(", or a string's text."""

    line: int
    kind: Any
    text: str


def extract_php(
    file: IO[bytes], keywords: Collection[str], comment_tags: Collection[str], options: dict[str, Any]
) -> Iterator[Found]:
    """Every call of a function in `keywords`: its line, its name, its arguments, and the comments for translators.

    An argument that is no literal string is None. A comment belongs to a call when it begins with one of
    `comment_tags` and ends on the call's line or on the one before.
    """
    pieces = list(_pieces(file.read().decode(options.get("encoding", "utf-8"))))
    comment: _Piece | None = None
    for index, piece in enumerate(pieces):
        if piece.kind is Comment:
            comment = piece
        name = piece.text.lstrip("\\")
        if piece.kind is Name and name in keywords and _is_mark(pieces, index + 1, "("):
            yield piece.line, name, _arguments(pieces, index + 2), _told_of(piece.line, comment, comment_tags)
            comment = None


def _pieces(source: str) -> Iterator[_Piece]:
    """The code without blanks; a string in double quotes is one piece, whatever it is made of."""
    line, quoted = 1, ""
    for _, kind, text in PhpLexer().get_tokens_unprocessed(source):
        if kind in String.Double and text == '"':
            if quoted:
                yield _string(line, quoted + text)
            quoted = "" if quoted else text
        elif quoted:
            quoted += "\0" if kind not in String or kind in String.Interpol else text
        else:
            yield from _code(line, kind, text)
        line += text.count("\n")


def _code(line: int, kind: Any, text: str) -> Iterator[_Piece]:
    if kind in Comment and kind is not Comment.Preproc:
        yield _Piece(line, Comment, text)
    elif kind in String.Single:
        yield _string(line, text)
    elif kind is Name.Other or kind is Name.Builtin:
        yield _Piece(line, Name, text)
    elif kind in Punctuation:
        yield from (_Piece(line, Punctuation, mark) for mark in text)
    elif kind not in Text and kind not in Whitespace:
        yield _Piece(line, None, text)


def _string(line: int, quoted: str) -> _Piece:
    """A literal string's own text; a string with a variable in it is just a piece of code."""
    if "\0" in quoted:
        return _Piece(line, None, quoted)
    if quoted[0] == "'":
        return _Piece(line, String, re.sub(r"\\(['\\])", r"\1", quoted[1:-1]))
    return _Piece(line, String, re.sub(r"\\([ntrvef\\$\"])", lambda m: _ESCAPES.get(m[1], m[1]), quoted[1:-1]))


def _arguments(pieces: list[_Piece], start: int) -> list[str | None]:
    """The arguments of a call whose bracket was opened just before `start`."""
    arguments: list[list[_Piece]] = [[]]
    depth = 0
    for piece in pieces[start:]:
        if piece.kind is Punctuation and piece.text in ")]}":
            depth -= 1
            if depth < 0:
                break
        if piece.kind is Punctuation and piece.text in "([{":
            depth += 1
        if depth == 0 and piece.kind is Punctuation and piece.text == ",":
            arguments.append([])
        elif piece.kind is not Comment:
            arguments[-1].append(piece)
    return [found[0].text if len(found) == 1 and found[0].kind is String else None for found in arguments if found]


def _is_mark(pieces: list[_Piece], index: int, mark: str) -> bool:
    return index < len(pieces) and pieces[index].kind is Punctuation and pieces[index].text == mark


def _told_of(line: int, comment: _Piece | None, tags: Collection[str]) -> list[str]:
    """What a comment tells translators of the call on a line, in one line of its own."""
    if comment is None or comment.line + comment.text.strip().count("\n") not in (line - 1, line):
        return []
    words = " ".join(re.sub(r"^\s*(/\*+|//|#|\*(?!/))|\*/$", "", comment.text.strip(), flags=re.MULTILINE).split())
    return [words] if words.startswith(tuple(tags)) else []
