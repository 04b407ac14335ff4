"""A difference in words: what a reader of either language is told, and that nothing is left uncounted."""

from __future__ import annotations

import json
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from differing import begun, lines, release
from shahr.release.changes.changelog import to_json, to_markdown
from shahr.release.changes.changes import write_changes
from shahr.release.changes.comparing import compare
from shahr.release.changes.phrases import NAMED, Phrases, digits
from shahr.release.changes.sides import Side
from shahr.release.changes.words import Told, tell

CITIES = """
graph:entities {
  city:isfahan a shahr:City ; rdfs:label 'Isfahan'@en, 'اصفهان'@fa .
  city:kazan a shahr:City ; rdfs:label 'Kazan'@en, 'کازان'@fa .
  city:yerevan a shahr:City ; rdfs:label 'Yerevan'@en, 'ایروان'@fa .
  person:ali a shahr:Person ; rdfs:label 'Ali'@en, 'علی'@fa .
}
graph:ontology {
  shahr:status a owl:ObjectProperty ; rdfs:label 'status'@en, 'وضعیت'@fa .
  shahr:gist a owl:DatatypeProperty ; rdfs:label 'gist'@en, 'فشردهٔ گفته'@fa .
  shahr:foundingYear a owl:DatatypeProperty ; rdfs:label 'founding year'@en, 'سال تأسیس'@fa .
  concept:signed rdfs:label 'signed'@en, 'امضاشده'@fa .
  concept:in-force rdfs:label 'in force'@en, 'برقرار'@fa .
}
"""
PACT = "agreement:pact rdfs:label 'The pact'@en, 'پیمان'@fa ; "


def side(folder: Path, name: str, trig: str) -> Side:
    text = b"".join(lines(trig))
    (folder / name).write_bytes(text)
    return Side(name, folder / name, sha256(text).hexdigest())


def told(folder: Path, old: str, new: str) -> Told:
    one, other = side(folder, "old", CITIES + old), side(folder, "new", CITIES + new)
    return tell(compare(one.lines(), other.lines(), folder), one, other, Phrases())


def spoken(folder: Path, old: str, new: str) -> dict[str, dict[str, str]]:
    """Give what is said of each entity, by language and label."""
    entities, phrases = told(folder, old, new).entities, Phrases()
    return {
        language: {one.label[language]: phrases.together(one.lines, language) for one in entities}
        for language in ("en", "fa")
    }


@pytest.mark.parametrize(
    ("old", "new", "english", "persian"),
    [
        (
            "",
            "graph:inferred { city:isfahan shahr:twinnedWith city:kazan ; shahr:partnerCity city:kazan }",
            "one more sister city, Kazan",
            "یک شهر خواهرخوانده افزوده شد: کازان",
        ),
        (
            "graph:inferred { city:isfahan shahr:twinnedWith city:kazan, city:yerevan }",
            "",
            "two fewer sister cities, Kazan and Yerevan",
            "دو شهر خواهرخوانده حذف شد: ایروان و کازان",
        ),
        (
            "graph:inferred { city:isfahan shahr:partnerCity city:yerevan }",
            "graph:inferred { city:isfahan shahr:twinnedWith city:yerevan ; shahr:partnerCity city:yerevan }",
            "one more sister city, Yerevan",
            "یک شهر خواهرخوانده افزوده شد: ایروان",
        ),
        (
            "",
            "graph:a { city:isfahan shahr:foundingYear 1500 }",
            "“founding year”: 1500",
            "«سال تأسیس»: ۱۵۰۰",
        ),
        (
            "graph:a { city:isfahan shahr:foundingYear 1500 }",
            "graph:a { city:isfahan shahr:foundingYear 1600 }",
            "“founding year” changed from 1500 to 1600",
            "«سال تأسیس» از ۱۵۰۰ به ۱۶۰۰ تغییر کرد",
        ),
        (
            "",
            "graph:a { city:isfahan rdfs:label 'Ispahan'@en }",
            "“name”: “Ispahan”",
            "«نام» به انگلیسی افزوده شد",
        ),
        (
            "",
            "graph:a { city:isfahan shahr:gist 'شهری زیبا'@fa }",
            "“gist” added in Persian",
            "«فشردهٔ گفته»: «شهری زیبا»",
        ),
    ],
)
def test_a_city_is_spoken_of(tmp_path: Path, old: str, new: str, english: str, persian: str) -> None:
    assert spoken(tmp_path, old, new) == {"en": {"Isfahan": english}, "fa": {"اصفهان": persian}}


