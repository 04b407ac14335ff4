"""What `shahr link` makes of an answer to another question than it asked."""

from __future__ import annotations

import json

import pytest
from pyoxigraph import NamedNode

from misbehaving import misbehaving, rows
from shahr.client import Client
from shahr.errors import EndpointError
from shahr.link.asking import Kept, read_question
from shahr.solutions import read_solutions

ASKED, OTHER = NamedNode("http://www.wikidata.org/entity/Q1"), NamedNode("http://www.wikidata.org/entity/Q2")


def answer(*items: NamedNode) -> dict[str, object]:
    bindings = [{"item": {"type": "uri", "value": item.value}} for item in items]
    return {"head": {"vars": ["item"]}, "results": {"bindings": bindings}}


@pytest.mark.parametrize("row", [{"item": {"type": "uri", "value": OTHER.value}}, {}], ids=["another item", "none"])
def test_an_answer_about_what_was_not_asked_is_an_error(row: dict[str, dict[str, str]]) -> None:
    question = read_question("known", "item")
    reply, words = rows("item", {"item": {"type": "uri", "value": ASKED.value}}, row), "were not asked about"
    with misbehaving({"/": reply}) as server, pytest.raises(EndpointError, match=words):
        question.ask(Client(f"{server.address}/"), [ASKED])


def test_a_kept_answer_about_what_was_not_asked_counts_as_never_answered() -> None:
    question, kept = read_question("known", "item"), Kept()
    lines = [{"query": question.digest, "terms": [str(asked)], "answer": answer(ASKED)} for asked in (ASKED, OTHER)]
    kept.read("\n".join(map(json.dumps, lines)).encode())
    assert kept.on(question, ASKED) == [(ASKED,)] == read_solutions(json.dumps(answer(ASKED)).encode()).rows
    assert kept.on(question, OTHER) is None
