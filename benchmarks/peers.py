"""The servers that are compared, each over the same data: named graphs, and as default graph their union."""

from __future__ import annotations

import http.client
import shutil
import subprocess
import sys
import venv
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from benchmarks.processes import StartError, await_answer, free_port, running

UNCACHED = ("ask", "small", "medium", "heavy")
REPEATED = ("cached", "mixed")
VIRTUOSO = Path("/usr/bin/virtuoso-t")
_UNION = "https://w3id.org/shahr/graph/union"


@dataclass(frozen=True)
class Peer:
    """A running server: its name in the table, its address up to a query, its first process, the classes it is in."""

    name: str
    endpoint: str
    pid: int
    classes: Sequence[str] = (*UNCACHED, *REPEATED)
    slow: bool = False


Start = Callable[[Path, Path], AbstractContextManager[Peer]]


def install(folder: Path) -> Path:
    """Give the folder of the peers' commands; they are installed into a venv at `folder` where they are not yet.

    StartError where that fails.
    """
    commands = folder / "bin"
    if not (commands / "rdflib-endpoint").is_file() or not (commands / "oxigraph").is_file():
        venv.create(folder, with_pip=True)
        constraints = str(Path(__file__).with_name("constraints.txt"))
        pip = [str(commands / "pip"), "--disable-pip-version-check", "--quiet", "install", "--constraint", constraints]
        finished = subprocess.run([*pip, "oxigraph", "rdflib-endpoint[cli]"], capture_output=True, text=True)
        if finished.returncode:
            raise StartError(f"the peers cannot be installed: {finished.stderr[-500:]}")
    return commands


def ours(data: Path, *options: str) -> list[str]:
    """Give the command that serves a file with our server, without a budget for a client."""
    shahr = Path(sys.executable).with_name("shahr")
    return [str(shahr), "serve", "--dataset", str(data), "--client-seconds", "0", "--client-errors", "0", *options]


@contextmanager
def uncached(data: Path, folder: Path) -> Iterator[Peer]:
    """Start our server without its cache."""
    with _shahr(data, folder, "--cache", "0") as (endpoint, pid):
        yield Peer("shahr", endpoint, pid, UNCACHED)


@contextmanager
def cached(data: Path, folder: Path) -> Iterator[Peer]:
    """Start our server as it is in production."""
    with _shahr(data, folder) as (endpoint, pid):
        yield Peer("shahr", endpoint, pid, REPEATED)


@contextmanager
def nginx(data: Path, folder: Path) -> Iterator[Peer]:
    """Start nginx with its proxy cache in front of a server of ours."""
    port, place = free_port(), folder / "nginx"
    place.mkdir()
    with _shahr(data, place) as (endpoint, _):
        template = Path(__file__).with_name("nginx.conf").read_text(encoding="utf-8")
        backend = endpoint.split("/")[2]
        configuration = place / "nginx.conf"
        configuration.write_text(template.replace("@PORT@", str(port)).replace("@BACKEND@", backend), encoding="utf-8")
        command = ["nginx", "-p", str(place), "-c", str(configuration), "-e", str(place / "error.log")]
        with running(command, place / "log") as pid:
            await_answer(f"http://127.0.0.1:{port}/sparql?query=", pid)
            yield Peer("nginx", f"http://127.0.0.1:{port}/sparql?query=", pid, ("cached",))


def oxigraph(commands: Path) -> Start:
    """Give what starts `oxigraph serve` in memory and loads the data over HTTP."""

    @contextmanager
    def start(data: Path, folder: Path) -> Iterator[Peer]:
        port = free_port()
        command = [str(commands / "oxigraph"), "serve", "--bind", f"127.0.0.1:{port}"]
        with running(command, folder / "oxigraph.log") as pid:
            endpoint = f"http://127.0.0.1:{port}/query?query="
            await_answer(endpoint, pid)
            _upload(port, data)
            yield Peer("oxigraph", endpoint, pid)

    return start


def rdflib_endpoint(commands: Path) -> Start:
    """Give what starts rdflib-endpoint over its store in memory."""

    @contextmanager
    def start(data: Path, folder: Path) -> Iterator[Peer]:
        port = free_port()
        command = [str(commands / "rdflib-endpoint"), "serve", "--host", "127.0.0.1", "--port", str(port), str(data)]
        with running(command, folder / "rdflib-endpoint.log") as pid:
            endpoint = f"http://127.0.0.1:{port}/?query="
            await_answer(endpoint, pid, 900)
            yield Peer("rdflib-endpoint", endpoint, pid, slow=True)

    return start


@contextmanager
def virtuoso(data: Path, folder: Path) -> Iterator[Peer]:
    """Start Virtuoso on a database of its own and load the data in bulk."""
    place, port, sql = folder / "virtuoso", free_port(), free_port()
    (place / "load").mkdir(parents=True)
    shutil.copy(data, place / "load" / "named.nq")
    with (place / "load" / "union.nq").open("w", encoding="utf-8") as file:
        file.writelines(f"{triple} <{_UNION}> .\n" for triple in _triples(data))
    template = Path(__file__).with_name("virtuoso.ini").read_text(encoding="utf-8")
    settings = {"@FOLDER@": str(place), "@PORT@": str(port), "@SQL@": str(sql)}
    for name, value in settings.items():
        template = template.replace(name, value)
    (place / "virtuoso.ini").write_text(template, encoding="utf-8")
    command = [str(VIRTUOSO), "+foreground", "+configfile", str(place / "virtuoso.ini")]
    with running(command, place / "log", place) as pid:
        endpoint = f"http://127.0.0.1:{port}/sparql?default-graph-uri={quote(_UNION, safe='')}&query="
        await_answer(endpoint, pid)
        _bulk_load(sql, place / "load")
        yield Peer("virtuoso", endpoint, pid, slow=True)


@contextmanager
def _shahr(data: Path, folder: Path, *options: str) -> Iterator[tuple[str, int]]:
    port = free_port()
    with running(ours(data, "--port", str(port), *options), folder / "shahr.log") as pid:
        endpoint = f"http://127.0.0.1:{port}/sparql?query="
        await_answer(endpoint, pid)
        yield endpoint, pid


def _upload(port: int, data: Path) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=900)
    headers = {"Content-Type": "application/n-quads", "Transfer-Encoding": "chunked"}
    connection.request("POST", "/store?no_transaction", _quads(data), headers, encode_chunked=True)
    answer = connection.getresponse()
    if answer.status >= 300:
        raise StartError(f"oxigraph does not take the data: {answer.status} {answer.read(500)!r}")
    connection.close()


def _quads(data: Path) -> Iterator[bytes]:
    """Give the file, and once more without the names of graphs: into the default graph, each triple once."""
    with data.open("rb") as file:
        yield from iter(lambda: file.read(1 << 20), b"")
    batch: list[str] = []
    for triple in _triples(data):
        batch.append(f"{triple} .\n")
        if len(batch) == 10_000:
            yield "".join(batch).encode()
            batch.clear()
    yield "".join(batch).encode()


def _triples(data: Path) -> Iterator[str]:
    """Give each line of an N-Quads file, all in named graphs, without its graph and full stop."""
    with data.open(encoding="utf-8") as file:
        for line in file:
            yield line.rsplit(" ", 2)[0]


def _bulk_load(sql: int, folder: Path) -> None:
    commands = f"ld_dir('{folder}', '*.nq', 'https://w3id.org/shahr/graph/other'); rdf_loader_run(); checkpoint;"
    isql = ["isql-vt", f"127.0.0.1:{sql}", "dba", "dba", f"exec={commands}"]
    subprocess.run(isql, check=True, capture_output=True)
