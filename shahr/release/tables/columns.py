"""The columns of a table, as the header of its query declares them.

#+ class: shahr:Agreement            what a row is about; `?iri` is its IRI
#+ label: city, city, شهر            the title of a column, in English and Persian
#+ says: city shahr:city, …          by which property path the value hangs on ?iri
#+ named: city, …                    nodes whose labels follow in two columns more: city_en, city_fa
#+ many: city, …                     columns that may hold several values
#+ dates: earliest, …  texts: …      columns that hold dates or texts; all others hold IRIs
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from shahr.queries import Query
from shahr.releases import LANGUAGES, Texts

ROW = "iri"
_LANGUAGES: dict[str, Texts] = {
    "en": {"en": "{}, name in English", "fa": "{}، نام انگلیسی"},
    "fa": {"en": "{}, name in Persian", "fa": "{}، نام فارسی"},
}
_LABELS: dict[str, Texts] = {
    "en": {"en": "name in English", "fa": "نام انگلیسی"},
    "fa": {"en": "name in Persian", "fa": "نام فارسی"},
}


@dataclass(frozen=True)
class Column:
    """A column of a table.

    name        in the header row: "city", "city_en"
    variable    of the query, from which its values come: "city"
    title       what a reader calls it, by language
    path        the property path from ?iri to the values; "" for ?iri itself
    datatype    of XML Schema: "anyURI", "date" or "string"
    many        whether a cell may hold several values
    language    "en" or "fa" where it holds the labels of the nodes in `variable`; else ""
    """

    name: str
    variable: str
    title: Texts
    path: str
    datatype: str
    many: bool
    language: str = ""


def columns_of(query: Query, variables: Sequence[str]) -> tuple[Column, ...]:
    """Give the columns of the table that a query makes, in the order of its variables."""
    return tuple(column for variable in variables for column in _columns(query, variable))


def listed(query: Query, key: str) -> tuple[str, ...]:
    """Give the parts of a header line that lists something, parted by commas."""
    return tuple(part.strip() for part in query.metadata.get(key, "").split(",") if part.strip())


def _columns(query: Query, variable: str) -> Iterator[Column]:
    title = dict(zip(LANGUAGES, query.labels[variable], strict=True))
    paths = dict(part.split(" ", 1) for part in listed(query, "says"))
    kinds = {name: kind for kind, key in (("date", "dates"), ("string", "texts")) for name in listed(query, key)}
    many = variable in listed(query, "many")
    path = paths.get(variable, "")
    yield Column(variable, variable, title, path, kinds.get(variable, "anyURI"), many)
    if variable == ROW:
        for language, names in _LABELS.items():
            yield Column(f"label_{language}", variable, names, "rdfs:label", "string", many, language)
    elif variable in listed(query, "named"):
        for language, names in _LANGUAGES.items():
            titles = {one: names[one].format(text) for one, text in title.items()}
            yield Column(f"{variable}_{language}", variable, titles, f"{path}/rdfs:label", "string", many, language)
