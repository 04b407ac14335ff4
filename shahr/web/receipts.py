"""Facts with their receipts: what is asserted, when it holds, who says so, in which place of which article."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from pyoxigraph import Literal, NamedNode

from shahr.namespaces import FACT_PREFIXES, iri
from shahr.web.addresses import slug_of
from shahr.web.drawing.letters import harmless
from shahr.web.state import page_query, state
from shahr.web.triples import Triples, Value

OTHERS = 10  # facts that a receipt names beside its own
RESTING = 5000  # rows that resting.rq is asked for; it finds one more


@dataclass(frozen=True)
class Receipt:
    """One passage that a fact rests on; `others` are facts that rest on the same, `more` tells of more of them."""

    passage: str
    triples: Triples
    others: Sequence[str] = ()
    more: bool = False

    def text(self, property_: str) -> str | None:
        """Give a literal of the passage: `shahr:startOffset`, `shahr:endOffset`, `shahr:sha256`."""
        return _harmless(self.triples.text(self.passage, property_))

    def node(self, property_: str) -> str | None:
        """Give a node of the passage: `shahr:speaker`, `shahr:speakingAs`, `shahr:voice`."""
        return self.triples.iri(self.passage, property_)

    @property
    def article(self) -> str | None:
        """The article that the passage lies in."""
        return self.node("oa:hasSource")

    def article_text(self, property_: str) -> str | None:
        """Give a literal of the article as text: `schema:datePublished`, `shahr:jalali`."""
        return _harmless(self.triples.text(self.article, property_)) if self.article else None

    def article_literal(self, property_: str) -> Literal | None:
        """Give a literal of the article, with its language: `schema:headline`."""
        return self.triples.literal(self.article, property_) if self.article else None

    def article_node(self, property_: str) -> str | None:
        """Give a node of the article: `schema:publisher`, `schema:url`, `shahr:dateBasis`."""
        return self.triples.iri(self.article, property_) if self.article else None


@dataclass(frozen=True)
class Resting:
    """The facts that rest on each of some passages; `cut` is the first passage, by IRI, of which some are missing."""

    facts: Mapping[str, Sequence[str]]
    cut: str | None

    def is_cut(self, passage: str) -> bool:
        """Tell whether there may be more facts on a passage than are here."""
        return self.cut is not None and passage >= self.cut


@dataclass(frozen=True)
class Fact:
    """A fact of the graph as pages show it."""

    iri: str
    triples: Triples
    receipts: Sequence[Receipt]
    contested_by: Sequence[str] = ()
    told: frozenset[str] = field(default_factory=frozenset)  # properties that are not fields of their own

    @cached_property
    def kind(self) -> str:
        """The class that the fact is asserted to be of."""
        return self.triples.iri(self.iri, "rdf:type") or iri("shahr:Fact")

    @property
    def family(self) -> str:
        """The kind of fact that its IRI names: "tenure", "agreement" …; "claim" where it names none."""
        found = slug_of(self.iri)
        return found[0] if found and found[0] in FACT_PREFIXES else "claim"

    @property
    def contests(self) -> Sequence[str]:
        """The facts that this one contests."""
        return self.triples.iris(self.iri, "shahr:contests")

    @property
    def contested(self) -> bool:
        """Whether it contests another fact or is contested by one."""
        return bool(self.contests or self.contested_by)

    @cached_property
    def speakers(self) -> set[str]:
        """Who says it by name or office, over all its passages."""
        named = (receipt.node("shahr:speaker") or receipt.node("shahr:speakingAs") for receipt in self.receipts)
        return {speaker for speaker in named if speaker}

    @property
    def single(self) -> bool:
        """Whether it rests on the word of one speaker alone."""
        unattributed = any(receipt.node("shahr:voice") for receipt in self.receipts)
        return len(self.speakers) == 1 and not unattributed and not self.sources

    @property
    def sources(self) -> Sequence[str]:
        """The addresses outside that it was taken from, where it rests on no passage."""
        return self.triples.iris(self.iri, "dcterms:source")

    @cached_property
    def day(self) -> str:
        """The newest day that is known of it, an ISO date, "" where there is none: for the order of facts."""
        own = self.text("shahr:latest") or ""
        return own or max((receipt.article_text("schema:datePublished") or "" for receipt in self.receipts), default="")

    def text(self, property_: str) -> str | None:
        """Give a literal of the fact."""
        return _harmless(self.triples.text(self.iri, property_))

    def node(self, property_: str) -> str | None:
        """Give a node of the fact."""
        return self.triples.iri(self.iri, property_)

    def gist(self, language: str) -> Literal | None:
        """Give what a statement says, in a language if it is there."""
        gists = self.triples.literals(self.iri, "shahr:gist")
        return next((term for term in gists if term.language == language), gists[0] if gists else None)

    @property
    def fields(self) -> list[tuple[str, list[Value]]]:
        """Its other properties with their terms, in the order of their IRIs."""
        properties = self.triples.properties(self.iri)
        return [(name, sorted(properties[name], key=str)) for name in sorted(properties) if name not in self.told]


def read_facts(facts: Sequence[str]) -> list[Fact]:
    """Read facts with all that their receipts tell, in the order given, those left out that the graph lacks."""
    if not facts:
        return []
    wanted = [[NamedNode(one)] for one in facts]
    triples = Triples(state().construct(page_query("evidence").filled(["fact"], wanted)))
    resting = read_resting({passage for fact in facts for passage in triples.iris(fact, "shahr:evidence")})
    told = _told()
    return [
        Fact(one, triples, _receipts(one, triples, resting), triples.pointing(one, "shahr:contests"), told)
        for one in facts
        if one in triples
    ]


def facts_of(query: str, node: str) -> list[str]:
    """Give the facts that one of the pages' queries over ?node finds, in its order."""
    return first_column(page_query(query).filled(["node"], [[NamedNode(node)]]))


