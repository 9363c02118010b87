"""The part of X's query language that searches for a contest use: OR groups, url:, #tag, @user, "words", -is:retweet.

Operators: https://docs.x.com/x-api/posts/search/integrate/operators.
"""

import re
import unicodedata

from testbed.x.world import Post

LONGEST = 512
_TOKEN = re.compile(
    r'\s+|(?P<open>\()|(?P<close>\))|(?P<or>OR\b)|(?P<term>-?(?:[a-z_]+:)?(?:"[^"]*"|[#@]?[^\s()"/:?=]+))'
)


class BadQuery(Exception):
    """What X would say about a query that it can't read."""


Term = str
Clause = list[Term]  # one of these must hold


def read(query: str) -> list[Clause]:
    """The clauses, all of which must hold. Raises BadQuery."""
    if not query or len(query) > LONGEST:
        raise BadQuery(f"The `query` query parameter value length [{len(query)}] is not between 1 and {LONGEST}")
    clauses: list[Clause] = []
    is_open, wants_or = False, False
    for kind, text, place in _tokens(query):
        if kind == "open":
            is_open, wants_or = True, False
            clauses.append([])
        elif kind == "close":
            is_open = wants_or = False
        elif kind == "or":
            wants_or = True
        elif (is_open and not clauses[-1]) or wants_or:
            clauses[-1].append(text)
            wants_or = False
        elif is_open:
            raise BadQuery(f"Ambiguous use of OR (at position {place})")
        else:
            clauses.append([text])
    if all(term.startswith("-") or term.startswith("is:") for clause in clauses for term in clause):
        raise BadQuery("Queries must contain at least one standalone operator")
    return clauses


def _tokens(query: str) -> list[tuple[str, str, int]]:
    found, place = [], 0
    while place < len(query):
        match = _TOKEN.match(query, place)
        if match is None:
            raise BadQuery(f"no viable alternative at character '{query[place]}' (at position {place + 1})")
        if match.lastgroup:
            found.append((match.lastgroup, match[0], place + 1))
        place = match.end()
    return found


def matches(clauses: list[Clause], post: Post) -> bool:
    """Whether a post is found."""
    return all(any(_holds(term, post) for term in clause) for clause in clauses)


def _holds(term: Term, post: Post) -> bool:
    if term.startswith("-"):
        return not _holds(term[1:], post)
    if term == "is:retweet":
        return "retweeted" in post.references
    if term.startswith("url:"):
        wanted = _words(term.removeprefix("url:"))
        return any(_has(_words(link), wanted) for link in post.values("link"))
    if term.startswith("#"):
        return term[1:].casefold() in (tag.casefold() for tag in post.values("tag"))
    if term.startswith("@"):
        return term[1:].casefold() in (handle.casefold() for handle in post.values("handle"))
    return _has(_words(post.typed), _words(term))


def _words(text: str) -> list[str]:
    """Small letters without accents, split wherever something else stands."""
    plain = "".join(char for char in unicodedata.normalize("NFD", text) if not unicodedata.combining(char))
    return re.findall(r"\w+", plain.casefold())


def _has(words: list[str], wanted: list[str]) -> bool:
    span = len(wanted)
    return bool(wanted) and any(words[place : place + span] == wanted for place in range(len(words) - span + 1))
