"""The words of a SPARQL query with their places, cut as SPARQL 1.1, 19.8, says (and the triple terms of 1.2).

Oxigraph's parser reads characters, not tokens: it takes `<` as an operator where an IRI also fits. The
one such place that could hide text from a reader of tokens is refused, so these tokens show all there is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from shahr.errors import QueryError

_LETTER = (
    "A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02ff\u0370-\u037d\u037f-\u1fff\u200c\u200d\u2070-\u218f"
    "\u2c00-\u2fef\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\ufffd\U00010000-\U000effff"
)
_INSIDE = "0-9\u00b7\u0300-\u036f\u203f\u2040"
_FIRST = f"[{_LETTER}_0-9]"
_REST = f"[{_LETTER}_{_INSIDE}-]"
_ESCAPED = r"(?:%[0-9A-Fa-f]{2}|\\[-_~.!$&'()*+,;=/?#@%])"
_CODE = r"\\u(?![Dd][89A-Fa-f])[0-9A-Fa-f]{4}|\\U000(?!0[Dd][89A-Fa-f])[0-9A-Fa-f]{5}|\\U0010[0-9A-Fa-f]{4}"
_CHAR = rf"\\[tbnrf\"'\\]|{_CODE}"
_IRI = rf"<(?:[^<>\"{{}}|^`\\\x00-\x20]|{_CODE})*>"
_NAME = (
    rf"(?:[{_LETTER}](?:(?:{_REST}|\.)*{_REST})?)?:"
    rf"(?:(?:{_FIRST}|:|{_ESCAPED})(?:(?:{_REST}|[.:]|{_ESCAPED})*(?:{_REST}|:|{_ESCAPED}))?)?"
)
_RUN = re.compile(rf"[{_LETTER}{_INSIDE}_.-]+")
_TOKENS = rf"""(?P<blank>[\x20\t\r\n]+|\#[^\r\n]*)
    |(?P<iri>{_IRI})
    |(?P<string>'''(?:'{{0,2}}(?:[^'\\]|{_CHAR}))*'''|\"\"\"(?:\"{{0,2}}(?:[^"\\]|{_CHAR}))*\"\"\"
        |'(?!'')(?:[^'\\\r\n]|{_CHAR})*'|"(?!"")(?:[^"\\\r\n]|{_CHAR})*")
    |(?P<variable>[?$]{_FIRST}[{_LETTER}_{_INSIDE}]*)
    |(?P<name>_:{_FIRST}(?:(?:{_REST}|\.)*{_REST})?|{_NAME})
    |(?P<number>(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)
    |(?P<word>[A-Za-z_][A-Za-z0-9_]*)
    |(?P<language>@[A-Za-z]+(?:-[A-Za-z0-9]+)*)
    |(?P<mark><<(?!{_IRI[1:]})|>>|[^'"])"""
_TOKEN = re.compile(_TOKENS, re.VERBOSE)
_TOKEN_WITHOUT_NAME = re.compile(_TOKENS.replace(_NAME, "(?!)"), re.VERBOSE)
_ABSOLUTE = re.compile(r"<[A-Za-z][A-Za-z0-9+.-]*://")
_OPERANDS = frozenset({"variable", "string", "number", "iri", "name", "language", "word"})


@dataclass(frozen=True, slots=True)
class Token:
    """One token: kind is iri, string, variable, name, number, word, language or mark."""

    kind: str
    text: str
    start: int
    end: int

    def is_word(self, *words: str) -> bool:
        """Tell whether this is one of the given keywords, in any case."""
        return self.kind == "word" and self.text.upper() in words

    @property
    def is_absolute(self) -> bool:
        """Tell whether this is an IRI that can be read as nothing else, `<scheme://…>`."""
        return self.kind == "iri" and _ABSOLUTE.match(self.text) is not None


def place(text: str, position: int) -> tuple[int, int]:
    """Give line and column, both from 1, of a code point offset."""
    before = text[:position]
    return before.count("\n") + 1, position - before.rfind("\n")


def tokens(text: str) -> list[Token]:
    """Cut a query into tokens, comments and space left out.

    QueryError, with line and column, for NUL, a lone surrogate, a string that has no end or a bad escape,
    and for a `<` that can be read both as an operator and as the start of an IRI.
    """
    _check_characters(text)
    found = list(_scan(text))
    _check_dots(text, found)
    _check_operators(text, found)
    return found


def _check_characters(text: str) -> None:
    bad = re.search("[\x00\ud800-\udfff]", text)
    if bad:
        raise QueryError(f"the character U+{ord(bad[0]):04X} cannot stand in a query", *place(text, bad.start()))


def _scan(text: str) -> Iterator[Token]:
    """A run of letters that no colon follows is no prefix: looking for one in it at every place would be quadratic."""
    position = run_end = 0
    while position < len(text):
        if position >= run_end:
            run = _RUN.match(text, position)
            run_end = run.end() if run else position
        is_prefix = text[run_end : run_end + 1] == ":" and (position == run_end or text[run_end - 1] != ".")
        match = (_TOKEN if is_prefix else _TOKEN_WITHOUT_NAME).match(text, position)
        if match is None:
            raise QueryError("this string has no end, or a bad escape in it", *place(text, position))
        if match.lastgroup and match.lastgroup != "blank":
            yield Token(match.lastgroup, match[0], position, match.end())
        position = match.end()


def _check_dots(text: str, found: list[Token]) -> None:
    """Oxigraph ends a local name at its second run of dots, and reads on: `e:b.b.SERVICE` calls an endpoint."""
    for token in found:
        local = re.sub(r"\\.", "x", token.text.partition(":")[2]) if token.kind == "name" else ""
        if len(re.findall(r"\.+", local)) > 1:
            message = "a name with several dots can be read in two ways: write its whole IRI in < >"
            raise QueryError(message, *place(text, token.start))


def _check_operators(text: str, found: list[Token]) -> None:
    depth = 0
    for before, token in pairwise(found):
        depth += (before.text == "(") - (before.text == ")")
        if _is_ambiguous(before, token, depth):
            message = "this < may be an operator or begin an IRI: put a space after it, or write the whole IRI"
            raise QueryError(message, *place(text, token.start))


def _is_ambiguous(before: Token, token: Token, depth: int) -> bool:
    """An operator stands inside parentheses and after an operand; only # and ' would hide what follows."""
    if token.kind != "iri" or token.is_absolute or not set("#'") & set(token.text):
        return False
    return before.text == "<" or (depth > 0 and (before.kind in _OPERANDS or before.text == ")"))
