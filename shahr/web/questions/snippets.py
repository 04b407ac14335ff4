"""Lines to copy that fetch the answer of a question from elsewhere: a shell, Python, R, a spreadsheet."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

_SPECIAL = re.compile(r'[\\\x00-\x09\x0b-\x1f]|"""')


@dataclass(frozen=True)
class Snippet:
    """Code for one tool; `name` is a word for the template, which says what to do with it."""

    name: str
    code: str


def snippets(base: str, question: str, values: Mapping[str, str], query: str) -> list[Snippet]:
    """Give the snippets for a question at a service.

    `base` is the http(s) address of the service, with a slash at its end; `values` the parameters of the call, and
    `query` the SPARQL text that asks the same.
    """
    return [
        Snippet("curl", _curl(f"{base}questions/{question}", values)),
        Snippet("pandas", _pandas(address(base, question, values, "csv"))),
        Snippet("sparqlwrapper", _sparqlwrapper(f"{base}sparql", query)),
        Snippet("r", f'answer <- read.csv({_quoted(address(base, question, values, "csv"))}, encoding = "UTF-8")'),
        Snippet("sheets", f'=IMPORTDATA("{address(base, question, values, "csv-safe")}")'),
        Snippet("spreadsheet", address(base, question, values, "csv-safe")),
    ]


def address(base: str, question: str, values: Mapping[str, str], format_name: str | None = None) -> str:
    """Give the address of an answer, in the format of a name ("csv"); without one, what Accept asks for."""
    pairs = [*values.items(), *([("format", format_name)] if format_name else [])]
    return f"{base}questions/{question}{'?' if pairs else ''}{urlencode(pairs)}"


def _curl(path: str, values: Mapping[str, str]) -> str:
    fields = "".join(f" \\\n  --data-urlencode {shlex.quote(f'{name}={value}')}" for name, value in values.items())
    return f"curl --fail --get {shlex.quote(path)}{fields} \\\n  --data-urlencode format=csv"


def _pandas(path: str) -> str:
    return f"import pandas\n\nanswer = pandas.read_csv({_quoted(path)})\nprint(answer)"


def _sparqlwrapper(endpoint: str, query: str) -> str:
    return f"""\
from SPARQLWrapper import JSON, SPARQLWrapper

endpoint = SPARQLWrapper({_quoted(endpoint)}, returnFormat=JSON)
endpoint.setQuery({_block(query)})
for row in endpoint.queryAndConvert()["results"]["bindings"]:
    print({{name: term["value"] for name, term in row.items()}})"""


def _quoted(text: str) -> str:
    """JSON writes a string as Python and R read it."""
    return json.dumps(text, ensure_ascii=False)


def _block(text: str) -> str:
    """Write a text of many lines as Python: as it is where no sign of it means anything else there."""
    if not _SPECIAL.search(text) and not text.endswith('"'):
        return f'"""\n{text}\n"""'
    return "".join(["(\n", *(f"    {_quoted(line)}\n" for line in text.splitlines(keepends=True)), ")"])
