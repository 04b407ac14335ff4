"""The faults that an editor or a program may put into data/, and that shapes and checks must find.

An operator gives the changes it can make to one node; those that change nothing are left out later.
"""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

from pyoxigraph import Literal, NamedNode

from mutant_changes import AGREEMENTS, datatype, disjoint, literals, references, relabelled, retyped, swapped, term
from mutants import KINDS, Change, Node, Operator, World
from shahr.namespaces import curie

OPEN = (
    *("shahr:about", "shahr:addressee", "shahr:soughtPartner", "shahr:observed", "shahr:candidate"),
    *("shahr:claimSubject", "shahr:claimEntity"),
)
FACTS = {"shahr:Agreement", "shahr:Event", "shahr:Fact", "shahr:Article"}
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
    ("Tenure", "Membership", "StatusChange", "Agreement", "Event", "Designation", "Affiliation", "Observation"),
    ("Tenure", "Membership", "Statement", "Claim"),
    ("City", "Country", "Region"),
    ("Place", "Person", "Organization", "Post", "Period", "Unresolved"),
    ("Entity", "Fact", "Article", "Passage"),
)
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
OTHER_LANGUAGE = {"en": "fa", "fa": "en"}
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


def required_dropped(world: World, node: Node, random: Random) -> Iterator[Change]:
    for key in world.required(node):
        if gone := [triple for part in key.split("|") for triple in node.triples(part)]:
            yield Change(key, gone)


def single_doubled(world: World, node: Node, random: Random) -> Iterator[Change]:
    for key in world.singular(node):
        if len(node.triples(key)) == 1 and (value := world.other(key, node, random)) is not None:
            yield Change(key, added=[node.triple(key.partition("@")[0], value)])


def class_wrong(world: World, node: Node, random: Random) -> Iterator[Change]:
    for class_ in (*disjoint(world, node, DISJOINT, random), "shahr:Misspelt"):
        yield retyped(node, class_)


def class_added(world: World, node: Node, random: Random) -> Iterator[Change]:
    for class_ in disjoint(world, node, (*DISJOINT, AGREEMENTS), random):
        yield Change(class_, added=[node.triple("rdf:type", term(class_))])


def reference_dangling(world: World, node: Node, random: Random) -> Iterator[Change]:
    for property_, value in references(node):
        yield swapped(node, property_, value, NamedNode(f"{value.value}-nowhere"))


def wrong_kind(world: World, node: Node, random: Random) -> Iterator[Change]:
    for property_, value in references(node):
        kinds = sorted(set(KINDS) - _allowed(world, property_))
        if property_ != "shahr:claimProperty" and (names := world.of_kind(random.choice(kinds))):
            yield swapped(node, property_, value, NamedNode(random.choice(names)))


def wrong_scheme(world: World, node: Node, random: Random) -> Iterator[Change]:
    for property_, value in references(node):
        if scheme := world.schemes.get(curie(value.value)):
            others = sorted(concept for concept, other in world.schemes.items() if other != scheme)
            yield swapped(node, property_, value, term(random.choice(others)))


def literal_for_reference(world: World, node: Node, random: Random) -> Iterator[Change]:
    for property_, value in references(node):
        yield swapped(node, property_, value, Literal(value.value.rpartition("/")[2]))


def datatype_wrong(world: World, node: Node, random: Random) -> Iterator[Change]:
    for property_, value in literals(node):
        if datatype(value) not in ("xsd:string", "rdf:langString"):
            yield swapped(node, property_, value, Literal(value.value))
        elif not value.language:
            yield swapped(node, property_, value, Literal(value.value, language="en"))


def out_of_range(world: World, node: Node, random: Random) -> Iterator[Change]:
    for property_, value in literals(node):
        for bad in BAD_VALUES.get(property_, "").split() if not value.language else ():
            change = swapped(node, property_, value, Literal(bad, datatype=value.datatype))
            yield Change(f"{property_} {bad}", change.removed, change.added)


def digest_broken(world: World, node: Node, random: Random) -> Iterator[Change]:
    for property_ in DIGESTS:
        for value in node.values.get(property_, ()):
            broken = {"63 digits": value.value[1:], "g": f"g{value.value[1:]}", "upper case": value.value.upper()}
            for how, bad in broken.items():
                change = swapped(node, property_, value, Literal(bad))
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
    if world.is_a(node, "shahr:SisterCityAgreement") and (third := world.other("shahr:observed", node, random)):
        yield Change("three shahr:city", added=[node.triple("shahr:city", third)])
    for other in node.values.get("shahr:affiliatedWith", ()):
        change = swapped(node, "shahr:affiliate", node.values["shahr:affiliate"][0], other)
        yield Change("with itself", change.removed, change.added)


def basis_contradicted(world: World, node: Node, random: Random) -> Iterator[Change]:
    dates = [triple for key in ("earliest", "latest", "edtf", "jalali") for triple in node.triples(f"shahr:{key}")]
    for value in node.values.get("shahr:dateBasis", ()):
        if dates:
            yield swapped(node, "shahr:dateBasis", value, term("concept:not-stated"))
            yield Change("dates dropped", dates)
        elif world.is_a(node, "shahr:Fact"):
            yield swapped(node, "shahr:dateBasis", value, term("concept:stated"))
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
    for property_, value in literals(node):
        if value.language:
            if property_ != "skos:hiddenLabel":  # which may be in no language
                yield relabelled(node, property_, value, Literal(value.value), "no tag")
            if property_ not in ("skos:altLabel", "skos:hiddenLabel", "shahr:claimLiteral"):  # may be in any language
                yield relabelled(node, property_, value, Literal(value.value, language="de"), "de")
        if value.language in OTHER_LANGUAGE:
            swapped = Literal(value.value, language=OTHER_LANGUAGE[value.language])
            yield relabelled(node, property_, value, swapped, "swapped")
    for property_ in ("rdfs:label", "shahr:gist"):
        pair = [triple for language in OTHER_LANGUAGE for triple in node.triples(f"{property_}@{language}")]
        texts = [triple.object.value for triple in pair if isinstance(triple.object, Literal)]
        crossed = zip(texts, reversed(OTHER_LANGUAGE), strict=True) if len(texts) == 2 else ()
        added = [node.triple(property_, Literal(text, language=tag)) for text, tag in crossed]
        yield Change(f"{property_} crossed", pair if added else (), added)


def text_quoted(world: World, node: Node, random: Random) -> Iterator[Change]:
    yield Change("oa:exact", added=[node.triple("oa:exact", Literal("some words", language="fa"))])
    yield Change("long note", added=[node.triple("skos:note", Literal("word " * 30, language="en"))])


def article_crossed(world: World, node: Node, random: Random) -> Iterator[Change]:
    for property_ in ("shahr:evidence", "oa:hasSource"):
        for value in node.values.get(property_, ()):
            home = world.nodes[value.value].graph
            others = [v for v in world.pool[property_] if world.nodes[v.value].graph != home]
            yield swapped(node, property_, value, random.choice(others))


def _allowed(world: World, property_: str) -> set[str]:
    """Give the kinds a property leads to: by its range where it is narrow or the property open, and by its use."""
    wide = world.ranges.get(property_, "shahr:Entity")
    kinds = {world.kinds.get(value.value, "") for value in world.pool[property_]}
    if wide != "shahr:Entity" or property_ in OPEN:
        kinds |= {kind for kind in KINDS if wide in world.supers.get(kind, ())}
    if wide == "shahr:Entity" and "shahr:City" in kinds:
        kinds.add("shahr:Unresolved")
    return kinds | (FACTS if property_ == "shahr:claimSubject" else set())
