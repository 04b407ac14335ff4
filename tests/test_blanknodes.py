"""Blank nodes that RDFC-1.0 would take too long to name are refused; all that people write is named."""

from __future__ import annotations

from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyoxigraph import BlankNode, NamedNode, Quad

from shahr.blanknodes import too_much_alike
from shahr.dataset import nquads, read_sources
from shahr.errors import NotAcceptable
from shahr.paths import Project

P, Q, G = (NamedNode(f"urn:{name}") for name in "pqg")


def tied(pairs: list[tuple[str, str]], *predicates: NamedNode) -> list[Quad]:
    return [Quad(BlankNode(one), p, BlankNode(other), G) for one, other in pairs for p in predicates or (P,)]


def everyone(number: int) -> list[tuple[str, str]]:
    """Let so many nodes all point at each other."""
    return list(permutations([f"n{one}" for one in range(number)], 2))


@pytest.mark.parametrize("number", [8, 9, 12, 40])
def test_many_nodes_that_all_point_at_each_other_are_refused_at_once(number: int) -> None:
    with pytest.raises(NotAcceptable, match="blank nodes are too much alike to be named: give some of them an IRI"):
        nquads(tied(everyone(number)))


STAR = [("hub", f"leaf{number}") for number in range(20)]
CHAIN = [(f"n{number}", f"n{number + 1}") for number in range(100)]


@pytest.mark.parametrize(
    "pairs",
    [
        everyone(6),
        STAR,
        CHAIN,
        [*CHAIN, ("n100", "n0")],
        [(f"{copy}{one}", f"{copy}{other}") for copy in "ab" for one, other in CHAIN],
    ],
    ids=["a few that all point at each other", "a star", "a chain", "a ring", "two chains"],
)
def test_what_can_be_told_apart_is_named(pairs: list[tuple[str, str]]) -> None:
    assert nquads(tied(pairs)).count(b"\n") == len(pairs)


def test_a_chain_too_long_to_walk_from_each_of_its_nodes_is_refused() -> None:
    assert too_much_alike(tied([(f"n{number}", f"n{number + 1}") for number in range(5000)]))


def test_two_stars_of_many_rays_are_refused_as_their_hubs_are_alike() -> None:
    assert too_much_alike(tied([(copy + one, copy + other) for copy in "ab" for one, other in STAR]))
    said = Quad(BlankNode("ahub"), Q, NamedNode("urn:a"), G)
    assert not too_much_alike([said, *tied([(copy + one, copy + other) for copy in "ab" for one, other in STAR])])


nodes = st.sampled_from([f"n{number}" for number in range(9)])


@settings(max_examples=100, deadline=5000)
@given(st.lists(st.tuples(nodes, nodes), max_size=30))
def test_what_is_not_refused_is_named_soon(pairs: list[tuple[str, str]]) -> None:
    quads = tied(pairs, P, Q)
    if not too_much_alike(quads):
        assert nquads(quads)[:2] in (b"", b"_:")


def test_a_source_with_such_nodes_is_named(project: Project) -> None:
    path = project.ontology / "alike.ttl"
    path.write_text("".join(f"_:{one} <urn:p> _:{other} .\n" for one, other in everyone(8)), encoding="utf-8")
    _, errors = read_sources(project)
    assert [error.path for error in errors] == [path]
    assert "has blank nodes that are too much alike to be named: give some of them an IRI" in str(errors[0])
