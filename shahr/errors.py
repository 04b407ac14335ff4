"""What can go wrong, as one tree of exceptions; the message of each is one sentence for the user.

ShahrError                 everything below; the command line prints it and leaves with 1
├── ProjectMissing         no project, or nothing built yet, where one was looked for
├── SourceError            one file cannot be used: path, line, reason
├── SourcesRefused         a build refused its sources: a list of SourceError
├── BuildBusy              another process is writing where this one would
├── UnknownPrefix          a curie with a prefix that Shahr does not know
├── BadPassage             offsets or digests that do not fit the text
├── ArticleMissing         no file holds the text of an article
├── QueryError             a query that cannot be read or is not allowed: line, column
│   ├── UnknownQuestion    no question has that name
│   ├── MissingParameter   a question was called without a parameter it needs
│   ├── BadParameter       a parameter whose value is not of its kind
│   ├── TextTooLong        a text to search for is longer than it may be
│   ├── TooManyWords       a text to search for has more words than it may have
│   ├── NothingToSearch    a text to search for has neither letter nor digit
│   ├── UnknownTopic       nothing that can be compared has that name
│   └── UnknownKind        a search among nodes of a kind that there is not
├── NotAcceptable          a result that the wanted format cannot carry
├── EngineError            a query that got no answer
│   ├── OutOfTime          it ran longer than it may
│   ├── OutOfMemory        it wanted more memory than it may have
│   ├── TooLarge           its answer is larger than an answer may be
│   ├── Busy               every place is taken
│   ├── OverBudget         this client has had its share of the minute
│   ├── EngineDown         the process that answers is not there
│   └── EndpointDown       the endpoint behind this service does not answer as it should
├── ReleaseError           a release that cannot be made, read or compared
│   ├── BadVersion         a version that is not one of Semantic Versioning, or not newer than what there is
│   └── ReleaseDamaged     a release whose files are not what its checksums say
├── ReviewError            a proposed link that cannot be accepted or refused as it was asked for
├── BatchError             a batch of statements that cannot be made as it was asked for
├── RuleError              a rule that does not end, or makes what a graph cannot hold
├── ReportError            a report, expectation or shape that cannot be used
├── ConsistencyError       the reasoner found a contradiction, or could not run
└── EndpointError          a remote SPARQL endpoint did not answer as it should
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path


def shown(path: Path) -> Path:
    """Give a path as a user would write it: from the current folder where it lies below."""
    return path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path


class ShahrError(Exception):
    """Base of all errors that a user can cause or mend; str() is one clear sentence."""


class ProjectMissing(ShahrError):
    """A folder is not a Shahr project, or nothing has been built in it yet."""


class SourceError(ShahrError):
    """A source file cannot be used; `line` counts from 1, None where no line is to blame."""

    def __init__(self, path: Path, line: int | None, reason: str) -> None:
        super().__init__(f"{shown(path)}{'' if line is None else f':{line}'}: {reason}")
        self.path, self.line, self.reason = path, line, reason


class SourcesRefused(ShahrError):
    """The sources hold errors, so nothing was built; one line an error, at most `limit` of them."""

    def __init__(self, errors: Sequence[SourceError], limit: int = 20) -> None:
        lines = [str(error) for error in errors[:limit]]
        if len(errors) > limit:
            lines.append(f"… and {len(errors) - limit} more")
        super().__init__("\n".join(lines))
        self.errors = tuple(errors)


class AddressTaken(ShahrError):
    """The server cannot listen where it was told to."""


class BuildBusy(ShahrError):
    """Another process is writing where this one would: dist/, the links, a batch; or it asks the same endpoint."""


class UnknownPrefix(ShahrError):
    """A curie's prefix is not in the prefix map."""

    def __init__(self, curie: str) -> None:
        super().__init__(f"{curie!r} is not a name Shahr can expand: write prefix:name with a known prefix")
        self.curie = curie


class BadPassage(ShahrError):
    """A passage does not fit its text; offsets are code points, half-open."""

    def __init__(self, source: str, start: int, end: int, reason: str) -> None:
        super().__init__(f"{source} [{start},{end}): {reason}")
        self.source, self.start, self.end, self.reason = source, start, end, reason


class ArticleMissing(ShahrError):
    """No file of a folder holds the text that an article's digests name."""


class QueryError(ShahrError):
    """A query that cannot be read or is not allowed; line and column count from 1."""

    def __init__(self, message: str, line: int | None = None, column: int | None = None) -> None:
        place = "" if line is None else f" (line {line}{'' if column is None else f', column {column}'})"
        super().__init__(message + place)
        self.line, self.column = line, column


class UnknownQuestion(QueryError):
    """No question has the name."""

    def __init__(self, name: str) -> None:
        super().__init__(f"no question is called {name!r}")
        self.name = name


