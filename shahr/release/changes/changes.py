"""What is different between two releases, or any two datasets: as a patch, in words, as JSON."""

from __future__ import annotations

from dataclasses import replace

from shahr.files import temporary_folder
from shahr.paths import Project
from shahr.release.changes.changelog import to_json, to_markdown
from shahr.release.changes.comparing import compare
from shahr.release.changes.patch import MEDIA_TYPE, STANDARD, write_patch
from shahr.release.changes.phrases import Phrases
from shahr.release.changes.sides import Side, read_sides, release_side
from shahr.release.changes.words import tell
from shahr.release.folder import Kind, Sink
from shahr.release.making import Making

CHANGES = "changes/changes.json"
_PAGES = {"en": "changes/CHANGES.md", "fa": "changes/CHANGES.fa.md"}
_TITLES = {
    "patch": {
        "en": "Quads added and removed since the previous release",
        "fa": "چهارتایی‌های افزوده‌شده و حذف‌شده نسبت به انتشار پیش",
    },
    "json": {"en": "Changes in words, as JSON", "fa": "تغییرها به زبان ساده، به صورت JSON"},
    "en": {"en": "Changes in words, in English", "fa": "تغییرها به زبان ساده، به انگلیسی"},
    "fa": {"en": "Changes in words, in Persian", "fa": "تغییرها به زبان ساده، به فارسی"},
}


def write_changes(making: Making) -> Making:
    """Write changes/ of a release: what is different from the previous one; give it with their number in its record.

    Nothing is written where there is no previous one.
    """
    if making.previous is None:
        return making
    old, new = release_side(*making.previous), Side(making.version, making.quads, making.record.canonical_hash)
    folder = making.scratch / "changes"
    folder.mkdir()
    difference = compare(old.lines(), new.lines(), folder)
    with making.folder.packed(
        "changes/changes.rdfp", Kind("changes", MEDIA_TYPE, _TITLES["patch"], (STANDARD,))
    ) as sink:
        write_patch(difference, old.digest, new.digest, sink)
    phrases = Phrases()
    told = tell(difference, old, new, phrases)
    making.folder.write(CHANGES, to_json(told), Kind("changes", "application/json", _TITLES["json"]))
    for language, path in _PAGES.items():
        page = to_markdown(told, phrases, language, old.name, new.name).encode()
        making.folder.write(path, page, Kind("changes", "text/markdown", _TITLES[language]))
    return replace(making, record=replace(making.record, added=told.added, removed=told.removed))


def diff(project: Project, old: str, new: str, sink: Sink, form: str = "words", language: str = "en") -> bool:
    """Write what is different between two of: a version, the folder of a release, a file of RDF. Tell whether any is.

    `form` is "words", "patch" or "json", `language` "en" or "fa" and of meaning for words alone. Where one of the two
    has triples only (.nt, .ttl, .rdf), the graphs of the other are left out. ReleaseError, ReleaseDamaged, SourceError.
    """
    with temporary_folder() as folder:
        one, other = read_sides(project, old, new, folder)
        difference = compare(one.lines(), other.lines(), folder)
        if form == "patch":
            write_patch(difference, one.digest, other.digest, sink)
        else:
            phrases = Phrases()
            told = tell(difference, one, other, phrases)
            page = to_markdown(told, phrases, language, one.name, other.name).encode()
            sink.write(to_json(told) if form == "json" else page)
        return bool(difference)
