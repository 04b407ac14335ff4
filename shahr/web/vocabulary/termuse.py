"""Which terms a query names, and which questions name a term."""

from __future__ import annotations

import re
from collections.abc import Mapping

from shahr.queries import Query, in_order
from shahr.tokens import Token, tokens


def named_in(text: str) -> frozenset[str]:
    """Give the IRIs that a query names outside its prologue, prefixed names expanded; QueryError as of tokens()."""
    body, prefixes = _prologue(tokens(text))
    names = (_expanded(token, prefixes) for token in body)
    return frozenset(name for name in names if name)


class QuestionUse:
    """Remembers which questions name a term, for as long as the questions stay the same."""

    def __init__(self) -> None:
        self._kept: tuple[Mapping[str, Query], Mapping[str, tuple[Query, ...]]] = ({}, {})

    def of(self, questions: Mapping[str, Query]) -> Mapping[str, tuple[Query, ...]]:
        """Give the questions that name a term, by its IRI, in the order of their numbers."""
        known, users = self._kept
        if known is not questions:
            users = _users(questions)
            self._kept = (questions, users)
        return users


def _users(questions: Mapping[str, Query]) -> Mapping[str, tuple[Query, ...]]:
    found: dict[str, list[Query]] = {}
    for query in in_order(questions.values()):
        for name in named_in(query.text):
            found.setdefault(name, []).append(query)
    return {name: tuple(users) for name, users in found.items()}


def _prologue(found: list[Token]) -> tuple[list[Token], dict[str, str]]:
    """Cut PREFIX and BASE off the front: three and two tokens each."""
    prefixes: dict[str, str] = {}
    start = 0
    while start < len(found) and found[start].is_word("PREFIX", "BASE"):
        if found[start].is_word("PREFIX"):
            prefixes[found[start + 1].text] = found[start + 2].text[1:-1]
        start += 3 if found[start].is_word("PREFIX") else 2
    return found[start:], prefixes


def _expanded(token: Token, prefixes: Mapping[str, str]) -> str | None:
    if token.kind == "iri":
        return token.text[1:-1]
    prefix, _, local = token.text.partition(":")
    namespace = prefixes.get(f"{prefix}:") if token.kind == "name" else None
    return None if namespace is None else namespace + re.sub(r"\\(.)", r"\1", local)
