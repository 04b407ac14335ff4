"""Answering: budget, cache, places, engine, numbers and log, in the order in which a query meets them."""

from __future__ import annotations

import asyncio
import atexit
import os
import shutil
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

from shahr.engine import Answer, Limits
from shahr.errors import Busy, EndpointDown, EngineDown, OutOfTime, OverBudget, ShahrError
from shahr.web.admission import Admission
from shahr.web.budget import Ledger
from shahr.web.cache import AnswerCache, Cached, answer_key, is_repeatable
from shahr.web.errors import verdict
from shahr.web.generations import Generation, Generations
from shahr.web.metrics import Metrics, Outcome
from shahr.web.querylog import QueryLog, QueryRecord
from shahr.web.settings import Settings

TIDY = 0.02  # seconds that a line of the log may wait for others


@dataclass(frozen=True, slots=True)
class Asked:
    """A query, the graphs it is asked of, the types it may come in, whose it is, how many seconds it may take."""

    query: str
    default_graphs: tuple[str, ...]
    named_graphs: tuple[str, ...]
    accepted: str
    negotiated: tuple[str | None, str | None]
    client: str
    seconds: float


class Service:
    """All that the requests of one process share. Its coroutines run on one event loop."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.folder = settings.folder or _own_folder()
        self.metrics = Metrics()
        self.cache = AnswerCache(settings.cache)
        self.ledger = _ledger(self.folder / "budgets")
        self.admission = Admission(settings.children, settings.queue)
        self.log = QueryLog(sys.stderr, settings.log_text)
        self.kills = 0
        self._tidying: asyncio.TimerHandle | None = None
        self.generations = Generations(settings, self.folder, self._killed)

    def key(self, generation: Generation, asked: Asked) -> bytes | None:
        """Give the key of an answer that may be kept, None for one that may differ the next time."""
        if not generation.summary.digest or not is_repeatable(asked.query):
            return None
        graphs = asked.default_graphs, asked.named_graphs
        return answer_key(generation.summary.digest, asked.query, *graphs, asked.negotiated)

    async def answer(self, generation: Generation, asked: Asked, key: bytes | None, unseen: bool = True) -> Cached:
        """Answer a query from the cache or the engine; every error is one of ours, counted and logged.

        `unseen` False: the client has any answer there may be, and only asks whether there is one.
        """
        start = perf_counter()
        try:
            entry, outcome = await self._answer(generation, asked, key)
        except ShahrError as error:
            status, outcome = verdict(error)
            self._account(asked, start, outcome, status, None)
            raise
        except asyncio.CancelledError:
            self._account(asked, start, "gone", 499, None)
            raise
        if unseen:
            self._account(asked, start, outcome, 200, entry.answer)
        else:
            self.not_modified(asked)
        return entry

    def count_replay(self, query: str, entry: Cached) -> None:
        """Count and log an answer that was given again without a look at the query."""
        self.metrics.hit()
        self._record(query, 0.0, "cached", 200, entry.answer)

    def not_modified(self, asked: Asked) -> None:
        """Count and log an answer that the client already has."""
        self._account(asked, perf_counter(), "not-modified", 304, None)

    async def _answer(self, generation: Generation, asked: Asked, key: bytes | None) -> tuple[Cached, Outcome]:
        entry = self.cache.get(key) if key else None
        if entry is not None:
            self.metrics.hit()
            return entry, "cached"
        self._check_budget(asked.client)
        if key:
            self.metrics.miss()
        answer = await self._evaluate(generation, asked)
        return (self.cache.put(key, answer) if key else Cached(b"", answer)), "ok"

    def _check_budget(self, client: str) -> None:
        settings = self.settings
        if not settings.client_seconds and not settings.client_errors:
            return
        wait = self.ledger.retry_after(client, settings.client_seconds, settings.client_errors)
        if wait is not None:
            raise OverBudget(wait)

    async def _evaluate(self, generation: Generation, asked: Asked) -> Answer:
        arrived = perf_counter()
        self._tidy_soon()  # the gauges tell of who waits as well
        await self.admission.enter(asked.client, asked.seconds)
        began = perf_counter()
        blamed = False
        try:
            most = self.settings.limits
            limits = Limits(max(0.001, asked.seconds - (began - arrived)), most.memory, most.result)
            graphs = asked.default_graphs, asked.named_graphs
            return await generation.engine.evaluate(asked.query, *graphs, asked.accepted, limits)
        except OutOfTime as error:
            blamed = True
            raise OutOfTime(asked.seconds) from error
        except ShahrError as error:
            blamed = not isinstance(error, Busy | EngineDown | EndpointDown)
            raise
        finally:
            self.admission.leave(asked.client)
            self._charge(asked.client, perf_counter() - began, blamed)

    def blame(self, client: str) -> None:
        """Count an error that a client made before its query was read; OverBudget where it has made too many."""
        self._check_budget(client)
        self._charge(client, 0.0, True)

    def _charge(self, client: str, seconds: float, blamed: bool) -> None:
        if self.settings.client_seconds or self.settings.client_errors:
            self.ledger.charge(client, seconds, blamed)

    def _account(self, asked: Asked, start: float, outcome: Outcome, status: int, answer: Answer | None) -> None:
        self._record(asked.query, perf_counter() - start, outcome, status, answer)

    def _record(self, query: str, seconds: float, outcome: Outcome, status: int, answer: Answer | None) -> None:
        size = len(answer.body) if answer else 0
        self.metrics.query(outcome, seconds, size)
        media_type = answer.media_type if answer else None
        self.log.add(QueryRecord(query, seconds, size, outcome, status, media_type))
        self._tidy_soon()

    def _tidy_soon(self) -> None:
        if self._tidying is None:
            self._tidying = asyncio.get_running_loop().call_later(TIDY, self._tidy)

    def _tidy(self) -> None:
        """Do for the queries of a moment together what each needs not wait for."""
        self._tidying = None
        self.flush()
        self.metrics.queue(len(self.admission.waiting))
        self.metrics.busy(self.admission.busy)

    def flush(self) -> None:
        """Write the lines and the numbers that wait."""
        self.log.flush()
        self.metrics.flush()

    def close(self) -> None:
        """End the engine, and write what waits now, not later: the log's stream may be another file by then."""
        self.generations.close()
        if self._tidying is not None:
            self._tidying.cancel()
        self.flush()

    def _killed(self, reason: str) -> None:
        self.kills += 1
        self.metrics.kill(reason)


def _own_folder() -> Path:
    """Make a folder that goes with this process, and not with one that was forked from it."""
    path = tempfile.mkdtemp(prefix="shahr-")
    process = os.getpid()
    atexit.register(lambda: shutil.rmtree(path, ignore_errors=True) if os.getpid() == process else None)
    return Path(path)


def _ledger(path: Path) -> Ledger:
    if not path.exists():
        Ledger.create(path)
    return Ledger(path)
