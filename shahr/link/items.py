"""Items as Wikidata describes them, and of which kind of ours they are."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from pyoxigraph import Literal, NamedNode

from shahr.folding import visible
from shahr.gazetteer import Entity, Name, Value
from shahr.link.asking import Answers, Kept, Question, Row, read_question
from shahr.link.distance import Point
from shahr.namespaces import iri
from shahr.queries import fill

_ITEM = re.compile(r"Q[1-9][0-9]{0,14}")
_NUMBER = re.compile(r"[0-9]{1,15}")
_LONGEST = 250  # characters of a label, as in Wikidata
_POINT = re.compile(r"Point\((-?[0-9.]+) (-?[0-9.]+)\)", re.IGNORECASE)  # on other globes it begins with their IRI
_MERGES = 5  # items in a row of which each was merged into the next


@dataclass(frozen=True)
class Item:
    """An item: `id` is "Q42053", and so are classes, countries and `merged_into`, "" where it was not merged."""

    id: str
    names: tuple[Name, ...] = ()
    classes: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    points: tuple[Point, ...] = ()
    geonames: tuple[str, ...] = ()
    merged_into: str = ""

    def label(self, language: str) -> str:
        """Give its label in a language, or the one for all languages; "" where it has neither."""
        labels = {name.language: name.text for name in reversed(self.names) if name.role == "label"}
        return labels.get(language) or labels.get("mul") or labels.get("", "")

    @property
    def title(self) -> str:
        """Its label in English, else in Persian; "" where it has neither."""
        return self.label("en") or self.label("fa")

    def in_words(self, kept: Kept) -> str:
        """Give what is known of it in a line: labels, classes and countries by name, coordinates."""
        labels = dict.fromkeys(self.label(language) for language in ("en", "fa"))
        classes, countries = (
            [with_label(one, kept_item(kept, one)) for one in ids] for ids in (self.classes, self.countries)
        )
        facts = {"class": classes, "country": countries, "GeoNames id": self.geonames}
        told = [f"{name} {', '.join(values)}" for name, values in facts.items() if values]
        return "; ".join([" · ".join(filter(None, labels)), *told, *map(str, self.points)])


def with_label(id: str, item: Item | None) -> str:
    """Write an item as "song (Q7366)", by its id alone where nothing is known of it."""
    return f"{item.title} ({id})" if item and item.title else id


def item_id(term: object) -> str:
    """Give "Q42053" for the IRI of an item; "" for all else."""
    local = term.value.removeprefix(iri("wd:")) if isinstance(term, NamedNode) else ""
    return local if _ITEM.fullmatch(local) else ""


def item_node(id: str) -> NamedNode:
    """Give the IRI of an item."""
    return NamedNode(iri("wd:") + id)


def describing() -> Question:
    """Give the question that `read_item` reads the answer of."""
    return read_question("described", "item", "property", "value")


def describe(answers: Answers, ids: Iterable[str]) -> dict[str, Item]:
    """Give the items with these ids; under the id of one that was merged, the item that it is part of now."""
    question, found, ahead = describing(), dict[str, Item](), sorted(set(ids))
    for _ in range(_MERGES):
        rows = answers.about(question, [item_node(id) for id in ahead])
        found |= {id: read_item(id, rows[item_node(id)]) for id in ahead}
        ahead = sorted({item.merged_into for item in found.values()} - {"", *found})
    return {id: _followed(item, found) for id, item in found.items()}


def read_item(id: str, rows: Iterable[Row]) -> Item:
    """Read the rows on one item."""
    held: dict[str, list[object]] = {}
    for _, property, value in rows:
        held.setdefault(property.value if isinstance(property, NamedNode) else "", []).append(value)

    def items(curie: str) -> tuple[str, ...]:
        return tuple(sorted({one for one in map(item_id, held.get(iri(curie), ())) if one}))

    def texts(curie: str) -> list[Literal]:
        return [value for value in held.get(iri(curie), ()) if isinstance(value, Literal)]

    roles = (("label", "rdfs:label"), ("alternative", "skos:altLabel"))
    return Item(
        id,
        tuple(name for role, curie in roles for text in texts(curie) if (name := _name(text, role)).text),
        items("wdt:P31"),
        items("wdt:P17"),
        tuple(point for text in texts("wdt:P625") for point in _points(text.value)),
        tuple(sorted({text.value for text in texts("wdt:P1566") if _NUMBER.fullmatch(text.value)})),
        next(iter(items("owl:sameAs")), ""),
    )


def as_entity(item: Item, kinds: Mapping[str, frozenset[str]], near: bool | None) -> Entity:
    """Give an item as the matcher compares it: its types are kinds of ours, by its classes.

    `near` tells whether it lies where it should; None where that cannot be told.
    """
    values = {
        "country": item.countries,
        "geonames": item.geonames,
        "near": () if near is None else (str(near).lower(),),
    }
    held = {property: tuple(Value("", one, "", "") for one in each) for property, each in values.items() if each}
    return Entity(item.id, "", tuple(sorted(kinds_of(item, kinds))), item.names, held)


def kinds_of(item: Item, kinds: Mapping[str, frozenset[str]]) -> frozenset[str]:
    """Give the kinds of ours that an item is of by its classes.

    Towns and states are bodies of public law, so Wikidata has many of their classes below those of organisations too:
    a city or country is none of ours.
    """
    found = frozenset[str]().union(*(kinds.get(one, frozenset()) for one in item.classes))
    return found - {"organization"} if found & {"city", "country"} else found


def kept_item(kept: Kept, id: str) -> Item | None:
    """Give an item as it was described before; None where it was not."""
    rows = kept.on(describing(), item_node(id))
    return read_item(id, rows) if rows else None


def classifying() -> Question:
    """Give the question which of the classes of kinds.toml some classes lie below."""
    question = read_question("classes", "class", "above")
    known = sorted({one for classes in _declared().values() for one in classes})
    text = fill(question.query.text, ["above"], [[item_node(one)] for one in known])
    return replace(question, query=replace(question.query, text=text))


def read_kinds(rows: Mapping[str, Sequence[Row]]) -> dict[str, frozenset[str]]:
    """Give the kinds of ours by class of Wikidata, from the rows on each class."""
    declared = _declared()

    def kinds(one: str) -> frozenset[str]:
        above = {one, *(item_id(row[1]) for row in rows[one])}
        return frozenset(kind for kind, classes in declared.items() if above & classes)

    return {one: kinds(one) for one in rows}


def classify(answers: Answers, items: Iterable[Item]) -> dict[str, frozenset[str]]:
    """Give the kinds of ours for each class that one of the items has."""
    classes = sorted({one for item in items for one in item.classes})
    rows = answers.about(classifying(), map(item_node, classes))
    return read_kinds({item_id(node): each for node, each in rows.items()})


def _declared() -> dict[str, frozenset[str]]:
    with (Path(__file__).parent / "kinds.toml").open("rb") as file:
        return {kind: frozenset(each["classes"]) for kind, each in tomllib.load(file).items()}


def _name(text: Literal, role: str) -> Name:
    """What others wrote goes into a file and on a terminal: without controls, and not for ever."""
    return Name(visible(text.value[:_LONGEST]), text.language or "", role)


def _followed(item: Item, found: Mapping[str, Item]) -> Item:
    for _ in range(_MERGES):
        item = found.get(item.merged_into, item)
    return item


def _points(text: str) -> Iterable[Point]:
    found = _POINT.fullmatch(text.strip())
    try:
        point = Point(float(found[2]), float(found[1])) if found else None
    except ValueError:
        return
    if point and abs(point.latitude) <= 90 and abs(point.longitude) <= 180:
        yield point