def first_column(query: str) -> list[str]:
    """Give the nodes in the first column of a SELECT of the pages' own, in its order."""
    return [row[0].value for row in state().select(query).rows if isinstance(row[0], NamedNode)]


def iris_in(facts: Iterable[Fact]) -> set[str]:
    """Give every IRI that the pages name of facts, to read their labels."""
    found: set[str] = set()
    for fact in facts:
        found |= {fact.iri, fact.kind, *fact.contests, *fact.contested_by}
        for name, terms in fact.triples.properties(fact.iri).items():
            found |= {name, *(term.value for term in terms if isinstance(term, NamedNode))}
        for receipt in fact.receipts:
            found |= {receipt.passage, *receipt.others}
            for node in (receipt.passage, receipt.article or ""):
                terms = [term for one in fact.triples.properties(node).values() for term in one]
                found |= {term.value for term in terms if isinstance(term, NamedNode)}
            found |= {receipt.article} if receipt.article else set()
    return found


def _receipts(fact: str, triples: Triples, resting: Resting) -> list[Receipt]:
    found = []
    for passage in triples.iris(fact, "shahr:evidence"):
        others = [other for other in resting.facts.get(passage, ()) if other != fact]
        found.append(Receipt(passage, triples, others[:OTHERS], len(others) > OTHERS or resting.is_cut(passage)))
    return found


def read_resting(passages: Iterable[str]) -> Resting:
    """Read the facts that rest on some passages, RESTING of them at most."""
    found: dict[str, list[str]] = {}
    wanted = [[NamedNode(passage)] for passage in sorted(passages)]
    rows = state().select(page_query("resting").filled(["passage"], wanted)).rows if wanted else []
    for passage, fact in rows[:RESTING]:
        if isinstance(passage, NamedNode) and isinstance(fact, NamedNode):
            found.setdefault(passage.value, []).append(fact.value)
    return Resting(found, max(found) if len(rows) > RESTING and found else None)


def _harmless(text: str | None) -> str | None:
    return None if text is None else harmless(text)


def _told() -> frozenset[str]:
    """Properties that a fact's card shows in places of their own."""
    names = "rdf:type rdfs:label shahr:gist shahr:evidence shahr:contests dcterms:source dcterms:publisher"
    badges = "shahr:status shahr:eventStatus shahr:modality"
    times = "shahr:earliest shahr:latest shahr:edtf shahr:jalali shahr:dateBasis shahr:consulted"
    periods = "shahr:withinPeriod shahr:beforeStartOf"
    return frozenset(iri(name) for name in f"{names} {badges} {times} {periods}".split())
