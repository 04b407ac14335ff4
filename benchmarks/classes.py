"""The classes of queries that are measured, each a list of requests that is the same for every peer."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate, product
from pathlib import Path
from random import Random
from urllib.parse import quote

from pyoxigraph import NamedNode

from shahr.namespaces import iri
from shahr.paths import Project
from shahr.queries import Query, bind, bind_texts, find_question, read_query

ASK = "ASK {{ <{city}> <https://w3id.org/shahr/ns#{predicate}> <{other}> }}"
TIES = ("twinnedWith", "partnerCity", "coMemberWith")
STREAM = {  # question: its share of the mixed stream
    "sister-cities": 5,
    "evidence-of-fact": 3,
    "sister-city-count-history": 2,
    "facts-in-jalali-month": 1,
}
ENTITIES = 300  # cities and facts that the mixed stream asks for
LENGTH = 20_000  # requests in the mixed stream, before it begins again
_NODE = re.compile(r"<([^>]*)>")


@dataclass(frozen=True)
class Catalogue:
    """What a generated file can be asked about: IRIs in the order of the file, Jalali months."""

    cities: Sequence[str]
    countries: Sequence[str]
    facts: Sequence[str]
    months: Sequence[str]


@dataclass(frozen=True)
class Workload:
    """A class of queries: `unique` where every request sent is to differ from all others, so that no cache helps."""

    name: str
    queries: Sequence[str]
    unique: bool


def read_catalogue(path: Path) -> Catalogue:
    """Read what there is to ask about from a generated N-Quads file."""
    found: dict[str, dict[str, None]] = {"City": {}, "Country": {}, "Fact": {}, "jalali": {}}
    kinds = {f"<{iri(f'shahr:{kind}')}>": kind for kind in ("City", "Country", "Fact")}
    type_iri, jalali = f"<{iri('rdf:type')}>", f"<{iri('shahr:jalali')}>"
    with path.open(encoding="utf-8") as file:
        for line in file:
            subject, predicate, value, *_ = line.split(" ", 3)
            if predicate == type_iri and value in kinds and "/ns#" not in subject:
                found[kinds[value]][subject[1:-1]] = None
            elif predicate == jalali:
                found["jalali"][value[1:8]] = None
    return Catalogue(*(tuple(names) for names in found.values()))


def make_workloads(catalogue: Catalogue, seed: int = 7) -> list[Workload]:
    """Give the six classes over what the catalogue offers; the same seed gives the same lists."""
    small = list(_small(catalogue, Random(seed)))
    return [
        Workload("ask", _asks(catalogue, Random(seed)), True),
        Workload("small", small, True),
        Workload("medium", list(_medium(catalogue)), True),
        Workload("heavy", [body(_own("facts-by-country"))], True),
        Workload("cached", small[:200], False),
        Workload("mixed", _mixed(catalogue, Random(seed)), False),
    ]


def encode(query: str) -> str:
    """Give a query as the value of the parameter `query` in a URL."""
    return quote(query, safe="")


def body(query: Query, text: str | None = None) -> str:
    """Give the text of a query file, or what became of it by `bind`, without its comments."""
    return "\n".join(line for line in (text or query.text).splitlines() if not line.lstrip().startswith("#"))


def _asks(catalogue: Catalogue, random: Random, amount: int = 2000) -> list[str]:
    """Questions about pairs of cities; few have a yes for an answer, as with most pairs."""
    pairs = product(TIES, random.sample(catalogue.cities, min(60, len(catalogue.cities))), catalogue.cities)
    asked = [ASK.format(city=one, predicate=tie, other=other) for tie, one, other in pairs if one != other]
    return random.sample(asked, min(amount, len(asked)))


def _small(catalogue: Catalogue, random: Random) -> Iterator[str]:
    question = _question("sister-cities")
    cities = random.sample(catalogue.cities, min(1000, len(catalogue.cities)))
    return (body(question, bind(question, {"city": NamedNode(city)})) for city in cities)


def _medium(catalogue: Catalogue) -> Iterator[str]:
    query = _own("agreements-of-country")
    return (body(query, bind(query, {"country": NamedNode(country)})) for country in catalogue.countries[:300])


def _mixed(catalogue: Catalogue, random: Random) -> list[str]:
    """A stream of questions: which one by its share, about what by Zipf's law (s = 1.1)."""
    texts = {name: _texts(_question(name), catalogue, random) for name in STREAM}
    names = random.choices(list(STREAM), list(STREAM.values()), k=LENGTH)
    weights = {name: list(accumulate(1 / rank**1.1 for rank in range(1, len(of) + 1))) for name, of in texts.items()}
    return [random.choices(texts[name], cum_weights=weights[name])[0] for name in names]


def _texts(question: Query, catalogue: Catalogue, random: Random) -> list[str]:
    """Give a question for each value of its one parameter, in an order that says how much they are asked for."""
    param = question.params[0]
    offered: Mapping[str, Sequence[str]] = {
        "city": catalogue.cities,
        "fact": catalogue.facts,
        "month": catalogue.months,
    }
    values = random.sample(offered[param.kind], min(ENTITIES, len(offered[param.kind])))
    return [body(question, bind_texts(question, {param.name: value})) for value in values]


def _question(name: str) -> Query:
    return find_question(Project.here(), name)


def _own(name: str) -> Query:
    return read_query(Path(__file__).parent / "queries" / f"{name}.rq")
