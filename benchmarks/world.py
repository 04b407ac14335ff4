"""An invented world for the benchmarks: countries, cities, networks, offices, and who holds them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from random import Random

from benchmarks.sheet import Pair, Sheet, labels, typed

QUADS_A_CITY = 450  # the city, its mayor and municipality, and an article about it
CITIES_A_COUNTRY = 15
CITIES_A_NETWORK = 8

_SYLLABLES = (
    *(("ba", "با"), ("ra", "را"), ("mi", "می"), ("shi", "شی"), ("nu", "نو"), ("ka", "کا"), ("ta", "تا"), ("go", "گو")),
    *(("za", "زا"), ("li", "لی"), ("do", "دو"), ("sa", "سا"), ("vi", "وی"), ("hu", "هو"), ("pa", "پا"), ("ne", "نه")),
)


@dataclass(frozen=True, slots=True)
class City:
    """A city; the names of its mayor's post, of the mayor and of the municipality follow from its own."""

    slug: str
    english: str
    persian: str
    country: str
    network: str

    @property
    def node(self) -> str:
        """Its name with prefix."""
        return f"city:{self.slug}"

    @property
    def post(self) -> str:
        """The post of its mayor."""
        return f"post:mayor-of-{self.slug}"

    @property
    def mayor(self) -> str:
        """The person who is mayor."""
        return f"person:of-{self.slug}"

    @property
    def municipality(self) -> str:
        """Its municipality."""
        return f"organization:municipality-of-{self.slug}"


@dataclass
class World:
    """All that articles may speak of; `supers` gives the classes above a class, in order."""

    random: Random
    supers: Mapping[str, Sequence[str]]
    countries: list[str]
    networks: list[str]
    cities: list[City]
    members: dict[str, list[City]] = field(default_factory=dict)
    tied: set[tuple[str, str]] = field(default_factory=set)

    def partner(self, city: City) -> City:
        """Choose a city that this one has no agreement with yet, where there is one left to find."""
        found = self.random.choice(self.cities)
        for _ in range(20):
            if found != city and (city.slug, found.slug) not in self.tied:
                break
            found = self.random.choice(self.cities)
        self.tied |= {(city.slug, found.slug), (found.slug, city.slug)}
        return found


def make_world(random: Random, quads: int, supers: Mapping[str, Sequence[str]]) -> World:
    """Make a world for a file of so many quads: a city's share of facts is the same at every size."""
    amount = max(8, quads // QUADS_A_CITY)
    countries = ["iran", *(f"country-{number}" for number in range(1, max(1, amount // CITIES_A_COUNTRY)))]
    networks = [f"network-{number}" for number in range(max(1, amount // CITIES_A_NETWORK))]
    cities = [_city(number, countries, networks) for number in range(amount)]
    random.shuffle(cities)
    return World(random, supers, countries, networks, cities)


def write_world(world: World, sheet: Sheet) -> None:
    """Write the records of all entities."""
    for country in world.countries:
        _entity(world, sheet, f"country:{country}", "Country", labels(country.title(), f"کشور {country}"))
    for network in world.networks:
        names = labels(network.title(), f"شبکهٔ {network}")
        _entity(world, sheet, f"organization:{network}", "CityNetwork", names)
    for city in world.cities:
        _write_city(world, sheet, city)
        _write_offices(world, sheet, city)


def types(world: World, kind: str) -> list[Pair]:
    """Give the derived types of a node of the class shahr:`kind`."""
    return [("rdf:type", above) for above in world.supers[f"shahr:{kind}"]]


def _city(number: int, countries: Sequence[str], networks: Sequence[str]) -> City:
    digits = [number % 16, number // 16 % 16, number // 256 % 16, number // 4096]
    english = "".join(_SYLLABLES[digit % 16][0] for digit in digits)
    persian = "".join(_SYLLABLES[digit % 16][1] for digit in digits)
    country, network = countries[number % len(countries)], networks[number % len(networks)]
    return City(f"{english}-{number}", english.title(), persian, f"country:{country}", f"organization:{network}")


def _entity(world: World, sheet: Sheet, node: str, kind: str, pairs: Sequence[Pair]) -> None:
    sheet.add("entities", node, [("rdf:type", f"shahr:{kind}"), *pairs])
    sheet.derive(node, types(world, kind))


def _write_city(world: World, sheet: Sheet, city: City) -> None:
    place = (world.random.uniform(-60, 70), world.random.uniform(-180, 180))
    pairs = [
        *labels(city.english, city.persian),
        ("shahr:country", city.country),
        ("geo:lat", typed(f"{place[0]:.3f}", "decimal")),
        ("geo:long", typed(f"{place[1]:.3f}", "decimal")),
    ]
    _entity(world, sheet, city.node, "City", pairs)
    item = f"wd:Q{900000000 + world.random.getrandbits(40)}"
    sheet.add("links", city.node, [("skos:exactMatch", item), ("owl:sameAs", item)])
    sheet.derive(city.node, [("schema:containedInPlace", city.country), ("shahr:locatedIn", city.country)])


def _write_offices(world: World, sheet: Sheet, city: City) -> None:
    names = labels(f"Municipality of {city.english}", f"شهرداری {city.persian}")
    _entity(world, sheet, city.municipality, "Municipality", [*names, ("shahr:governs", city.node)])
    post = [
        *labels(f"Mayor of {city.english}", f"شهردار {city.persian}"),
        ("shahr:mayoraltyOf", city.node),
        ("shahr:postOf", city.municipality),
        ("shahr:postRole", "concept:mayor"),
    ]
    _entity(world, sheet, city.post, "Post", post)
    sheet.derive(city.post, [("org:postIn", city.municipality), ("shahr:jurisdiction", city.node)])
    sheet.derive(city.node, [("shahr:hasMayoralty", city.post)])
    _entity(world, sheet, city.mayor, "Person", labels(f"Person of {city.english}", f"شخصی از {city.persian}"))
