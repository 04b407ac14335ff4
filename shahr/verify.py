"""The stage `verify`: proves every passage against the articles' texts, which the project does not hold."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from shahr.errors import ArticleMissing, BadPassage, SourceError
from shahr.evidence import Measures, evidence_fold, find_folded, measure, passage_measures
from shahr.namespaces import curie, iri
from shahr.paths import Project
from shahr.turtle import parse_turtle


@dataclass(frozen=True)
class Copy:
    """A text that may be an article's, with its measures and its fold."""

    path: Path
    text: str
    measures: Measures
    folded: str


@dataclass(frozen=True)
class Record:
    """What a data file says of an article or a passage: values by property, as text."""

    path: Path
    name: str
    values: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))

    def value(self, property_: str) -> str:
        """Give the one value of a property (a curie); SourceError where there is none, or several."""
        values = self.values.get(iri(property_), [])
        if len(values) != 1:
            raise self.error(f"has {len(values) or 'no'} values of {property_}, one is needed")
        return values[0]

    def number(self, property_: str) -> int:
        """Give the one value of a property as a number."""
        value = self.value(property_)
        if not value.isascii() or not value.isdigit():
            raise self.error(f"has {value!r} as {property_}, a whole number is needed")
        return int(value)

    def error(self, reason: str) -> SourceError:
        """Say what is wrong with this record."""
        return SourceError(self.path, None, f"{curie(self.name)} {reason}")


@dataclass(frozen=True)
class Verification:
    """What was proved: counts, one sentence for each failure, and the articles (curies) known by their fold only."""

    articles: int
    passages: int
    failures: tuple[str, ...]
    by_fold: tuple[str, ...] = ()

    @property
    def proved(self) -> bool:
        """Whether every passage of every article was found as recorded."""
        return not self.failures

    @property
    def text(self) -> str:
        """The result for a person, failures first."""
        verdict = "all proved" if self.proved else f"{len(self.failures)} failures"
        alike = (f"{name}: the copy differs from the original, so offsets are not proved" for name in self.by_fold)
        return "\n".join([*self.failures, *alike, f"{self.articles} articles, {self.passages} passages: {verdict}"])

    def as_dict(self) -> dict[str, object]:
        """Give the result for JSON."""
        counts = {"articles": self.articles, "passages": self.passages}
        return {"proved": self.proved, **counts, "failures": list(self.failures), "by_fold": list(self.by_fold)}


def verify(project: Project, folder: Path) -> Verification:
    """Prove the articles and passages of data/articles against the text files below `folder`.

    An article is found by the digest of its text, else by its folded digest, whatever the file's name. In a
    copy that only the fold makes alike, a passage is looked for by its folded digest. ArticleMissing where
    `folder` is no folder; SourceError where a data file cannot be read.
    """
    if not folder.is_dir():
        raise ArticleMissing(f"{folder} is not a folder; give the one that holds the articles' texts")
    records = list(read_records(project))
    articles = {article.name: article for article in _of_class(records, "shahr:Article")}
    passages = _of_class(records, "shahr:Passage")
    copies = list(_copies(folder))
    found = {name: _find_copy(article, copies) for name, article in articles.items()}
    originals = {name for name, copy in found.items() if copy and _is_original(articles[name], copy, passages)}
    failures = [
        str(error) for name in articles for error in _article_errors(articles[name], found[name], name in originals)
    ]
    failures += [str(error) for passage in passages for error in _passage_errors(passage, found, originals)]
    alike = [curie(name) for name, copy in found.items() if copy and name not in originals]
    return Verification(len(articles), len(passages), tuple(failures), tuple(alike))


def read_records(project: Project) -> Iterator[Record]:
    """Give what each node of data/articles says, by file and name."""
    for path in sorted(project.articles.glob("*.ttl")):
        records: dict[str, Record] = {}
        for triple in parse_turtle(path):
            name = _text(triple.subject)
            records.setdefault(name, Record(path, name)).values[triple.predicate.value].append(_text(triple.object))
        yield from (records[name] for name in sorted(records))


