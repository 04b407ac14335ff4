"""The classes and properties that entities have, as a reconciliation service calls them types and properties.

A type is a class of the ontology by its local name, "City". A property is one of the ontology by its local name,
"country", or one of a few others: the identifiers wikidata and geonames, latitude, longitude, description, and what
every entity has: label-fa, label-en, otherName, iri.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from flask_babel import force_locale
from flask_babel import gettext as _

from shahr.gazetteer import Entity, Gazetteer, Name, Value, entity_id, term_iri
from shahr.namespaces import BASE
from shahr.web.language import LANGUAGES

ROOT = "Entity"  # the class of all entities: true of each, and so of no use to tell them apart
NAMES = ("label-fa", "label-en", "otherName", "iri")
FIRST = ("wikidata", "geonames", *NAMES, "latitude", "longitude", "description")

# What tells an entity best from others of its name, the best first.
TELLING = ("holdsPost", "country", "postOf", "organOf", "governs", "jurisdiction", "locatedIn", "basedIn")

_Texts = tuple[dict[str, str], dict[str, str]]  # labels and definitions by language


@dataclass(frozen=True)
class Type:
    """A class: its local name, labels and definitions by language, the classes right above it, and its entities."""

    id: str
    labels: Mapping[str, str]
    definitions: Mapping[str, str]
    broader: tuple[str, ...]
    count: int


@dataclass(frozen=True)
class Property:
    """A property, told of as a Type; `counts` is how many entities of each class have it, or of any ("").

    `counts` is empty for names and IRI, which all entities have.
    """

    id: str
    labels: Mapping[str, str]
    definitions: Mapping[str, str]
    counts: Mapping[str, int]

    def is_of(self, type: str) -> bool:
        """Tell whether entities of a class have it; "" for any class."""
        return not self.counts or type in self.counts


Term = Type | Property


def types(gazetteer: Gazetteer) -> list[Type]:
    """Give the classes that entities are of, the most frequent first."""
    told, above = _told(gazetteer, gazetteer.types), gazetteer.above(gazetteer.types)
    return [Type(name, *told[name], above.get(name, ()), count) for name, count in gazetteer.types.items()]


def properties(gazetteer: Gazetteer, type: str | None = None) -> list[Property]:
    """Give the properties that entities have, or those of one class: identifiers and names first, then by frequency."""
    counts: dict[str, Mapping[str, int]] = {**gazetteer.properties, **{name: {} for name in NAMES}}
    told = _told(gazetteer, counts) | _own_texts()
    found = [Property(name, *told[name], counts[name]) for name in counts]
    return of_type(found, type or "")


def of_type(properties: Iterable[Property], type: str) -> list[Property]:
    """Give those of some properties that entities of a class ("" for any) have, in the order of `properties`."""
    kept = [one for one in properties if one.is_of(type)]
    return sorted(kept, key=lambda one: (_place(one.id), -one.counts.get(type, 0), one.id))


def name_of(term: Term, language: str) -> Name:
    """Give the label of a class or property in a language, else in another; its id where it has none."""
    found = language if language in term.labels else next(iter(term.labels), "")
    return Name(term.labels.get(found, term.id), found, "label")


def definition_of(term: Term, language: str) -> str:
    """Give the definition in a language, "" where there is none."""
    return term.definitions.get(language, "")


def own_types(entity: Entity) -> tuple[str, ...]:
    """Give the classes of an entity, the most special first, without that of all entities."""
    return tuple(name for name in entity.types if name != ROOT)


def describe(gazetteer: Gazetteer, entities: Sequence[Entity], language: str) -> dict[str, str]:
    """Give a few words by id that tell entities from others of their names, in a language: "city · Iran"."""
    telling = {entity.id: _telling(entity) for entity in entities}
    wanted = {value.target for values in telling.values() for value in values}
    wanted |= {term_iri(entity.types[0]) for entity in entities if entity.types}
    labels = gazetteer.labels(wanted)
    found: dict[str, str] = {}
    for entity in entities:
        nodes = [*(term_iri(name) for name in entity.types[:1]), *(value.target for value in telling[entity.id])]
        found[entity.id] = " · ".join(_in_language(labels[node], language) for node in nodes if node in labels)
    return found


def both_names(entity: Entity, language: str) -> list[Name]:
    """Give the label of an entity in a language, and those that it has in the other languages of the pages."""
    first = entity.label(language)
    labels = [name for name in entity.names if name.role == "label" and name.language in LANGUAGES]
    return [first, *(name for name in labels if name.language != first.language)]


def same_elsewhere(entity: Entity) -> dict[str, tuple[str, str]]:
    """Give the identifiers that others have for an entity, with the addresses there: {"wikidata": ("Q42053", …)}."""
    addresses = {"wikidata": "https://www.wikidata.org/wiki/{}", "geonames": "https://www.geonames.org/{}"}
    held = {name: entity.values[name][0].text for name in addresses if entity.values.get(name)}
    return {name: (text, addresses[name].format(text)) for name, text in held.items()}


def find_entity(gazetteer: Gazetteer, text: str) -> Entity | None:
    """Give the entity with an id as people and programs write it: "city/isfahan", "city:isfahan", its IRI."""
    known = entity_id(text)
    return gazetteer.entity(known) if known else None


def _telling(entity: Entity) -> list[Value]:
    """Give up to two values of the first property that tells of an entity."""
    held = (entity.values.get(property, ()) for property in TELLING)
    nodes = ([value for value in values if value.target.startswith(BASE)] for values in held)
    return next(filter(None, nodes), [])[:2]


def _in_language(labels: Mapping[str, str], language: str) -> str:
    return labels.get(language) or labels.get(LANGUAGES[0]) or next(iter(labels.values()))


def _told(gazetteer: Gazetteer, names: Iterable[str]) -> dict[str, _Texts]:
    """Give labels and definitions of terms by local name."""
    iris = {name: term_iri(name) for name in names}
    labels, definitions = gazetteer.labels(iris.values()), gazetteer.definitions(iris.values())
    return {name: (labels.get(iri, {}), definitions.get(iri, {})) for name, iri in iris.items()}


def _place(property: str) -> int:
    return FIRST.index(property) if property in FIRST else len(FIRST)


def _own_texts() -> dict[str, _Texts]:
    """Give labels and definitions of the properties that the ontology does not name."""
    found: dict[str, _Texts] = {}
    for language in LANGUAGES:
        with force_locale(language):
            for name, texts in _texts().items():
                labels, definitions = found.setdefault(name, ({}, {}))
                labels[language], definitions[language] = texts
    return found


def _texts() -> dict[str, tuple[str, str]]:
    return {
        "wikidata": (_("Wikidata identifier"), _("The item of Wikidata about the same thing.")),
        "geonames": (_("GeoNames identifier"), _("The number of the same place in GeoNames.")),
        "label-fa": (_("Persian name"), _("The name in Persian letters.")),
        "label-en": (_("English name"), _("The name in English.")),
        "otherName": (_("other name"), _("Another name or spelling that sources use.")),
        "iri": (_("address in the graph"), _("The IRI by which the graph names it.")),
        "latitude": (_("latitude"), _("Degrees north of the equator.")),
        "longitude": (_("longitude"), _("Degrees east of Greenwich.")),
        "description": (_("description"), _("A sentence about it.")),
    }
