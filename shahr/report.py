"""The report of a validation: results of shapes and checks, weighed by what is accepted; as text, JSON and RDF."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from shahr.namespaces import curie, iri
from shahr.turtle import turtle_of

SEVERITIES = ("violation", "warning", "info")


@dataclass(frozen=True, order=True)
class Result:
    """One finding: `source` is the IRI of a shape, or of a check as shape:{name}; `node` the IRI it is about."""

    severity: str
    source: str
    node: str
    value: str | None = None
    messages: Mapping[str, str] = field(default_factory=dict, compare=False, hash=False)
    graph: str | None = field(default=None, compare=False)

    def sentence(self, language: str = "en") -> str:
        """Give the finding as one line, what to do included."""
        place = f" ({self.graph})" if self.graph else ""
        value = f", value {self.value}" if self.value else ""
        return f"{curie(self.node)}{place}{value}: {self.messages.get(language, '')} [{curie(self.source)}]"


@dataclass(frozen=True)
class Report:
    """All findings, the accepted ones with their reason apart; conforms when none but accepted and info is left."""

    results: tuple[Result, ...]
    accepted: tuple[tuple[Result, str], ...]

    @property
    def conforms(self) -> bool:
        """Tell whether nothing is left that an editor must mend or explain."""
        return not self.failures

    @property
    def failures(self) -> tuple[Result, ...]:
        """Give the violations, and the warnings that nobody has accepted."""
        return tuple(result for result in self.results if result.severity != "info")

    def counts(self) -> dict[str, int]:
        """Give how many findings there are by severity, and how many warnings are accepted."""
        found = {name: sum(result.severity == name for result in self.results) for name in SEVERITIES}
        return found | {"accepted": len(self.accepted)}

    @property
    def text(self) -> str:
        """Give the report for reading, English and Persian below each other."""
        counts = self.counts()
        head = f"conforms: {'yes' if self.conforms else 'no'}; " + ", ".join(
            f"{n} {name}" for name, n in counts.items()
        )
        accepted = [f"accepted  {result.sentence()}\n          {reason}" for result, reason in self.accepted]
        return "\n".join([head, *_lines(self.results), *accepted]) + "\n"

    @property
    def json(self) -> str:
        """Give the report as JSON for programs."""
        content = {
            "conforms": self.conforms,
            "counts": self.counts(),
            "results": [_record(result) for result in self.results],
            "accepted": [_record(result) | {"reason": reason} for result, reason in self.accepted],
        }
        return json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True) + "\n"

    @property
    def turtle(self) -> str:
        """Give the report as a sh:ValidationReport (SHACL section 3.6.1), accepted warnings included."""
        report = BlankNode("report")
        conforms = Literal(self.conforms)
        head = [
            _triple(report, "rdf:type", NamedNode(iri("sh:ValidationReport"))),
            _triple(report, "sh:conforms", conforms),
        ]
        found = sorted([*self.results, *(result for result, _ in self.accepted)], key=_order)
        parts = (_result_triples(report, number, result) for number, result in enumerate(found))
        return turtle_of(chain(head, *parts))


def make_report(results: Iterable[Result], accepted: Mapping[tuple[str, str], str]) -> Report:
    """Weigh results against accepted warnings, given as (source, node) → reason.

    A warning is accepted by its own pair, never a violation. An acceptance that fits no warning is itself a warning:
    what it excused is gone, or is misspelt.
    """
    found = sorted({(one, one.messages.get("en")): one for one in results}.values(), key=_order)
    excused = [(result, accepted[_key(result)]) for result in found if _is_excused(result, accepted)]
    left = [result for result in found if not _is_excused(result, accepted)]
    used = {_key(result) for result, _ in excused}
    left += [_stale(pair) for pair in sorted(accepted) if pair not in used]
    return Report(tuple(sorted(left, key=_order)), tuple(excused))


def _key(result: Result) -> tuple[str, str]:
    return result.source, result.node


def _is_excused(result: Result, accepted: Mapping[tuple[str, str], str]) -> bool:
    return result.severity == "warning" and _key(result) in accepted


def _stale(pair: tuple[str, str]) -> Result:
    messages = {
        "en": "an accepted warning that did not occur: delete it from data/expectations.toml",
        "fa": "هشداری پذیرفته‌شده که رخ نداد: آن را از data/expectations.toml بردارید",
    }
    return Result("warning", *pair, None, messages)


def _order(result: Result) -> tuple[int, str, str, str, str]:
    text = result.messages.get("en", "")
    return SEVERITIES.index(result.severity), result.source, result.node, result.value or "", text


def _lines(results: Iterable[Result]) -> Iterator[str]:
    for result in results:
        yield f"{result.severity:<9} {result.sentence()}"
        if "fa" in result.messages:
            yield f"          {result.messages['fa']}"


def _record(result: Result) -> dict[str, object]:
    return {
        "severity": result.severity,
        "source": result.source,
        "node": result.node,
        "value": result.value,
        "graph": result.graph,
        "messages": dict(result.messages),
    }


def _result_triples(report: BlankNode, number: int, result: Result) -> Iterator[Triple]:
    node = BlankNode(f"result{number}")
    yield _triple(report, "sh:result", node)
    yield _triple(node, "rdf:type", NamedNode(iri("sh:ValidationResult")))
    yield _triple(node, "sh:resultSeverity", NamedNode(iri(f"sh:{result.severity.title()}")))
    yield _triple(node, "sh:focusNode", NamedNode(result.node))
    yield _triple(node, "sh:sourceShape", NamedNode(result.source))
    if result.value is not None:
        yield _triple(node, "sh:value", Literal(result.value))
    for language, message in sorted(result.messages.items()):
        yield _triple(node, "sh:resultMessage", Literal(message, language=language))


def _triple(subject: BlankNode, predicate: str, object_: NamedNode | BlankNode | Literal) -> Triple:
    return Triple(subject, NamedNode(iri(predicate)), object_)
