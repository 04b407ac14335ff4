"""Invented entities to match names against: as many as are wanted, in the spellings that real ones have."""

from __future__ import annotations

import csv
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from shahr.folding import fold
from shahr.namespaces import BASE, SHAHR

PLACES = Path(__file__).parent.parent.parent / "shared" / "wikidata" / "natural-earth-places.tsv"
_ZWNJ = "\u200c"
_PATTERNS = (
    *(("{}", "{}"), ("New {}", "{}" + _ZWNJ + "نو"), ("Upper {}", "{}" + _ZWNJ + "ی بالا"), ("Port {}", "بندر {}")),
    *(
        ("{} Falls", "آبشار {}"),
        ("Fort {}", "قلعه" + _ZWNJ + "{}"),
        ("{} Junction", "دوراهی {}"),
        ("East {}", "{} شرقی"),
    ),
)
_DIGRAPHS = {"kh": "خ", "gh": "غ", "ch": "چ", "sh": "ش", "zh": "ژ", "ou": "و", "oo": "و", "ee": "ی", "ph": "ف"}
_LETTERS = dict(zip("abcdefghijklmnopqrstuvwxyz", "ابکدهفگهیجکلمنوپقرستوووسیز", strict=True))
_LABEL, _OTHER = "http://www.w3.org/2000/01/rdf-schema#label", "http://www.w3.org/2004/02/skos/core#altLabel"
_TYPE, _BELOW = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type", "http://www.w3.org/2000/01/rdf-schema#subClassOf"


@dataclass(frozen=True)
class Place:
    """A city that is not, with its names."""

    id: str
    english: str
    persian: str
    country: str


def places(count: int) -> list[Place]:
    """Give so many, always the same; made of the names in Natural Earth, so FileNotFoundError without its table."""
    with PLACES.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    return list(islice(_places(rows), count))


def write_index_source(found: Sequence[Place], out: Path) -> None:
    """Write the graph.nq and inferred.nq of an index with these."""
    out.mkdir(parents=True, exist_ok=True)
    with (out / "graph.nq").open("w", encoding="utf-8") as file:
        for country in sorted({place.country for place in found}):
            address = _country(country)
            file.write(f"<{address}> <{_TYPE}> <{SHAHR}Country> .\n")
            file.write(f'<{address}> <{_LABEL}> "{country}"@en .\n')
        for place in found:
            address = BASE + place.id
            file.write(f"<{address}> <{_TYPE}> <{SHAHR}City> .\n<{address}> <{_TYPE}> <{SHAHR}Place> .\n")
            file.write(f"<{address}> <{SHAHR}country> <{_country(place.country)}> .\n")
            file.write(
                f'<{address}> <{_LABEL}> "{place.english}"@en .\n<{address}> <{_LABEL}> "{place.persian}"@fa .\n'
            )
            file.write(f'<{address}> <{_OTHER}> "{place.persian.replace(_ZWNJ, " ")} شهر"@fa .\n')
    (out / "inferred.nq").write_text(f"<{SHAHR}City> <{_BELOW}> <{SHAHR}Place> .\n", encoding="utf-8")


def batch(found: Sequence[Place]) -> list[str]:
    """Give 100 names as a spreadsheet has them: 70 as written, 20 spelt otherwise, 5 with a slip, 5 of nothing."""
    chance = random.Random(6)
    chosen = chance.sample(list(found), 95)
    exact = [chance.choice((place.english, place.persian)) for place in chosen[:70]]
    variants = [_variant(place, number) for number, place in enumerate(chosen[70:90])]
    slips = [_slip(place.english, chance) for place in chosen[90:]]
    unknown = ["Xylqvorth", "قسطنمپور بالا", "Zzyzx Nowhere", "گژدهم‌خواه", "Quillfeather Abbey"]
    return [*exact, *variants, *slips, *unknown]


def prefixes(found: Sequence[Place], longest: int, each: int) -> dict[int, list[str]]:
    """Give beginnings of names by their length, half of them Persian."""
    chance = random.Random(12)
    return {
        length: [
            name[:length]
            for place in chance.sample(list(found), each)
            for name in [chance.choice((place.english, place.persian))]
            if len(name) >= length and fold(name[:length])
        ]
        for length in range(1, longest + 1)
    }


def _places(rows: Sequence[dict[str, str]]) -> Iterator[Place]:
    for number, (english, persian) in enumerate(_PATTERNS):
        for row in rows:
            name = row["name"].replace('"', "").replace("\\", "")
            slug = f"city/{row['wikidata'].lower()}-{number}"
            yield Place(slug, english.format(name), persian.format(transliterated(name)), row["country"])


def transliterated(name: str) -> str:
    """Write a Latin name in Persian letters, letter by letter."""
    plain = fold(name)
    for letters, persian in _DIGRAPHS.items():
        plain = plain.replace(letters, persian)
    return "".join(_LETTERS.get(letter, letter) for letter in plain)


def _country(name: str) -> str:
    return f"{BASE}country/{fold(name).replace(' ', '-')}"


def _variant(place: Place, number: int) -> str:
    """Spell a name as others do: Arabic letters, space for ZWNJ, upper case, hyphens, the country behind it."""
    ways = (
        place.persian.replace("ی", "\u064a").replace("ک", "\u0643"),
        place.persian.replace(_ZWNJ, " "),
        place.english.upper().replace(" ", "-"),
        f"{place.english}, {place.country}",
        f"شهر {place.persian}",
    )
    return ways[number % len(ways)]


def _slip(name: str, chance: random.Random) -> str:
    """Let two letters of a name that are not alike change places."""
    places = [at for at in range(1, len(name) - 1) if name[at] != name[at + 1]]
    at = chance.choice(places)
    return name[:at] + name[at + 1] + name[at] + name[at + 2 :]
