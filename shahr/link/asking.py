"""Asking an endpoint about many terms, each term once: what is answered is kept, also when the process is killed.

dist/link/<16 hex digits of the endpoint's address>/answers.jsonl has one line for each answered request: the query, by
its digest, the terms it was asked about, and the answer. A line is written as soon as its answer has come. Answers are
looked up term by term, so they stay good when other entities are asked for, in other batches.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, BinaryIO
from urllib.parse import urlsplit

from pyoxigraph import Literal, NamedNode

from shahr.client import Client
from shahr.errors import BuildBusy, EndpointError
from shahr.paths import Project
from shahr.queries import Query, read_query
from shahr.solutions import Solutions, Term, read_solutions
from shahr.wikidata import MOST, batches, check_answer

PAUSE = 1.0  # seconds between two requests to Wikidata

Row = tuple[Term | None, ...]
Asked = NamedNode | Literal
Show = Callable[[int, int], None]  # takes how many terms are answered, and how many are known to be asked about


@dataclass(frozen=True)
class Question:
    """A query with one VALUES block to fill; `variables` are those of its rows, and the first is that of the block."""

    query: Query
    variables: tuple[str, ...]

    @cached_property
    def digest(self) -> str:
        """Tell it from other questions, and from what it was before its file was changed."""
        return hashlib.sha256(self.query.text.encode()).hexdigest()[:16]

    def ask(self, client: Client, terms: Sequence[Asked]) -> Solutions:
        """Ask about some terms, in one request; EndpointError, also for an answer about others."""
        found = client.select(self.query.filled(self.variables[:1], [[term] for term in terms]))
        if found.variables != self.variables:
            given = ", ".join(found.variables) or "nothing"
            raise EndpointError(client.endpoint, f"was asked for {', '.join(self.variables)} and gave {given}"[:500])
        check_answer(client.endpoint, found, self.variables, self.variables[0], set(terms))
        return found


def read_question(name: str, *variables: str) -> Question:
    """Read one of the queries of this stage."""
    return Question(read_query(Path(__file__).parent / "queries" / f"{name}.rq"), variables)


def open_client(endpoint: str) -> Client:
    """Give a client that asks Wikidata with a pause after each request, and others without."""
    client = Client(endpoint)
    host = urlsplit(client.endpoint).hostname or ""
    return Client(endpoint, pause=PAUSE) if f".{host}".endswith(".wikidata.org") else client


@dataclass
class Kept:
    """What an endpoint answered before: the rows on each term, by the digest of the question."""

    rows: dict[tuple[str, str], list[Row]] = field(default_factory=dict)

    def on(self, question: Question, term: Asked) -> list[Row] | None:
        """Give the rows on a term; None where it was never asked about."""
        return self.rows.get((question.digest, str(term)))

    def read(self, lines: bytes) -> None:
        """Read the lines of a file; one that a kill or a bad disk left unreadable counts as never answered."""
        for line in lines.splitlines():
            try:
                kept: dict[str, Any] = json.loads(line)
                found = read_solutions(json.dumps(kept["answer"]).encode())
                self.note(str(kept["query"]), list(map(str, kept["terms"])), found)
            except (ValueError, SyntaxError, KeyError, TypeError):
                continue

    def note(self, digest: str, asked: Iterable[str], found: Solutions) -> None:
        """Keep the rows on all terms that were asked about, none for a term without a row; KeyError for other terms."""
        rows = {term: list[Row]() for term in asked}
        for row in found.rows:
            rows[str(row[0])].append(row)
        self.rows |= {(digest, term): each for term, each in rows.items()}


@dataclass
class Answers:
    """What an endpoint answered so far, and the way to ask for more; `size` is how many terms go into one request."""

    file: BinaryIO
    client: Client
    size: int = MOST
    show: Show = lambda done, known: None
    kept: Kept = field(default_factory=Kept)
    done: int = 0
    known: int = 0

    def about(self, question: Question, terms: Iterable[Asked]) -> dict[Asked, list[Row]]:
        """Give the rows on each term, asked for where they are not kept yet; EndpointError, then nothing is lost."""
        wanted = list(dict.fromkeys(terms))
        missing = [term for term in wanted if self.kept.on(question, term) is None]
        self.known += len(wanted)
        self._count(len(wanted) - len(missing))
        for batch in batches(missing, self.size):
            self._keep(question, batch, question.ask(self.client, batch))
            self._count(len(batch))
        return {term: self.kept.on(question, term) or [] for term in wanted}

    def read(self) -> None:
        """Read the file, and cut off the line that a kill left half-written."""
        lines = self.file.read()
        end = lines.rfind(b"\n") + 1
        self.kept.read(lines[:end])
        self.file.truncate(end)

    def _keep(self, question: Question, terms: Sequence[Asked], found: Solutions) -> None:
        asked = [str(term) for term in terms]
        line = {"query": question.digest, "terms": asked, "answer": json.loads(found.json)}
        self.file.write(json.dumps(line, ensure_ascii=False, separators=(",", ":")).encode() + b"\n")
        self.file.flush()
        os.fsync(self.file.fileno())
        self.kept.note(question.digest, asked, found)

    def _count(self, terms: int) -> None:
        self.done += terms
        self.show(self.done, self.known)


def read_kept(project: Project) -> Kept:
    """Read what any endpoint answered before, to show it."""
    kept = Kept()
    for path in sorted((project.dist / "link").glob("*/answers.jsonl")):
        kept.read(path.read_bytes())
    return kept


@contextmanager
def open_answers(project: Project, client: Client, size: int = MOST, fresh: bool = False) -> Iterator[Answers]:
    """Open what an endpoint answered before, nothing where `fresh`; BuildBusy while another process asks it."""
    folder = project.dist / "link" / hashlib.sha256(client.endpoint.encode()).hexdigest()[:16]
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "answers.jsonl").open("a+b") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise BuildBusy(f"another `shahr link` asks {client.endpoint}: try again when it has finished") from error
        if fresh:
            file.truncate(0)
        file.seek(0)
        answers = Answers(file, client, size)
        answers.read()
        yield answers
