from __future__ import annotations

import re
from pathlib import Path

import pytest

from invented import TEXT, article_turtle, write
from shahr.errors import ArticleMissing
from shahr.evidence import measure
from shahr.passage import passage_turtle
from shahr.paths import Project
from shahr.verify import read_records, verify

PASSAGE = "passage:first-paper-17-42"


def spoil(project: Project, old: str, new: str) -> None:
    path = project.articles / "first-paper.ttl"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def spoil_value(project: Project, node: str, name: str) -> str:
    """Put another value in the place of the one a node has, and give the true one."""
    value = next(record for record in read_records(project) if record.name.endswith(node)).value(name)
    quote = "" if value.isdigit() else '"'
    spoil(project, f"{name} {quote}{value}{quote}", f"{name} {quote}{'7' * len(value)}{quote}")
    return value


def failure(project: Project, texts: Path) -> str:
    result = verify(project, texts)
    assert not result.proved
    [line] = result.failures
    return line


def test_all_passages_are_proved(project: Project, texts: Path) -> None:
    result = verify(project, texts)
    assert (result.articles, result.passages, result.failures) == (1, 2, ())
    assert result.text == "1 articles, 2 passages: all proved"


def test_other_files_do_not_matter(project: Project, texts: Path) -> None:
    (texts / "picture.png").write_bytes(b"\x89PNG\xff")
    write(texts / "deep" / "other.txt", "another text")
    assert verify(project, texts).proved


@pytest.mark.parametrize(
    ("old", "new", "how"),
    [
        ("shahr:endOffset 42", "shahr:endOffset 41", r"does not fit its text, which has .*shahr:sha256 d6ec"),
        ("shahr:endOffset 42", "shahr:endOffset 4200", r"\[17,4200\) is not inside the text of 72 code points"),
        ("shahr:endOffset 42", "shahr:endOffset 17", r"\[17,17\) is not inside"),
        ("shahr:endOffset 42 ;", "", "has no values of shahr:endOffset, one is needed"),
        ("shahr:endOffset 42", "shahr:endOffset 42, 43", "has 2 values of shahr:endOffset"),
        ("shahr:startOffset 17", "shahr:startOffset -17", "has '-17' as shahr:startOffset, a whole number is needed"),
        ("oa:hasSource article:first-paper ; shahr:startOffset 17", "shahr:startOffset 17", "values of oa:hasSource"),
        ("article:first-paper ; shahr:startOffset 17", "article:none ; shahr:startOffset 17", "is no article"),
    ],
)
def test_a_failing_passage_is_named(old: str, new: str, how: str, project: Project, texts: Path) -> None:
    spoil(project, old, new)
    line = failure(project, texts)
    assert line.startswith(f"{project.articles / 'first-paper.ttl'}: {PASSAGE} ")
    assert re.search(how, line)


@pytest.mark.parametrize("name", ["shahr:sha256", "shahr:foldedSha256", "shahr:foldedCodePoints"])
def test_each_measure_of_a_passage_is_checked(name: str, project: Project, texts: Path) -> None:
    value = spoil_value(project, "passage/first-paper-17-42", name)
    assert f"{PASSAGE} does not fit its text, which has {name} {value}" in failure(project, texts)


@pytest.mark.parametrize("name", ["shahr:codePoints", "shahr:foldedSha256", "shahr:foldedCodePoints"])
def test_each_measure_of_an_article_is_checked(name: str, project: Project, texts: Path) -> None:
    value = spoil_value(project, "article/first-paper", name)
    assert f"article:first-paper does not fit its text, which has {name} {value}" in failure(project, texts)


def test_a_text_that_was_changed_is_missed(project: Project, texts: Path) -> None:
    write(texts / "any name.txt", TEXT.replace("بتا", "گاما"))
    assert "article:first-paper is in none of the files" in failure(project, texts)


def test_no_folder(project: Project, texts: Path) -> None:
    with pytest.raises(ArticleMissing, match="is not a folder"):
        verify(project, texts / "nowhere")


def other_copy(text: str) -> str:
    """Give the text as another site might print it: ZWNJ, Arabic letters, other spaces, CRLF, a byte order mark."""
    return "\ufeff" + text.replace("خواهرشهر", "خواهر‌شهر").replace("ی", "ي").replace("ک", "ك").replace(
        "\n", " \r\n\r\n"
    )


def test_a_copy_that_differs_by_the_fold_proves_too(project: Project, texts: Path) -> None:
    (texts / "any name.txt").write_bytes(other_copy(TEXT).encode())
    assert verify(project, texts).proved
    spoil(project, "shahr:foldedCodePoints 20", "shahr:foldedCodePoints 19")
    assert "passage:first-paper-17-42 is not in any name.txt" in failure(project, texts)


def test_a_broken_digest_fails_in_a_folded_copy(project: Project, texts: Path) -> None:
    (texts / "any name.txt").write_bytes(other_copy(TEXT).encode())
    spoil_value(project, "17-42", "shahr:foldedSha256")
    assert f"{PASSAGE} is not in any name.txt" in failure(project, texts)


def test_the_printed_passage_is_the_one_that_verifies(project: Project, texts: Path) -> None:
    printed = passage_turtle(project, texts / "any name.txt", 3, 9)
    with (project.articles / "first-paper.ttl").open("a", encoding="utf-8") as file:
        file.write("\n" + printed)
    assert verify(project, texts).passages == 3
    assert verify(project, texts).proved


def test_a_new_article_is_printed_with_its_record(project: Project, texts: Path) -> None:
    path = write(texts / "new.txt", "متن تازه")
    with pytest.raises(ArticleMissing, match="--article SLUG"):
        passage_turtle(project, path, 0, 3)
    write(project.articles / "new.ttl", passage_turtle(project, path, 0, 3, "new"))
    result = verify(project, texts)
    assert (result.articles, result.passages, result.proved) == (2, 3, True)


def test_two_articles_are_told_apart(project: Project, texts: Path) -> None:
    text = TEXT + "و دیگر هیچ."
    write(texts / "b.txt", text)
    write(project.articles / "second-paper.ttl", article_turtle(text, "second-paper", [(0, 15), (60, 75)]))
    result = verify(project, texts)
    assert (result.articles, result.passages, result.proved) == (2, 4, True)


def test_every_shipped_passage_is_proved(articles_dir: Path) -> None:
    result = verify(Project.here(), articles_dir)
    assert result.failures == ()
    assert result.articles == len(list(Project.here().articles.glob("*.ttl")))
    assert result.passages > 0


def test_a_wrong_digest_of_an_article_is_found_beside_right_passages(project: Project, texts: Path) -> None:
    path = project.articles / "first-paper.ttl"
    path.write_text(path.read_text(encoding="utf-8").replace(measure(TEXT).sha256, "a" * 64), encoding="utf-8")
    result = verify(project, texts)
    assert not result.proved
    assert "article:first-paper" in result.text


def test_what_only_the_fold_proves_is_said(project: Project, texts: Path) -> None:
    (texts / "any name.txt").write_text(TEXT.replace(" ", "\u200c "), encoding="utf-8")
    result = verify(project, texts)
    assert result.proved
    assert result.by_fold == ("article:first-paper",)
    assert "differs from the original" in result.text
