"""The faults that an editor or a program may put into data/: structural ones, and others that leave it valid."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from random import Random

from pyoxigraph import Literal, NamedNode

from mutants import KINDS, Change, Node, Operator, Term, World
from shahr.namespaces import BASE, curie, iri

OPEN = ("shahr:about", "shahr:addressee", "shahr:soughtPartner", "shahr:observed", "shahr:candidate")
DIGESTS = ("shahr:sha256", "shahr:foldedSha256")
ALTERNATIVES = {  # of each group a node has one
    "shahr:Observation": ("shahr:value", "shahr:lowerBound", "shahr:upperBound"),
    "shahr:Claim": ("shahr:claimEntity", "shahr:claimLiteral"),
    "shahr:Passage": ("shahr:voice", "shahr:speaker"),
    "shahr:Fact": ("shahr:evidence", "dcterms:source"),
}
PLURAL = {  # of these, less than two make no sense, but for a gap that is said
    "shahr:SisterCityAgreement": "shahr:city",
    "shahr:Agreement": "shahr:party",
    "shahr:Meeting": "shahr:participant",
    "shahr:Unresolved": "shahr:candidate",
}
DISJOINT = (
    ("Tenure", "Membership", "StatusChange", "Agreement", "Event", "Designation", "Affiliation", "Observation")
    + ("Statement", "Claim"),
    ("City", "Country", "Region"),
    ("Place", "Person", "Organization", "Post", "Period", "Unresolved"),
    ("Entity", "Fact", "Article", "Passage"),
)
AGREEMENTS = ("SisterCityAgreement", "MemorandumOfUnderstanding", "CooperationAgreement")
BAD_VALUES = {
    "shahr:value": "-3",
    "shahr:lowerBound": "-1",
    "shahr:startOffset": "-1 999999",
    "shahr:endOffset": "0 999999",
    "shahr:codePoints": "0 100",
    "shahr:foldedCodePoints": "0 99999",
    "geo:lat": "123.0 -90.5",
    "geo:long": "190.0 -181.0",
    "shahr:earliest": "2999-01-01 2025-02-30",
    "shahr:latest": "1025-04-29 2999-01-01 2025-13-01",
    "shahr:consulted": "2025-02-30 2999-01-01",
    "shahr:jalali": "1404-13-02 1404-07-31 1404/02/09 2025-04-29",
    "shahr:islamicDate": "1446-13-01 1446-10-31",
    "shahr:edtf": "2025-13-01 1999 yesterday",
    "schema:datePublished": "2025-02-30",
    "shahr:publicationTime": "25:61:00",
    "schema:identifier": "no|identifier",
    "shahr:claimLiteral": "-1 99999999",
}
DERIVED = (
    *("shahr:twinnedWith", "shahr:partnerCity", "shahr:memberOf", "shahr:mayorOf", "shahr:metWith"),
    *("shahr:holdsPost", "shahr:tieToCountry", "shahr:coMemberWith", "shahr:hasTenure", "shahr:hosts"),
)


def structural() -> dict[str, Operator]:
    """Give the operators whose faults shapes and checks must find."""
    return {
        "required-dropped": required_dropped,
        "single-doubled": single_doubled,
        "class-wrong": class_wrong,
        "class-added": class_added,
        "reference-dangling": reference_dangling,
        "reference-to-wrong-kind": wrong_kind,
        "concept-of-wrong-scheme": wrong_scheme,
        "literal-for-reference": literal_for_reference,
        "datatype-wrong": datatype_wrong,
        "value-out-of-range": out_of_range,
        "digest-broken": digest_broken,
        "cardinality": cardinality,
        "date-basis-contradicted": basis_contradicted,
        "property-misspelt": property_misspelt,
        "property-misplaced": property_misplaced,
        "derived-by-hand": derived_by_hand,
        "language-wrong": language_wrong,
        "text-quoted": text_quoted,
        "article-crossed": article_crossed,
    }


def valid_data() -> dict[str, Operator]:
    """Give the operators that leave data which may well be true: only reading the article can tell."""
    return {
        "optional-dropped": optional_dropped,
        "like-for-like": like_for_like,
        "number-changed": number_changed,
        "digest-other": digest_other,
        "text-other": text_other,
        "class-alike": class_alike,
    }


def required_dropped(world: World, node: Node, random: Random) -> Iterator[Change]:
    for key in world.required(node):
        if gone := [triple for part in key.split("|") for triple in node.triples(part)]:
            yield Change(key, gone)


def single_doubled(world: World, node: Node, random: Random) -> Iterator[Change]:
    for key in world.singular(node):
        if (value := world.other(key, node, random)) is not None:
            yield Change(key, added=[node.triple(key.partition("@")[0], value)])


def class_wrong(world: World, node: Node, random: Random) -> Iterator[Change]:
    for class_ in (*_disjoint(world, node, DISJOINT, random), "shahr:Misspelt"):
        yield _retyped(node, class_)


def class_added(world: World, node: Node, random: Random) -> Iterator[Change]:
    for class_ in _disjoint(world, node, (*DISJOINT, AGREEMENTS), random):
        yield Change(class_, added=[node.triple("rdf:type", _name(class_))])


def reference_dangling(world: World, node: Node, random: Random) -> Iterator[Change]:
    for property_, value in _references(node):
        yield _swapped(node, property_, value, NamedNode(f"{value.value}-nowhere"))


def wrong_kind(world: World, node: Node, random: Random) -> Iterator[Change]:
    for property_, value in _references(node):
        kinds = sorted(set(KINDS) - _allowed(world, property_))
        if property_ != "shahr:claimProperty" and (names := world.of_kind(random.choice(kinds))):
            yield _swapped(node, property_, value, NamedNode(random.choice(names)))


def wrong_scheme(world: World, node: Node, random: Random) -> Iterator[Change]:
    for property_, value in _references(node):
        if scheme := world.schemes.get(curie(value.value)):
            others = sorted(concept for concept, other in world.schemes.items() if other != scheme)
            yield _swapped(node, property_, value, _name(random.choice(others)))


def literal_for_reference(world: World, node: Node, random: Random) -> Iterator[Change]:
    for property_, value in _references(node):
        yield _swapped(node, property_, value, Literal(value.value.rpartition("/")[2]))


def datatype_wrong(world: World, node: Node, random: Random) -> Iterator[Change]:
    for property_, value in _literals(node):
        if _type(value) not in ("xsd:string", "rdf:langString"):
            yield _swapped(node, property_, value, Literal(value.value))
        elif not value.language:
            yield _swapped(node, property_, value, Literal(value.value, language="en"))


def out_of_range(world: World, node: Node, random: Random) -> Iterator[Change]:
    for property_, value in _literals(node):
        for bad in BAD_VALUES.get(property_, "").split():
            change = _swapped(node, property_, value, Literal(bad, datatype=value.datatype))
            yield Change(f"{property_} {bad}", change.removed, change.added)


def digest_broken(world: World, node: Node, random: Random) -> Iterator[Change]:
    for property_ in DIGESTS:
        for value in node.values.get(property_, ()):
            broken = {"63 digits": value.value[1:], "g": f"g{value.value[1:]}", "upper case": value.value.upper()}
            for how, bad in broken.items():
                change = _swapped(node, property_, value, Literal(bad))
                yield Change(f"{property_} {how}", change.removed, change.added)


def cardinality(world: World, node: Node, random: Random) -> Iterator[Change]:
    for class_, property_ in PLURAL.items():
        others = [*node.triples("shahr:city")[1:], *node.triples("shahr:unstated")]
        if world.is_a(node, class_) and len(held := node.triples(property_)) > 1:
            yield Change(f"one {property_}", [*held[1:], *others])
    for class_, group in ALTERNATIVES.items():
        absent = [key for key in group if key not in node.values and world.pool.get(key)]
        if world.is_a(node, class_) and absent:
            value = world.pool[key := random.choice(absent)]
            yield Change("two of one group", added=[node.triple(key, random.choice(value))])
    if world.is_a(node, "shahr:SisterCityAgreement") and (third := world.other("shahr:country", node, random)):
        cities = [NamedNode(name) for name in world.of_kind("shahr:City")]
        third = next(city for city in cities if city not in node.values["shahr:city"])
        yield Change("three shahr:city", added=[node.triple("shahr:city", third)])
    for value in node.values.get("shahr:affiliatedWith", ()):
        change = _swapped(node, "shahr:affiliate", node.values["shahr:affiliate"][0], value)
        yield Change("with itself", change.removed, change.added)


def basis_contradicted(world: World, node: Node, random: Random) -> Iterator[Change]:
    dates = [triple for key in ("earliest", "latest", "edtf", "jalali") for triple in node.triples(f"shahr:{key}")]
    for value in node.values.get("shahr:dateBasis", ()):
        if dates:
            yield _swapped(node, "shahr:dateBasis", value, _name("concept:not-stated"))
            yield Change("dates dropped", dates)
        elif world.is_a(node, "shahr:Fact"):
            yield _swapped(node, "shahr:dateBasis", value, _name("concept:stated"))
            yield Change("period dropped", node.triples("shahr:withinPeriod") + node.triples("shahr:beforeStartOf"))


def property_misspelt(world: World, node: Node, random: Random) -> Iterator[Change]:
    for property_ in sorted(node.values):
        if property_.startswith("shahr:"):
            added = [node.triple(f"{property_}s", value) for value in node.values[property_]]
            yield Change(property_, node.triples(property_), added)
    yield Change("schema:keywords", added=[node.triple("schema:keywords", Literal("city diplomacy"))])


def property_misplaced(world: World, node: Node, random: Random) -> Iterator[Change]:
    strange = [key for key in world.pool if (domain := world.domains.get(key)) and not world.is_a(node, domain)]
    for key in random.sample(strange, 2):
        yield Change("elsewhere's", added=[node.triple(key, random.choice(world.pool[key]))])


def derived_by_hand(world: World, node: Node, random: Random) -> Iterator[Change]:
    property_, other = random.choice(DERIVED), random.choice(sorted(world.nodes))
    yield Change("derived", added=[node.triple(property_, NamedNode(other))])


def language_wrong(world: World, node: Node, random: Random) -> Iterator[Change]:
    for property_, value in _literals(node):
        if value.language:
            yield _relabelled(node, property_, value, Literal(value.value), "no tag")
            if property_ != "skos:altLabel":  # may be in any language
                yield _relabelled(node, property_, value, Literal(value.value, language="de"), "de")
            swapped = "en" if value.language == "fa" else "fa"
            yield _relabelled(node, property_, value, Literal(value.value, language=swapped), "swapped")
    for property_ in ("rdfs:label", "shahr:gist"):
        pair = [one for one in node.values.get(property_, ()) if getattr(one, "language", "") in ("en", "fa")]
        if len(pair) == 2:
            crossed = [(pair[0].value, "fa"), (pair[1].value, "en")]
            if getattr(pair[0], "language", "") == "fa":
                crossed = [(pair[0].value, "en"), (pair[1].value, "fa")]
            added = [node.triple(property_, Literal(text, language=tag)) for text, tag in crossed]
            yield Change(f"{property_} crossed", [node.triple(property_, one) for one in pair], added)


def text_quoted(world: World, node: Node, random: Random) -> Iterator[Change]:
    yield Change("oa:exact", added=[node.triple("oa:exact", Literal("some words", language="fa"))])
    yield Change("long note", added=[node.triple("skos:note", Literal("word " * 30, language="en"))])


def article_crossed(world: World, node: Node, random: Random) -> Iterator[Change]:
    for property_ in ("shahr:evidence", "oa:hasSource"):
        for value in node.values.get(property_, ()):
            home = world.nodes[value.value].graph
            others = [v for v in world.pool[property_] if world.nodes[v.value].graph != home]
            yield _swapped(node, property_, value, random.choice(others))


def optional_dropped(world: World, node: Node, random: Random) -> Iterator[Change]:
    needed = {part.partition("@")[0] for key in world.required(node) for part in key.split("|")}
    for property_ in sorted(set(node.values) - needed):
        yield Change(property_, node.triples(property_))


def like_for_like(world: World, node: Node, random: Random) -> Iterator[Change]:
    for property_, value in _references(node):
        scheme, twin = world.schemes.get(curie(value.value)), world.nodes.get(value.value)
        alike = [iri(concept) for concept, other in world.schemes.items() if scheme and other == scheme]
        alike += [n.iri for n in world.nodes.values() if twin and (n.kind, n.graph) == (twin.kind, twin.graph)]
        if others := sorted({*alike} - {one.value for one in node.values[property_]}):
            yield _swapped(node, property_, value, NamedNode(random.choice(others)))


def number_changed(world: World, node: Node, random: Random) -> Iterator[Change]:
    for property_, value in _literals(node):
        if _type(value) in ("xsd:integer", "xsd:decimal"):
            number = str(float(value.value) + 1) if "." in value.value else str(int(value.value) + 1)
            yield _swapped(node, property_, value, Literal(number, datatype=value.datatype))
        elif _type(value) == "xsd:date":
            day = date.fromisoformat(value.value) - timedelta(1)
            yield _swapped(node, property_, value, Literal(str(day), datatype=value.datatype))


def digest_other(world: World, node: Node, random: Random) -> Iterator[Change]:
    for property_ in DIGESTS:
        for value in node.values.get(property_, ()):
            yield _swapped(node, property_, value, Literal(f"{random.getrandbits(256):064x}"))


def text_other(world: World, node: Node, random: Random) -> Iterator[Change]:
    for property_, value in _literals(node):
        if value.language and (other := world.other(f"{property_}@{value.language}", node, random)):
            yield _swapped(node, property_, value, other)


def class_alike(world: World, node: Node, random: Random) -> Iterator[Change]:
    parents = world.supers[node.kind] - {node.kind, "shahr:Fact", "shahr:Entity", "shahr:Agent"}
    for class_ in (*sorted(parents), *_disjoint(world, node, (AGREEMENTS,), random)):
        yield _retyped(node, class_)


def _disjoint(world: World, node: Node, sets: Iterable[tuple[str, ...]], random: Random) -> Iterator[str]:
    """Give for each set of disjoint classes that has one above this node's class another of the set."""
    for members in sets:
        names = [f"shahr:{member}" for member in members]
        others = [name for name in names if not world.is_a(node, name)]
        if len(others) == len(names) - 1:
            yield random.choice(others)


