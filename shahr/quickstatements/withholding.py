"""What is not sent, whatever Wikidata has: what we cannot stand for, and what must be asked for by name."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from shahr.errors import BatchError, UnknownPrefix
from shahr.namespaces import curie, iri
from shahr.quickstatements.sources import Sources
from shahr.quickstatements.statement import Reason, Statement
from shahr.responses import printable


@dataclass(frozen=True)
class Judged:
    """Why a statement must not be sent (`barriers`), or only where it is asked for by name (`doubts`)."""

    statement: Statement
    barriers: tuple[Reason, ...]
    doubts: tuple[Reason, ...]


def judge_here(statement: Statement, sources: Sources, contested: Mapping[str, Sequence[str]]) -> Judged:
    """Judge one statement by our own graph alone."""
    barriers = tuple(_barriers(statement, sources))
    return Judged(statement, barriers, tuple(_doubts(statement, sources, contested)))


def _barriers(statement: Statement, sources: Sources) -> Iterator[Reason]:
    if not statement.settled:
        yield Reason("unsettled")
    ends = [(statement.subject, statement.item)]
    if isinstance(statement.value, str):
        ends.append((statement.value, statement.target))
    for entity, item in ends:
        if item is None:
            yield Reason("unlinked", (entity,))
    if statement.item and statement.item == statement.target:
        yield Reason("same-item", texts={"item": statement.item})
    if not sources.references:
        yield Reason("no-address")


def _doubts(statement: Statement, sources: Sources, contested: Mapping[str, Sequence[str]]) -> Iterator[Reason]:
    if statement.choices:
        yield Reason("ambiguous", statement.choices, can_be_named=True)
    if others := contested.get(statement.fact):
        yield Reason("contested", tuple(sorted(others)), can_be_named=True)
    if sources.is_of_one_speaker:
        first = sources.passages[0]
        yield Reason("one-speaker", tuple(one for one in (first.speaker, first.post) if one), can_be_named=True)


def included(judged: Iterable[Judged], names: Iterable[str]) -> frozenset[str]:
    """Give the names of the statements that --include asks for; BatchError for one that it cannot help."""
    by_name: dict[str, list[Judged]] = {}
    for one in judged:
        by_name.setdefault(one.statement.name, []).append(one)
    found = frozenset(_included(by_name, name) for name in names)
    facts = sorted(name.partition("=")[0] for name in found)
    for fact, following in pairwise(facts):
        if fact == following:
            raise BatchError(f"--include {fact}: only one of the things it may mean can be sent")
    return found


def _included(by_name: Mapping[str, Sequence[Judged]], asked: str) -> str:
    text = printable(asked, 200)
    name = "=".join(_short(part, text) for part in text.split("="))
    if name not in by_name:
        meant = sorted(one for one in by_name if one.startswith(f"{name}="))
        if meant:
            raise BatchError(f"--include {text}: it may mean several things: write one of {', '.join(meant)}")
        raise BatchError(f"--include {text}: no fact of that name could be sent: diff.md lists those that could")
    judged = by_name[name]
    if all(one.barriers for one in judged):
        raise BatchError(f"--include {text}: {_BARRIERS[judged[0].barriers[0].code]}")
    if not any(one.doubts for one in judged):
        raise BatchError(f"--include {text}: it is not withheld: leave this --include out")
    return name


def _short(part: str, whole: str) -> str:
    """Give the short form of a name or an IRI."""
    try:
        return curie(part if part.startswith(("http://", "https://")) else iri(part))
    except UnknownPrefix as error:
        raise BatchError(f"--include {whole}: {error}") from error


_BARRIERS = {
    "unsettled": "it is not signed or in force, or not what the property of Wikidata means",
    "unlinked": "it cannot be sent, for what it is about has no reviewed link to Wikidata: see `shahr link`",
    "same-item": "it cannot be sent, for both its ends are the same item of Wikidata",
    "no-address": "it cannot be sent, for none of its sources has an http or https address",
}
