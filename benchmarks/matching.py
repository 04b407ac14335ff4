"""How well and how fast names are matched: `python -m benchmarks.matching [--fit] [--index search.db]`.

Prints precision, recall and reliability over tests/mentions.tsv, half by half; then, over 50,000 invented entities,
the time of a batch of 100 names and of completion by the length of what was typed, each beside a peer in the same
run. With --fit it prints instead the weights to put into shahr/matching/score.py.
"""

from __future__ import annotations

import argparse
import sqlite3
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from statistics import median, quantiles
from tempfile import TemporaryDirectory

from rapidfuzz import fuzz, process

from benchmarks.fitting import fit
from benchmarks.mentions import calibration_error, figures, read_mentions, reliability
from benchmarks.names import Place, batch, places, prefixes, write_index_source
from shahr.folding import fold
from shahr.index import index
from shahr.matching.query import Query
from shahr.matching.score import Weights
from shahr.matching.source import open_matcher
from shahr.paths import Project
from shahr.search import open_index

ENTITIES = 50_000
REPEATS = 7
LONGEST, EACH = 12, 20  # letters that are typed; prefixes of each length
_LIKE = (
    "SELECT DISTINCT entry.iri FROM name JOIN entry ON entry.id = name.entry "
    "WHERE name.text LIKE ? || '%' AND role <> 'curie' ORDER BY entry.ordinal, entry.facts DESC, entry.id LIMIT 10"
)

Timed = dict[str, list[float]]


def main() -> None:
    """Print what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--fit", action="store_true", help="print fitted weights and nothing else")
    parser.add_argument("--index", type=Path, default=Project.here().current / "search.db")
    options = parser.parse_args()
    if options.fit:
        print(fitted(options.index))
        return
    for half in ("fit", "held out", "fresh"):
        print_quality(options.index, half)
    with TemporaryDirectory() as folder:
        found = places(ENTITIES)
        write_index_source(found, Path(folder))
        index(Project.here(), Path(folder))
        database = Path(folder) / "search.db"
        print(f"\nthe first mistyped name after opening, ms: {1000 * time_first_slip(database):.1f}")
        print_times(f"{len(batch(found))} names in one batch, ms", time_batch(database, found), whole=False)
        print_times("completion of a prefix, ms", time_completion(database, found), whole=True)


def fitted(database: Path) -> Weights:
    """Fit the weights to the half of the mentions that is for that."""
    matcher, mentions = open_matcher(database), read_mentions("fit")
    return fit(mentions, [matcher.match(one.query) for one in mentions], Weights())


def print_quality(database: Path, half: str) -> None:
    """Print how one half of the mentions is matched, and how often each score was right."""
    matcher, mentions = open_matcher(database), read_mentions(half)
    found = [matcher.match(one.query) for one in mentions]
    told, table = figures(mentions, found), reliability(mentions, found)
    known = sum(one.known for one in mentions)
    print(f"\n{half}: {len(mentions)} mentions, {known} with an expected id; {told.automatic} matched by themselves")
    print(f"precision {told.precision:.3f}, recall {told.recall:.3f}, first or matched {told.recall_first:.3f}")
    print(f"wrong: {', '.join(told.wrong) or 'none'}; calibration error {calibration_error(table):.3f}")
    for count, score, right in table:
        print(f"  {count:4} at score {100 * score:5.1f}: {100 * right:5.1f} % right")


def time_first_slip(database: Path) -> float:
    """Time how long a mistyped name takes that is the first that is asked for; seconds."""
    matcher = open_matcher(database)
    start = time.perf_counter()
    matcher.match(Query("Muenchne"))
    return time.perf_counter() - start


def time_batch(database: Path, found: Sequence[Place]) -> Timed:
    """Time the matcher and, as a peer, the nearest of all names, in turns; seconds."""
    matcher, asked = open_matcher(database), batch(found)
    queries = [Query(name) for name in asked]
    names = [fold(name) for place in found for name in (place.english, place.persian)]
    matcher.match_all(queries)
    return in_turns(
        {
            "shahr": lambda: matcher.match_all(queries),
            "rapidfuzz": lambda: [
                process.extractOne(fold(name), names, scorer=fuzz.ratio, score_cutoff=80) for name in asked
            ],
        }
    )


def time_completion(database: Path, found: Sequence[Place]) -> Timed:
    """Time completion by the length of the prefix and, as a peer, SQL LIKE over the same table; seconds."""
    opened = open_index(database)
    times: Timed = {}
    with closing(sqlite3.connect(database)) as peer:
        opened.complete("warm")
        for length, typed in prefixes(found, LONGEST, EACH).items():
            for text in typed:
                each = in_turns(
                    {
                        f"shahr, {length:2} letters": lambda text=text: opened.complete(text),  # type: ignore[misc]
                        f"LIKE, {length:2} letters": lambda text=text: peer.execute(_LIKE, (text,)).fetchall(),  # type: ignore[misc]
                    }
                )
                for name, seconds in each.items():
                    times.setdefault(name, []).extend(seconds)
    return times


def in_turns(tasks: dict[str, Callable[[], object]]) -> Timed:
    """Run each task several times, all of them once before any runs again."""
    times: Timed = {name: [] for name in tasks}
    for _ in range(REPEATS):
        for name, task in tasks.items():
            start = time.perf_counter()
            task()
            times[name].append(time.perf_counter() - start)
    return times


def print_times(title: str, times: Timed, whole: bool) -> None:
    """Print median and the 95th of 100, and how many times as long each second row, the peer, takes."""
    print(f"\n{title} ({ENTITIES} entities)")
    names = list(times)
    for name, peer in zip(names[::2], names[1::2], strict=True):
        own, other = median(times[name]), median(times[peer])
        told = "".join(f"  p95 {1000 * quantiles(times[one], n=20)[-1]:7.2f}" for one in (name, peer)) if whole else ""
        print(f"  {name} {1000 * own:8.2f}  {peer} {1000 * other:8.2f}  ratio {other / own:6.1f}{told}")


if __name__ == "__main__":
    main()
