"""Which item of Wikidata an entity is, by reviewed mappings alone, and what an unclear name may mean."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import product

from pyoxigraph import Store

from shahr.mappings import Link
from shahr.namespaces import iri
from shahr.quickstatements.asking import own_query, rows, text_of


@dataclass(frozen=True)
class Linked:
    """Ids of items by entity, and entities by the name that may mean each of them, in order."""

    items: Mapping[str, str]
    meanings: Mapping[str, tuple[str, ...]]

    def read_as(self, *ends: str) -> Iterator[tuple[tuple[str, ...], tuple[str, ...]]]:
        """Give the entities that some names may mean together, and which of them were chosen among several."""
        for meant in product(*(self.meanings.get(end, (end,)) for end in ends)):
            yield meant, tuple(one for one, end in zip(meant, ends, strict=True) if end in self.meanings)


def read_linked(store: Store, links: Iterable[Link]) -> Linked:
    """Take the exact matches among accepted links (at most one item an entity), and unclear names from a graph."""
    wikidata = iri("wd:Q")
    exact = (link for link in links if link.predicate == iri("skos:exactMatch") and link.object.startswith(wikidata))
    meanings: defaultdict[str, list[str]] = defaultdict(list)
    for row in rows(store, own_query("ambiguous").text):
        meanings[text_of(row, "name") or ""].append(text_of(row, "candidate") or "")
    items = {link.subject: link.object.removeprefix(iri("wd:")) for link in exact}
    return Linked(items, {name: tuple(meant) for name, meant in meanings.items()})
