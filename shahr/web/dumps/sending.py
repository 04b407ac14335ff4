"""A file of a release as HTTP sends it: whole, a part, or not again (RFC 9110, 13 and 14; RFC 9530).

The file never changes, so its SHA-256 is its ETag. Several parts at once are not sent: the file comes whole.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from werkzeug.http import http_date, parse_date

from shahr.web.cache import matches
from shahr.web.dumps.shelf import Offer, Shelf
from shahr.web.endpoint import content_type
from shahr.web.errors import TEXT

FOREVER = "public, max-age=31536000, immutable"
EXPOSED = "Accept-Ranges, Content-Range, ETag, Repr-Digest"
BLOCK = 256 * 1024
_RANGE = re.compile(r"bytes[ \t]*=[ \t,]*([0-9]{0,30})-([0-9]{0,30})[ \t,]*", re.IGNORECASE)

Part = tuple[str, str]


@dataclass(frozen=True, slots=True)
class FileReply:
    """A reply whose body is the bytes of `path` from `start` up to `stop`; where there is no path it is `text`."""

    status: int
    headers: list[tuple[str, str]]
    path: Path | None = None
    start: int = 0
    stop: int = 0
    text: bytes = b""

    def blocks(self) -> Iterator[bytes]:
        """Give the body piece by piece."""
        if self.path is None:
            yield self.text
            return
        with self.path.open("rb") as file:
            file.seek(self.start)
            left = self.stop - self.start
            while left and (block := file.read(min(BLOCK, left))):
                left -= len(block)
                yield block


def file_reply(shelf: Shelf, method: str, path: str, headers: Mapping[str, str]) -> FileReply | None:
    """Reply to a request by GET or HEAD for the address of a file; header names are in lower case.

    None for any other request, and for a file that is not as it was released.
    """
    offer = shelf.offers.get(path) if method in ("GET", "HEAD") else None
    if offer is None or not offer.is_whole():
        return None
    return _reply(offer, method, headers)


def _reply(offer: Offer, method: str, headers: Mapping[str, str]) -> FileReply:
    day = datetime.fromisoformat(offer.day).replace(tzinfo=UTC)
    tag, size = f'"{offer.sha256}"', offer.bytes
    validators = [*_shared(), ("Cache-Control", FOREVER), ("ETag", tag), ("Last-Modified", http_date(day))]
    if not _is_wanted(headers.get("if-match"), tag):
        return _refused(412, "the file is not the one that If-Match names")
    if _is_held(headers, tag, day):
        return FileReply(304, validators)
    part = _part(headers, tag, day) if method == "GET" else None
    span = (0, size) if part is None else _span(part, size)
    if span is None:
        return _refused(416, f"the file has {size} bytes, and none there", ("Content-Range", f"bytes */{size}"))
    start, stop = span
    described = [*validators, *_description(offer), ("Content-Length", str(stop - start))]
    if part is not None:
        described.append(("Content-Range", f"bytes {start}-{stop - 1}/{size}"))
    return FileReply(200 if part is None else 206, described, offer.path if method == "GET" else None, start, stop)


def _shared() -> list[tuple[str, str]]:
    return [
        ("Access-Control-Allow-Origin", "*"),
        ("Access-Control-Expose-Headers", EXPOSED),
        ("X-Content-Type-Options", "nosniff"),
        ("Content-Security-Policy", "default-src 'none'; base-uri 'none'; frame-ancestors 'none'; sandbox"),
        ("Referrer-Policy", "no-referrer"),
        ("Accept-Ranges", "bytes"),
    ]


def _refused(status: int, sentence: str, *headers: tuple[str, str]) -> FileReply:
    text = f"{sentence}\n".encode()
    told = [("Content-Type", TEXT), ("Content-Length", str(len(text))), ("Cache-Control", "no-store")]
    return FileReply(status, [*_shared(), *told, *headers], text=text)


def _description(offer: Offer) -> list[tuple[str, str]]:
    digest = base64.b64encode(bytes.fromhex(offer.sha256)).decode()
    headers = [("Content-Type", content_type(offer.media_type)), ("Repr-Digest", f"sha-256=:{digest}:")]
    return [*headers, ("Content-Disposition", "attachment")] if offer.packed else headers


def _is_wanted(if_match: str | None, tag: str) -> bool:
    """Who goes on with a download may ask that the file be the same still."""
    return if_match is None or ("W/" not in if_match and matches(if_match, tag))


def _is_held(headers: Mapping[str, str], tag: str, day: datetime) -> bool:
    if (held := headers.get("if-none-match")) is not None:
        return matches(held, tag)
    since = parse_date(headers.get("if-modified-since"))
    return since is not None and since >= day


def _part(headers: Mapping[str, str], tag: str, day: datetime) -> Part | None:
    """Give the first and last byte that are asked for, as text; None for the whole file.

    So it is where the Range cannot be read, or its If-Range is of another file.
    """
    found = _RANGE.fullmatch(headers.get("range", "").strip())
    condition = headers.get("if-range")
    if found is None or not (condition is None or condition.strip() == tag or parse_date(condition) == day):
        return None
    first, last = found.groups()
    return (first, last) if (first or last) and (not first or not last or int(first) <= int(last)) else None


def _span(part: Part, size: int) -> tuple[int, int] | None:
    """Give the bytes to send, the end not among them; None where the file has none there."""
    first, last = part
    if not first:
        start, stop = max(0, size - int(last)), size
        return (start, stop) if int(last) and size else None
    start, stop = int(first), min(int(last) + 1, size) if last else size
    return (start, stop) if start < size else None
