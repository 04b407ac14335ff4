"""The mentions that the matcher is measured with (tests/mentions.tsv), and what it makes of them.

Columns: half ("fit": the weights of shahr.matching.score were fitted on it; "held out"; and a third, "fresh", written
by somebody who had seen neither of them nor the matcher), the mention, the classes asked for, the words before and
after it, known properties (a=b;c=d), what it means (an id, "ambiguous", "unknown"), for an ambiguous one what it means
equally often ("-" is something that the graph does not know), and why it is here.
"""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from shahr.matching.query import Matches, Query

MENTIONS = Path(__file__).parent.parent / "tests" / "mentions.tsv"
BINS = 10


@dataclass(frozen=True)
class Mention:
    """One row: what is asked, and what is right."""

    half: str
    query: Query
    expected: str
    among: tuple[str, ...]
    why: str

    @property
    def known(self) -> bool:
        """It means one thing of the graph."""
        return self.expected not in ("ambiguous", "unknown")

    def share(self, id: str) -> float:
        """Give how often, of all times that somebody writes this, this entity is meant."""
        return float(id == self.expected) if self.known else (id in self.among) / max(1, len(self.among))


@dataclass(frozen=True)
class Figures:
    """How mentions were matched: shares of 1, and the mentions that were taken for something wrong."""

    automatic: int
    precision: float
    recall: float
    recall_first: float
    wrong: tuple[str, ...]


def read_mentions(half: str = "") -> list[Mention]:
    """Read one part ("fit", "held out", "fresh"), or all."""
    with MENTIONS.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    return [_mention(row) for row in rows if half in ("", row["half"])]


def half_of(row: dict[str, str]) -> str:
    """Tell the half that a row is in: chance, but always the same one."""
    key = "|".join(row[name] for name in ("mention", "types", "before", "after", "properties"))
    return "held out" if hashlib.sha256(key.encode()).digest()[0] % 2 else "fit"


def figures(mentions: Sequence[Mention], found: Sequence[Matches]) -> Figures:
    """Measure. Precision: right of those matched by themselves; recall: matched by themselves and right, of those
    that mean one thing of the graph; recall_first: the same, matched by themselves or first of what is to be reviewed.
    """
    pairs = list(zip(mentions, found, strict=True))
    taken = [(one, matches) for one, matches in pairs if matches.outcome == "match"]
    known = [(one, matches) for one, matches in pairs if one.known]
    right = sum(_is_first(one, matches) for one, matches in taken)
    first = sum(_is_first(one, matches) for one, matches in known)
    wrong = tuple(one.query.text for one, matches in taken if not _is_first(one, matches))
    return Figures(len(taken), right / max(1, len(taken)), right / len(known), first / len(known), wrong)


def reliability(mentions: Sequence[Mention], found: Sequence[Matches]) -> list[tuple[int, float, float]]:
    """Give, of each tenth of the scores of first candidates, how many, their mean score and the share that was right.

    Both are shares of 1; tenths without any are left out.
    """
    bins: list[list[tuple[float, float]]] = [[] for _ in range(BINS)]
    for one, matches in zip(mentions, found, strict=True):
        for first in matches.candidates[:1]:
            pair = first.score / 100, one.share(first.entity.id)
            bins[min(BINS - 1, int(pair[0] * BINS))].append(pair)
    return [
        (len(each), sum(score for score, _ in each) / len(each), sum(right for _, right in each) / len(each))
        for each in bins
        if each
    ]


def calibration_error(table: Sequence[tuple[int, float, float]]) -> float:
    """Give the mean distance of score and share, each tenth by how many are in it."""
    return sum(count * abs(score - right) for count, score, right in table) / max(1, sum(one[0] for one in table))


def _is_first(one: Mention, matches: Matches) -> bool:
    return bool(matches.candidates) and matches.candidates[0].entity.id == one.expected


def _mention(row: dict[str, str]) -> Mention:
    given = [part.partition("=")[::2] for part in row["properties"].split(";") if part]
    types = tuple(row["types"].split())
    properties = {name: [value] for name, value in given}
    query = Query(row["mention"], types, properties=properties, before=row["before"], after=row["after"])
    return Mention(row["half"], query, row["expected"], tuple(row["among"].split()), row["why"])
