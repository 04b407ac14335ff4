"""Many at once: the service sheds what it cannot take, says so, shares itself out, and counts what it did."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from http.client import HTTPException
from pathlib import Path

import pytest

from hostile import (
    Heard,
    ask,
    check_refused,
    endless,
    engine_state,
    health,
    ordinary,
    pulse,
    ring,
    wait_until,
)
from hostile_processes import children, command_line, is_idle, zygotes
from serving import Server, serving

MEGABYTE = 1024**2
NO_BUDGET = ("--client-seconds", "0", "--client-errors", "0")
GREEDY = "SELECT (COUNT(DISTINCT *) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return ring(tmp_path_factory.mktemp("data") / "ring.nq")


@contextmanager
def asking(server: Server, queries: list[str], sources: Callable[[int], str]) -> Iterator[list[Future[Heard]]]:
    """Ask all queries at once, each by a connection and thread of its own."""
    with ThreadPoolExecutor(len(queries)) as pool:
        yield [pool.submit(ask, server, query, sources(at)) for at, query in enumerate(queries)]


def one_client(_: int) -> str:
    return "127.0.0.1"


def many_clients(at: int) -> str:
    return f"127.0.1.{at + 1}"


def test_fifty_hostile_queries_at_once(data: Path) -> None:
    with serving("--timeout", "1.5", *NO_BUDGET, dataset=data) as server:
        with pulse(server) as felt, asking(server, [endless() for _ in range(50)], many_clients) as answers:
            heard = [answer.result() for answer in answers]
        for one in heard:
            check_refused(one, {503})
            assert one.seconds < 3
        assert ordinary(server, "127.0.2.1").seconds < 2
        assert felt.beats > 20
        assert felt.worst < 0.5, felt
        wait_until("the service is idle", 5, lambda: is_idle(server))


def test_an_ordinary_question_is_answered_within_two_seconds_of_a_flood_in_mid_run(data: Path) -> None:
    """A flood by one client leaves places for the others, long before its queries are out of time."""
    with serving("--timeout", "3", *NO_BUDGET, dataset=data) as server:
        with pulse(server) as felt, asking(server, [endless() for _ in range(50)], one_client) as answers:
            time.sleep(0.5)
            for _ in range(8):
                assert ordinary(server, "127.0.0.2").seconds < 2
            assert sum(not answer.done() for answer in answers) > 0
        for answer in answers:
            check_refused(answer.result(), {503, 429})
        assert felt.worst < 0.5, felt


@pytest.fixture(scope="module")
def narrow(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Two children and a queue of two, no budget; a file of its own tells its processes from those of others."""
    data = ring(tmp_path_factory.mktemp("narrow") / "ring.nq")
    options = ["--timeout", "2", "--workers", "1", "--children", "2", "--queue", "2"]
    with serving(*options, *NO_BUDGET, dataset=data) as server:
        yield server


def test_a_full_queue_refuses_at_once(narrow: Server) -> None:
    with asking(narrow, [endless() for _ in range(12)], many_clients) as answers:
        heard = [answer.result() for answer in answers]
    for one in heard:
        check_refused(one, {503})
    at_once = [one for one in heard if one.seconds < 1]
    assert len(at_once) >= 12 - 4
    assert all("busy" in one.text for one in at_once)
    assert ordinary(narrow, "127.0.0.2").seconds < 2


def test_a_full_queue_answers_health_and_metrics(narrow: Server) -> None:
    with asking(narrow, [endless() for _ in range(8)], many_clients):
        wait_until("all children are busy", 2, lambda: engine_state(narrow)["busy"] == 2)
        wait_until("the queue is full", 2, lambda: engine_state(narrow)["queued"] == 2)
        assert health(narrow)["status"] == "ok"
    wait_until("no child is busy", 2, lambda: engine_state(narrow)["busy"] == 0)
    assert engine_state(narrow)["queued"] == 0


def test_one_client_cannot_hold_all_children(narrow: Server) -> None:
    with asking(narrow, [endless() for _ in range(6)], one_client):
        wait_until("a child is busy", 2, lambda: engine_state(narrow)["busy"] > 0)
        for _ in range(5):
            assert ordinary(narrow, "127.0.0.2").seconds < 1.5


