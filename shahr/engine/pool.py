"""The engine of the web: sends each query to a warm child, and kills the child that does not keep its limits."""

from __future__ import annotations

import asyncio
import os
import signal
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress

from shahr.engine import Answer, Limits
from shahr.engine.alarm import Alarm
from shahr.engine.control import Forked, Zygote
from shahr.engine.frames import HEAD, pack_query, unpack_reply
from shahr.errors import EngineDown, OutOfMemory, OutOfTime, QueryError, ShahrError

SLOWLY = 1.0  # seconds before a child that never answered has a successor
_READ = 64 * 1024
_OVERHEAD = 64 * 1024  # bytes of a reply beyond its body


class Child:
    """One child as its worker sees it: a channel that the event loop watches, and the answer it waits for."""

    def __init__(self, forked: Forked, died: Callable[[Child], None]) -> None:
        self.forked, self.died = forked, died
        self.loop = asyncio.get_running_loop()
        self.waiting: asyncio.Future[bytes] | None = None
        self._buffer = memoryview(bytearray(_READ))
        self._whole: bytearray | None = None
        self._got = self._most = 0
        self.served = self.ended = False
        self.said = ""
        forked.channel.setblocking(False)
        self.loop.add_reader(forked.channel.fileno(), self._ready)

    def _ready(self) -> None:
        """Take what has come; an end of the channel ends the wait with an empty frame."""
        whole = self._whole
        try:
            size = self.forked.channel.recv_into(self._buffer if whole is None else memoryview(whole)[self._got :])
        except (BlockingIOError, InterruptedError):
            return
        except OSError:
            size = 0
        if not size:
            self._end()
        elif whole is not None:
            self._got += size
            if self._got == len(whole):
                self._whole = None
                self._done(bytes(whole))
        elif size == (length := HEAD.size + HEAD.unpack_from(self._buffer)[0]):
            self._done(bytes(self._buffer[:size]))
        elif length > self._most:
            self.kill()
        else:
            self._whole, self._got = bytearray(length), size
            self._whole[:size] = self._buffer[:size]

    def _end(self) -> None:
        self.ended = True
        self.loop.remove_reader(self.forked.channel.fileno())
        if self.waiting is None:
            self.died(self)
        else:
            self._done(b"")

    def _done(self, frame: bytes) -> None:
        if self.waiting is not None and not self.waiting.done():
            self.waiting.set_result(frame)

    async def ask(self, frame: bytes, most: int) -> bytes:
        """Send a query and wait for the frame of its answer, empty if the child died; TimeoutError by expire().

        A child that announces more than `most` bytes has gone wrong, and is killed.
        """
        self._most = most
        if self.ended:
            return b""
        waiting: asyncio.Future[bytes] = self.loop.create_future()
        self.waiting = waiting
        try:
            await self._send(frame)
            return await waiting
        finally:
            self.waiting = None
            self.served = True

    def expire(self) -> None:
        """End the wait: the time is over."""
        if self.waiting is not None and not self.waiting.done():
            self.waiting.set_exception(TimeoutError())

    async def _send(self, frame: bytes) -> None:
        try:
            sent = self.forked.channel.send(frame)
            if sent < len(frame):
                await self.loop.sock_sendall(self.forked.channel, frame[sent:])
        except OSError:  # it has died: the end of the channel tells
            return

    def kill(self) -> None:
        """End it at once, whatever it does."""
        with suppress(ProcessLookupError):
            signal.pidfd_send_signal(self.forked.pidfd, signal.SIGKILL)

    def close(self) -> None:
        """Let go of what belongs to it, and keep in `said` what it wrote to standard error."""
        self.loop.remove_reader(self.forked.channel.fileno())
        self.forked.channel.close()
        os.close(self.forked.pidfd)
        os.set_blocking(self.forked.stderr, False)
        with suppress(BlockingIOError):
            self.said = os.read(self.forked.stderr, 4096).decode("utf-8", "replace")
        os.close(self.forked.stderr)


