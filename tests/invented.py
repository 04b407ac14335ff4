"""An invented project: two cities, one article, one link; and how to write such sources."""

from __future__ import annotations

from pathlib import Path

from shahr.evidence import measure

TEXT = "شهردار آلفا گفت: ما با بتا خواهرشهر هستیم.\nاو افزود که ۳ سال گذشته است.\n"

PREFIXES = """
PREFIX article: <https://w3id.org/shahr/article/>
PREFIX city: <https://w3id.org/shahr/city/>
PREFIX concept: <https://w3id.org/shahr/concept/>
PREFIX oa: <http://www.w3.org/ns/oa#>
PREFIX owl: <http://www.w3.org/2002/07/owl#>
PREFIX passage: <https://w3id.org/shahr/passage/>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX shahr: <https://w3id.org/shahr/ns#>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
"""

ONTOLOGY = """
<https://w3id.org/shahr/ns#> a owl:Ontology .
shahr:City a owl:Class ; rdfs:label "city"@en, "شهر"@fa .
shahr:Article a owl:Class . shahr:Passage a owl:Class .
shahr:Pair a owl:Class ;
  rdfs:subClassOf [ a owl:Restriction ; owl:onProperty shahr:city ; owl:minCardinality 1 ] .
shahr:city a owl:ObjectProperty . shahr:status a owl:ObjectProperty . shahr:evidence a owl:ObjectProperty .
shahr:sha256 a owl:DatatypeProperty . shahr:foldedSha256 a owl:DatatypeProperty .
shahr:codePoints a owl:DatatypeProperty . shahr:foldedCodePoints a owl:DatatypeProperty .
shahr:startOffset a owl:DatatypeProperty . shahr:endOffset a owl:DatatypeProperty .
concept:in-force a skos:Concept .
"""

CITIES = """
city:alpha a shahr:City ; rdfs:label "Alpha"@en, "آلفا"@fa, "Âlfâ"@fa-Latn .
city:beta a shahr:City ; rdfs:label "Beta"@en, "بتا"@fa .
"""

LINKS = """#curie_map:
#  city: https://w3id.org/shahr/city/
#  wd: http://www.wikidata.org/entity/
#mapping_set_id: https://w3id.org/shahr/links
subject_id\tpredicate_id\tpredicate_modifier\tobject_id\tmapping_justification
city:alpha\tskos:exactMatch\t\twd:Q1\tsemapv:ManualMappingCuration
city:beta\tskos:exactMatch\tNot\twd:Q2\tsemapv:ManualMappingCuration
"""


def write(path: Path, text: str) -> Path:
    """Write a source file of a project, folders included."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def article_turtle(text: str, slug: str, spans: list[tuple[int, int]]) -> str:
    """Record an article and passages of it."""
    whole = measure(text)
    blocks = [
        f"article:{slug} a shahr:Article ; shahr:codePoints {whole.code_points} ; "
        f'shahr:sha256 "{whole.sha256}" ; '
        f'shahr:foldedCodePoints {whole.folded_code_points} ; shahr:foldedSha256 "{whole.folded_sha256}" .'
    ]
    for start, end in spans:
        part = measure(text[start:end])
        blocks.append(
            f"passage:{slug}-{start}-{end} a shahr:Passage ; oa:hasSource article:{slug} ; "
            f'shahr:startOffset {start} ; shahr:endOffset {end} ; shahr:sha256 "{part.sha256}" ; '
            f'shahr:foldedCodePoints {part.folded_code_points} ; shahr:foldedSha256 "{part.folded_sha256}" .'
        )
    return PREFIXES + "\n".join(blocks)
