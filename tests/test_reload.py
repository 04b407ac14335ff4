"""A new build under a running service: no request fails, no answer is mixed from two, a bad build is not taken."""

from __future__ import annotations

import json
import shutil
import subprocess
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from threading import Event, Thread

import pytest
from click.testing import CliRunner

from hostile import DIRECT, RESULTS, Heard, ask, get_path, health, request, wait_until
from invented import CITIES, PREFIXES, write
from serving import SHAHR, Server, serving
from shahr.builds import next_build
from shahr.cli import main
from shahr.paths import Project

RULE = """#+ summary: A city is in force.
PREFIX concept: <https://w3id.org/shahr/concept/>
PREFIX shahr: <https://w3id.org/shahr/ns#>
CONSTRUCT { ?city shahr:status concept:in-force } WHERE { ?city a shahr:City }
"""
BOTH = """
PREFIX graph: <https://w3id.org/shahr/graph/> PREFIX shahr: <https://w3id.org/shahr/ns#>
SELECT (COUNT(DISTINCT ?city) AS ?cities) (COUNT(DISTINCT ?status) AS ?statuses) {
  { ?city a shahr:City } UNION { GRAPH graph:inferred { ?status shahr:status ?any } }
}
"""


def run(project: Project) -> None:
    done = CliRunner().invoke(main, ["--project", str(project.root), "run"])
    assert done.exit_code == 0, done.output


def grow(project: Project, cities: int) -> None:
    """Have so many cities in the sources; the rule then makes as many statuses in another graph and file."""
    more = "".join(f'city:c{at} a shahr:City ; rdfs:label "C{at}"@en .\n' for at in range(cities - 2))
    write(project.entities / "cities.ttl", PREFIXES + CITIES + more)


@pytest.fixture
def built(project: Project) -> Project:
    """The invented project with a rule, built."""
    write(project.rules / "status.rq", RULE)
    run(project)
    return project


@contextmanager
def serving_project(project: Project) -> Iterator[Server]:
    options = "--workers 2 --children 2 --client-seconds 0"
    with serving(*options.split(), project=project.root) as server:
        yield server


def both(server: Server, fresh: bool = True) -> list[str]:
    """Give the number of cities and of statuses, which agree in every build; `fresh`: past any cache."""
    heard = ask(server, f"{BOTH} # {uuid.uuid4()}" if fresh else BOTH)
    assert heard.status == 200, heard
    return heard.rows[0]


def tagged(server: Server) -> Heard:
    return request(server, "GET", get_path(BOTH), headers={"Accept": RESULTS})


def serves(server: Server, cities: int) -> bool:
    """Tell whether all workers answer from the build with so many cities, by ten connections."""
    return all(both(server) == [str(cities)] * 2 for _ in range(10))


class Client:
    """Somebody who asks all the time: every answer is noted, and whatever went wrong."""

    def __init__(self, server: Server, kept: bool, fresh: bool) -> None:
        self.server, self.kept, self.fresh = server, kept, fresh
        self.answers: list[list[str]] = []
        self.faults: list[str] = []

    def ask_until(self, stop: Event) -> None:
        connection = HTTPConnection("127.0.0.1", self.server.port, timeout=10)
        while not stop.is_set():
            try:
                self._ask(connection)
            except (OSError, ValueError, AssertionError) as error:
                self.faults.append(repr(error))
            if not self.kept:
                connection.close()
        connection.close()

    def _ask(self, connection: HTTPConnection) -> None:
        query = f"{BOTH} # {uuid.uuid4()}" if self.fresh else BOTH
        connection.request("POST", "/sparql", query.encode(), {"Content-Type": DIRECT, "Accept": RESULTS})
        response = connection.getresponse()
        body = response.read()
        assert response.status == 200, (response.status, body)
        row = json.loads(body)["results"]["bindings"][0]
        self.answers.append([row["cities"]["value"], row["statuses"]["value"]])


@contextmanager
def watched(server: Server) -> Iterator[list[Client]]:
    """Clients of four kinds ask until the block ends: with kept or new connections, from the cache or past it."""
    clients = [Client(server, kept, fresh) for kept in (True, False) for fresh in (True, False)]
    stop = Event()
    threads = [Thread(target=client.ask_until, args=(stop,)) for client in clients]
    for thread in threads:
        thread.start()
    try:
        yield clients
    finally:
        stop.set()
        for thread in threads:
            thread.join()


