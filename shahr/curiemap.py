"""The `curie_map` in the header of a set of mappings: a line for each prefix, below `curie_map:` and indented.

A header is a tuple of lines without their "#": https://mapping-commons.github.io/sssom/spec-formats-tsv/#identifiers
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from shahr.namespaces import prefix_map

_ENTRY = re.compile(r"\s+(\w[\w.-]*):\s*[\"']?(\S+?)[\"']?\s*")


def read_curie_map(header: tuple[str, ...]) -> dict[str, str]:
    """Give the prefixes of a header with their namespaces, in its order; nothing where it has no curie_map."""
    start, end = _place(header)
    return {entry[1]: entry[2] for line in header[start:end] if (entry := _ENTRY.fullmatch(line))}


def find_fault(header: tuple[str, ...]) -> tuple[int, str] | None:
    """Give the line (from 1) and a sentence for the first thing that is no good curie_map; None where all is well."""
    start, end = _place(header)
    seen: set[str] = set()
    for number, line in enumerate(header, 1):
        if re.match(r"\s*curie_map:", line) and number != start:
            return number, "the curie_map must stand once, and have one line for each prefix"
        if start < number <= end:
            entry = _ENTRY.fullmatch(line)
            if not entry or entry[1] in seen:
                return number, f'{line.strip()!r} is no new prefix: write prefix: "namespace", each prefix once'
            if prefix_map().get(entry[1], entry[2]) != entry[2]:
                return number, f"{entry[1]} is {prefix_map()[entry[1]]} here: write that, or take another prefix"
            seen.add(entry[1])
    return None


def with_prefixes(header: tuple[str, ...], prefixes: Mapping[str, str]) -> tuple[str, ...]:
    """Give a good header with these prefixes too, the curie_map in order; lines that are there stay as they are."""
    start, end = _place(header)
    lines = dict(zip(read_curie_map(header), header[start:end], strict=True))
    depth = _indent(header[start]) if lines else 2 + (_indent(header[start - 1]) if start else 0)
    new = {name: f'{" " * depth}{name}: "{space}"' for name, space in prefixes.items() if name not in lines}
    if not start and not new:
        return header
    ordered = (line for _, line in sorted((lines | new).items()))
    return (*(header[:start] or ("curie_map:",)), *ordered, *header[end:])


def _place(header: tuple[str, ...]) -> tuple[int, int]:
    """Give where the entries start and end (half-open, from 0); 0, 0 where there is no curie_map."""
    for number, line in enumerate(header):
        if line.strip() == "curie_map:":
            end = number + 1
            while end < len(header) and _indent(header[end]) > _indent(line):
                end += 1
            return number + 1, end
    return 0, 0


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())
