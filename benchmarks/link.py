"""What linking takes and finds: `python -m benchmarks.link [SIZE]…`, in entities; 1,000, 3,000 and 10,000 without.

The entities are places of Natural Earth by their English names (7,096 at most), the rest is invented; a tenth of them
is not at the endpoint, where all other places are: a read-only Oxigraph on loopback. A link counts as proposed where
one item is clear; precision and recall are against the truth that Natural Earth gives.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from benchmarks.table import markdown
from shahr.link.deciding import SURE
from shahr.paths import Project
from shahr.sssom import read_mapping_set

if TYPE_CHECKING:
    from wikidatalike import Truth

SIZES = (1_000, 3_000, 10_000)
LEAST_PRECISION, LEAST_RECALL = 0.97, 0.90
SLOWER = 1.5  # times as long for one entity in the largest size as in the smallest: no more is linear
_REAL = 7_096


@dataclass(frozen=True)
class Seen:
    """One size: seconds and requests of a run, seconds of the next, and how many proposals are right of how many."""

    size: int
    seconds: float
    requests: int
    again: float
    again_requests: int
    right: int
    clear: int
    there: int
    among_three: int

    @property
    def precision(self) -> float:
        """How many of the clear proposals are right."""
        return self.right / self.clear if self.clear else 0.0

    @property
    def recall(self) -> float:
        """How many of the entities that have an item there are linked to it."""
        return self.right / self.there if self.there else 0.0


@click.command()
@click.argument("sizes", nargs=-1, type=click.IntRange(1, 40_000), metavar="[SIZE]...")
def main(sizes: Sequence[int]) -> None:
    """Measure how long linking takes, with how many requests, and how often it is right."""
    seen = [_measured(size) for size in sizes or SIZES]
    head = ["entities", "seconds", "ms each", "requests", "next run, s", "its requests", "precision", "recall"]
    click.echo(markdown([*head, "item among three"], map(_row, seen)))
    right = all(one.precision >= LEAST_PRECISION and one.recall >= LEAST_RECALL for one in seen)
    click.echo(f"\nwanted: precision ≥ {LEAST_PRECISION}, recall ≥ {LEAST_RECALL}: {'pass' if right else 'FAIL'}")
    click.echo(f"wanted: nothing asked twice: {'FAIL' if any(one.again_requests for one in seen) else 'pass'}")
    if len(seen) > 1:
        ratio = (seen[-1].seconds / seen[-1].size) / (seen[0].seconds / seen[0].size)
        click.echo(f"wanted: linear, {ratio:.2f} ≤ {SLOWER}: {'pass' if ratio <= SLOWER else 'FAIL'}")


def _measured(size: int) -> Seen:
    sys.path.append(str(Path(__file__).resolve().parent.parent / "tests"))  # where the data are made
    from endpoints import oxigraph_read_only
    from wikidatalike import invented, project_with, real, turtle

    some, others = real(min(size, _REAL)), invented(max(0, size - _REAL))
    with tempfile.TemporaryDirectory() as folder:
        project = project_with(Path(folder) / "project", [*some.ours, *others.ours], some.rows)
        store = Path(folder) / "store"
        store.mkdir()
        with oxigraph_read_only(turtle([*some.things, *others.things]), store) as endpoint:
            runs = [_run(project, endpoint) for _ in range(2)]
        return _compared(project, size, some, others, runs)


def _run(project: Project, endpoint: str) -> tuple[float, int]:
    command = [sys.executable, "-c", "from shahr.cli import main; main()", "--project", str(project.root), "link"]
    start = time.perf_counter()
    done = subprocess.run([*command, "--endpoint", endpoint], capture_output=True, text=True)
    seconds = time.perf_counter() - start
    if done.returncode:
        raise click.ClickException(done.stderr)
    return seconds, int(re.findall(r"(\d+) requests", done.stdout)[0])


def _compared(project: Project, size: int, some: Truth, others: Truth, runs: Sequence[tuple[float, int]]) -> Seen:
    items = some.items | others.items
    rows = [row for row in read_mapping_set(project.links / "wikidata.sssom.tsv").rows if row.mapping_tool]
    clear = [row for row in rows if (row.confidence or 0) >= SURE]

    def right(subject: str, item: str) -> bool:
        return items.get(subject.replace(":", "/")) == item.removeprefix("wd:")

    found = {row.subject_id for row in rows if right(row.subject_id, row.object_id)}
    correct = sum(right(row.subject_id, row.object_id) for row in clear)
    (seconds, requests), (again, again_requests) = runs
    return Seen(size, seconds, requests, again, again_requests, correct, len(clear), len(items), len(found))


def _row(seen: Seen) -> list[str]:
    each = 1000 * seen.seconds / seen.size
    times = [f"{seen.size:,}", f"{seen.seconds:.1f}", f"{each:.2f}", str(seen.requests)]
    shares = [f"{seen.precision:.4f}", f"{seen.recall:.4f}", f"{seen.among_three / seen.there:.4f}"]
    return [*times, f"{seen.again:.1f}", str(seen.again_requests), *shares]


if __name__ == "__main__":
    main()