def pss(server: Server) -> int:
    """Give the memory of all processes of the service in bytes, pages they share counted once."""
    total = 0
    for pid in server.pids():
        try:
            lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
        except OSError:
            continue
        total += sum(int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:"))
    return total


def test_memory_stays_under_its_cap(data: Path) -> None:
    """The cap: what the idle service takes, and for each child what a query may take."""
    children, memory, worst = 4, 128, 0
    options = f"--timeout 4 --memory {memory} --workers 2 --children {children // 2} --result 8 --cache 8".split()
    with serving(*options, *NO_BUDGET, dataset=data) as server:
        ordinary(server)
        idle = pss(server)
        greedy = [f"{GREEDY} # {number}" for number in range(12)]
        with asking(server, greedy, many_clients) as answers:
            while not all(answer.done() for answer in answers):
                worst = max(worst, pss(server))
                time.sleep(0.05)
        for answer in answers:
            check_refused(answer.result(), {413, 503, 507})
        assert 507 in {answer.result().status for answer in answers}
        assert worst > idle + memory * MEGABYTE / 2  # the queries did take memory
        assert worst < idle + children * (memory + 16) * MEGABYTE
        wait_until("the memory is given back", 5, lambda: pss(server) < idle + 64 * MEGABYTE)
        ordinary(server)


def web_workers(server: Server) -> list[int]:
    """The processes that listen: neither the first one, nor of the zygote, nor Python's own tracker."""
    engine = {*zygotes(server), *children(server)}
    others = {pid: line for pid in server.pids()[1:] if pid not in engine and (line := command_line(pid))}
    return [pid for pid, line in others.items() if "resource_tracker" not in line]


def answers_again(server: Server) -> bool:
    try:
        return ordinary(server).status == 200
    except (OSError, HTTPException, ValueError, AssertionError):
        return False


@pytest.mark.parametrize(
    ("kind", "how"),
    [(children, signal.SIGKILL), (children, signal.SIGSEGV), (zygotes, signal.SIGKILL), (web_workers, signal.SIGKILL)],
    ids=["a child killed", "a child crashed", "the zygote killed", "a web worker killed"],
)
def test_a_lost_process_is_replaced(narrow: Server, kind: Callable[[Server], list[int]], how: int) -> None:
    before = kind(narrow)
    assert before
    for pid in before:
        os.kill(pid, how)
    wait_until("an ordinary query is answered", 10, lambda: answers_again(narrow))
    wait_until("the processes are there again", 10, lambda: len(kind(narrow)) == len(before))
    assert not set(kind(narrow)) & set(before)
    wait_until("both children are there again", 5, lambda: len(children(narrow)) == 2)
    for _ in range(10):
        ordinary(narrow)
    assert narrow.process.poll() is None


def test_a_child_that_dies_in_mid_query_is_said_to_have(narrow: Server) -> None:
    wait_until("both children are there", 5, lambda: len(children(narrow)) == 2)
    with asking(narrow, [endless()], one_client) as answers:
        wait_until("a child is busy", 2, lambda: engine_state(narrow)["busy"] == 1)
        for pid in children(narrow):
            os.kill(pid, signal.SIGKILL)
    check_refused(answers[0].result(), {503, 507})
    assert answers[0].result().seconds < 2.5
    wait_until("an ordinary query is answered", 2, lambda: answers_again(narrow))


def ask_in_vain(server: Server) -> None:
    with suppress(OSError, HTTPException):
        ask(server, endless())


def test_all_processes_end_with_the_first(data: Path) -> None:
    """Killed or asked to end while a query runs: nothing is left behind."""
    hows = (signal.SIGTERM, signal.SIGINT, signal.SIGKILL)
    with ExitStack() as stack:
        pool = stack.enter_context(ThreadPoolExecutor(len(hows)))
        left = {how: end_while_a_query_runs(stack, pool, data, how) for how in hows}
        for how, pids in left.items():
            wait_until(f"all are gone after {how.name}", 5, lambda pids=pids: not any(map(command_line, pids)))


def end_while_a_query_runs(stack: ExitStack, pool: ThreadPoolExecutor, data: Path, how: signal.Signals) -> list[int]:
    """Start a service, end its first process, and give all processes that it had."""
    server = stack.enter_context(serving("--timeout", "30", "--workers", "1", dataset=data))
    pool.submit(ask_in_vain, server)
    wait_until("a child is busy", 3, lambda: engine_state(server)["busy"] == 1)
    pids = server.pids()
    server.process.send_signal(how)
    server.process.wait(15)
    return pids
