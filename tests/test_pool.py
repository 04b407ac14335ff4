"""The pool of killable children, with a real zygote: limits, crashes, clients that leave, and nothing lost by any."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import time
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest

from hostile import ENDLESS, ring
from pools import MEMORY, SIZE, Pool, is_alive, open_files, opened
from shahr.engine import Answer
from shahr.engine.control import Forked, Zygote, start_zygote
from shahr.engine.source import Source
from shahr.errors import EngineDown, OutOfMemory, OutOfTime, QueryError, TooLarge

MEGABYTE = 1024**2
GREEDY = "SELECT (COUNT(DISTINCT *) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
WIDE = "SELECT ?a ?b ?f { ?a ?b ?c . ?d ?e ?f } LIMIT 60000"


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Source:
    data = ring(tmp_path_factory.mktemp("data") / "ring.nq")
    return Source("files", (str(data),), memory=MEMORY)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("z")


@pytest.fixture
def run(folder: Path, source: Source) -> Callable[[Callable[[Pool], Coroutine[Any, Any, None]]], None]:
    """Run a test with a pool."""

    async def with_pool(test: Callable[[Pool], Coroutine[Any, Any, None]]) -> None:
        async with opened(folder, source) as pool:
            await test(pool)

    return lambda test: asyncio.run(with_pool(test))


Run = Callable[[Callable[[Pool], Coroutine[Any, Any, None]]], None]


def test_a_query_out_of_time_is_killed_and_its_child_replaced(run: Run) -> None:
    async def test(pool: Pool) -> None:
        before, began = pool.pids(), time.monotonic()
        with pytest.raises(OutOfTime, match=r"after 0\.3 seconds"):
            await pool.ask(ENDLESS, seconds=0.3)
        assert 0.3 <= time.monotonic() - began < 2
        assert await pool.works()
        assert pool.told.killed == ["time"]
        assert [is_alive(pid) for pid in before].count(False) == 1

    run(test)


def test_a_query_out_of_memory_says_so(run: Run) -> None:
    async def test(pool: Pool) -> None:
        with pytest.raises(OutOfMemory, match="96 MB"):
            await pool.ask(GREEDY, seconds=20)
        assert await pool.works()
        assert pool.told.losses == 0

    run(test)


@pytest.mark.parametrize(
    ("number", "error"),
    [
        (signal.SIGSEGV, QueryError),
        (signal.SIGABRT, QueryError),
        (signal.SIGXCPU, OutOfTime),
        (signal.SIGKILL, EngineDown),
    ],
)
def test_a_child_that_dies_at_work_is_explained_and_replaced(run: Run, number: int, error: type[Exception]) -> None:
    async def test(pool: Pool) -> None:
        victims = set(pool.pids())
        task = asyncio.create_task(pool.ask(ENDLESS))
        await asyncio.sleep(0.05)
        (victim,) = victims - set(pool.pids())
        os.kill(victim, number)
        with pytest.raises(error):
            await task
        assert await pool.works()
        assert not is_alive(victim)
        assert len(pool.told.killed) == 1

    run(test)


def test_an_idle_child_that_dies_is_replaced(run: Run) -> None:
    async def test(pool: Pool) -> None:
        assert await pool.works()
        victim = pool.pids()[0]
        os.kill(victim, signal.SIGKILL)
        async with asyncio.timeout(5):
            while victim in pool.pids():
                await asyncio.sleep(0.01)
        assert await pool.works()

    run(test)


def test_who_leaves_takes_the_child_along(run: Run) -> None:
    async def test(pool: Pool) -> None:
        victims = set(pool.pids())
        task = asyncio.create_task(pool.ask(ENDLESS))
        await asyncio.sleep(0.05)
        (victim,) = victims - set(pool.pids())
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert await pool.works()
        assert not is_alive(victim)
        assert pool.told.killed == ["gone"]

    run(test)


def test_who_leaves_while_waiting_for_a_child_takes_none(run: Run) -> None:
    async def test(pool: Pool) -> None:
        busy = [asyncio.create_task(pool.ask(ENDLESS, seconds=0.4)) for _ in range(SIZE)]
        await asyncio.sleep(0.05)
        late = asyncio.create_task(pool.ask("ASK {}"))
        await asyncio.sleep(0.05)
        late.cancel()
        with pytest.raises(OutOfTime):
            await pool.ask("ASK {}", seconds=0.05)
        assert all(isinstance(end, OutOfTime) for end in await asyncio.gather(*busy, return_exceptions=True))
        assert late.cancelled()
        assert await pool.works()
        assert pool.told.killed == ["time"] * SIZE

    run(test)


class Leaving(Zygote):
    """A zygote whose `client` goes in the very moment a child is to be forked."""

    client: asyncio.Task[Answer] | None = None

    async def fork(self, instead: int | None = None) -> Forked:
        if self.client is not None:
            self.client.cancel()
        return await super().fork(instead)


def test_who_leaves_in_the_moment_of_the_crash_takes_no_child_away(folder: Path, source: Source) -> None:
    async def test() -> None:
        async with opened(folder, source, Leaving) as pool:
            zygote = pool.engine.zygote
            assert isinstance(zygote, Leaving)
            for _ in range(4):
                before = set(pool.pids())
                task = zygote.client = asyncio.create_task(pool.ask(ENDLESS))
                await asyncio.sleep(0.05)
                (victim,) = before - set(pool.pids())
                os.kill(victim, signal.SIGSEGV)
                await asyncio.wait([task])
                zygote.client = None
                assert await pool.works()

    asyncio.run(test())


def test_a_child_that_does_not_read_is_killed_at_the_limit(run: Run) -> None:
    async def test(pool: Pool) -> None:
        for pid in pool.pids():
            os.kill(pid, signal.SIGSTOP)
        for query in ("ASK {}", f"ASK {{}} # {'x' * 3 * MEGABYTE}"):
            began = time.monotonic()
            with pytest.raises(OutOfTime):
                async with asyncio.timeout(5):
                    await pool.ask(query, seconds=0.3)
            assert time.monotonic() - began < 2
        assert await pool.works()

    run(test)


def test_large_answers_and_large_queries_arrive_whole(run: Run) -> None:
    async def test(pool: Pool) -> None:
        answers = await asyncio.gather(*(pool.ask(WIDE) for _ in range(3)))
        for answer in answers:
            assert len(answer.body) > 8 * MEGABYTE
            assert len(json.loads(answer.body)["results"]["bindings"]) == 60_000
        with pytest.raises(TooLarge):
            await pool.ask(WIDE, result=MEGABYTE)
        assert json.loads((await pool.ask(f"ASK {{}} # {'x' * 2 * MEGABYTE}")).body)["boolean"] is True
        assert await pool.works()

    run(test)


def test_no_two_children_draw_the_same_number(run: Run) -> None:
    async def test(pool: Pool) -> None:
        drawn = []
        for _ in range(3):
            drawn += await asyncio.gather(
                *(pool.value(f"CONCAT(STR(RAND()), STR({call}()))") for call in ("UUID",) * 4)
            )
            with pytest.raises(OutOfTime):
                await pool.ask(ENDLESS, seconds=0.1)
            assert await pool.works()
        assert len({text[:17] for text in drawn}) == len(drawn) == len({text[-36:] for text in drawn})

    run(test)


def test_a_zygote_that_dies_is_told_to_all_who_wait(folder: Path, source: Source) -> None:
    async def test() -> None:
        other = Source(source.kind, source.files, memory=source.memory, version="to be killed")
        async with opened(folder, other) as pool:
            parent = int(Path(f"/proc/{pool.pids()[0]}/stat").read_text().rpartition(")")[2].split()[1])
            busy = [asyncio.create_task(pool.ask(ENDLESS, seconds=5)) for _ in range(2 * SIZE)]
            await asyncio.sleep(0.1)
            os.kill(parent, signal.SIGKILL)
            async with asyncio.timeout(4):
                ends = await asyncio.gather(*busy, return_exceptions=True)
            assert [type(end) for end in ends] == [EngineDown] * len(busy)
            assert pool.engine.lost
            assert pool.told.losses >= 1
            with pytest.raises(EngineDown):
                await pool.ask("ASK {}")
        async with opened(folder, other) as pool:  # a new zygote takes the place of the dead one
            assert await pool.works()

    asyncio.run(test())


@pytest.mark.parametrize("turns", [0, 1, 2, 5])
def test_a_pool_closed_while_it_forks_leaves_the_loop_healthy(folder: Path, source: Source, turns: int) -> None:
    async def test() -> None:
        faults: list[dict[str, Any]] = []
        asyncio.get_running_loop().set_exception_handler(lambda _, fault: faults.append(fault))
        for _ in range(3):
            async with opened(folder, source) as pool:
                assert await pool.works()
                with pytest.raises(OutOfTime):
                    await pool.ask(ENDLESS, seconds=0.05)
                for _ in range(turns):
                    await asyncio.sleep(0)
            async with opened(folder, source) as pool:
                await asyncio.sleep(0.05)
                assert await pool.works()
        assert faults == []

    asyncio.run(test())


def test_many_deaths_leave_no_open_file(run: Run) -> None:
    async def test(pool: Pool) -> None:
        assert await pool.works()
        before = open_files()
        for _ in range(10):
            await asyncio.gather(*(pool.ask(ENDLESS, seconds=0.02) for _ in range(SIZE)), return_exceptions=True)
        assert await pool.works()
        assert open_files() == before

    run(test)


def test_a_source_that_cannot_be_opened_is_named(folder: Path, tmp_path: Path) -> None:
    broken = tmp_path / "broken.nq"
    broken.write_text("<a:b> <a:c>")
    with pytest.raises(EngineDown, match=r"broken\.nq"):
        start_zygote(folder, Source("files", (str(broken),)))