def test_people_are_spoken_of_in_sentences_and_not_in_numbers(tmp_path: Path) -> None:
    said = spoken(
        tmp_path, "graph:i { person:ali shahr:mayorOf city:kazan }", "graph:i { person:ali shahr:mayorOf city:isfahan }"
    )
    assert said["en"] == {"Ali": "named as mayor of Isfahan; no longer named as mayor of Kazan"}
    assert said["fa"] == {"علی": "به‌عنوان شهردار اصفهان ثبت شده است؛ دیگر به‌عنوان شهردار کازان ثبت نیست"}


def test_new_facts_are_named_and_changed_ones_told(tmp_path: Path) -> None:
    new = "graph:a {" + PACT + "a shahr:Agreement ; shahr:status concept:signed }"
    assert spoken(tmp_path, "", new)["en"] == {"The pact": "new agreement"}
    assert spoken(tmp_path, new, "")["fa"] == {"پیمان": "توافق، که دیگر در داده‌ها نیست"}
    changed = spoken(tmp_path, new, new.replace("concept:signed", "concept:in-force"))
    assert changed == {
        "en": {"The pact": "“status” changed from signed to in force"},
        "fa": {"پیمان": "«وضعیت» از امضاشده به برقرار تغییر کرد"},
    }


def test_a_new_city_is_new_and_has_its_ties(tmp_path: Path) -> None:
    new = "city:baku rdfs:label 'Baku'@en, 'باکو'@fa ; shahr:twinnedWith city:isfahan ; shahr:foundingYear 885"
    assert spoken(tmp_path, "", f"graph:a {{ {new} }}")["en"] == {"Baku": "new city, with one sister city (Isfahan)"}


def test_a_new_city_with_several_ties_has_them_in_one_sentence(tmp_path: Path) -> None:
    ties = "shahr:twinnedWith city:kazan, city:isfahan ; skos:exactMatch <x:1>, <x:2>"
    new = f"graph:a {{ city:baku rdfs:label 'Baku'@en, 'باکو'@fa ; {ties} }}"
    assert spoken(tmp_path, "", new) == {
        "en": {"Baku": "new city, with two sister cities (Isfahan and Kazan) and two links to other datasets"},
        "fa": {"باکو": "شهر تازه، با دو شهر خواهرخوانده (اصفهان و کازان) و دو پیوند به مجموعه‌داده‌های دیگر"},
    }


def test_names_are_in_the_order_of_each_alphabet(tmp_path: Path) -> None:
    cities = {"a": ("tver", "تور"), "b": ("Zagreb", "گز"), "c": ("Ahvaz", "پاوه"), "d": ("ufa", "قم")}
    said = "".join(f"city:{one} rdfs:label '{en}'@en, '{fa}'@fa . " for one, (en, fa) in cities.items())
    old, tie = f"graph:a {{ {said} }}", "graph:i { city:isfahan shahr:twinnedWith city:a, city:b, city:c, city:d }"
    assert {language: one.popitem()[1] for language, one in spoken(tmp_path, old, old + tie).items()} == {
        "en": "four more sister cities, Ahvaz, tver, ufa and Zagreb",
        "fa": "چهار شهر خواهرخوانده افزوده شد: پاوه، تور، قم و گز",
    }
    page = to_markdown(told(tmp_path, "", old), Phrases(), "fa", "1", "2")
    assert [line[4:].partition("*")[0] for line in page.splitlines() if line[:2] == "- "] == ["پاوه", "تور", "قم", "گز"]


@pytest.mark.parametrize(
    ("number", "persian"),
    [("27.187", "۲۷٫۱۸۷"), ("-0.5", "-۰٫۵"), ("1500/1600", "۱۵۰۰/۱۶۰۰"), ("0.2.0", "0.2.0"), ("1,234", "۱٬۲۳۴")],
)
def test_numbers_are_written_in_persian_and_versions_are_not(number: str, persian: str) -> None:
    assert (digits(number, "fa"), digits(number, "en")) == (persian, number)


