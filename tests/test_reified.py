"""The RDF 1.2 edition: each plain triple with the fact that says it, and nothing that no fact says."""

from __future__ import annotations

import re
from pathlib import Path

from pyoxigraph import NamedNode, Quad, RdfFormat, Triple, parse

from dumping import making_of
from shahr.dataset import nquads
from shahr.namespaces import BASE, graph_iri, iri, prefix_map
from shahr.release.rdf.reified import write_reified


def said(path: Path) -> set[tuple[str, ...]]:
    """Give (fact, subject, property, object) of all that is reified, names of ours without their namespace."""
    found = set()
    for quad in parse(path=path, format=RdfFormat.from_extension(path.suffix[1:])):
        if quad.predicate.value == iri("rdf:reifies"):
            assert isinstance(quad.object, Triple)
            assert quad.graph_name == NamedNode(graph_iri("reified"))
            found.add(tuple(re.sub(r"[<>\"]", "", str(one)).removeprefix(BASE) for one in (quad.subject, *quad.object)))
    return found


def test_facts_reify_the_plain_triples_that_follow_from_them(built: Path, tmp_path: Path) -> None:
    making = making_of(built, tmp_path)
    written = write_reified(making.triples, tmp_path)
    found = said(written)
    assert {
        ("agreement/isfahan-kazan-twinning", "city/isfahan", "ns#twinnedWith", "city/kazan"),
        ("agreement/isfahan-kazan-twinning", "city/kazan", "ns#twinnedWith", "city/isfahan"),
        ("agreement/shiraz-novi-sad-cooperation", "city/shiraz", "ns#partnerCity", "city/novi-sad"),
        ("event/vaquer-ghalandar-meeting", "person/jordi-vaquer", "ns#metWith", "person/mohammad-reza-ghalandar"),
        ("tenure/metshin-mayor-of-kazan", "person/ilsur-metshin", "ns#mayorOf", "city/kazan"),
        ("tenure/metshin-mayor-of-kazan", "person/ilsur-metshin", "ns#holdsPost", "post/mayor-of-kazan"),
        ("claim/kazan-in-russia", "city/kazan", "ns#country", "country/russia"),
    } <= found
    plain = set(parse(path=making.triples, format=RdfFormat.N_TRIPLES))
    reified = [quad.object for quad in parse(path=written, format=RdfFormat.N_QUADS)]
    assert all(isinstance(one, Triple) and Quad(*one) in plain for one in reified)


FACTS = """
agreement:one a shahr:SisterCityAgreement ; shahr:status concept:signed ; shahr:city city:a, city:b .
agreement:two a shahr:SisterCityAgreement ; shahr:status concept:proposed ; shahr:city city:a, city:b .
agreement:three a shahr:SisterCityAgreement ; shahr:status concept:signed ; shahr:city city:a, city:c .
event:held a shahr:Meeting ; shahr:eventStatus concept:held ; shahr:participant person:p, person:q .
event:off a shahr:Meeting ; shahr:eventStatus concept:cancelled ; shahr:participant person:p, person:q .
claim:one a shahr:Claim ; shahr:claimSubject city:a ; shahr:claimProperty shahr:populationRank ; shahr:claimLiteral 2 .
claim:two a shahr:Claim ; shahr:claimSubject city:a ; shahr:claimProperty shahr:populationRank ; shahr:claimLiteral 2 .
claim:three shahr:contests claim:two .
city:a shahr:twinnedWith city:b ; shahr:populationRank 2 .
person:p shahr:metWith person:q .
"""


def test_only_what_follows_and_is_there_is_reified(tmp_path: Path) -> None:
    text = "".join(f"@prefix {name}: <{space}> .\n" for name, space in prefix_map().items()) + FACTS
    quads = parse(text.encode(), format=RdfFormat.TURTLE)
    (tmp_path / "all.nt").write_bytes(nquads(Quad(*quad.triple) for quad in quads))
    assert said(write_reified(tmp_path / "all.nt", tmp_path)) == {
        ("agreement/one", "city/a", "ns#twinnedWith", "city/b"),
        ("event/held", "person/p", "ns#metWith", "person/q"),
        ("claim/one", "city/a", "ns#populationRank", f"2^^{iri('xsd:integer')}"),
    }
