"""The Persian catalogue: it holds each text of the pages and nothing else, in one and the same good Persian."""

from __future__ import annotations

import ast
import re
import shutil
from collections.abc import Iterator
from difflib import unified_diff
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.frontend import CommandLineInterface
from babel.messages.pofile import read_po
from lxml.html import fromstring
from pyoxigraph import Literal, parse

import shahr.web
from reading import is_foreign, read_texts

ROOT = Path(__file__).resolve().parent.parent
WEB = Path(shahr.web.__file__).parent
CATALOGUE = WEB / "translations" / "fa" / "LC_MESSAGES" / "messages.po"
EXTRACT = "pybabel -q extract -F {root}/babel.cfg --no-location --omit-header --no-wrap --sort-output -o {pot} {web}"
UPDATE = "pybabel -q update -i {pot} -o {po} -l fa --no-fuzzy-matching --ignore-obsolete --omit-header --no-wrap"

MARKED = ("_", "gettext", "ngettext")
JINJA = re.compile(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", re.DOTALL)
PLACEHOLDER = re.compile(r"%\((\w+)\)[a-z]")
ACRONYM = re.compile(r"\b[A-Z]{2,}\b")
LABEL = "http://www.w3.org/2000/01/rdf-schema#label"

# One word for one thing, that of the ontology where it has one.
GLOSSARY = {
    r"articles?": "مقاله",
    r"claims?": "ادعا",
    r"class(es)?": "رده",
    r"concepts?": "مفهوم",
    r"endpoint": "نقطهٔ دسترسی",
    r"facts?": "واقعیت",
    r"graphs?": "گراف",
    r"literal": "لیترال",
    r"node": "گره",
    r"ontology": "هستان‌شناسی",
    r"passages?": "قطعه",
    r"propert(y|ies)": "ویژگی",
    r"questions?": "پرسش",
    r"query": "پرس‌وجو",
    r"receipt": "رسید",
    r"rows?": "ردیف",
    r"shapes?": "شکل",
    r"statements?": "گفته",
    r"triples": "سه‌تایی",
}
ENDINGS = {".": ".", ":": ":", "?": "؟", "…": "…", ", ": "، "}

LAPSES = {
    "a letter of an Arabic keyboard": r"[\u0643\u0649\u064a\u0660-\u0669\u06c0]",
    "a Latin digit, mark or quote": r"[0-9,;?\"'`]",
    "a space where a half-space belongs": r"(?<!\S)(?:می|نمی|ها|های|هایی|هایش|هایشان|تر|ترین|ای|ام|اند)(?!\S)",
    "a plural that is glued": r"(?!تنها\b)\b\w*[بپتثجچحخسشصضطظعغفقکگلمنهی]ها(?:ی|یی|یش|یشان)?\b",
    "a half-space at the edge of a word": r"(?<!\w)\u200c|\u200c(?!\w)",
    "a space before a mark": r"\s[.،؛؟:!»)]",
    "no space after a mark": r"[،؛؟:](?=\w)",
    "two spaces": r"\s\s",
}


def pybabel(command: str, **places: Path) -> None:
    CommandLineInterface().run(command.format(root=ROOT, web=WEB, **places).split(" "))  # type: ignore[no-untyped-call]


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All texts of code and templates, as babel finds them."""
    pot = tmp_path_factory.mktemp("texts") / "messages.pot"
    pybabel(EXTRACT, pot=pot)
    return pot


@pytest.fixture(scope="module")
def catalogue() -> Catalog:
    return read_po(CATALOGUE.open("rb"), locale="fa", abort_invalid=True)


def originals(message: Message) -> tuple[str, ...]:
    return (message.id,) if isinstance(message.id, str) else tuple(message.id)


def translations(message: Message) -> tuple[str, ...]:
    return (message.string,) if isinstance(message.string, str) else tuple(message.string or ())


def pairs(catalogue: Catalog) -> Iterator[tuple[str, str]]:
    """Give each Persian form beside the English one (of several, the last) that it stands for."""
    for message in catalogue:
        if message.id:
            yield from ((originals(message)[-1], text) for text in translations(message))


def test_the_catalogue_is_as_extraction_and_update_leave_it(template: Path, tmp_path: Path) -> None:
    po = tmp_path / "messages.po"
    shutil.copy(CATALOGUE, po)
    pybabel(UPDATE, pot=template, po=po)
    before, after = (path.read_text(encoding="utf-8").splitlines() for path in (CATALOGUE, po))
    changes = list(unified_diff(before, after, n=0, lineterm=""))
    assert not changes, "\n".join(["write the Persian of what `make messages` brings:", *changes])


def test_every_text_is_translated(catalogue: Catalog) -> None:
    assert len(catalogue) > 300
    for message in filter(lambda one: one.id, catalogue):
        assert all(translations(message)), message.id
        assert not message.fuzzy, message.id
        assert len(translations(message)) == (1 if isinstance(message.id, str) else catalogue.num_plurals)


def test_the_catalogue_carries_no_dates_and_no_paths() -> None:
    text = CATALOGUE.read_text(encoding="utf-8")
    assert not re.search(r"POT-Creation-Date|PO-Revision-Date|^#:|^#~|^#, .*fuzzy", text, re.MULTILINE)


def test_placeholders_agree(catalogue: Catalog) -> None:
    for english, persian in pairs(catalogue):
        assert sorted(PLACEHOLDER.findall(persian)) == sorted(PLACEHOLDER.findall(english)), english
        assert "%" not in PLACEHOLDER.sub("", persian), english


def test_persian_is_written_as_persian(catalogue: Catalog) -> None:
    for english, persian in pairs(catalogue):
        words = PLACEHOLDER.sub("۱", persian)
        for lapse, pattern in LAPSES.items():
            assert not re.search(pattern, words), f"{lapse}: {persian!r} for {english!r}"


def test_no_latin_word_stands_in_a_translation_but_an_acronym_of_the_original(catalogue: Catalog) -> None:
    for english, persian in pairs(catalogue):
        acronyms = [word for word in ACRONYM.findall(persian) if word in english]
        words = PLACEHOLDER.sub("", persian)
        for acronym in acronyms:
            words = words.replace(acronym, "")
        assert not re.search(r"[A-Za-z]", words), persian


def test_translations_end_as_the_originals_do(catalogue: Catalog) -> None:
    for english, persian in pairs(catalogue):
        for mark, its_persian in ENDINGS.items():
            assert persian.endswith(its_persian) == english.endswith(mark), (english, persian)


@pytest.mark.parametrize("words", GLOSSARY)
def test_one_word_stands_for_one_thing(catalogue: Catalog, words: str) -> None:
    word = re.compile(rf"\b(?:{words})\b", re.IGNORECASE)
    meant = [pair for pair in pairs(catalogue) if word.search(PLACEHOLDER.sub("", pair[0]))]
    assert meant, "no text has this word any more"
    for english, persian in meant:
        assert GLOSSARY[words] in persian, (english, persian)


def test_a_text_that_is_a_label_of_the_ontology_is_translated_as_there(catalogue: Catalog) -> None:
    labels: dict[str, dict[str, str]] = {}
    for quad in parse(path=ROOT / "ontology" / "shahr.ttl"):
        if quad.predicate.value == LABEL and isinstance(quad.object, Literal) and quad.object.language:
            labels.setdefault(str(quad.subject), {})[quad.object.language] = quad.object.value
    persian: dict[str, set[str]] = {}
    for texts in labels.values():
        persian.setdefault(texts["en"].lower(), set()).add(texts["fa"])
    same = [pair for pair in pairs(catalogue) if pair[0].rstrip(":").lower() in persian]
    assert len(same) > 15
    for english, text in same:
        assert text.rstrip(":") in persian[english.rstrip(":").lower()], (english, text)


def marked(path: Path) -> Iterator[ast.expr]:
    """Give the texts that the code of a file has translated."""
    for call in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in MARKED:
            yield from call.args[: 2 if call.func.id == "ngettext" else 1]


def test_extraction_finds_every_text_that_code_has_translated(template: Path) -> None:
    known = {text for message in read_po(template.open("rb")) if message.id for text in originals(message)}
    found = [(path, text) for path in WEB.rglob("*.py") for text in marked(path)]
    assert len(found) > 50
    for path, text in found:
        assert isinstance(text, ast.Constant), f"{path.name}:{text.lineno}: only a text that is written out is found"
        assert text.value in known, f"{path.name}:{text.lineno}: {text.value!r} is not found, in an f-string perhaps"


def test_templates_hold_no_words_that_are_not_translated() -> None:
    for path in sorted((WEB / "templates").glob("*.html")):
        text = path.read_text(encoding="utf-8").replace("{{ language() }}", "fa")
        page = fromstring(f"<div>{JINJA.sub('', text).strip()}</div>")
        foreign = [str(one) for one in read_texts(page, "fa") if is_foreign(one)]
        assert not foreign, path.name