class PooledEngine:
    """An engine over `size` warm children of one zygote, for one event loop.

    A caller waits for a free child within its own seconds; how many may wait is not decided here. `killed` is
    told the reason whenever a child had to go: "time", "memory", "gone" (the client went) or "crash". Where the
    zygote itself has died, `lost` is set, `on_loss` is called, and a new engine has to be made.
    """

    def __init__(self, zygote: Zygote, killed: Callable[[str], None], on_loss: Callable[[], None]) -> None:
        self.zygote, self.killed, self.on_loss = zygote, killed, on_loss
        self.lost = False
        self.idle: deque[Child] = deque()
        self.callers: deque[asyncio.Future[Child]] = deque()
        self.closed = False
        self._deadlines: dict[Child, float] = {}
        self._alarm = Alarm(self._expire)
        self._mending: set[asyncio.Task[int | None]] = set()

    async def open(self, size: int) -> None:
        """Fork the children."""
        for _ in range(size):
            self.idle.append(Child(await self.zygote.fork(), self._died_idle))

    async def evaluate(
        self, query: str, default_graphs: Sequence[str], named_graphs: Sequence[str], accepted: str, limits: Limits
    ) -> Answer:
        """Answer a query; see Engine. A caller that is cancelled takes its child with it."""
        frame = pack_query(query, default_graphs, named_graphs, accepted, limits)
        deadline = asyncio.get_running_loop().time() + limits.seconds
        child = self.idle.pop() if self.idle else await self._free_child(limits.seconds)
        self._deadlines[child] = deadline
        self._alarm.by(deadline)
        try:
            reply = await child.ask(frame, limits.result + _OVERHEAD)
        except TimeoutError as error:
            self._replace(child, "time")
            raise OutOfTime(limits.seconds) from error
        except asyncio.CancelledError:
            self._replace(child, "gone")
            raise
        finally:
            del self._deadlines[child]
        if not reply:
            raise await self._autopsy(child, limits)
        answer, retire = unpack_reply(reply)
        if retire:
            self._replace(child, "")
        else:
            self._give_back(child)
        if isinstance(answer, ShahrError):
            raise answer
        return answer

    def close(self) -> None:
        """End all children; nobody may be waiting."""
        self.closed = True
        while self.idle:
            self.idle.pop().close()
        for task in self._mending:
            task.cancel()
        self.zygote.close()

    def _expire(self, now: float) -> float | None:
        """End the waits that are over, and give the deadline of the next."""
        for child, deadline in self._deadlines.items():
            if deadline <= now:
                child.expire()
                child.kill()  # it may not even read its query
        return min((deadline for deadline in self._deadlines.values() if deadline > now), default=None)

    async def _free_child(self, seconds: float) -> Child:
        if self.lost:
            raise EngineDown("the process that answers queries is gone, and is being started again: try again soon")
        caller: asyncio.Future[Child] = asyncio.get_running_loop().create_future()
        self.callers.append(caller)
        try:
            async with asyncio.timeout(seconds):
                return await caller
        except (TimeoutError, asyncio.CancelledError) as error:
            if caller.done() and not caller.cancelled() and caller.exception() is None:
                self._give_back(caller.result())  # it came in the very moment the caller gave up
            if isinstance(error, TimeoutError):
                raise OutOfTime(seconds) from error
            raise

    def _give_back(self, child: Child) -> None:
        while self.callers:
            caller = self.callers.popleft()
            if not caller.done():
                caller.set_result(child)
                return
        if self.closed:
            child.close()
        else:
            self.idle.append(child)

    def _died_idle(self, child: Child) -> None:
        if child in self.idle:
            self.idle.remove(child)
            self._replace(child, "crash")

    def _replace(self, child: Child, reason: str) -> asyncio.Task[int | None]:
        """Kill a child and have another in its place; the task gives how it ended. A caller need not wait for it.

        One that never answered would be followed by others like it, so its successor takes its time.
        """
        child.kill()
        child.close()
        if reason:
            self.killed(reason)
        task = asyncio.get_running_loop().create_task(self._renew(child.forked.pid, 0 if child.served else SLOWLY))
        self._mending.add(task)
        task.add_done_callback(self._mending.discard)
        return task

    async def _renew(self, pid: int, seconds: float) -> int | None:
        """Have a fresh child for one that is gone; give the wait status of that, None where there can be no other."""
        if seconds:
            await asyncio.sleep(seconds)
        if self.closed:
            return None
        try:
            forked = await self.zygote.fork(instead=pid)
        except EngineDown as error:
            self._lose(error)
            return None
        self._give_back(Child(forked, self._died_idle))
        return forked.status or 0

    def _lose(self, error: EngineDown) -> None:
        self.lost = True
        for caller in self.callers:
            if not caller.done():
                caller.set_exception(error)
        self.callers.clear()
        self.on_loss()

    async def _autopsy(self, child: Child, limits: Limits) -> ShahrError:
        """Say why a child died in the middle of a query."""
        child.served = True
        task = self._replace(child, "")
        status = await asyncio.shield(task)
        if status is None:
            return EngineDown("the process that answers queries is gone, and is being started again: try again soon")
        number = os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0
        if "memory allocation" in child.said or "MemoryError" in child.said:
            self.killed("memory")
            return OutOfMemory(limits.memory)
        if number == signal.SIGXCPU:
            self.killed("time")
            return OutOfTime(limits.seconds)
        self.killed("crash")
        if "total order" in child.said:  # Oxigraph 0.5 compares some literals of several datatypes in a circle
            return QueryError("the engine cannot put these values in order: order by STR() of them")
        if number in (signal.SIGSEGV, signal.SIGABRT, signal.SIGBUS):
            return QueryError("the query is nested too deeply for the engine: write it with fewer levels")
        return EngineDown("the process that worked on this query ended: try again, and write it more simply")
