"""What is served now: one build at a time, and the move to the next one without a request in between."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from pyoxigraph import Triple

from shahr.engine import Engine, Limits
from shahr.engine.control import Zygote, start_zygote
from shahr.engine.pool import PooledEngine
from shahr.engine.source import Source
from shahr.engine.summary import DatasetSummary
from shahr.errors import EngineDown, ProjectMissing, ShahrError
from shahr.paths import Project
from shahr.queries import Query, read_questions
from shahr.turtle import parse_turtle
from shahr.web.settings import Settings

LOOK = 0.25  # seconds between two looks for a new build
PATIENCE = 2.0  # seconds before a build that could not be opened is tried again


@dataclass
class Generation:
    """One dataset with its engine, questions and shapes; it is closed when it is old and nobody uses it any more."""

    version: str
    engine: Engine
    pools: tuple[PooledEngine, ...]
    summary: DatasetSummary
    questions: Mapping[str, Query]
    shapes: Mapping[str, Sequence[Triple]]
    users: int = 0
    old: bool = False

    def release(self) -> None:
        """Say that one user has finished."""
        self.users -= 1
        self.close_if_done()

    def close_if_done(self) -> None:
        """Close the engine of an old generation without users."""
        if self.old and not self.users:
            self.close()

    @property
    def lost(self) -> bool:
        """Tell whether its engine has to be made anew."""
        return any(pool.lost for pool in self.pools)

    def close(self) -> None:
        """End its processes."""
        for pool in self.pools:
            pool.close()


class Generations:
    """The current generation, for one event loop."""

    def __init__(self, settings: Settings, folder: Path, killed: Callable[[str], None]) -> None:
        self.settings, self.folder, self.killed = settings, folder, killed
        self.current: Generation | None = None
        self._next_look = 0.0
        self._moving: asyncio.Task[None] | None = None

    async def acquire(self) -> Generation:
        """Give the generation to use for one request; release it afterwards. EngineDown where there is none."""
        self.look()
        if self.current is None and self._moving is not None:
            await asyncio.wait([self._moving], timeout=self.settings.limits.seconds)
        if self.current is None:
            raise EngineDown("the graph cannot be opened now: try again in a minute")
        self.current.users += 1
        return self.current

    def close(self) -> None:
        """Let go of everything."""
        if self._moving is not None:
            self._moving.cancel()
        if self.current is not None:
            self.current.close()

    def look(self) -> None:
        """Begin to move where there is a new build, or where the engine has to be made anew; the loop goes on."""
        loop = asyncio.get_running_loop()
        if self._moving is not None or loop.time() < self._next_look:
            return
        self._next_look = loop.time() + LOOK
        current = self.current
        if current is None or current.lost or version_now(self.settings) not in ("", current.version):
            self._moving = loop.create_task(self._try_to_move())

    def _hurry(self) -> None:
        """An engine is lost: look again at once."""
        self._next_look = 0.0
        self.look()

    async def _try_to_move(self) -> None:
        """A build that cannot be opened is left for now, and the old one serves on.

        What is wrong with it is for the log: it may name a file.
        """
        loop = asyncio.get_running_loop()
        try:
            made = await self._open_any()
        except (ShahrError, OSError) as error:
            logging.getLogger("shahr").error("the build is not taken: %s", error)
            self._next_look = loop.time() + PATIENCE
            loop.call_at(self._next_look, self.look)
        else:
            old, self.current = self.current, made
            if old is not None:
                old.old = True
                old.close_if_done()
        finally:
            self._moving = None

    async def _open_any(self) -> Generation:
        """Open what is there now, or else what the service began with: a zygote may hold that though its files go."""
        try:
            return await self._open(source_now(self.settings))
        except (ShahrError, OSError):
            if self.settings.first is None or self.current is not None:
                raise
            return await self._open(self.settings.first)

    async def _open(self, source: Source) -> Generation:
        """Open a generation, whole or not at all."""
        read = partial(_read_project, self.settings.project)
        questions, shapes = await asyncio.get_running_loop().run_in_executor(None, read)
        with ExitStack() as opened:
            pool = await self._pool(source, opened)
            pools: tuple[PooledEngine, ...] = (pool,)
            engine: Engine = pool
            if self.settings.services:
                services = await self._pool(services_source(self.settings), opened)
                pools, engine = (pool, services), _federated(pool, services, self.settings.services)
            found = pool.zygote.summary()
            opened.pop_all()
        graphs = tuple((name, size) for name, size in found["graphs"])
        summary = DatasetSummary(found["digest"], found["triples"], graphs)
        if source.offline and not found["isolated"]:
            logging.getLogger("shahr").warning("the kernel does not let query processes leave the network")
        return Generation(source.version, engine, pools, summary, questions, shapes)

    async def _pool(self, source: Source, opened: ExitStack) -> PooledEngine:
        loop = asyncio.get_running_loop()
        address = await loop.run_in_executor(None, start_zygote, self.folder, source)
        pool = PooledEngine(Zygote(address), self.killed, self._hurry)
        opened.callback(pool.close)
        await pool.open(self.settings.children)
        return pool


def _read_project(project: Project) -> tuple[dict[str, Query], dict[str, list[Triple]]]:
    """Give the questions by name, and the triples of the shapes by the name of their file; SourceError."""
    questions = {query.name: query for query in read_questions(project)}
    return questions, {path.stem: parse_turtle(path) for path in sorted(project.shapes.glob("*.ttl"))}


def _federated(pool: PooledEngine, services: PooledEngine, hosts: tuple[str, ...]) -> Engine:
    from shahr.engine.federated import FederatedEngine  # only who allows SERVICE needs an HTTP client

    async def fetch(endpoint: str, query: str, limits: Limits) -> bytes:
        return (await services.evaluate(query, [endpoint], [], "", limits)).body

    return FederatedEngine(pool, fetch, hosts)


def version_now(settings: Settings) -> str:
    """Give what changes when there is another build; "" where none can be seen, or nothing can change."""
    if settings.endpoint or settings.dataset:
        return ""
    try:
        found = settings.project.graph.stat()
    except OSError:
        return ""
    return f"{found.st_ino}-{found.st_mtime_ns}-{found.st_size}"


def services_source(settings: Settings) -> Source:
    """Give what the zygote of SERVICE blocks is to open."""
    return Source("services", hosts=settings.services, memory=settings.limits.memory)


def source_now(settings: Settings) -> Source:
    """Give what a zygote is to open now; ProjectMissing where nothing has been built."""
    memory, version = settings.limits.memory, version_now(settings)
    store = str(settings.project.dist / "stores") if settings.on_disk else ""
    if settings.endpoint:
        return Source("endpoint", endpoint=settings.endpoint, memory=memory)
    if settings.dataset:
        return Source("files", (str(settings.dataset.resolve()),), memory=memory, store=store)
    for path in (settings.project.graph, settings.project.inferred):
        if not path.is_file():
            raise ProjectMissing(f"{path} is not there yet: run `shahr run` (or `make serve`) first")
    graph = settings.project.graph.resolve()  # both files of one build, should another be linked meanwhile
    files = (str(graph), str(graph.with_name(settings.project.inferred.name)))
    return Source("files", files, memory=memory, version=version, store=store)
