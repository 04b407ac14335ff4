"""The part of README.md that is generated: the questions, as queries/questions and queries/wikidata hold them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from shahr.errors import SourceError
from shahr.queries import Query, in_order

BLOCK = re.compile(r"(?<=<!-- questions -->\n).*?(?=<!-- /questions -->)", re.DOTALL)


def with_questions(path: Path, questions: Iterable[Query]) -> str:
    """Give the text of a README with its block of questions made anew; SourceError where it has no such block."""
    text = path.read_text(encoding="utf-8")
    if not BLOCK.search(text):
        raise SourceError(path, None, "has no block between <!-- questions --> and <!-- /questions -->")
    block = questions_table(questions)
    return BLOCK.sub(lambda _: block, text)


def questions_table(questions: Iterable[Query]) -> str:
    """Give the questions as a Markdown table: name, parameters, summary in both languages; in the order of number."""
    head = "| name | parameters | question | پرسش |\n|---|---|---|---|\n"
    return head + "".join(map(_row, in_order(questions)))


def _row(query: Query) -> str:
    params = ", ".join(f"`{param.name}`" for param in query.params)
    link = f"[`{query.name}`](queries/{query.path.parent.name}/{query.path.name})"
    return f"| {link} | {params} | {query.summary} | {query.summary_fa} |\n"
