"""What is gone from one dataset and what came to it, by merging two sorted files line by line.

Lines with blank nodes are compared by component (see components.py), because the labels of blank nodes may move when
anything about one of them changes. They alone are held in memory.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from shahr.release.changes.components import Steps, canonical_text, components, labels, renamed
from shahr.release.folder import BUFFER


@dataclass(frozen=True)
class Difference:
    """Two files of N-Quads lines and how many each holds: first those without blank nodes, in order, then the others.

    Removed lines have the labels that the old dataset has; the labels of added ones are new, so that taking out the
    removed lines and putting in the added ones gives a dataset isomorphic to the new one.
    """

    removed: Path
    added: Path
    removed_count: int
    added_count: int

    def __bool__(self) -> bool:
        return bool(self.removed_count or self.added_count)


def compare(old: Iterable[bytes], new: Iterable[bytes], folder: Path) -> Difference:
    """Compare two sorted streams of N-Quads lines, each line once; the files of the difference go to `folder`.

    ReleaseError where blank nodes are too much alike.
    """
    old_blank: list[bytes] = []
    new_blank: list[bytes] = []
    with _Lines(folder / "removed.nq") as removed, _Lines(folder / "added.nq") as added:
        for line, is_new in _merged(_named(old, old_blank), _named(new, new_blank)):
            (added if is_new else removed).write(line)
        gone, come = _compare_blank(old_blank, new_blank)
        for lines, file in ((gone, removed), (come, added)):
            for line in lines:
                file.write(line)
    return Difference(removed.path, added.path, removed.count, added.count)


class _Lines:
    """A file that counts the lines written to it."""

    def __init__(self, path: Path) -> None:
        self.path, self.count = path, 0

    def __enter__(self) -> _Lines:
        self._file = self.path.open("wb", BUFFER)
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def write(self, line: bytes) -> None:
        self._file.write(line)
        self.count += 1


def _named(lines: Iterable[bytes], blank: list[bytes]) -> Iterator[bytes]:
    """Give the lines without blank nodes; put the others aside."""
    for line in lines:
        if b"_:" in line and labels(line):
            blank.append(line)
        else:
            yield line


def _merged(old: Iterator[bytes], new: Iterator[bytes]) -> Iterator[tuple[bytes, bool]]:
    """Give each line that is on one side only, and whether that is the new side."""
    one, other = next(old, None), next(new, None)
    while one is not None and other is not None:
        if one == other:
            one, other = next(old, None), next(new, None)
        elif one < other:
            yield one, False
            one = next(old, None)
        else:
            yield other, True
            other = next(new, None)
    for last, rest, is_new in ((one, old, False), (other, new, True)):
        if last is not None:
            yield last, is_new
            yield from ((line, is_new) for line in rest)


def _compare_blank(old: list[bytes], new: list[bytes]) -> tuple[Iterator[bytes], Iterator[bytes]]:
    """Give the lines of the components that are gone, and of those that came."""
    steps = Steps(len(old) + len(new))
    before, after = _by_text(old, steps), _by_text(new, steps)
    taken = {label for line in old for label in labels(line)}
    gone = (
        line for text in sorted(before) for component in before[text][len(after.get(text, ())) :] for line in component
    )
    come = (
        line for text in sorted(after) for line in _copies(text, len(after[text]) - len(before.get(text, ())), taken)
    )
    return gone, come


def _by_text(lines: list[bytes], steps: Steps) -> dict[bytes, list[list[bytes]]]:
    """Give components by their canonical text; equal ones may stand there several times."""
    found: dict[bytes, list[list[bytes]]] = {}
    for component in components(lines):
        found.setdefault(canonical_text(component, steps), []).append(component)
    return found


def _copies(text: bytes, number: int, taken: set[bytes]) -> Iterator[bytes]:
    """Give the lines of a component `number` times, under labels that are not taken."""
    lines = text.splitlines(keepends=True)
    stem, copy = b"n" + sha256(text).hexdigest()[:16].encode(), 0
    nodes = {label for line in lines for label in labels(line)}
    while number > 0:
        names = {node: b"%sx%d%s" % (stem, copy, node) for node in nodes}
        if taken.isdisjoint(names.values()):
            yield from (renamed(line, names.__getitem__) for line in lines)
            number -= 1
        copy += 1
