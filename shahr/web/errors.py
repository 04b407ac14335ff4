"""Errors as HTTP shows them: a status, one sentence of text, and the headers that belong to it."""

from __future__ import annotations

from werkzeug.exceptions import HTTPException

from shahr.errors import (
    Busy,
    EndpointDown,
    EngineDown,
    NotAcceptable,
    OutOfMemory,
    OutOfTime,
    OverBudget,
    QueryError,
    ShahrError,
    TooLarge,
    UnknownQuestion,
)
from shahr.web.messages import Reply

TEXT = "text/plain; charset=utf-8"
FAULT = "the server cannot answer this because of a fault of its own, which its log names"


def status_of(error: ShahrError) -> int:
    """Give the HTTP status of an error: of 5xx only 503, 504 and 507, but for a fault of our own, 500."""
    statuses: tuple[tuple[type[ShahrError], int], ...] = (
        (UnknownQuestion, 404),
        (QueryError, 400),
        (NotAcceptable, 406),
        (OutOfTime, 503),
        (Busy, 503),
        (EngineDown, 503),
        (OverBudget, 429),
        (TooLarge, 413),
        (EndpointDown, 504),
        (OutOfMemory, 507),
    )
    return next((status for kind, status in statuses if isinstance(error, kind)), 500)


def retry_headers(error: ShahrError) -> list[tuple[str, str]]:
    """Give Retry-After where coming again may help."""
    if isinstance(error, Busy | OverBudget):
        return [("Retry-After", str(error.retry_after))]
    return [("Retry-After", "5")] if isinstance(error, OutOfTime | EngineDown) else []


def reply_to(error: ShahrError | HTTPException) -> Reply:
    """Give an error as a reply: one line of text. A fault of our own is not told: it may name a file."""
    if isinstance(error, HTTPException):
        status, text, headers = error.code or 500, _description(error), _allow(error)
    else:
        status, text, headers = status_of(error), str(error), retry_headers(error)
    line = FAULT if status == 500 else "".join(map(_printable, " ".join(text.split())))
    return Reply(status, [("Content-Type", TEXT), *headers], f"{line}\n".encode("utf-8", "replace"))


def _description(error: HTTPException) -> str:
    """What werkzeug says of itself speaks of browsers and spelling."""
    if error.description and error.description != type(error).description:
        return error.description
    return "there is nothing at this address" if error.code == 404 else error.name.lower()


def _printable(character: str) -> str:
    return character if character.isprintable() else f"\\u{ord(character):04x}"


def _allow(error: HTTPException) -> list[tuple[str, str]]:
    return [("Allow", ", ".join(methods))] if (methods := getattr(error, "valid_methods", None)) else []
