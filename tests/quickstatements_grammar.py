"""A strict reader of QuickStatements batches, written from its help page and from no code of ours.

It takes nothing but statements that are added: an item, a property, a value, qualifiers, one reference.
"""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass

ITEM = re.compile(r"Q[1-9][0-9]*")
TIME = re.compile(r"\+[0-9]{4}-(?:00-00T00:00:00Z/9|[0-9]{2}-00T00:00:00Z/10|[0-9]{2}-[0-9]{2}T00:00:00Z/11)")
TEXT = re.compile(r'"(.*)"')
IN_LANGUAGE = re.compile(r'([a-z]{2,3}):"(.*)"')


@dataclass(frozen=True)
class Added:
    """A statement that a line adds; values are ("item" | "time" | "text" | language code, text)."""

    item: str
    property: str
    value: tuple[str, str]
    qualifiers: tuple[tuple[str, tuple[str, str]], ...]
    sources: tuple[tuple[str, tuple[str, str]], ...]


def read_lines(batch: bytes) -> list[Added]:
    """Read lines of version 1; ValueError for any that is no plain addition with a reference."""
    text = batch.decode("utf-8")
    if text and not text.endswith("\n"):
        raise ValueError("the last line does not end")
    if "|" in text or "\r" in text:
        raise ValueError("a bar or a carriage return divides commands")
    return [read_cells(line.split("\t")) for line in text.split("\n")[:-1]]


def read_cells(cells: list[str]) -> Added:
    item, property_, value, *rest = cells
    if not ITEM.fullmatch(item) or not re.fullmatch(r"P[1-9][0-9]*", property_) or len(rest) % 2:
        raise ValueError(f"not an addition: {cells}")
    pairs = [(name, read_value(text)) for name, text in zip(rest[::2], rest[1::2], strict=True)]
    split = next((place for place, (name, _) in enumerate(pairs) if name.startswith("S")), len(pairs))
    qualifiers, sources = pairs[:split], pairs[split:]
    if any(not re.fullmatch(r"P[1-9][0-9]*", name) for name, _ in qualifiers):
        raise ValueError(f"not a qualifier: {cells}")
    if not sources or any(not re.fullmatch(r"S[1-9][0-9]*", name) for name, _ in sources):
        raise ValueError(f"not a reference: {cells}")
    if len({name for name, _ in pairs}) < len(pairs):
        raise ValueError(f"twice the same: {cells}")
    return Added(item, property_, read_value(value), tuple(qualifiers), tuple(sources))


def read_value(text: str) -> tuple[str, str]:
    if text != text.strip():
        raise ValueError(f"{text!r} would be trimmed")
    if ITEM.fullmatch(text):
        return "item", text
    if TIME.fullmatch(text):
        return "time", text
    if found := TEXT.fullmatch(text):
        return "text", found[1]
    if found := IN_LANGUAGE.fullmatch(text):
        return found[1], found[2]
    raise ValueError(f"{text!r} is no value")


def read_table(batch: bytes) -> list[Added]:
    """Read a CSV table: the same lines, a column a property, qualifiers as qal…, a reference from S… on with s…."""
    head, *rows = csv.reader(io.StringIO(batch.decode("utf-8"), newline=""))
    if head[0] != "qid" or any(not re.fullmatch(r"P[0-9]+|qal[0-9]+|[Ss][0-9]+", name) for name in head[1:]):
        raise ValueError(f"not a head of additions: {head}")
    if rows and [name for name in head if name.startswith("S")] != ["S854"]:
        raise ValueError("just one reference begins, with the address")
    names = [name.upper() if name.startswith("s") else name.replace("qal", "P") for name in head]
    found = []
    for row in rows:
        if "" in row:
            raise ValueError(f"an empty cell is taken for a broken value: {row}")
        cells = zip(names[1:], row[1:], strict=True)
        found.append(read_cells([row[0], *(part for pair in cells for part in pair)]))
    return found