class MissingParameter(QueryError):
    """A question was called without a parameter that it needs."""

    def __init__(self, question: str, parameter: str) -> None:
        super().__init__(f"question {question!r} needs the parameter {parameter!r}")
        self.question, self.parameter = question, parameter


class BadParameter(QueryError):
    """A parameter's value is not of its kind."""

    def __init__(self, parameter: str, value: str, reason: str) -> None:
        super().__init__(f"parameter {parameter!r} cannot be {value!r}: {reason}")
        self.parameter, self.value = parameter, value


class TextTooLong(QueryError):
    """A text to search for is longer than `limit` characters."""

    def __init__(self, limit: int) -> None:
        super().__init__(f"the text to search for is longer than {limit} characters: write less")


class TooManyWords(QueryError):
    """A text to search for has more than `limit` words."""

    def __init__(self, limit: int) -> None:
        super().__init__(f"there are more than {limit} words to search for: write fewer")


class NothingToSearch(QueryError):
    """A text to search for has neither letter nor digit."""

    def __init__(self) -> None:
        super().__init__("there is nothing to search for: write a letter or a digit at least")


class UnknownKind(QueryError):
    """There is no kind of a name; `known` are those there are, as one text."""

    def __init__(self, name: str, known: Iterable[str]) -> None:
        self.name, self.known = name[:40], ", ".join(known)
        super().__init__(f"kind {self.name!r} is not one of {self.known}")


class UnknownTopic(QueryError):
    """Nothing that can be compared has that name; `known` are those that can be."""

    def __init__(self, name: str, known: Iterable[str]) -> None:
        super().__init__(f"nothing to compare is called {name[:40]!r}: write one of {', '.join(known)}")


class NotAcceptable(ShahrError):
    """A result holds what the wanted format cannot carry."""


class EngineError(ShahrError):
    """A query that got no answer, though nothing is wrong with how it is written."""


class OutOfTime(EngineError):
    """A query ran for longer than `seconds`, and was stopped."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"the query was stopped after {seconds:g} seconds: ask for less, or take a dump (/dumps/)")
        self.seconds = seconds


class OutOfMemory(EngineError):
    """A query wanted more than `limit` bytes of memory, and was stopped."""

    def __init__(self, limit: int) -> None:
        size = f"{limit // 1024**2} MB"
        super().__init__(f"the query was stopped at {size} of memory: ask for less, or take a dump (/dumps/)")
        self.limit = limit


class TooLarge(EngineError):
    """An answer would be larger than `limit` bytes."""

    def __init__(self, limit: int) -> None:
        size = f"{limit // 1024**2} MB" if limit >= 1024**2 else f"{limit} bytes"
        hint = "ask for less with LIMIT and OFFSET, or take a dump (/dumps/)"
        super().__init__(f"the answer is larger than {size}: {hint}")
        self.limit = limit


class Busy(EngineError):
    """Every place is taken; come again in `retry_after` seconds."""

    def __init__(self, retry_after: int) -> None:
        super().__init__(f"the service is busy: try again in {retry_after} seconds")
        self.retry_after = retry_after


class OverBudget(EngineError):
    """A client has used up its minute; come again in `retry_after` seconds."""

    def __init__(self, retry_after: int) -> None:
        super().__init__(f"this address has used up its query time, or its errors: try again in {retry_after} seconds")
        self.retry_after = retry_after


class EngineDown(EngineError):
    """The process that answers queries cannot be started or reached."""


class EndpointDown(EngineError):
    """The endpoint behind this service cannot be reached, or broke off."""


class ReleaseError(ShahrError):
    """A release that cannot be made, read or compared."""


class BadVersion(ReleaseError):
    """A version that is not one of Semantic Versioning, or not newer than what there is."""

    def __init__(self, version: str, reason: str = "write MAJOR.MINOR.PATCH, as 1.2.0") -> None:
        super().__init__(f"{version[:80]!r} cannot be the version of a release: {reason}")
        self.version = version


class ReleaseDamaged(ReleaseError):
    """A file of a release is missing, added, or not what its checksum says; `folder` is the release."""

    def __init__(self, folder: Path, reason: str) -> None:
        super().__init__(f"the release {shown(folder)} is damaged: {reason}")
        self.folder = folder


class ReviewError(ShahrError):
    """A proposed link cannot be accepted or refused as it was asked for."""


class BatchError(ShahrError):
    """A batch of statements cannot be made as it was asked for."""


class RuleError(ShahrError):
    """A rule that does not come to an end, or makes what a graph cannot hold."""


class ReportError(ShahrError):
    """A shape, check or expectation that cannot be used."""


class ConsistencyError(ShahrError):
    """The reasoner found a contradiction, or could not run."""


class EndpointError(ShahrError):
    """A remote endpoint did not answer as it should; `status` is the HTTP status where there was one."""

    def __init__(self, endpoint: str, reason: str, status: int | None = None) -> None:
        super().__init__(f"{endpoint}: {reason}")
        self.endpoint, self.status = endpoint, status
