"""An invented project with facts to send, and an invented Wikidata to compare it with."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from itertools import chain
from pathlib import Path

from pyoxigraph import NamedNode, Quad, RdfFormat, parse, serialize

from endpoints import oxigraph
from quickstatements_grammar import read_lines, read_table
from shahr.client import Client
from shahr.namespaces import prefix_map
from shahr.paths import Project
from shahr.quickstatements import make_batch

WD = "http://www.wikidata.org/"
RDFS_LABEL = "<http://www.w3.org/2000/01/rdf-schema#label>"
HEADLINE = 'گفت: «آلفا» و "بتا"\n\tدو خواهرند'

ENTITIES = """
city:alpha a shahr:City ; rdfs:label "Alpha"@en, "آلفا"@fa .
city:beta a shahr:City ; rdfs:label "Beta"@en, "بتا"@fa .
city:gamma a shahr:City ; rdfs:label "Gamma"@en .
city:delta a shahr:City ; rdfs:label "Delta"@en .
place:beta-or-delta a shahr:Unresolved ; rdfs:label "Beta or Delta"@en ; shahr:candidate city:beta, city:delta .
person:ada rdfs:label "Ada"@en . person:bob rdfs:label "Bob"@en .
organization:net rdfs:label "The *Net* <b>"@en .
post:mayor rdfs:label "Mayor of Alpha"@en ; shahr:mayoraltyOf city:alpha .
article:report a shahr:Article ; rdfs:label "The report"@en ; schema:url <https://news.example/a%7Cb?c=d> ;
  schema:headline HEADLINE@fa ; schema:datePublished "2017-06-08"^^xsd:date ; schema:inLanguage "fa" .
article:bare a shahr:Article ; rdfs:label "The bare one"@en .
passage:told oa:hasSource article:report ; shahr:startOffset 10 ; shahr:endOffset 20 ;
  shahr:voice concept:unattributed .
passage:said oa:hasSource article:report ; shahr:startOffset 30 ; shahr:endOffset 40 ;
  shahr:speaker person:ada ; shahr:speakingAs post:mayor .
passage:repeated oa:hasSource article:report ; shahr:startOffset 50 ; shahr:endOffset 60 ;
  shahr:speaker person:ada ; shahr:speakingAs post:president .
passage:seconded oa:hasSource article:report ; shahr:startOffset 70 ; shahr:endOffset 80 ;
  shahr:speaker person:bob ; shahr:speakingAs post:president .
passage:hidden oa:hasSource article:bare ; shahr:startOffset 1 ; shahr:endOffset 2 ; shahr:voice concept:unattributed .
"""
DAY = date(2026, 11, 22)
TWINS = """
agreement:twins a shahr:SisterCityAgreement ; rdfs:label "Alpha and Beta"@en ; shahr:city city:alpha, city:beta ;
  shahr:status concept:signed ; shahr:evidence passage:told .
"""
MEMBER = """
membership:m a shahr:Membership ; rdfs:label "Alpha in the net"@en ; shahr:member city:alpha ;
  shahr:organization organization:net ; shahr:evidence passage:told .
