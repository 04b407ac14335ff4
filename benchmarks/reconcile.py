"""How long lists of names take to be matched over HTTP: `python -m benchmarks.reconcile [--repeats N]`.

Two servers, one with the shipped data and one with 50,000 invented entities, get batches of 100 names as OpenRefine
sends them, another one each time: names as they are written, spelt otherwise, with slips, and of nothing; a third of
them with a type, a third with type and country. Then beginnings of names are completed by the service for entities.
The peer is what a small script would do, without HTTP: rapidfuzz over all names, and a look at how each begins.
"""

from __future__ import annotations

import http.client
import json
import random
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from time import perf_counter
from urllib.parse import quote_plus, urlencode

import click
from rapidfuzz import fuzz, process

from benchmarks.names import Place, batch, places, prefixes, write_index_source
from benchmarks.processes import await_answer, free_port, running
from benchmarks.table import markdown
from shahr.folding import fold
from shahr.gazetteer import open_gazetteer
from shahr.index import index
from shahr.paths import Project

ENTITIES = 50_000
WANTED_BATCH, WANTED_COMPLETION = 200.0, 10.0  # milliseconds in the median
LONGEST, EACH = 12, 12  # letters that are typed; beginnings of each length
FORM = {"Content-Type": "application/x-www-form-urlencoded; charset=UTF-8"}

Row = tuple[str, str, float, float]  # what was done, over what; our milliseconds and the peer's


@click.command()
@click.option("--repeats", default=7, show_default=True, type=click.IntRange(5), help="Batches at each server.")
def main(repeats: int) -> None:
    """Measure batches and completion at both sizes, each beside the peer."""
    with tempfile.TemporaryDirectory() as folder:
        shipped, invented = Path(folder) / "shipped", Path(folder) / "invented"
        shipped.mkdir()
        for name in ("graph.nq", "inferred.nq"):
            shutil.copy(Project.here().current / name, shipped)
        many = places(ENTITIES)
        write_index_source(many, invented)
        for out in (shipped, invented):
            index(Project.here(), out)
        rows: list[Row] = []
        for size, found, database in (
            ("the shipped data", _shipped(shipped / "search.db"), shipped / "search.db"),
            (f"{ENTITIES:,} entities", many, invented / "search.db"),
        ):
            with _served(Path(folder) / size.replace(" ", "-"), database) as connection:
                rows += _measured(size, connection, found, repeats)
    shown = [(what, size, f"{own:.1f}", f"{peer:.1f}", f"{peer / own:.2f}") for what, size, own, peer in rows]
    click.echo(markdown(("median, ms", "over", "shahr", "rapidfuzz, no HTTP", "ratio"), shown))
    _tell("100 names in one batch", [own for what, _, own, _ in rows if what.startswith("100")], WANTED_BATCH)
    _tell("completion", [own for what, _, own, _ in rows if what.startswith("begin")], WANTED_COMPLETION)


def _tell(what: str, found: Sequence[float], wanted: float) -> None:
    verdict = "pass" if max(found) < wanted else "FAIL"
    click.echo(f"\n{what}: at most {max(found):.1f} ms, wanted under {wanted:g} ms: {verdict}")


def _shipped(database: Path) -> list[Place]:
    """Give what the shipped data name in both languages."""
    gazetteer = open_gazetteer(database)
    found = []
    for entity in gazetteer.of_kinds({"city", "country", "place", "person", "organization", "post"}):
        labels = {name.language: name.text for name in entity.names if name.role == "label"}
        if {"en", "fa"} <= labels.keys():
            found.append(Place(entity.id, labels["en"], labels["fa"], "Iran"))
    gazetteer.close()
    return found


@contextmanager
def _served(root: Path, database: Path) -> Iterator[http.client.HTTPConnection]:
    """Serve the shipped data with any index of names."""
    sys.path.append(str(Project.here().root / "tests"))  # where a project is laid out
    from releasing import releasable

    project = releasable(root, Project.here().current.resolve())
    (project.current / "search.db").write_bytes(database.read_bytes())
    port, shahr = free_port(), str(Path(sys.executable).with_name("shahr"))
    command = [shahr, "--project", str(root), "serve", "--port", str(port), "--workers", "1", "--client-seconds", "0"]
    with running(command, root / "log") as pid:
        await_answer(f"http://127.0.0.1:{port}/sparql?query=", pid)
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        yield connection
        connection.close()


def _measured(size: str, connection: http.client.HTTPConnection, found: Sequence[Place], repeats: int) -> list[Row]:
    names = [fold(name) for place in found for name in (place.english, place.persian)]
    lists = [_list(found, number) for number in range(repeats + 1)]
    typed = prefixes(found, LONGEST, EACH)
    matched = [(lambda one=one: _match(connection, one), lambda one=one: _nearest(list(one), names)) for one in lists]
    rows = [("100 names in one batch", size, *_medians(matched))]
    for length, texts in typed.items():
        completed = [
            (lambda text=text: _complete(connection, text), lambda text=text: _begun(text, names)) for text in texts
        ]
        rows.append((f"beginnings of {length} letters", size, *_medians(completed)))
    return rows


def _list(found: Sequence[Place], number: int) -> dict[str, dict[str, object]]:
    """Give queries by name: another list for another number, where there is enough to choose from."""
    chosen = random.Random(number).sample(list(found), min(len(found), 1000))
    countries = {name: place.country for place in chosen for name in (place.english, place.persian)}
    queries: dict[str, dict[str, object]] = {}
    for at, name in enumerate(batch(chosen)):
        queries[name] = {"query": name}
        if at % 3:
            queries[name] |= {"type": "City", "type_strict": "should"}
        if at % 3 == 2:
            queries[name]["properties"] = [{"pid": "country", "v": countries.get(name, "Iran")}]
    return queries


def _medians(pairs: Sequence[tuple[Callable[[], object], Callable[[], object]]]) -> tuple[float, float]:
    """Run both of each pair in turn, the first pair only to be warm; give the median milliseconds of either."""
    times: tuple[list[float], list[float]] = ([], [])
    for own, peer in pairs:
        for task, kept in zip((own, peer), times, strict=True):
            start = perf_counter()
            task()
            kept.append((perf_counter() - start) * 1000)
    own, peer = (median(one[1:]) for one in times)
    return own, peer


def _match(connection: http.client.HTTPConnection, queries: Mapping[str, object]) -> None:
    text = json.dumps({f"q{at}": query for at, query in enumerate(queries.values())}, ensure_ascii=False)
    connection.request("POST", "/reconcile", f"queries={quote_plus(text)}", FORM)
    if len(_answer(connection)) != len(queries):
        raise click.ClickException("not every query of a batch was answered")


def _complete(connection: http.client.HTTPConnection, text: str) -> None:
    connection.request("GET", f"/reconcile/suggest/entity?{urlencode({'prefix': text})}")
    _answer(connection)


def _answer(connection: http.client.HTTPConnection) -> dict[str, object]:
    response = connection.getresponse()
    body = response.read()
    if response.status != 200:
        raise click.ClickException(f"the service answers {response.status}: {body[:200].decode(errors='replace')}")
    found: dict[str, object] = json.loads(body)
    return found


def _nearest(asked: Sequence[str], names: Sequence[str]) -> None:
    for name in asked:
        process.extract(fold(name), names, scorer=fuzz.ratio, limit=5)


def _begun(text: str, names: Sequence[str]) -> list[str]:
    folded = fold(text)
    return sorted(name for name in names if name.startswith(folded))[:10]


if __name__ == "__main__":
    main()
