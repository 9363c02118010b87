"""Templates of comments on the blog: a small part of Jinja that can neither reach anything nor run for long.

A moderator writes them, so they get variables, `if`, `for winner in winners` and a few filters. What could grow
without bounds (multiplication, nested loops, macros, assignments, calls, string methods) isn't part of it: that can be
told from the template, before it runs. The sandbox stands behind as a second wall.
"""

from __future__ import annotations

import re
import traceback
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, Never

from jinja2 import StrictUndefined, TemplateError, TemplateSyntaxError, nodes
from jinja2.filters import FILTERS
from jinja2.runtime import LoopContext
from jinja2.sandbox import ImmutableSandboxedEnvironment

from service.domain.errors import BadTemplate

LONGEST_TEMPLATE = 10_000
LONGEST_RENDERING = 400_000  # characters; a bound on the work, the comment's own limit comes later
MOST_JOINED = 100_000
LONGEST_SEPARATOR = 100
DEEPEST = 40
_WINNER = {"name", "comment_id", "pool", "prize"}
_LOOP = {"index", "index0", "revindex", "revindex0", "first", "last", "length"}
_FILTERS = ("upper", "lower", "capitalize", "title", "trim", "escape", "e", "default", "d", "first", "last")
_COUNTING = ("length", "count")
_COMPARISONS = {"eq", "ne", "lt", "lteq", "gt", "gteq"}
_ALLOWED: tuple[type[nodes.Node], ...] = (
    *(nodes.Template, nodes.Output, nodes.TemplateData, nodes.Name, nodes.Const, nodes.Getattr, nodes.Getitem),
    *(nodes.For, nodes.If, nodes.CondExpr, nodes.Filter, nodes.Test, nodes.Keyword, nodes.Compare, nodes.Operand),
    *(nodes.And, nodes.Or, nodes.Not, nodes.Add, nodes.Sub, nodes.Neg, nodes.Concat),
)
_FAULTS = (TemplateError, SyntaxError, ArithmeticError, LookupError, TypeError, ValueError, RecursionError, MemoryError)


class Winners(tuple["Winner", ...]):
    """The winners, to go through; shown as a whole they are refused."""

    __slots__ = ()

    def __html__(self) -> str:
        raise TypeError("winners is a list: write {% for winner in winners %}{{ winner.name }}{% endfor %}")


class Winner:
    """What a template sees of a winner; shows as the name."""

    __slots__ = ("comment_id", "name", "pool", "prize")

    def __init__(self, *, name: object, comment_id: int, pool: object = "", prize: object = "") -> None:
        self.name = name
        self.comment_id = comment_id
        self.pool = pool
        self.prize = prize

    def __str__(self) -> str:
        return str(self.name)


class _Sandbox(ImmutableSandboxedEnvironment):
    """Attributes of winners and of loops, and no others."""

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
        return (isinstance(obj, Winner) and attr in _WINNER) or (isinstance(obj, LoopContext) and attr in _LOOP)


def render(template: str, **variables: object) -> str:
    """Fill in a template, which may use these variables; every text is escaped for HTML.

    Raises BadTemplate with the line where it fails.
    """
    try:
        environment = _environment()
        _check(template, environment, tuple(variables))
        return _collect(environment.from_string(template).generate(**variables))
    except _FAULTS as error:
        raise BadTemplate(_sentence(error)) from error


