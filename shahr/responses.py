"""What the response of an endpoint means: rows, a time to wait, or a sentence that says what to do."""

from __future__ import annotations

import re
import time
from datetime import UTC
from email.utils import parsedate_to_datetime
from urllib.parse import urljoin, urlsplit

from shahr.errors import EndpointError
from shahr.exchange import Response
from shahr.solutions import Solutions, read_solutions

LONGEST_WAIT = 120.0
_FIRST_WAIT = 5.0
_DAY = 86_400.0
_BEGINNING = 60
_REASON = 200
_JSON = ("application/sparql-results+json", "application/json", "text/javascript", "application/javascript")
_SLOW = "the query took too long there: ask for less at a time"
_CUT = "cut its answer: ask for less at a time"
_CLASS = r"(?<![\w.])(?:\w+\.)+\w*(?:Exception|Error)"
_CAUSE = re.compile(rf"{_CLASS}: (?!{_CLASS})([^\n]+)")
_STATUSES = {
    206: _CUT,
    401: "wants a name and password (status 401): give the address as https://NAME:PASSWORD@HOST/…",
    403: "does not let us in (status 403)",
    404: "there is no endpoint at this address (status 404): check it",
    408: _SLOW,
    410: "there is no endpoint at this address any more (status 410)",
    413: "the query is too long for it (status 413): ask for less at a time",
    504: _SLOW,
}


def read_rows(endpoint: str, response: Response) -> Solutions:
    """Read the rows of a response; EndpointError, with the status unless it is 200, if it holds none, or not all."""
    if response.status != 200:
        raise EndpointError(endpoint, _refusal(endpoint, response), response.status)
    said = _unfit(response)
    if said is not None:
        raise EndpointError(endpoint, said)
    try:
        return read_solutions(response.body)
    except (SyntaxError, ValueError) as error:
        wrong = str(error)
    # not as its cause, whose traceback holds the parser, which must not be dropped by another thread
    raise EndpointError(endpoint, _unreadable(response, wrong))


def wait(endpoint: str, response: Response, attempt: int) -> float:
    """Give the seconds to wait after `attempt` requests in vain (RFC 9110, 10.2.3); 5, 10, 20 … where it does not say.

    EndpointError if they are more than LONGEST_WAIT.
    """
    seconds = _retry_after(response)
    if seconds is None:
        return min(_FIRST_WAIT * 2.0 ** (attempt - 1), LONGEST_WAIT)
    if seconds > LONGEST_WAIT:
        later = "more than a day" if seconds > _DAY else f"{seconds:.0f} seconds"
        raise EndpointError(endpoint, f"is busy: come again in {later}", response.status)
    return max(1.0, seconds)


def printable(text: str, most: int) -> str:
    """Give the beginning of a text on one line, without control and direction characters, for a terminal."""
    kept = "".join(one if one.isprintable() else " " for one in text[: 8 * most])
    line = " ".join(kept.split())
    return line if len(line) <= most else f"{line[: most - 1]}…"


def without_password(address: str) -> str:
    """Give an address without the name and password in it."""
    return re.sub(r"^([\w.+-]+:)//[^/?#]*@", r"\1//", address)


def _retry_after(response: Response) -> float | None:
    said = response.headers.get("retry-after", "").strip()
    if said.isascii() and said.isdigit():
        return float(said[:12])
    until = _moment(said)
    return None if until is None else until - (_moment(response.headers.get("date", "")) or time.time())


def _moment(date: str) -> float | None:
    try:
        moment = parsedate_to_datetime(date)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError):
        return None


def _refusal(endpoint: str, response: Response) -> str:
    status, words = response.status, _text(response.body)
    if 300 <= status < 400 and "location" in response.headers:
        return _lead(endpoint, response)
    if "TimeoutException" in words:
        return _SLOW
    if status in _STATUSES:
        return _STATUSES[status]
    does = "refused the query" if status in (400, 422) else "answered"
    return f"{does} with status {status}{_quoted(words)}"


def _lead(endpoint: str, response: Response) -> str:
    try:
        address = printable(without_password(urljoin(endpoint, response.headers["location"])), _REASON)
        web = urlsplit(address).scheme in ("http", "https")
    except ValueError:
        return f"leads to an address that is none (status {response.status})"
    if address == endpoint:
        return f"leads to itself (status {response.status}): check the address"
    advice = "give that address if you trust it" if web else "no endpoint can be there, check the address"
    return f"leads to {address} (status {response.status}): {advice}"


def _unfit(response: Response) -> str | None:
    """Say what is wrong with an answer before it is read: compressed, cut, or nothing at all."""
    coding = response.headers.get("content-encoding", "").strip().lower()
    if coding not in ("", "identity") or response.body.startswith(b"\x1f\x8b"):
        return f"sent a compressed answer ({printable(coding, _BEGINNING) or 'gzip'}), though none was asked for"
    if not response.body.strip():
        return "sent an empty answer (status 200): try again later"
    if "x-sql-state" in response.headers:  # so says Virtuoso
        return _SLOW
    return _CUT if "x-sparql-maxrows" in response.headers else None


def _unreadable(response: Response, error: str) -> str:
    end = _text(response.body[-65536:])
    if "TimeoutException" in end:
        return _SLOW
    kind, _, parameters = response.headers.get("content-type", "").partition(";")
    if kind.strip().lower() not in _JSON:
        came = printable(kind, _BEGINNING) or "something without a media type"
        return f"sent {came}, not SPARQL results in JSON{_quoted(_text(response.body))}"
    if not _is_utf8(response.body):
        said = printable(parameters, _BEGINNING)
        return f"the answer is not in UTF-8, as JSON has to be{f' (it says {said})' if said else ''}"
    if _is_open(response.body):
        return f"the answer broke off, its JSON has no end{_quoted(end, only_cause=True)}: try again later"
    return f"the answer is not SPARQL results in JSON ({printable(error, _REASON)})"


def _quoted(words: str, only_cause: bool = False) -> str:
    """Give what the endpoint says, after a colon: the cause in a trace of Java, or the beginning."""
    cause = _CAUSE.search(words)
    said = printable(cause[1], _REASON) if cause else "" if only_cause else printable(words, _BEGINNING)
    return f": {said}" if said else ""


def _text(body: bytes) -> str:
    return body[:65536].decode("utf-8", "replace")


def _is_open(body: bytes) -> bool:
    """Tell whether brackets are open at the end; near enough for a sentence, for some may stand in texts."""
    return body.count(b"{") + body.count(b"[") > body.count(b"}") + body.count(b"]")


def _is_utf8(body: bytes) -> bool:
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True