def test_what_a_terminal_obeys_or_turns_text_around_is_left_out(tmp_path: Path) -> None:
    odd = r"'\u001b[31mOdd\u202e \u009bname'@en, 'عجیب\u200c‌ها\u2066'@fa ; shahr:gist 'a\u0007b'"
    old = "graph:a { city:isfahan shahr:gist 'x' }"
    found = told(tmp_path, old, f"graph:a {{ city:odd rdfs:label {odd} . city:isfahan shahr:gist 'a\\u0007b' }}")
    for text in (to_markdown(found, Phrases(), "en", "\x1b[1m", "2"), to_json(found).decode()):
        assert "[31mOdd name" in text.replace("\\", "")
        assert not set("\x1b\x9b\x07\u202e\u2066") & set(text)
        assert "“ab”" in text


def test_where_there_are_no_graphs_triples_are_counted(tmp_path: Path) -> None:
    one, other = (side(tmp_path, name, trig) for name, trig in (("1", ""), ("2", "graph:a { <x:a> <x:b> <x:c> }")))
    one, other = replace(one, union=True), replace(other, union=True)
    found = tell(compare(one.lines(), other.lines(), tmp_path), one, other, Phrases())
    english, persian = (to_markdown(found, Phrases(), language, "1", "2") for language in ("en", "fa"))
    assert "| Triples added | 1 |\n| Triples removed | 0 |\n\nAnd one other statement.\n" in english
    assert "| سه‌تایی‌های افزوده‌شده | ۱ |" in persian


def test_passages_are_counted_with_their_article(tmp_path: Path) -> None:
    record = "graph:a { article:one rdfs:label 'One'@en, 'یک'@fa ; a shahr:Article }"
    passages = "".join(f"passage:p{number} oa:hasSource article:one ; a shahr:Passage . " for number in range(12))
    found = told(tmp_path, record, record + "graph:a {" + passages + "}")
    assert [one.lines for one in found.entities] == [({"en": "12 more passages", "fa": "۱۲ قطعهٔ متن افزوده شد"},)]
    assert found.rest == 0


def test_many_names_end_in_a_number(tmp_path: Path) -> None:
    ties = ", ".join(f"city:c{number:02}" for number in range(NAMED + 2))
    said = spoken(tmp_path, "", "graph:a { city:isfahan shahr:twinnedWith " + ties + " }")
    assert said["en"]["Isfahan"].startswith("12 more sister cities, city:c00, ")
    assert said["en"]["Isfahan"].endswith("city:c08 and three others")
    assert said["fa"]["اصفهان"].endswith(" و سه مورد دیگر")


def test_a_triple_that_moves_to_another_graph_is_counted_and_not_told(tmp_path: Path) -> None:
    tie = "{ city:isfahan shahr:twinnedWith city:kazan }"
    found = told(tmp_path, f"graph:a {tie}", f"graph:b {tie}")
    assert (found.entities, found.rest, found.rest_graphs) == ((), 2, 2)


def test_what_is_not_told_is_counted(tmp_path: Path) -> None:
    new = "graph:a { city:isfahan rdfs:seeAlso city:kazan . <x:a> <x:b> <x:c>, [] } graph:b { <x:a> <x:b> <x:d> }"
    found = told(tmp_path, "", new)
    assert (found.entities, found.rest, found.rest_graphs) == ((), 4, 2)
    page = to_markdown(found, Phrases(), "en", "0.1.0", "0.2.0")
    assert page.endswith("\nAnd four other statements in two graphs.\n")
    assert "\nو چهار گزارهٔ دیگر در دو گراف.\n" in to_markdown(found, Phrases(), "fa", "0.1.0", "0.2.0")


def test_a_new_version_of_the_ontology_is_not_a_word_worth(tmp_path: Path) -> None:
    old, new = (f"graph:ontology {{ <https://w3id.org/shahr/ns> owl:versionInfo '{one}' }}" for one in ("1", "2"))
    found = told(tmp_path, old, new)
    assert (found.entities, found.ontology.compatible, found.rest) == ((), (), 0)
    assert to_markdown(found, Phrases(), "en", "1", "2").endswith("\nNothing but the version has changed.\n")


