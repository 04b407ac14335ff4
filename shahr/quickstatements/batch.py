"""The files of a batch, all of them or none: the statements in both forms of QuickStatements, and the diff to read."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from shahr.dataset import load_store
from shahr.errors import BatchError, shown
from shahr.files import sync_folder, write_atomically
from shahr.mappings import accepted_links
from shahr.paths import Project
from shahr.quickstatements.diff import diff
from shahr.quickstatements.proposal import Proposal, propose
from shahr.quickstatements.statement import OUTCOMES, Outcome
from shahr.quickstatements.syntax import commands, csv_table, tsv
from shahr.quickstatements.wikidata import Asks

FILES = ("statements.tsv", "statements.csv", "diff.md", "diff.fa.md")


@dataclass(frozen=True)
class Batch:
    """A batch that was made: how many statements had each outcome, and how many lines it sends."""

    counts: Mapping[Outcome, int]
    lines: int
    excuses: tuple[str, ...]  # of the endpoint, where some requests failed


def make_batch(project: Project, client: Asks, out: Path, day: date, include: Iterable[str] = ()) -> Batch:
    """Compare a built project with an endpoint and write the batch into the folder `out`.

    `day` is the day of reading where the graph knows none. Raises ProjectMissing, SourceError (links that contradict),
    BatchError (an --include that cannot help, a folder with other files) and EndpointError (no request was answered);
    then nothing is written.
    """
    _check(out)
    store = load_store(project.graph, project.inferred)
    proposal = propose(store, accepted_links(project), client, day, include)
    sent = commands((one, proposal.sources[one.statement.fact].references) for one in proposal.findings if one.is_sent)
    pages = [diff(proposal, store, language).encode() for language in ("en", "fa")]
    _write(out, dict(zip(FILES, (tsv(sent), csv_table(sent), *pages), strict=True)))
    return Batch({name: len(proposal.of(name)) for name in OUTCOMES}, len(sent), _excuses(proposal))


def _excuses(proposal: Proposal) -> tuple[str, ...]:
    reasons = (reason for one in proposal.of("unknown") for reason in one.reasons)
    return tuple(sorted({reason.texts["error"] for reason in reasons if reason.code == "not-answered"}))


def _check(out: Path) -> None:
    """Refuse a folder that holds what is not of a batch: it will be replaced as a whole."""
    if out.exists() and not out.is_dir():
        raise BatchError(f"{shown(out)} is a file: name a folder for the batch")
    for name in sorted(path.name for path in out.iterdir()) if out.exists() else ():
        if name not in FILES:
            raise BatchError(f"{shown(out / name)} is no part of a batch that could be replaced: name another folder")


def _write(out: Path, files: Mapping[str, bytes]) -> None:
    """Make the folder beside and give it its name, so that nobody sees files of two batches together."""
    out.parent.mkdir(parents=True, exist_ok=True)
    _clear(out)
    room = out.with_name(f".{out.name}.{os.getpid()}.tmp")
    room.mkdir()
    try:
        for name, data in files.items():
            write_atomically(room / name, data)
        if out.exists():
            out.rename(out.with_name(f".{out.name}.{os.getpid()}.old"))
        room.rename(out)
        sync_folder(out.parent)
    finally:
        _clear(out)


def _clear(out: Path) -> None:
    """Remove what is left beside a batch, of this run or of one that was killed."""
    for left in out.parent.iterdir():
        if re.fullmatch(rf"\.{re.escape(out.name)}\.[0-9]+\.(?:tmp|old)", left.name):
            shutil.rmtree(left, ignore_errors=True)