"""
ITEMS = {
    "city:alpha": "Q1001",
    "city:beta": "Q1002",
    "city:delta": "Q1004",
    "person:ada": "Q2001",
    "person:bob": "Q2002",
    "organization:net": "Q3001",
}


def project(root: Path, facts: str, unreviewed: Iterable[str] = ()) -> Project:
    """Write a project as if it had been built of `facts`; links of `unreviewed` entities only a machine proposed."""
    for folder in ("ontology", "dist", "data/links"):
        (root / folder).mkdir(parents=True)
    prefixes = "".join(f"PREFIX {name}: <{space}>\n" for name, space in prefix_map().items())
    headline = '"' + HEADLINE.replace('"', '\\"').replace("\n", "\\n").replace("\t", "\\t") + '"'
    turtle = prefixes + ENTITIES.replace("HEADLINE", headline) + facts
    graph = NamedNode("https://w3id.org/shahr/graph/one")
    quads = [
        Quad(one.subject, one.predicate, one.object, graph) for one in parse(turtle.encode(), format=RdfFormat.TURTLE)
    ]
    made = Project.at(root)
    made.graph.write_bytes(serialize(quads, format=RdfFormat.N_QUADS) or b"")
    made.inferred.write_bytes(b"")
    (made.links / "wikidata.sssom.tsv").write_text(links(ITEMS, set(unreviewed)), encoding="utf-8")
    return made


def links(items: dict[str, str], unreviewed: set[str]) -> str:
    spaces = {name: space for name, space in prefix_map().items() if name in ("wd", "skos", "semapv", "sssom")}
    spaces |= {name: space for name, space in prefix_map().items() if any(one.startswith(f"{name}:") for one in items)}
    head = ["#curie_map:", *(f'#  {name}: "{space}"' for name, space in sorted(spaces.items()))]
    head += ['#license: "https://creativecommons.org/licenses/by/4.0/"', '#mapping_set_id: "https://example.org/set"']
    rows = ["subject_id\tpredicate_id\tobject_id\tmapping_justification"]
    for entity, item in sorted(items.items()):
        how = "LexicalMatching" if entity in unreviewed else "ManualMappingCuration"
        rows.append(f"{entity}\tskos:exactMatch\twd:{item}\tsemapv:{how}")
    return "\n".join([*head, *rows]) + "\n"


def known(*items: str) -> str:
    """Give labels of items, by default of all, and nothing else: an empty but knowing endpoint."""
    named = items or tuple(ITEMS.values())
    return "".join(f'<{WD}entity/{item}> {RDFS_LABEL} "{item}"@en .\n' for item in named)


def there(
    item: str,
    property_: str,
    value: str | None,
    *,
    referenced: bool = False,
    rank: str = "NormalRank",
    precision: int | None = None,
    **times: str,
) -> str:
    """Give a statement as Wikidata has it; `value` is an item, a day, or None for "no value"; P580="2021-08-05"."""
    node = f"<{WD}entity/statement/{item}-{property_}-{value}-{rank}-{'-'.join(times.values())}>"
    lines = [
        f"<{WD}entity/{item}> <{WD}prop/{property_}> {node} .",
        f"{node} <http://wikiba.se/ontology#rank> <http://wikiba.se/ontology#{rank}> .",
    ]
    if value is not None:
        lines.append(f"{node} <{WD}prop/statement/{property_}> {term(value)} .")
    if value and precision:
        lines += time_node(f"{node} <{WD}prop/statement/value/{property_}>", value, precision)
    for name, day in times.items():
        lines.append(f"{node} <{WD}prop/qualifier/{name}> {term(day)} .")
    if referenced:
        lines.append(f"{node} <http://www.w3.org/ns/prov#wasDerivedFrom> <{WD}reference/1> .")
    return "\n".join(lines) + "\n"


def term(value: str) -> str:
    if value.startswith("Q"):
        return f"<{WD}entity/{value}>"
    return f'"{value}T00:00:00Z"^^<http://www.w3.org/2001/XMLSchema#dateTime>'


def time_node(owner: str, day: str, precision: int) -> list[str]:
    node = f"<{WD}value/{day}-{precision}>"
    number = f'"{precision}"^^<http://www.w3.org/2001/XMLSchema#integer>'
    return [
        f"{owner} {node} .",
        f"{node} <http://wikiba.se/ontology#timeValue> {term(day)} .",
        f"{node} <http://wikiba.se/ontology#timePrecision> {number} .",
    ]


class Made:
    """A batch that was made, read back by the strict reader."""

    def __init__(self, out: Path) -> None:
        self.lines = read_lines((out / "statements.tsv").read_bytes())
        tables = [read_table(path.read_bytes()) for path in sorted(out.glob("statements*.csv"))]
        assert sorted(map(repr, chain(*tables))) == sorted(map(repr, self.lines))
        self.english, self.persian = (
            re.sub(r"\\(.)", r"\1", (out / name).read_text("utf-8")) for name in ("diff.md", "diff.fa.md")
        )

    @property
    def sent(self) -> list[tuple[str, str, str]]:
        return [(one.item, one.property, one.value[1]) for one in self.lines]

    def told(self, heading: str) -> str:
        """Give the section of the English page whose heading begins so."""
        found = re.search(rf"## {heading}.*?(?=\n## |\Z)", self.english, re.DOTALL)
        assert found
        return found[0]


def make(root: Path, facts: str, data: str, include: tuple[str, ...] = (), unreviewed: tuple[str, ...] = ()) -> Made:
    here = project(root / "project", facts, unreviewed)
    with oxigraph(data.encode()) as endpoint:
        make_batch(here, Client(endpoint), root / "out", DAY, include)
    return Made(root / "out")