def _text(term: NamedNode | BlankNode | Literal | Triple) -> str:
    return str(term) if isinstance(term, Triple) else term.value


def _of_class(records: Sequence[Record], class_: str) -> list[Record]:
    return [record for record in records if iri(class_) in record.values[iri("rdf:type")]]


def _copies(folder: Path) -> Iterator[Copy]:
    """Read the UTF-8 files below a folder; others cannot hold an article."""
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        try:
            text = path.read_bytes().decode("utf-8")
        except UnicodeDecodeError:
            continue
        yield Copy(path, text, measure(text), evidence_fold(text))


def _find_copy(article: Record, copies: Sequence[Copy]) -> Copy | None:
    """Give the copy whose text is the article's, else one whose fold is, else None."""
    same = [copy for copy in copies if _is_exact(article, copy)]
    folded = article.values[iri("shahr:foldedSha256")]
    alike = [copy for copy in copies if copy.measures.folded_sha256 in folded]
    return next(iter(same + alike), None)


def _is_exact(article: Record, copy: Copy) -> bool:
    return copy.measures.sha256 in article.values[iri("shahr:sha256")]


def _article_errors(article: Record, copy: Copy | None, is_original: bool) -> Iterator[SourceError]:
    try:
        if copy is None:
            raise article.error("is in none of the files: no text there has its digest, plain or folded")
        measures = copy.measures
        exact = {"shahr:codePoints": str(measures.code_points), "shahr:sha256": measures.sha256}
        _compare(article, _folded(measures) | (exact if is_original else {}))
    except SourceError as error:
        yield error


def _is_original(article: Record, copy: Copy, passages: Sequence[Record]) -> bool:
    """Tell whether a copy is the text itself: by its digest or, should that be recorded wrongly, by all passages."""
    own = [one for one in passages if article.name in one.values[iri("oa:hasSource")]]
    return _is_exact(article, copy) or (bool(own) and all(_fits_slice(one, copy) for one in own))


def _fits_slice(passage: Record, copy: Copy) -> bool:
    try:
        _prove_slice(passage, copy)
    except SourceError:
        return False
    return True


def _passage_errors(
    passage: Record, found: Mapping[str, Copy | None], originals: Collection[str]
) -> Iterator[SourceError]:
    """Say how a passage fails; one whose article is in no file has failed with its article."""
    try:
        name = passage.value("oa:hasSource")
        if name not in found:
            raise passage.error(f"points to {curie(name)}, which is no article of data/articles")
        copy = found[name]
        if copy is not None:
            prove = _prove_slice if name in originals else _prove_fold
            prove(passage, copy)
    except SourceError as error:
        yield error


def _prove_slice(passage: Record, copy: Copy) -> None:
    """Compare a passage with the slice that its offsets give."""
    start, end = passage.number("shahr:startOffset"), passage.number("shahr:endOffset")
    try:
        measures = passage_measures(copy.text, start, end)
    except BadPassage as error:
        raise passage.error(f"[{start},{end}) {error.reason}") from error
    _compare(passage, _folded(measures) | {"shahr:sha256": measures.sha256})


def _prove_fold(passage: Record, copy: Copy) -> None:
    """Look for the fold of a passage in a copy where offsets mean nothing."""
    length, digest = passage.number("shahr:foldedCodePoints"), passage.value("shahr:foldedSha256")
    if find_folded(copy.folded, length, digest) is None:
        raise passage.error(f"is not in {copy.path.name}: no {length} folded code points there have its digest")


def _folded(measures: Measures) -> dict[str, str]:
    return {
        "shahr:foldedCodePoints": str(measures.folded_code_points),
        "shahr:foldedSha256": measures.folded_sha256,
    }


def _compare(record: Record, measured: Mapping[str, str]) -> None:
    """Refuse a record whose values are not the measured ones."""
    wrong = [f"{name} {value}" for name, value in sorted(measured.items()) if record.value(name) != value]
    if wrong:
        raise record.error(f"does not fit its text, which has {', '.join(wrong)}")
