"""The zygote: loads what answers queries, then forks warm children that share it, page by page.

`python -m shahr.engine.zygote SOCKET SOURCE` listens at the Unix socket SOCKET; SOURCE is the JSON of a Source.
When it is ready it has its summary in a file beside the socket, and writes one line to standard output: {}, or
the JSON of an error. A web worker connects, and asks for children in packets:

    {"instead": PID|null}  → {"pid": …, "status": wait status of PID}
                             with three descriptors: channel, its standard error, pidfd
                           → {"error": …} where there can be none

The zygote has one thread, as a process must that forks. Children die with their worker's connection, and all of
it ends when no worker has been connected for LINGER seconds.
"""

from __future__ import annotations

import gc
import json
import os
import select
import signal
import socket
import sys
import threading
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from shahr.engine import Evaluator
from shahr.engine.child import answer_queries
from shahr.engine.kernel import STACK, bind_to_parent, confine, leave_network
from shahr.engine.source import Source, open_source, summary_file
from shahr.errors import ShahrError
from shahr.files import write_atomically

LINGER = 3.0  # seconds: a worker that died is back within one
FIRST = 60.0  # seconds: the first worker may take its time


class Zygote:
    """One loaded source, the workers connected to it, and their children."""

    def __init__(self, source: Source, make: Callable[[], Evaluator]) -> None:
        self.source, self.make = source, make
        self.children: dict[socket.socket, set[int]] = {}

    def serve(self, listener: socket.socket) -> None:
        """Serve workers until none has been there for LINGER seconds."""
        patience = FIRST
        while True:
            found, _, _ = select.select([listener, *self.children], [], [], None if self.children else patience)
            if not found:
                return
            patience = LINGER
            for one in found:
                if one is listener:
                    self.children[listener.accept()[0]] = set()
                else:
                    self._hear(one)

    def _hear(self, worker: socket.socket) -> None:
        try:
            packet = worker.recv(65536)
            if packet:
                self._reply(worker, json.loads(packet))
                return
        except OSError:  # the worker died in the middle of it
            pass
        for pid in self.children.pop(worker):
            _end(pid)
        worker.close()

    def _reply(self, worker: socket.socket, packet: dict[str, Any]) -> None:
        instead: int | None = packet["instead"]
        status = None
        if instead in self.children[worker]:
            self.children[worker].remove(instead)
            status = _end(instead)
        try:
            self._fork(worker, status)
        except OSError as error:  # no memory, or too many processes or files
            worker.sendall(json.dumps({"error": error.strerror}).encode())

    def _fork(self, worker: socket.socket, status: int | None) -> None:
        with ExitStack() as stack:
            ours, theirs = (stack.enter_context(end) for end in socket.socketpair())
            reader, writer = os.pipe()
            stack.callback(os.close, reader)
            stack.callback(os.close, writer)
            pid = os.fork()
            if pid == 0:
                self._be_child(theirs, writer)
            self.children[worker].add(pid)
            pidfd = os.pidfd_open(pid)
            stack.callback(os.close, pidfd)
            reply = json.dumps({"pid": pid, "status": status}).encode()
            socket.send_fds(worker, [reply], [ours.fileno(), reader, pidfd])

    def _be_child(self, channel: socket.socket, stderr: int) -> None:
        """Be a child, and never come back."""
        bind_to_parent()
        os.dup2(stderr, 2)
        os.dup2(os.dup(channel.fileno()), 3)
        os.closerange(4, 4096)
        threading.stack_size(STACK)
        thread = threading.Thread(target=self._answer, args=(socket.socket(fileno=3),))
        thread.start()
        thread.join()
        os._exit(0)

    def _answer(self, channel: socket.socket) -> None:
        """Answer in a thread younger than the fork: the engine seeds RAND and UUID once a thread."""
        evaluator = self.make()
        confine(self.source.memory, self.source.open_files)
        answer_queries(evaluator, channel)


def _end(pid: int) -> int:
    """Kill a child, should it still live, and give its wait status."""
    os.kill(pid, signal.SIGKILL)
    return os.waitpid(pid, 0)[1]


def main(address: str, text: str) -> None:
    """Load, say so, serve."""
    source = Source.from_json(text)
    try:
        make, summary = open_source(source)
    except ShahrError as error:
        print(json.dumps({"error": str(error)}), flush=True)
        sys.exit(1)
    summary["isolated"] = source.offline and leave_network()
    gc.collect()
    gc.freeze()
    gc.disable()
    with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as listener:
        listener.bind(address)
        listener.listen(64)
        write_atomically(summary_file(Path(address)), json.dumps(summary).encode())
        print("{}", flush=True)
        Zygote(source, make).serve(listener)
    Path(address).unlink(missing_ok=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
