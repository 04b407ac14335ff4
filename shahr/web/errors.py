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
from shahr.web.metrics import Outcome

TEXT = "text/plain; charset=utf-8"
FAULT = "the server cannot answer this because of a fault of its own, which its log names"


def verdict(error: ShahrError) -> tuple[int, Outcome]:
    """Give the HTTP status of an error and its name in numbers and log.

    Of 5xx there are only 503, 504 and 507, but for a fault of our own, 500.
    """
    verdicts: tuple[tuple[type[ShahrError], int, Outcome], ...] = (
        (UnknownQuestion, 404, "refused"),
        (QueryError, 400, "refused"),
        (NotAcceptable, 406, "refused"),
        (OutOfTime, 503, "time"),
        (Busy, 503, "busy"),
        (EngineDown, 503, "fault"),
        (OverBudget, 429, "budget"),
        (TooLarge, 413, "size"),
        (EndpointDown, 504, "fault"),
        (OutOfMemory, 507, "memory"),
    )
    return next(((status, outcome) for kind, status, outcome in verdicts if isinstance(error, kind)), (500, "fault"))


def status_of(error: ShahrError) -> int:
    """Give the HTTP status of an error; see verdict."""
    return verdict(error)[0]


def retry_headers(error: ShahrError) -> list[tuple[str, str]]:
    """Give Retry-After where coming again may help."""
    if isinstance(error, Busy | OverBudget):
        return [("Retry-After", str(error.retry_after))]
    return [("Retry-After", "5")] if isinstance(error, OutOfTime | EngineDown) else []


def reply_to(error: ShahrError | HTTPException) -> Reply:
    """Give an error as a reply: one line of text. A fault of our own is not told: it may name a file."""
    if isinstance(error, HTTPException):
        status, text, headers = error.code or 500, _description(error), _headers(error)
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
    joins = character == "\u200c"  # inside Persian words
    return character if character.isprintable() or joins else f"\\u{ord(character):04x}"


def _headers(error: HTTPException) -> list[tuple[str, str]]:
    if error.code == 503:
        return [("Retry-After", "5")]
    return [("Allow", ", ".join(methods))] if (methods := getattr(error, "valid_methods", None)) else []