def _environment() -> _Sandbox:
    environment = _Sandbox(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    environment.globals.clear()
    environment.filters = {name: FILTERS[name] for name in (*_FILTERS, *_COUNTING)}
    environment.filters.update(_list_filters())
    return environment


def _list_filters() -> dict[str, Callable[..., object]]:
    """`map` and `join` for lists only, with a bound on their work: chained on strings they would multiply."""
    left = MOST_JOINED

    def spend(values: object) -> tuple[object, ...]:
        nonlocal left
        if not isinstance(values, tuple):
            raise TypeError("join is for lists")
        left -= len(values)
        if left < 0:
            raise ValueError("the lists are gone through too often")
        return values

    def map_(values: object, *, attribute: str) -> tuple[object, ...]:
        if not isinstance(values, Winners) or attribute not in _WINNER:
            raise TypeError("map goes like this: winners|map(attribute='name')")
        return tuple([getattr(winner, attribute) for winner in spend(values)])

    def join(values: object, separator: str = "") -> str:
        if len(separator) > LONGEST_SEPARATOR:
            raise ValueError(f"a separator has at most {LONGEST_SEPARATOR} characters")
        return separator.join(map(str, spend(values)))

    return {"map": map_, "join": join}


def _collect(pieces: Iterable[str]) -> str:
    kept: list[str] = []
    length = 0
    for piece in pieces:
        kept.append(piece)
        length += len(piece)
        if length > LONGEST_RENDERING:
            raise ValueError("it becomes too long")
    return "".join(kept)


def _check(template: str, environment: _Sandbox, variables: Sequence[str]) -> None:
    if len(template) > LONGEST_TEMPLATE:
        raise BadTemplate(f"The template has {len(template)} characters; {LONGEST_TEMPLATE} are allowed.")
    for number, line in enumerate(template.split("\n"), 1):
        if any((ord(char) < 32 and char not in "\t\r") or 0xD800 <= ord(char) <= 0xDFFF for char in line):
            _refuse(number, "has a control character in it")
    for node, depth, loops in _walk(environment.parse(template), 0, frozenset()):
        if depth > DEEPEST:
            _refuse(node.lineno, "is nested too deeply")
        if not isinstance(node, _ALLOWED):
            _refuse(node.lineno, f"uses {type(node).__name__.lower()}, which winner comments don't have")
        _check_node(node, loops, environment, variables)


def _walk(node: nodes.Node, depth: int, loops: frozenset[str]) -> Iterator[tuple[nodes.Node, int, frozenset[str]]]:
    """Every node with its depth and the loop variables around it; parents first, so that a check can stop in time."""
    yield node, depth, loops
    inner = loops | _target(node) if isinstance(node, nodes.For) else loops
    for child in node.iter_child_nodes():
        yield from _walk(child, depth + 1, inner)


def _target(node: nodes.For) -> frozenset[str]:
    return frozenset({node.target.name, "loop"}) if isinstance(node.target, nodes.Name) else frozenset()


def _check_node(node: nodes.Node, loops: frozenset[str], environment: _Sandbox, variables: Sequence[str]) -> None:
    match node:
        case nodes.For() if loops or node.recursive or not _goes_through_winners(node):
            _refuse(node.lineno, "has a loop other than {% for winner in winners %}, or one inside another")
        case nodes.Name() if node.name not in loops and node.name not in variables:
            _refuse(node.lineno, f"uses '{node.name}'; there are {', '.join(variables)}")
        case nodes.Getattr() if node.attr not in _WINNER | _LOOP:
            _refuse(node.lineno, f"uses '.{node.attr}'; a winner has {', '.join(sorted(_WINNER))}")
        case nodes.Getitem() if not isinstance(node.arg, nodes.Const) or not isinstance(node.arg.value, int):
            _refuse(node.lineno, "uses [ ] with something else than a number, as in winners[0].name")
        case nodes.Filter() if node.name not in environment.filters:
            _refuse(node.lineno, f"uses the filter '{node.name}'; there are {', '.join(sorted(environment.filters))}")
        case nodes.Operand() if node.op not in _COMPARISONS:
            _refuse(node.lineno, f"compares by '{node.op}', which winner comments don't have")


def _goes_through_winners(node: nodes.For) -> bool:
    return isinstance(node.iter, nodes.Name) and node.iter.name == "winners" and bool(_target(node))


def _refuse(line: int, what: str) -> Never:
    raise BadTemplate(f"Line {line} of the template {what}.")


def _sentence(error: BaseException) -> str:
    """What is wrong and where; Jinja puts the template's own lines into the traceback."""
    if isinstance(error, TemplateSyntaxError):
        line: int | None = error.lineno
    else:
        frames = traceback.extract_tb(error.__traceback__)
        line = next((frame.lineno for frame in reversed(frames) if frame.filename in ("<template>", "<unknown>")), None)
    what = re.sub(r"service\.usecases\.\w+\.", "", " ".join(str(error).split())).rstrip(".")
    if isinstance(error, RecursionError | MemoryError):
        what = "it is nested too deeply"
    return f"The template doesn't work{f' in line {line}' if line else ''}: {what[:200] or type(error).__name__}."