def _allowed(world: World, property_: str) -> set[str]:
    """Give the kinds a property leads to: by its range, and for all but open ones by its use."""
    wide = world.ranges.get(property_, "")
    kinds = {kind for kind in KINDS if wide in world.supers.get(kind, ())}
    if wide in ("shahr:Entity", "") and property_ not in OPEN:
        kinds = set()
    return kinds | {world.kinds.get(value.value, "") for value in world.pool[property_]}


def _references(node: Node) -> Iterator[tuple[str, NamedNode]]:
    for property_ in sorted(node.values):
        for value in node.values[property_]:
            if property_ != "rdf:type" and isinstance(value, NamedNode) and value.value.startswith(BASE):
                yield property_, value


def _literals(node: Node) -> Iterator[tuple[str, Literal]]:
    for property_ in sorted(node.values):
        yield from ((property_, value) for value in node.values[property_] if isinstance(value, Literal))


def _swapped(node: Node, property_: str, old: Term, new: Term) -> Change:
    return Change(property_, [node.triple(property_, old)], [node.triple(property_, new)])


def _relabelled(node: Node, property_: str, old: Literal, new: Literal, how: str) -> Change:
    change = _swapped(node, property_, old, new)
    return Change(f"{property_}@{old.language} {how}", change.removed, change.added)


def _retyped(node: Node, class_: str) -> Change:
    types: Iterable[Term] = node.values["rdf:type"]
    return Change(class_, [node.triple("rdf:type", one) for one in types], [node.triple("rdf:type", _name(class_))])


def _name(name: str) -> NamedNode:
    return NamedNode(iri(name))


def _type(value: Literal) -> str:
    return curie(value.datatype.value)
