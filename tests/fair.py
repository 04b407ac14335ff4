"""How findable, accessible, interoperable and reusable a release of the build in dist/ would be: `make fair`.

The ontology is judged by the checks of FOOPS! (foops.py), the dataset by the principles (principles.py), offline; what
only others can give is named and counts as missing.
"""

from __future__ import annotations

import contextlib
import io
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

import click

import foops
import principles
from assessed import NEEDED, Assessed, Result, read_assessed
from releasing import releasable
from shahr.paths import Project
from shahr.release.publish import publish

WIDTHS = (6, 14, 9)  # of principle, check and points
MOST = 4  # names of what is missing in a line


def results(assessed: Assessed) -> dict[str, list[Result]]:
    """Give how the checks came out, by what was judged."""
    return {
        "The ontology, by the checks of FOOPS!": [check(assessed) for check in foops.ALL],
        "The dataset, by the FAIR principles": [check(assessed) for check in principles.ALL],
    }


def score(found: Iterable[Result]) -> float:
    """Give the mean share of the points, in per cent."""
    shares = [one.share for one in found]
    return 100 * sum(shares) / len(shares)


def table(assessed: Assessed) -> Iterator[str]:
    """Write the lines of the table and of what is to be done."""
    parts = results(assessed)
    for title, found in parts.items():
        yield f"{title}: {score(found):.1f} %"
        yield from (
            _line(one) for one in sorted(found, key=lambda one: ("FAIR".index(one.principle[0]), one.principle))
        )
        yield ""
    every = [one for found in parts.values() for one in found]
    files = [check(assessed) for check in foops.FILES]
    yield f"FOOPS! on files alone, {len(files)} checks: {score(files):.1f} %"
    yield f"All {len(every)} checks: {score(every):.1f} %"
    yield "What the server answers here holds behind https://w3id.org/shahr/ once that leads to it."
    yield from _to_do(every)


def _line(result: Result) -> str:
    points = f"{result.of - len(result.missing)}/{result.of}"
    cells = "".join(
        f"{text:<{width}}" for text, width in zip((result.principle, result.check, points), WIDTHS, strict=True)
    )
    more = f" and {len(result.missing) - MOST} more" if len(result.missing) > MOST else ""
    return f"  {cells}{'; '.join(result.missing[:MOST])}{more}".rstrip()


def _to_do(found: Iterable[Result]) -> Iterator[str]:
    missing = {name for one in found for name in one.missing}
    yield "\nWhat a person has to do:"
    yield from (f"  {name}: {words}" for name, words in NEEDED.items() if name in missing)
    yield from (f"  mend: {name}" for name in sorted(missing - NEEDED.keys()))


@click.command()
@click.argument("release", required=False, type=click.Path(exists=True, file_okay=False, path_type=Path))
def main(release: Path | None) -> None:
    """Print the table for dist/release/VERSION/ of a project, or for a release of the build that is there now."""
    with tempfile.TemporaryDirectory() as folder:
        if release is None:
            project = releasable(Path(folder) / "project", Project.here().current)
            publish(project, "0.1.0")
            release = project.releases / "0.1.0"
        with contextlib.redirect_stderr(io.StringIO()):  # where the server writes a line a query
            lines = list(table(read_assessed(release)))
        click.echo("\n".join(lines))


if __name__ == "__main__":
    main()