def test_the_move_to_a_new_build_fails_no_request_and_mixes_no_answer(built: Project) -> None:
    with serving_project(built) as server:
        before, tag = health(server)["dataset"], tagged(server).headers["ETag"]
        with watched(server) as clients:
            for cities in (5, 9):
                grow(built, cities)
                run(built)
                wait_until(f"the build with {cities} cities serves", 5, lambda cities=cities: serves(server, cities))
        for client in clients:
            assert client.faults == []
            assert [answer for answer in client.answers if answer[0] != answer[1]] == []
            assert {answer[0] for answer in client.answers} == {"2", "5", "9"}
        assert health(server)["dataset"] != before
        again = request(server, "GET", get_path(BOTH), headers={"Accept": RESULTS, "If-None-Match": tag})
        assert (again.status, again.rows) == (200, [["9", "9"]])
        assert again.headers["ETag"] != tag
        assert "Traceback" not in server.log()


def test_a_query_that_runs_through_the_move_is_answered_from_the_build_it_began_with(built: Project) -> None:
    cross = "VALUES ?times { 1 2 3 } " + " . ".join(f"?a{at} ?b{at} ?c{at}" for at in range(4))
    slow = f"{BOTH.rstrip()[:-1]} {{ SELECT (COUNT(*) AS ?x) {{ {cross} }} }} }}"
    with serving_project(built) as server:
        heard: list[Heard] = []
        thread = Thread(target=lambda: heard.append(ask(server, slow, "127.0.0.2")))  # no client has all children
        thread.start()
        time.sleep(0.2)
        grow(built, 5)
        run(built)
        wait_until("the new build serves", 5, lambda: serves(server, 5))
        assert thread.is_alive()
        thread.join()
        assert (heard[0].status, heard[0].rows) == (200, [["2", "2"]])


def test_a_dist_that_is_deleted_does_no_harm(built: Project) -> None:
    with serving_project(built) as server:
        assert both(server) == ["2", "2"]
        shutil.rmtree(built.dist)
        ends = time.monotonic() + 1.5
        while time.monotonic() < ends:
            assert both(server) == ["2", "2"]
            assert health(server)["status"] == "ok"
        grow(built, 4)
        run(built)
        wait_until("the build made after it serves", 5, lambda: serves(server, 4))
        assert "Traceback" not in server.log()


@pytest.mark.parametrize("name", ["graph.nq", "inferred.nq"])
def test_a_broken_build_is_not_taken_and_the_next_good_one_is(built: Project, name: str) -> None:
    with serving_project(built) as server:
        before = health(server)["dataset"]
        with next_build(built, keep=("graph.nq", "inferred.nq")) as out:
            (out / name).write_bytes((out / name).read_bytes() + b"<https://example.org/cut> <https://ex")
        ends = time.monotonic() + 1.5
        while time.monotonic() < ends:
            assert both(server) == ["2", "2"]
        told = health(server)
        assert (told["status"], told["dataset"]) == ("ok", before)
        # whoever runs the service is told why it stays with the old build
        wait_until("the log names the file", 6, lambda: name in server.log())
        assert "Traceback" not in server.log()
        grow(built, 6)
        run(built)
        wait_until("the good build serves", 6, lambda: serves(server, 6))


def test_a_build_of_the_same_bytes_changes_nothing(built: Project) -> None:
    with serving_project(built) as server:
        before, tag = health(server)["dataset"], tagged(server).headers["ETag"]
        run(built)
        time.sleep(1)
        assert (health(server)["dataset"], tagged(server).headers["ETag"]) == (before, tag)
        assert both(server, fresh=False) == ["2", "2"]


def test_nothing_built_is_said_in_a_sentence(project: Project) -> None:
    done = subprocess.run(
        [str(SHAHR), "--project", str(project.root), "serve", "--port", "0"],
        check=False,
        capture_output=True,
        text=True,
        timeout=20,
    )
    assert done.returncode == 1
    assert done.stderr.startswith("shahr: ")
    assert "`" in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_a_project_moves_while_its_folder_is_written(built: Project, tmp_path: Path) -> None:
    """Ten builds in a row, as fast as they come: the service ends with the last, and has mixed none."""
    with serving_project(built) as server, watched(server) as clients:
        graph, inferred = built.graph.read_text(encoding="utf-8"), built.inferred.read_text(encoding="utf-8")
        for number in range(10):
            city = f"<https://w3id.org/shahr/city/x{number}>"
            typed = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <https://w3id.org/shahr/ns#City>"
            status = "<https://w3id.org/shahr/ns#status> <https://w3id.org/shahr/concept/in-force>"
            graph += f"{city} {typed} <https://w3id.org/shahr/graph/entities> .\n"
            inferred += f"{city} {status} <https://w3id.org/shahr/graph/inferred> .\n"
            with next_build(built) as out:
                (out / "graph.nq").write_text(graph, encoding="utf-8")
                (out / "inferred.nq").write_text(inferred, encoding="utf-8")
            time.sleep(0.05 * number)
        wait_until("the last build serves", 6, lambda: serves(server, 12))
        assert [client.faults for client in clients] == [[], [], [], []]
        assert not [answer for client in clients for answer in client.answers if answer[0] != answer[1]]
