"""A difference in words, by node: "Isfahan: one more sister city, Kazan"."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from pyoxigraph import Literal

from shahr.namespaces import iri
from shahr.release.changes.breaking import OntologyChanges, ontology_changes
from shahr.release.changes.comparing import Difference
from shahr.release.changes.gathering import Gathered, Node, gather, parse_term, triples
from shahr.release.changes.letters import harmless
from shahr.release.changes.ontologies import ontology_triples
from shahr.release.changes.phrases import Phrases, Tie, digits, fill
from shahr.release.changes.sides import Side
from shahr.release.stamp import VERSIONS
from shahr.releases import LANGUAGES, Texts

LONGEST = 200  # characters of a text that is quoted

_STAMP = re.compile(
    f"[^ ]+ <({'|'.join(re.escape(iri(name)) for name in (*VERSIONS, 'owl:incompatibleWith'))})> ".encode()
)
_PLAIN = re.compile(r"[+-]?[0-9][0-9.T:Z/~?%+-]*")  # numbers, dates and EDTF, which need no quotation marks


@dataclass(frozen=True)
class Entity:
    """A node of a kind that something is said of; `lines` are sentences, each in every language."""

    iri: str
    kind: str
    label: Texts
    lines: tuple[Texts, ...]


@dataclass(frozen=True)
class Told:
    """A difference in words; `rest` counts the quads that no sentence speaks of, in `rest_graphs` graphs.

    Where graphs were left out, `union`, triples are counted.
    """

    added: int
    removed: int
    entities: tuple[Entity, ...]
    ontology: OntologyChanges
    rest: int
    rest_graphs: int
    union: bool


def tell(difference: Difference, old: Side, new: Side, phrases: Phrases) -> Told:
    """Put a difference into words."""
    gathered = gather(difference, old, new, phrases)
    ontology = ontology_changes(ontology_triples(old), ontology_triples(new))
    teller = _Teller(gathered, phrases)
    entities = tuple(teller.entities())
    whole = teller.whole | {f"<{name}>".encode() for name in ontology.terms}
    graphs = list(_untold(difference, whole, teller.triples))
    counts = difference.added_count, difference.removed_count
    return Told(*counts, entities, ontology, len(graphs), len(set(graphs)), new.union)


def _untold(difference: Difference, whole: set[bytes], told: set[bytes]) -> Iterator[bytes]:
    """Give the graph of each quad that nothing was said of, stamps of versions aside."""
    for path in (difference.removed, difference.added):
        for triple, graph in triples(path):
            if triple not in told and triple.partition(b" ")[0] not in whole and not _STAMP.match(triple):
                yield graph


class _Teller:
    """Says what changed; notes the triples it has spoken of, and the subjects of which all is said."""

    def __init__(self, gathered: Gathered, phrases: Phrases) -> None:
        self._nodes, self._names, self._phrases = gathered.nodes, gathered.names, phrases
        self.triples: set[bytes] = set()
        self.whole: set[bytes] = set()

    def entities(self) -> Iterator[Entity]:
        """Give each node of which there is something to say."""
        for subject, node in self._nodes.items():
            kind = self._phrases.kind_of(subject) or ""
            if lines := tuple(self._lines(subject, node, kind)):
                yield Entity(subject.decode()[1:-1], kind, self._names.of(subject), lines)

    def _lines(self, subject: bytes, node: Node, kind: str) -> Iterator[Texts]:
        is_new = node.is_ and not node.was
        is_told = node.is_ and not (is_new and self._phrases.group_of(kind) == "facts")
        ties = [*self._ties(subject, node)] if is_told else []
        if node.is_ != node.was:
            self.whole.add(subject)
            held = [self._counted("held", tie, ends) for tie, ends, came in ties if is_new and came and not tie.now]
            yield self._phrases.came(kind, held) if node.is_ else self._phrases.gone(kind)
        yield from (self._tie(tie, ends, came) for tie, ends, came in ties if not (is_new and came and not tie.now))
        if node.is_ and node.was:
            for predicate in sorted({*node.removed, *node.added} - self._phrases.ties.keys()):
                yield from self._changed(subject, predicate, node)

    def _ties(self, subject: bytes, node: Node) -> Iterator[tuple[Tie, set[bytes], bool]]:
        """Give each tie that came or is gone, with its ends."""
        for predicate, tie in self._phrases.ties.items():
            for values, came in ((node.added, True), (node.removed, False)):
                ends = values.get(predicate, set())
                self._note(subject, predicate, ends, tie.inverse)
                if told := ends - values.get(tie.unless or b"", set()):
                    yield tie, told, came

    def _tie(self, tie: Tie, ends: set[bytes], came: bool) -> Texts:
        if sentence := tie.now if came else tie.nomore:
            return fill(sentence, names=self._named(tie, ends))
        return self._counted("more" if came else "fewer", tie, ends)

    def _counted(self, name: str, tie: Tie, ends: set[bytes]) -> Texts:
        noun = (tie.one if len(ends) == 1 else tie.many) or {}
        line = self._phrases.line(name, n=self._phrases.number(len(ends)), noun=noun)
        if not tie.names:
            return line
        return self._phrases.line("held_names" if name == "held" else "names", line=line, names=self._named(tie, ends))

    def _named(self, tie: Tie, ends: set[bytes]) -> Texts:
        return self._phrases.joined([self._name(end, tie.quoted) for end in sorted(ends)])

    def _changed(self, subject: bytes, predicate: bytes, node: Node) -> Iterator[Texts]:
        """Tell the values of a property, those in each language apart."""
        if (noun := self._noun(predicate)) is None:
            return
        old, new = (_by_language(values.get(predicate, set())) for values in (node.removed, node.added))
        for language in ("", *LANGUAGES):
            gone, come = old.get(language, []), new.get(language, [])
            if gone or come:
                self._note(subject, predicate, {*gone, *come}, False)
                yield self._value(noun, gone, come, language)

    def _value(self, noun: Texts, gone: list[bytes], come: list[bytes], language: str) -> Texts:
        old, new = (self._phrases.joined([self._shown(one) for one in ends]) if ends else {} for ends in (gone, come))
        name = "changed" if old and new else "came" if new else "went"
        values = {place: value for place, value in (("old", old), ("new", new)) if value}
        line = self._phrases.line(name, noun=noun, **values)
        if not language:
            return line
        return {**self._phrases.in_other_language(name, language, noun), language: line[language]}

    def _noun(self, predicate: bytes) -> Texts | None:
        noun = self._phrases.nouns.get(predicate)
        return noun or (self._names.of(predicate) if self._names.has(predicate) else None)

    def _shown(self, term: bytes) -> Texts:
        if term.startswith(b"<"):
            return self._names.of(term)
        read = parse_term(term)
        text = harmless(read.value if isinstance(read, Literal) else str(read))
        if _PLAIN.fullmatch(text):
            return {language: digits(text, language) for language in LANGUAGES}
        text = text if len(text) <= LONGEST else text[:LONGEST] + "…"
        return {language: self._phrases.quoted(text, language) for language in LANGUAGES}

    def _name(self, node: bytes, quoted: bool) -> Texts:
        name = self._names.of(node)
        return {one: self._phrases.quoted(name[one], one) for one in LANGUAGES} if quoted else name

    def _note(self, subject: bytes, predicate: bytes, values: Iterable[bytes], inverse: bool) -> None:
        if inverse:
            self.whole.update(values)
        self.triples.update(b" ".join((subject, predicate, value)) for value in values)


def _by_language(values: Iterable[bytes]) -> dict[str, list[bytes]]:
    """Part terms into those in each of our languages and, under "", those that have none."""
    found: dict[str, list[bytes]] = {}
    for value in sorted(values):
        language = value.rpartition(b'"@')[2].decode() if value.startswith(b'"') and b'"@' in value else ""
        found.setdefault(language, []).append(value)
    return found
