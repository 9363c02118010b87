"""Tables as CSV or JSON, row by row, so that a hundred thousand rows never stand in memory at once.

CSV is as RFC 4180 has it, in UTF-8 with the mark by which Excel reads accents. What strangers wrote could be a formula
there; it gets an apostrophe in front, which spreadsheets take for "this is text" (OWASP, CSV Injection). So it does
inside of a cell after what parts cells elsewhere: Excel in French takes the semicolon for that, and the comma for text.
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from io import StringIO
from itertools import islice
from typing import Any

Row = Mapping[str, Any]
MARK = "\ufeff"
AT_ONCE = 200  # rows handed over together
_FORMULA = re.compile(r"""^(?=[\t\r\n])|((?:^|[;\t\r\n])[ "]*)(?=[=+\-@＝＋－＠])""")


class Form(StrEnum):
    """What a table is written as."""

    CSV = "csv"
    JSON = "json"


MIMETYPES = {Form.CSV: "text/csv", Form.JSON: "application/json"}


@dataclass(frozen=True, slots=True)
class Table:
    """Rows to be taken out, each with a value for every column: text, numbers, lists of texts, None."""

    name: str
    columns: tuple[str, ...]
    rows: Iterable[Row]


def write(table: Table, form: Form) -> Iterator[str]:
    """The table's text, piece by piece."""
    return _FORMS[form](table)


def _csv(table: Table) -> Iterator[str]:
    yield MARK + _lines([table.columns])
    rows = iter(table.rows)
    while some := list(islice(rows, AT_ONCE)):
        yield _lines([_cell(row[name]) for name in table.columns] for row in some)


def _lines(rows: Iterable[Iterable[Any]]) -> str:
    text = StringIO()
    csv.writer(text, lineterminator="\r\n").writerows(rows)
    return text.getvalue()


def _cell(value: Any) -> str | int | float:
    """A value as a cell; numbers are ours and stay numbers."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float):
        return value
    if isinstance(value, list):
        return defuse("; ".join(map(str, value)))
    return defuse(json.dumps(value, ensure_ascii=False) if isinstance(value, Mapping) else str(value))


def defuse(text: str) -> str:
    """The text so that no spreadsheet takes it, or a part of it, for a formula."""
    return _FORMULA.sub(r"\1'", text)


def _json(table: Table) -> Iterator[str]:
    """A list of objects, one a line."""
    before = "["
    rows = iter(table.rows)
    while some := list(islice(rows, AT_ONCE)):
        lines = [json.dumps({name: row[name] for name in table.columns}, ensure_ascii=False) for row in some]
        yield before + "\n" + ",\n".join(lines)
        before = ","
    yield "[]\n" if before == "[" else "\n]\n"


_FORMS: Mapping[Form, Callable[[Table], Iterator[str]]] = {Form.CSV: _csv, Form.JSON: _json}
