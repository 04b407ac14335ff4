"""The files of a batch, all of them or none: the statements in both forms of QuickStatements, and the diff to read."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from shahr.dataset import load_store
from shahr.errors import BatchError, shown
from shahr.files import locked_folder, next_folder
from shahr.mappings import accepted_links
from shahr.paths import Project
from shahr.quickstatements.diff import diff
from shahr.quickstatements.proposal import Proposal, propose
from shahr.quickstatements.statement import OUTCOMES, Outcome
from shahr.quickstatements.syntax import Command, commands, csv_tables, tsv
from shahr.wikidata import Asks

_OURS = re.compile(r"statements\.tsv|statements(-[0-9]+)?\.csv|diff(\.fa)?\.md")


@dataclass(frozen=True)
class Batch:
    """A batch that was made: how many statements had each outcome, and how many lines it sends."""

    counts: Mapping[Outcome, int]
    lines: int
    excuses: tuple[str, ...]  # of the endpoint, where some requests failed


def make_batch(project: Project, client: Asks, out: Path, day: date, include: Iterable[str] = ()) -> Batch:
    """Compare a built project with an endpoint and write the batch into the folder `out`.

    `day` is when the endpoint is asked. Raises ProjectMissing, SourceError (links that contradict), BatchError (an
    --include that cannot help, a folder with other files), BuildBusy (another batch is being made beside or in `out`),
    OSError and EndpointError (no request was answered); then nothing is written, and a batch that is there stays.
    """
    folder = out.resolve()  # of a symbolic link, where it leads: the link stays
    with locked_folder(_check(folder)):
        return _make_batch(project, client, folder, day, include)


def _make_batch(project: Project, client: Asks, out: Path, day: date, include: Iterable[str]) -> Batch:
    store = load_store(project.graph, project.inferred)
    proposal = propose(store, accepted_links(project), client, day, include)
    sent = commands((one, proposal.sources[one.statement.fact].references) for one in proposal.findings if one.is_sent)
    pages = {"diff.md": diff(proposal, store, "en").encode(), "diff.fa.md": diff(proposal, store, "fa").encode()}
    with next_folder(out) as room:
        for name, data in {**_forms(sent), **pages}.items():
            (room / name).write_bytes(data)
    return Batch({name: len(proposal.of(name)) for name in OUTCOMES}, len(sent), _excuses(proposal))


def _forms(sent: Sequence[Command]) -> dict[str, bytes]:
    """Give the files to upload, by name: statements.csv is the first of its tables, statements-2.csv the next."""
    first, *others = csv_tables(sent)
    numbered = {f"statements-{number}.csv": table for number, table in enumerate(others, 2)}
    return {"statements.tsv": tsv(sent), "statements.csv": first, **numbered}


def _excuses(proposal: Proposal) -> tuple[str, ...]:
    reasons = (reason for one in proposal.of("unknown") for reason in one.reasons)
    return tuple(sorted({reason.texts["error"] for reason in reasons if reason.code == "not-answered"}))


def _check(out: Path) -> Path:
    """Refuse a folder that cannot be made, or that holds what is not of a batch: it will be replaced as a whole.

    Gives the nearest folder above it that is there.
    """
    if out.exists() and not out.is_dir():
        raise BatchError(f"{shown(out)} is a file: name a folder for the batch")
    above = next((one for one in out.parents if one.exists()), out)
    if not above.is_dir() or not os.access(above, os.R_OK | os.W_OK):
        raise BatchError(f"{shown(above)} cannot hold a folder for the batch: name another")
    for name in sorted(path.name for path in out.iterdir()) if out.exists() else ():
        if not _OURS.fullmatch(name):
            raise BatchError(f"{shown(out / name)} is no part of a batch that could be replaced: name another folder")
    return above
