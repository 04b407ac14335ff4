"""A difference as RDF Patch, https://jena.apache.org/documentation/rdf-patch/

H id <urn:uuid:…> .      what the patch leads to
H prev <urn:uuid:…> .    what it starts from
TX .
D …                      lines to take out, blank nodes by their labels in the canonical N-Quads of the old release
A …                      lines to put in
TC .
"""

from __future__ import annotations

from uuid import NAMESPACE_URL, uuid5

from shahr.namespaces import BASE
from shahr.release.changes.comparing import Difference
from shahr.release.folder import BUFFER, Sink

MEDIA_TYPE = "application/rdf-patch"
STANDARD = "https://jena.apache.org/documentation/rdf-patch/"


def write_patch(difference: Difference, old: str, new: str, sink: Sink) -> None:
    """Write the patch that makes the new dataset of the old one; `old` and `new` are the digests of their quads.

    Patches from release to release are a chain: the `prev` of each is the `id` of the one before.
    """
    sink.write(f"H id <{_identifier(new)}> .\nH prev <{_identifier(old)}> .\nTX .\n".encode())
    for operation, path in ((b"D ", difference.removed), (b"A ", difference.added)):
        with path.open("rb", BUFFER) as lines:
            for line in lines:
                sink.write(operation + line)
    sink.write(b"TC .\n")


def _identifier(digest: str) -> str:
    return uuid5(NAMESPACE_URL, f"{BASE}dumps/#{digest}").urn
