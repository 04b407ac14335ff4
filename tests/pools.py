"""A pool of children over a real zygote, in this process, and how to ask it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from hostile import RESULTS
from shahr.engine import Answer, Limits
from shahr.engine.control import Zygote, start_zygote
from shahr.engine.pool import PooledEngine
from shahr.engine.source import Source

SIZE = 2
MEMORY = 96 * 1024**2


class Told:
    """What a pool tells of itself."""

    def __init__(self) -> None:
        self.killed: list[str] = []
        self.losses = 0

    def lose(self) -> None:
        """Count a zygote that is lost."""
        self.losses += 1


class Pool:
    """An engine over a zygote, what it told, and how to ask it."""

    def __init__(self, zygote: Zygote) -> None:
        self.told = Told()
        self.engine = PooledEngine(zygote, self.told.killed.append, self.told.lose)

    def ask(self, query: str, seconds: float = 10, result: int = 32 * 1024**2) -> Coroutine[Any, Any, Answer]:
        """Ask, with these limits."""
        return self.engine.evaluate(query, [], [], RESULTS, Limits(seconds, MEMORY, result))

    async def value(self, expression: str) -> str:
        """Give the value of an expression of SPARQL."""
        answer = await self.ask(f"SELECT ({expression} AS ?x) {{}}")
        value = json.loads(answer.body)["results"]["bindings"][0]["x"]["value"]
        assert isinstance(value, str)
        return value

    async def works(self) -> bool:
        """Wait until all children are there again, and tell whether each answers what it was asked."""
        async with asyncio.timeout(8):
            while len(self.engine.idle) < SIZE:
                await asyncio.sleep(0.01)
        numbers = [str(number) for number in range(3 * SIZE)]
        return await asyncio.gather(*map(self.value, numbers)) == numbers

    def pids(self) -> list[int]:
        """Give the idle children's process ids."""
        return [child.forked.pid for child in self.engine.idle]


@asynccontextmanager
async def opened(folder: Path, source: Source, make: Callable[[Path], Zygote] = Zygote) -> AsyncIterator[Pool]:
    """Give a pool of SIZE children of the zygote for `source`, for a minute at most."""
    pool = Pool(make(start_zygote(folder, source)))
    await pool.engine.open(SIZE)
    try:
        async with asyncio.timeout(60):
            yield pool
    finally:
        pool.engine.close()


def is_alive(pid: int) -> bool:
    """Tell whether there is such a process."""
    return Path(f"/proc/{pid}").exists()


def open_files() -> int:
    """Give the number of files this process has open."""
    return len(list(Path("/proc/self/fd").iterdir()))
