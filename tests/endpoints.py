"""Real SPARQL endpoints on loopback with the same data: Oxigraph's server, and Virtuoso where it is installed."""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

INI = """\
[Database]
DatabaseFile = virtuoso.db
ErrorLogFile = virtuoso.log
LockFile = virtuoso.lck
TransactionFile = virtuoso.trx
xa_persistent_file = virtuoso.pxa
[TempDatabase]
DatabaseFile = virtuoso-temp.db
TransactionFile = virtuoso-temp.trx
[Parameters]
ServerPort = 127.0.0.1:{sql}
DisableUnixSocket = 1
DirsAllowed = .
NumberOfBuffers = 2000
MaxDirtyBuffers = 1200
[HTTPServer]
ServerPort = 127.0.0.1:{http}
ServerRoot = .
ServerThreads = 4
[SPARQL]
ResultSetMaxRows = {rows}
"""


def has_virtuoso() -> bool:
    """Tell whether Virtuoso and its command line client are installed."""
    return bool(shutil.which("virtuoso-t") and shutil.which("isql-vt"))


@contextmanager
def oxigraph(data: bytes) -> Iterator[str]:
    """Run `oxigraph serve` over N-Quads and give the address of its endpoint."""
    port = free_port()
    command = [str(Path(sys.executable).with_name("oxigraph")), "serve", "--bind", f"127.0.0.1:{port}"]
    with _running(command, None, f"http://127.0.0.1:{port}/"):
        upload = urllib.request.Request(f"http://127.0.0.1:{port}/store", data, {"Content-Type": "application/n-quads"})
        urllib.request.urlopen(upload, timeout=30).close()
        yield f"http://127.0.0.1:{port}/query"


@contextmanager
def oxigraph_read_only(turtle: bytes, folder: Path) -> Iterator[str]:
    """Load Turtle into a store in the empty `folder`, run `oxigraph serve-read-only` over it, give its endpoint."""
    port, program, store = free_port(), str(Path(sys.executable).with_name("oxigraph")), str(folder)
    load = [program, "load", "--location", store, "--format", "ttl"]
    subprocess.run(load, input=turtle, capture_output=True, timeout=60, check=True)
    command = [program, "serve-read-only", "--location", store, "--bind", f"127.0.0.1:{port}"]
    with _running(command, None, f"http://127.0.0.1:{port}/"):
        yield f"http://127.0.0.1:{port}/query"


@contextmanager
def virtuoso(data: bytes, folder: Path, rows: int) -> Iterator[str]:
    """Run Virtuoso in a folder of its own, over N-Quads, and give the address of its endpoint.

    It cuts answers at `rows` rows, as Debian's configuration does at 10,000.
    """
    sql, http = free_port(), free_port()
    (folder / "virtuoso.ini").write_text(INI.format(sql=sql, http=http, rows=rows))
    (folder / "data.nq").write_bytes(data)
    command = ["virtuoso-t", "+foreground", "+configfile", "virtuoso.ini"]
    with _running(command, folder, f"http://127.0.0.1:{http}/sparql"):
        load = "DB.DBA.TTLP(file_to_string_output('data.nq'), '', 'urn:none', 512);"
        client = ["isql-vt", f"127.0.0.1:{sql}", "dba", "dba", f"exec={load}"]
        done = subprocess.run(client, capture_output=True, text=True, timeout=60, check=True)
        assert "Error" not in done.stdout + done.stderr
        yield f"http://127.0.0.1:{http}/sparql"


def free_port() -> int:
    """Give a port of loopback that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
        return port


@contextmanager
def _running(command: list[str], folder: Path | None, address: str) -> Iterator[None]:
    process = subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _wait(process, address)
        yield
    finally:
        process.kill()
        process.wait(20)


def _wait(process: subprocess.Popen[bytes], address: str) -> None:
    for _ in range(600):
        assert process.poll() is None, f"{process.args!r} ended"
        try:
            urllib.request.urlopen(address, timeout=5).close()
            return
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.1)
    raise AssertionError(f"{address} does not answer")
