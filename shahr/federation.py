"""Questions that also ask another endpoint: the SERVICE block goes there, its rows come back as VALUES."""

from __future__ import annotations

import time
import urllib.error
from collections.abc import Callable, Mapping
from http.client import HTTPException

from pyoxigraph import (
    BlankNode,
    Triple,
)
from SPARQLWrapper import JSON, POST, SPARQLExceptions, SPARQLWrapper

from shahr.dataset import load_store
from shahr.engine import Limits
from shahr.engine.connect import agent
from shahr.engine.store import StoreEvaluator
from shahr.errors import EndpointError
from shahr.paths import Project
from shahr.queries import bind_texts, find_question
from shahr.solutions import Solutions, Term, read_solutions
from shahr.syntax import prologue, service_block

WIKIDATA = "https://query.wikidata.org/sparql"
TIMEOUT = 65
ATTEMPTS = 3
LONGEST_WAIT = 60
LARGEST = 32 * 1024 * 1024


def answer(
    project: Project,
    name: str,
    params: Mapping[str, str],
    endpoint: str | None = None,
    wikidata: str | None = None,
) -> Solutions:
    """Answer the question `name`, as its file stands where `params` is empty.

    It is asked of the built graph, or of the endpoint at `endpoint`; a SERVICE block is asked of `wikidata`.
    Raises QueryError (unknown question, bad parameter), ProjectMissing, EndpointError.
    """
    query = find_question(project.questions, name)
    text = inline_service(bind_texts(query, params) if params else query.text, wikidata or WIKIDATA)
    if endpoint:
        return query_endpoint(endpoint, text)
    engine = StoreEvaluator(load_store(project.graph, project.inferred))
    return read_solutions(engine.evaluate(text, [], [], "application/sparql-results+json", Limits()).body)


def inline_service(text: str, endpoint: str, sleep: Callable[[float], None] = time.sleep) -> str:
    """Ask `endpoint` for the SERVICE block of a query and put the rows there, if there is a block."""
    block = service_block(text)
    if block is None:
        return text
    body = text[block.body_start : block.body_end]
    found = query_endpoint(endpoint, f"{prologue(text)}SELECT * WHERE {{{body}}}", sleep)
    return f"{text[: block.start]}{_values(endpoint, found)}{text[block.end :]}"


def query_endpoint(endpoint: str, text: str, sleep: Callable[[float], None] = time.sleep) -> Solutions:
    """Send a SELECT by POST and read its rows; EndpointError where the endpoint does not answer with rows."""
    if not endpoint.startswith(("http://", "https://")):
        raise EndpointError(endpoint, "is not an http or https address")
    body = _fetch(endpoint, text, sleep)
    try:
        return read_solutions(body)
    except (SyntaxError, ValueError) as error:
        raise EndpointError(endpoint, f"the answer is not SPARQL results in JSON ({error})") from error


def _values(endpoint: str, found: Solutions) -> str:
    head = " ".join(f"?{name}" for name in found.variables)
    rows = (" ".join(_term(endpoint, term) for term in row) for row in found.rows)
    return f"VALUES ({head}) {{ {' '.join(f'({row})' for row in rows)} }}"


def _term(endpoint: str, term: Term | None) -> str:
    if isinstance(term, BlankNode | Triple):
        raise EndpointError(endpoint, f"the answer holds {term}, which cannot be asked for again")
    return "UNDEF" if term is None else str(term)


def _wrapper(endpoint: str, text: str) -> SPARQLWrapper:
    wrapper = SPARQLWrapper(endpoint, returnFormat=JSON, agent=agent())
    wrapper.setMethod(POST)
    wrapper.setTimeout(TIMEOUT)
    wrapper.setQuery(text)
    return wrapper


def _fetch(endpoint: str, text: str, sleep: Callable[[float], None]) -> bytes:
    """Ask, and ask again as late as Retry-After says when the endpoint is busy (429)."""
    wrapper = _wrapper(endpoint, text)
    for attempt in range(1, ATTEMPTS + 1):
        try:
            return _read(endpoint, wrapper)
        except urllib.error.HTTPError as error:
            if error.code != 429 or attempt == ATTEMPTS:
                raise EndpointError(endpoint, f"answered with status {error.code}", error.code) from error
            sleep(_wait(endpoint, error.headers.get("Retry-After", "")))
        except SPARQLExceptions.SPARQLWrapperException as error:
            raise EndpointError(endpoint, *_refusal(error)) from error
        except (OSError, HTTPException, ValueError) as error:  # ValueError: "http://[", "http://شهر/"
            raise EndpointError(endpoint, f"cannot be reached or broke off: {error}") from error
    raise AssertionError("the last attempt returns or raises")


def _read(endpoint: str, wrapper: SPARQLWrapper) -> bytes:
    body: bytes = wrapper.query().response.read(LARGEST + 1)
    if len(body) > LARGEST:
        raise EndpointError(endpoint, f"the answer is larger than {LARGEST // 1024**2} MB")
    return body


def _wait(endpoint: str, retry_after: str) -> float:
    seconds = int(retry_after) if retry_after.isascii() and retry_after.isdigit() else 5
    if seconds > LONGEST_WAIT:
        raise EndpointError(endpoint, f"is busy and asks to wait {seconds} seconds", 429)
    return seconds


def _refusal(error: SPARQLExceptions.SPARQLWrapperException) -> tuple[str, int | None]:
    """SPARQLWrapper turns a few statuses into exceptions of its own and keeps the endpoint's text."""
    statuses = {
        SPARQLExceptions.QueryBadFormed: 400,
        SPARQLExceptions.Unauthorized: 401,
        SPARQLExceptions.EndPointNotFound: 404,
        SPARQLExceptions.URITooLong: 414,
        SPARQLExceptions.EndPointInternalError: 500,
    }
    status = statuses.get(type(error))
    return f"refused the query{'' if status is None else f' with status {status}'}: {error.msg}", status
