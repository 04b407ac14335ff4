"""`shahr link`: from entities without a Wikidata item to the items that they may be.

All that has to be asked is asked first, and kept answer by answer; then everything is decided and written at once. So
the file of links changes in one step or not at all, however often the endpoint failed on the way, and comes out the
same; writing it after each batch would make it grow line by line, and take time with the square of its size.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from shahr.agent import own_version
from shahr.errors import EndpointError
from shahr.gazetteer import Entity, Gazetteer, open_gazetteer
from shahr.link.asking import Answers, read_question
from shahr.link.deciding import Known, Proposal, decide
from shahr.link.distance import Point
from shahr.link.items import Item, classify, describe, item_id
from shahr.link.labels import labels_of, texts
from shahr.link.rows import EXACT, as_row, change_rows, read_rows, with_proposals
from shahr.mappings import Link, accepted_links
from shahr.namespaces import BASE, curie, iri
from shahr.paths import Project
from shahr.sssom import NO_TERM_FOUND, NOT, MappingSet

_UNRESOLVED = "Unresolved"


@dataclass(frozen=True)
class Found:
    """The entities that items were looked for, and the proposals for them, entity by entity."""

    entities: tuple[Entity, ...]
    proposals: tuple[Proposal, ...]


def propose(project: Project, answers: Answers, kinds: Collection[str], again: bool = False) -> Found:
    """Look for items for the entities of some kinds that have none; with `again` also for those that have.

    EndpointError where the endpoint fails: what it answered is kept. ProjectMissing, SourceError.
    """
    rows, links = read_rows(project), accepted_links(project)
    gazetteer = open_gazetteer(project.search)
    try:
        return _propose(gazetteer, answers, _Held(rows, links), kinds, again)
    except EndpointError as error:
        reason = str(error).removeprefix(f"{error.endpoint}: ")
        kept = f"{reason} (nothing is lost: run it again to go on where it stopped)"
        raise EndpointError(error.endpoint, kept, error.status) from error
    finally:
        gazetteer.close()


def write_proposals(project: Project, found: Found, day: str) -> None:
    """Write the proposals as candidates, in the place of those for the same entities before; errors as change_rows."""
    subjects = {curie(entity.iri) for entity in found.entities}
    version = own_version()
    rows = [as_row(proposal, day, version) for proposal in found.proposals]
    change_rows(project, lambda before: with_proposals(before, subjects, rows))


class _Held:
    """What the files of links say already, by full IRIs."""

    def __init__(self, rows: MappingSet, links: Sequence[Link]) -> None:
        exact = [link for link in links if link.predicate == iri(EXACT)]
        self.items = _objects(exact, iri("wd:"))
        self.geonames = _objects(exact, iri("gn:"))
        self.linked = frozenset(link.subject for link in links if link.object.startswith(iri("wd:")))
        self.taken = {id: subject for subject, ids in self.items.items() for id in ids}
        pairs = {(rows.expand(row.subject_id), rows.expand(row.object_id), row.predicate_modifier) for row in rows.rows}
        self.denied = {(subject, item.removeprefix(iri("wd:"))) for subject, item, no in pairs if no == NOT}
        self.unfindable = {subject for subject, item, no in pairs if item == iri(NO_TERM_FOUND) and no != NOT}

    def may_be(self, subject: str, item: str) -> bool:
        """Tell whether an item may be proposed: nobody denied it, and it is no other entity of ours."""
        return (subject, item) not in self.denied and self.taken.get(item, subject) == subject


def _objects(links: Sequence[Link], namespace: str) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for link in links:
        if link.object.startswith(namespace):
            local = link.object.removeprefix(namespace).rstrip("/")
            found[link.subject] = (*found.get(link.subject, ()), local)
    return found


def _propose(gazetteer: Gazetteer, answers: Answers, held: _Held, kinds: Collection[str], again: bool) -> Found:
    left_out = frozenset[str]() if again else held.linked | held.unfindable
    entities = [
        entity for entity in gazetteer.of_kinds(kinds) if _UNRESOLVED not in entity.types and entity.iri not in left_out
    ]
    hits = _hits(answers, entities)
    items = describe(answers, {id for ids in hits.values() for id in ids})
    classes = classify(answers, items.values())
    labels = {country.iri: country.label("en").text for country in gazetteer.of_kinds(["country"])}
    proposals = [
        proposal
        for entity in entities
        for proposal in decide(entity, _items(entity, hits, items, held), _known(entity, held, labels), classes)
    ]
    told = [one.item for one in proposals]
    describe(answers, {id for item in told for id in (*item.classes, *item.countries)})  # `review` shows their names
    return Found(tuple(entities), tuple(proposals))


def _hits(answers: Answers, entities: Sequence[Entity]) -> dict[str, list[str]]:
    """Give the ids of the items that have a text as name, by each text of these entities."""
    asked = {text: labels_of(text) for entity in entities for text in _texts(entity)}
    question = read_question("named", "name", "item")
    rows = answers.about(question, (name for names in asked.values() for name in names))
    return {
        text: sorted({id for name in names for row in rows[name] if (id := item_id(row[1]))})
        for text, names in asked.items()
    }


def _texts(entity: Entity) -> Iterator[str]:
    return (text for text in dict.fromkeys(text for name in entity.names for text in texts(name.text)))


def _items(
    entity: Entity, hits: Mapping[str, Sequence[str]], items: Mapping[str, Item], held: _Held
) -> dict[str, list[Item]]:
    found = {text: {items[id].id: items[id] for id in hits[text]} for text in _texts(entity)}
    return {text: [item for id, item in each.items() if held.may_be(entity.iri, id)] for text, each in found.items()}


def _known(entity: Entity, held: _Held, labels: Mapping[str, str]) -> Known:
    places = {value.target for name in ("country", "locatedIn") for value in entity.values.get(name, ())}
    countries = {
        item: labels.get(place, place.removeprefix(BASE))
        for place in sorted(places)
        if place.startswith(iri("country:"))
        for item in held.items.get(place, ())
    }
    return Known(countries, held.geonames.get(entity.iri, ()), point_of(entity))


def point_of(entity: Entity) -> Point | None:
    """Give the coordinates of an entity of ours; None where it has none that can be read."""
    try:
        latitude, longitude = (float(entity.values[name][0].text) for name in ("latitude", "longitude"))
    except (KeyError, ValueError):
        return None
    return Point(latitude, longitude)


def in_words(gazetteer: Gazetteer, entity: Entity) -> str:
    """Give what is known of an entity of ours in a line: labels, kind, country, coordinates."""
    labels = dict.fromkeys(entity.label(language).text for language in ("en", "fa"))
    places = sorted({value.target for name in ("country", "locatedIn") for value in entity.values.get(name, ())})
    named = gazetteer.labels(places)
    within = [texts.get("en", "") or next(iter(texts.values())) for _, texts in sorted(named.items())]
    point = point_of(entity)
    return "; ".join([" · ".join(labels), entity.kind, *within, *([str(point)] if point else [])])
