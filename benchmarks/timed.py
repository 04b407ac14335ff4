"""One publish with a stopwatch: `python -m benchmarks.timed PROJECT VERSION` prints seconds and memory of each part.

A process of its own, so that its peak of memory is that of the release and of nothing else.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from pathlib import Path

from shahr.paths import Project
from shahr.release import publish as stage

KIB = 1024


def main(root: str, version: str) -> None:
    """Publish, and print a list of [part, seconds, peak of memory up to its end in bytes] as JSON."""
    parts = (one.__name__.removeprefix("write_") for one in stage.PARTS)
    names = ["quads and triples", "changes", *parts, "description", "record"]
    marks: list[tuple[float, int]] = [(time.monotonic(), 0)]

    def done() -> None:
        marks.append((time.monotonic(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * KIB))

    stage.publish(Project.at(Path(root)), version, done=done)
    done()
    pairs = zip([*names, "name"], marks[:-1], marks[1:], strict=True)
    json.dump([[name, end - start, peak] for name, (start, _), (end, peak) in pairs], sys.stdout)


if __name__ == "__main__":
    main(*sys.argv[1:])