def test_a_page_has_numbers_sections_and_no_markup_from_labels(tmp_path: Path) -> None:
    old = "graph:ontology { shahr:Town a owl:Class }"
    new = "graph:a { city:odd rdfs:label '<b>*odd*</b>\\n# [x](y)'@en, 'عجیب'@fa }"
    found = told(tmp_path, old, new)
    assert to_markdown(found, Phrases(), "en", "0.1.0", "0.2.0").splitlines() == [
        *("# Changes from 0.1.0 to 0.2.0", ""),
        *("| What | Number |", "|---|---:|", "| Quads added | 2 |", "| Quads removed | 1 |", "| Cities | 1 |"),
        *("", "## Cities", "", r"- **\<b\>\*odd\*\</b\> \# \[x\](y)**: new city"),
        *("", "## Ontology", "", "### Breaking", "", "- shahr:Town is gone"),
    ]
    persian = to_markdown(found, Phrases(), "fa", "0.1.0", "0.2.0")
    assert persian.startswith("# تغییرها از 0.1.0 به 0.2.0\n\n| موضوع | شمار |\n")
    assert "- **عجیب**: شهر تازه\n" in persian


def test_json_holds_what_the_pages_say_in_both_languages(tmp_path: Path) -> None:
    read = json.loads(to_json(told(tmp_path, "", "graph:a { city:baku rdfs:label 'Baku'@en, 'باکو'@fa }")))
    assert read == {
        "added": 2,
        "removed": 0,
        "entities": [
            {
                "iri": "https://w3id.org/shahr/city/baku",
                "kind": "city",
                "label": {"en": "Baku", "fa": "باکو"},
                "lines": [{"en": "new city", "fa": "شهر تازه"}],
            }
        ],
        "ontology": {"breaking": [], "compatible": []},
        "rest": {"statements": 0, "graphs": 0},
    }


def written(root: Path, old: str, new: str) -> Path:
    making = begun(root / "next", "0.2.0", new, release(root / "previous", "0.1.0", old))
    assert (write_changes(making).record.added, making.record.added) == (len(new) > len(old), None)
    return making.folder.root


def test_a_release_has_its_changes_as_patch_pages_and_json(tmp_path: Path) -> None:
    new = CITIES + "graph:i { city:isfahan shahr:twinnedWith city:kazan }"
    one, other = (written(tmp_path / name, CITIES, new) for name in ("one", "other"))
    files = sorted(str(path.relative_to(one)) for path in one.rglob("*") if path.is_file())
    wanted = ["CHANGES.fa.md", "CHANGES.md", "changes.json", "changes.rdfp.gz", "changes.rdfp.zst"]
    assert files == [f"changes/{name}" for name in wanted]
    assert "- **Isfahan**: one more sister city, Kazan\n" in (one / "changes" / "CHANGES.md").read_text(
        encoding="utf-8"
    )
    assert [(one / name).read_bytes() for name in files] == [(other / name).read_bytes() for name in files]


def test_a_first_release_has_no_changes(tmp_path: Path) -> None:
    making = begun(tmp_path, "0.1.0", CITIES)
    assert write_changes(making) == making
    assert not making.folder.files


def test_a_release_without_any_change_says_so(tmp_path: Path) -> None:
    page = written(tmp_path, CITIES, CITIES) / "changes" / "CHANGES.fa.md"
    assert page.read_text(encoding="utf-8") == "# تغییرها از 0.1.0 به 0.2.0\n\nچیزی تغییر نکرده است.\n"


def test_the_words_have_each_sentence_in_both_languages_and_no_foreign_letters() -> None:
    phrases = Phrases()
    texts: list[Any] = [*phrases.page.values(), *phrases.groups.values(), *phrases.nouns.values()]
    for tie in phrases.ties.values():
        texts += [text for text in (tie.one, tie.many, tie.now, tie.nomore) if text]
        assert (tie.one and tie.many) or (tie.now and tie.nomore)
    for text in texts:
        assert set(text) == {"en", "fa"}
        assert not set("يك") & set(text["fa"])
