"""What is served now: one build at a time, and the move to the next one without a request in between."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from shahr.engine import Engine, Limits
from shahr.engine.control import Zygote, start_zygote
from shahr.engine.pool import PooledEngine
from shahr.engine.source import Source
from shahr.errors import EngineDown, ProjectMissing, ShahrError
from shahr.queries import Query, read_queries
from shahr.summary import DatasetSummary
from shahr.web.settings import Settings

LOOK = 0.25  # seconds between two looks for a new build
PATIENCE = 2.0  # seconds before a build that could not be opened is tried again


@dataclass
class Generation:
    """One dataset with its engine and questions; it is closed when it is old and nobody uses it any more."""

    version: str
    engine: Engine
    pools: tuple[PooledEngine, ...]
    summary: DatasetSummary
    questions: Mapping[str, Query]
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
        self._first = asyncio.Lock()
        self._moving: asyncio.Task[None] | None = None

    async def acquire(self) -> Generation:
        """Give the generation to use for one request; release it afterwards. EngineDown where there is none."""
        if self.current is None:
            async with self._first:
                if self.current is None:
                    await self._begin()
        else:
            self.look()
        assert self.current is not None  # once there is one, there always is
        self.current.users += 1
        return self.current

    async def _begin(self) -> None:
        """What is wrong with the first build is for the log: it may name a file."""
        try:
            await self._move(self.settings.first or source_now(self.settings))
        except ShahrError as error:
            logging.getLogger("shahr").error("%s", error)
            raise EngineDown("the graph cannot be opened now: try again in a minute") from error

    def close(self) -> None:
        """Let go of everything."""
        if self._moving is not None:
            self._moving.cancel()
        if self.current is not None:
            self.current.close()

    def look(self) -> None:
        """Begin to move where there is a new build, or where the engine has to be made anew; the loop goes on."""
        loop = asyncio.get_running_loop()
        if self.current is None or self._moving is not None or loop.time() < self._next_look:
            return
        self._next_look = loop.time() + LOOK
        version = version_now(self.settings)
        if self.current.lost or version not in ("", self.current.version):
            self._moving = loop.create_task(self._try_to_move())

    def _hurry(self) -> None:
        """An engine is lost: look again at once."""
        self._next_look = 0.0
        self.look()

    async def _try_to_move(self) -> None:
        """A build that cannot be opened is left for now, and the old one serves on."""
        try:
            await self._move(source_now(self.settings))
        except ShahrError as error:
            logging.getLogger("shahr").error("the new build is not taken: %s", error)
            self._next_look = asyncio.get_running_loop().time() + PATIENCE
        finally:
            self._moving = None

    async def _move(self, source: Source) -> None:
        made = await self._open(source)
        old, self.current = self.current, made
        if old is not None:
            old.old = True
            old.close_if_done()

    async def _open(self, source: Source) -> Generation:
        pool = await self._pool(source)
        pools: tuple[PooledEngine, ...] = (pool,)
        engine: Engine = pool
        if self.settings.services:
            services = await self._pool(services_source(self.settings))
            pools, engine = (pool, services), _federated(pool, services, self.settings.services)
        found = await pool.zygote.summary()
        graphs = tuple((name, size) for name, size in found["graphs"])
        summary = DatasetSummary(found["digest"], found["triples"], graphs)
        questions = {query.name: query for query in read_queries(self.settings.project.questions)}
        return Generation(source.version, engine, pools, summary, questions)

    async def _pool(self, source: Source) -> PooledEngine:
        loop = asyncio.get_running_loop()
        try:
            address = await loop.run_in_executor(None, start_zygote, self.folder, source)
        except OSError as error:  # no memory for a process, say
            raise EngineDown(f"the process that answers queries cannot be started: {error}") from error
        pool = PooledEngine(Zygote(address), self.killed, self._hurry)
        await pool.open(self.settings.children)
        return pool


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
