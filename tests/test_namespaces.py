from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shahr.errors import UnknownPrefix
from shahr.namespaces import curie, graph_iri, iri, prefix_map


@pytest.mark.parametrize(
    ("short", "full"),
    [
        ("city:isfahan", "https://w3id.org/shahr/city/isfahan"),
        ("shahr:City", "https://w3id.org/shahr/ns#City"),
        ("shape:City", "https://w3id.org/shahr/shapes#City"),
        ("wd:Q42053", "http://www.wikidata.org/entity/Q42053"),
        ("schema:headline", "https://schema.org/headline"),
    ],
)
def test_names_that_others_rely_on(short: str, full: str) -> None:
    assert iri(short) == full
    assert curie(full) == short


@given(st.sampled_from(sorted(prefix_map())), st.from_regex(r"[A-Za-z0-9-]{1,12}", fullmatch=True))
def test_expanding_and_shortening_are_inverse(prefix: str, local: str) -> None:
    assert curie(iri(f"{prefix}:{local}")) == f"{prefix}:{local}"


def test_no_namespace_has_two_prefixes() -> None:
    assert len(set(prefix_map().values())) == len(prefix_map())


@pytest.mark.parametrize("bad", ["isfahan", "town:isfahan", ":isfahan", ""])
def test_an_unknown_prefix_is_named(bad: str) -> None:
    with pytest.raises(UnknownPrefix, match="known prefix") as caught:
        iri(bad)
    assert caught.value.curie == bad


def test_an_iri_outside_stays_whole() -> None:
    assert curie("https://example.org/x") == "https://example.org/x"


def test_graph_names() -> None:
    assert graph_iri("links") == "https://w3id.org/shahr/graph/links"
