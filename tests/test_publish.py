"""`shahr publish`: which versions there may be, what a release is, and what is said where none can be made."""

from __future__ import annotations

import fcntl
import gzip
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from hashlib import sha256
from itertools import permutations
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st

from publishing import build_it, contents, environment, names, quick_folder, small_project, withdraw
from shahr.cli import main
from shahr.errors import BadVersion, BuildBusy, ProjectMissing, ReleaseDamaged, ReleaseError, ShahrError, SourceError
from shahr.paths import Project
from shahr.release import publish as stage
from shahr.release.publish import publish, steps
from shahr.releases import RECORD, SUMS, Record, check_release, read_record, released
from shahr.report import Report
from shahr.report import Result as Finding
from shahr.versions import parse_version

NO_VERSIONS = [
    *("", " ", "1", "1.0", "1.0.0.0", "v1.0.0", "1.0.0 ", " 1.0.0", "1.0.0\n", "1.0.0-rc.1\n", "01.0.0", "1.0.0-01"),
    *("1.0.0+x", "1.0.0-rc.1+x", "../x", "../../1.0.0", "1.0.0/..", "/tmp/1.0.0", ".", "..", ".next-1", "1.0.0-a/b"),
    *(
        "۱.۰.۰",
        "1.0.٣",
        "１.0.0",
        "1.0.0-é",
        "1.0.0\0",
        "1.0.0-\u200c",
        "latest",
        "-1.0.0",
        "1.0.0-",
        "1.-1.0",
        "1e3.0.0",
    ),
    *("1.0.0-" + "x" * 60, "9" * 5000, "\ud800.0.0", "1.0.0-a..b"),
]
CHANGED = b"changed\n"


@pytest.fixture(scope="module")
def first() -> Iterator[Project]:
    """A small project with the release 1.0.0; not to be changed."""
    with quick_folder() as folder:
        project = small_project(folder / "project")
        publish(project, "1.0.0")
        yield project


@pytest.fixture
def place() -> Iterator[Path]:
    """An empty folder where writing is quick."""
    with quick_folder() as folder:
        yield folder


@pytest.fixture
def project(first: Project, place: Path) -> Project:
    """A copy of it, to do with what one likes."""
    return Project.at(shutil.copytree(first.root, place / "project", symlinks=True))


def run(project: Project, *arguments: str, **variables: str) -> Result:
    return CliRunner().invoke(
        main, ["--project", str(project.root), *arguments], env={"SOURCE_DATE_EPOCH": "", **variables}
    )


def refused(project: Project, *arguments: str, **variables: str) -> str:
    """Run a command that must fail with one sentence and leave the releases as they are; give the sentence."""
    before = contents(project.releases) if project.releases.is_dir() else {}
    result = run(project, *arguments, **variables)
    assert result.exit_code == 1, result.output
    assert isinstance(result.exception, SystemExit)
    assert re.fullmatch(r"shahr: [^\n]+\n", result.stderr)
    assert result.stdout == ""
    assert (contents(project.releases) if project.releases.is_dir() else {}) == before
    return result.stderr


# Versions


@pytest.mark.parametrize("version", NO_VERSIONS)
def test_what_is_no_version_is_refused_in_one_line(first: Project, version: str) -> None:
    with pytest.raises(BadVersion, match=r"cannot be the version of a release: write MAJOR\.MINOR\.PATCH") as caught:
        publish(first, version)
    assert len(str(caught.value).splitlines()) == 1
    assert len(str(caught.value)) < 500
    assert names(first) == ["1.0.0"]


@given(st.text() | st.from_regex(r"\A\d+\.\d+\.\d+[-+.\s]?[\w.]*\Z"))
def test_any_text_is_a_version_as_it_stands_or_refused(text: str) -> None:
    try:
        said = str(parse_version(text))
    except BadVersion as error:
        said = str(error)
        fits = said.splitlines() == [said]
    else:
        fits = said == Path("folder", text).name == text and text.isascii() and text.isprintable()
    assert fits, said


@pytest.mark.parametrize("version", ["1.0.0", "0.9.9", "0.0.0", "1.0.0-rc.1", "1.0.0-alpha"])
def test_a_version_that_is_there_or_lower_is_refused(first: Project, version: str) -> None:
    assert "cannot be the version of a release" in refused(first, "publish", version)


def test_a_version_that_is_there_is_called_so(first: Project) -> None:
    assert "is there already, and a release never changes" in refused(first, "publish", "1.0.0")


def test_a_version_lower_than_a_release_elsewhere_is_refused(first: Project, place: Path) -> None:
    project = small_project(place / "other")
    said = refused(project, "publish", "0.9.0", "--previous", str(first.releases / "1.0.0"))
    assert "the newest release is 1.0.0" in said


def test_versions_come_in_their_order_and_not_in_that_of_letters(project: Project) -> None:
    for version in ("1.9.0", "1.10.0-rc.2", "1.10.0-rc.10", "1.10.0"):
        publish(project, version)
    assert released(project) == ["1.10.0", "1.10.0-rc.10", "1.10.0-rc.2", "1.9.0", "1.0.0"]
    assert read_record(project.releases / "1.10.0").previous == "1.10.0-rc.10"


@pytest.mark.parametrize("kind", ["folder", "file", "dangling link", "link to a folder"])
def test_a_name_that_is_taken_by_hand_is_left_alone(project: Project, kind: str, place: Path) -> None:
    taken = project.releases / "2.0.0"
    if kind == "folder":
        taken.mkdir()
    elif kind == "file":
        taken.write_bytes(b"mine")
    else:
        taken.symlink_to(place if kind == "link to a folder" else "nowhere")
    assert "2.0.0 is there already" in refused(project, "publish", "2.0.0")
    assert os.path.lexists(taken)


# What a release is


def test_what_is_released_is_whole_and_said_in_one_line(project: Project) -> None:
    result = run(project, "publish", "1.1.0")
    assert result.exit_code == 0, result.output
    assert result.stderr == ""
    record = check_release(project.releases / "1.1.0")
    assert result.stdout.startswith(f"{record.quads} quads in {len(record.files)} files: ")
    assert result.stdout.rstrip("\n").endswith("dist/release/1.1.0")
    assert (record.version, record.previous) == ("1.1.0", "1.0.0")
    assert names(project) == ["1.0.0", "1.1.0"]


def test_the_record_lists_every_file_with_size_and_digest(first: Project) -> None:
    folder = first.releases / "1.0.0"
    record = check_release(folder)
    assert (record.previous, record.added, record.removed) == (None, None, None)
    listed = {file.path: file for file in record.files}
    there = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}
    assert listed.keys() == there - {RECORD, SUMS}
    assert list(listed) == sorted(listed)
    for path, file in listed.items():
        data = (folder / path).read_bytes()
        assert (file.bytes, file.sha256) == (len(data), sha256(data).hexdigest())
        assert file.compression == {".gz": "gzip", ".zst": "zstd"}.get(Path(path).suffix, "")
        assert file.title.keys() == {"en", "fa"}
        assert all(file.title.values())


def test_the_record_reads_back_as_it_was_written(first: Project) -> None:
    text = (first.releases / "1.0.0" / RECORD).read_bytes()
    assert Record.from_json(text).to_json() == text


@pytest.mark.skipif(not shutil.which("sha256sum"), reason="sha256sum is not installed")
def test_sha256sum_agrees(first: Project) -> None:
    command = ["sha256sum", "--check", "--strict", "--quiet", SUMS]
    done = subprocess.run(command, cwd=first.releases / "1.0.0", capture_output=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")


def test_a_release_tells_nothing_of_the_machine(first: Project) -> None:
    folder = first.releases / "1.0.0"
    words = [f"{path}/".encode() for path in (first.root, Path.home(), Project.here().root)]
    for path in (path for path in folder.rglob("*") if path.is_file() and path.suffix != ".zst"):
        data = path.read_bytes()
        text = gzip.decompress(data) if path.suffix == ".gz" else data
        assert [word for word in words if word in text] == [], path


def test_progress_is_told_as_often_as_it_is_said(project: Project) -> None:
    told: list[None] = []
    publish(project, "1.1.0", done=lambda: told.append(None))
    assert len(told) == steps()


def test_the_date_is_the_newest_of_the_sources_or_the_one_that_is_set(project: Project) -> None:
    assert read_record(project.releases / "1.0.0").issued == "2026-01-02"
    assert run(project, "publish", "1.1.0", SOURCE_DATE_EPOCH="1700000000").exit_code == 0
    assert read_record(project.releases / "1.1.0").issued == "2023-11-14"


# Determinism


def test_two_copies_at_other_places_give_the_same_bytes_whatever_the_environment(first: Project, place: Path) -> None:
    """The one is published here, the other elsewhere, in another zone, language, order of hashes and umask."""
    other = Project.at(shutil.copytree(first.root, place / "an other place" / "شهر", symlinks=True))
    here = Project.at(shutil.copytree(first.root, place / "here", symlinks=True))
    script = "import os, sys; os.umask(int(sys.argv.pop(1), 8)); from shahr.cli import main; main()"
    settings: list[tuple[Project, str, dict[str, str]]] = [
        (here, "022", {"TZ": "UTC", "LC_ALL": "C.UTF-8", "PYTHONHASHSEED": "0"}),
        (other, "077", {"TZ": "Asia/Tehran", "LC_ALL": "C", "PYTHONHASHSEED": "17", "HOME": "/", "PYTHONUTF8": "0"}),
    ]
    for project, umask, variables in settings:
        command = [sys.executable, "-c", script, umask, "--project", str(project.root), "publish", "1.1.0"]
        subprocess.run(command, check=True, env=environment(**variables), cwd=place, capture_output=True)
    found = [contents(project.releases / "1.1.0") for project, *_ in settings]
    assert found[0] == found[1]


def test_everyone_may_read_a_release_whatever_the_umask(project: Project) -> None:
    before = os.umask(0o077)
    try:
        publish(project, "1.1.0")
        assert os.umask(0o077) == 0o077
    finally:
        os.umask(before)
    folder = project.releases / "1.1.0"
    modes = {(path.is_dir(), oct(path.stat().st_mode & 0o777)) for path in [folder, *folder.rglob("*")]}
    assert modes == {(True, "0o755"), (False, "0o644")}


def test_the_same_release_made_again_has_the_same_bytes_whatever_the_order_of_its_parts(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stage, "PARTS", stage.PARTS[::-1])
    before = contents(project.releases / "1.0.0")
    withdraw(project, "1.0.0")
    publish(project, "1.0.0")
    assert contents(project.releases / "1.0.0") == before


# The release before


def _without_record(folder: Path) -> None:
    (folder / RECORD).unlink()


def _without_sums(folder: Path) -> None:
    (folder / SUMS).unlink()


def _without_file(folder: Path) -> None:
    (folder / "data" / "shahr.nq.zst").unlink()


def _with_file(folder: Path) -> None:
    (folder / "data" / "added.txt").write_bytes(CHANGED)


def _with_link(folder: Path) -> None:
    (folder / "data" / "added").symlink_to("..")


def _changed_byte(folder: Path) -> None:
    path = folder / "data" / "shahr.nq.zst"
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


def _changed_sum(folder: Path) -> None:
    text = (folder / SUMS).read_text()
    (folder / SUMS).write_text(("1" if text[0] == "0" else "0") + text[1:])


def _removed_sum(folder: Path) -> None:
    (folder / SUMS).write_text("".join((folder / SUMS).read_text().splitlines(True)[1:]))


def _added_sum(folder: Path) -> None:
    with (folder / SUMS).open("a") as file:
        file.write(f"{sha256(CHANGED).hexdigest()}  ../outside.txt\n")
    (folder.parent / "outside.txt").write_bytes(CHANGED)


def _garbled_sums(folder: Path) -> None:
    (folder / SUMS).write_text("no digest\n")


def _binary_sums(folder: Path) -> None:
    (folder / SUMS).write_bytes(b"\xff\xfe\n")


def _record(change: Callable[[dict[str, object]], object]) -> Callable[[Path], None]:
    def spoil(folder: Path) -> None:
        record = json.loads((folder / RECORD).read_bytes())
        change(record)
        (folder / RECORD).write_text(json.dumps(record))

    return spoil


def _text(text: str) -> Callable[[Path], None]:
    def write(folder: Path) -> None:
        (folder / RECORD).write_text(text)

    return write


DAMAGES: dict[str, Callable[[Path], None]] = {
    "no digests": _without_sums,
    "a file is missing": _without_file,
    "a file is added": _with_file,
    "a link is added": _with_link,
    "a byte is changed": _changed_byte,
    "a digest is changed": _changed_sum,
    "a digest is removed": _removed_sum,
    "a digest of a file outside": _added_sum,
    "digests without digests": _garbled_sums,
    "digests that are no text": _binary_sums,
    "an empty record": _text(""),
    "a record that is no JSON": _text("{"),
    "a record that is a list": _text("[]"),
    "a record that is a number": _text("1"),
    "a record too deep": _text("[" * 100_000),
    "a record without files": _record(lambda record: record.pop("files")),
    "a record with something more": _record(lambda record: record.update(more=1)),
    "a version that is a number": _record(lambda record: record.update(version=1)),
    "a version that is none": _record(lambda record: record.update(version="../1")),
    "keywords that are a list": _record(lambda record: record["about"].update(keywords=[])),  # type: ignore[attr-defined]
    "files that are texts": _record(lambda record: record.update(files=["a"])),
    "another count": _record(lambda record: record.update(quads=1)),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_release_before_that_is_damaged_is_refused(project: Project, damage: str, place: Path) -> None:
    folder = project.releases / "1.0.0"
    DAMAGES[damage](folder)
    with pytest.raises(ReleaseDamaged, match="is damaged: ") as caught:
        publish(project, "1.1.0")
    assert len(str(caught.value).splitlines()) == 1
    assert "1.1.0" not in names(project)


@pytest.mark.parametrize("kind", ["nothing", "an empty folder", "a file", "no record"])
def test_what_is_no_release_cannot_be_the_one_before(project: Project, kind: str, place: Path) -> None:
    before = place / "before"
    if kind == "an empty folder":
        before.mkdir()
    elif kind == "a file":
        before.write_bytes(CHANGED)
    elif kind == "no record":
        _without_record(shutil.copytree(project.releases / "1.0.0", before))
    assert "is no release: it has no release.json" in refused(project, "publish", "1.1.0", "--previous", str(before))


def test_a_link_that_leads_to_itself_is_named(first: Project, place: Path) -> None:
    (place / "loop").symlink_to("loop")
    assert "loop" in refused(first, "publish", "1.1.0", "--previous", str(place / "loop"))


def test_a_release_somebody_made_by_hand_stops_the_next_one(project: Project) -> None:
    (project.releases / "1.5.0").mkdir()
    assert "1.5.0 is no release: it has no release.json" in refused(project, "publish", "2.0.0")


def test_names_that_are_no_versions_are_no_matter(project: Project) -> None:
    (project.releases / "notes").mkdir()
    (project.releases / "README").write_bytes(b"mine")
    publish(project, "1.1.0")
    assert names(project) == ["1.0.0", "1.1.0", "README", "notes"]


def test_a_release_may_be_compared_with_one_elsewhere(first: Project, place: Path) -> None:
    project = small_project(place / "other")
    record = publish(project, "1.1.0", previous=first.releases / "1.0.0")
    assert record.previous == "1.0.0"


# The build


def test_without_a_build_one_is_told_to_make_one(project: Project) -> None:
    shutil.rmtree(project.builds)
    assert "is not there yet: run `shahr run` first" in refused(project, "publish", "1.1.0")


@pytest.mark.parametrize("name", ["graph.nq", "inferred.nq", "report.json", "report.ttl", "report.txt"])
def test_a_build_that_lacks_a_file_is_not_released(project: Project, name: str) -> None:
    (project.current / name).unlink()
    with pytest.raises(ProjectMissing, match=f"{name} is not there yet: run `shahr run` first"):
        publish(project, "1.1.0")
    assert names(project) == ["1.0.0"]


@pytest.mark.parametrize("text", ["", "{}", "[]", "1", '{"conforms": "no"}', '{"conforms": false}', "\0"])
def test_what_does_not_conform_is_not_released(project: Project, text: str) -> None:
    (project.current / "report.json").write_text(text)
    with pytest.raises(ReleaseError, match="`shahr run`"):
        publish(project, "1.1.0")
    assert names(project) == ["1.0.0"]


def test_a_build_with_a_violation_is_not_released(project: Project) -> None:
    report = Report(
        (Finding("violation", "https://w3id.org/shahr/shapes#City", "https://w3id.org/shahr/city/alpha"),), ()
    )
    (project.current / "report.json").write_text(report.json)
    assert "do not conform" in refused(project, "publish", "1.1.0")


@pytest.mark.parametrize(
    "text",
    [
        *("no quad\n", "\n", "# a comment\n", "<urn:a> <urn:b> <urn:c> <urn:g> .", "<urn:a> <urn:b> <urn:c> <urn:g>\n"),
        *('<urn:a> <urn:b> "open <urn:g> .\n', "<urn:a> <urn:b> <urn:c> .\n", '<urn:a> <urn:b> "in none" .\n'),
        *(
            "<urn:a> <urn:b> <urn:c> _:g .\n",
            "<urn:a>  <urn:b> <urn:c> <urn:g> .\n",
            "<urn:a> <urn:b> <urn:c> <urn:g> .\r\n",
        ),
    ],
)
def test_a_build_that_somebody_spoilt_is_not_released(project: Project, text: str) -> None:
    with (project.current / "inferred.nq").open("a") as file:
        file.write(text)
    assert "is damaged: run `shahr run` first" in refused(project, "publish", "1.1.0")


@pytest.mark.parametrize("file", ["data/entities/cities.ttl", "shapes/city.ttl", "queries/questions/cities.rq"])
def test_sources_that_changed_since_are_built_first(project: Project, file: str) -> None:
    with (project.root / file).open("a") as text:
        text.write("\n# one line more\n")
    assert "the sources are not what `shahr run` made the graph of: run it again" in refused(
        project, "publish", "1.1.0"
    )
    build_it(project)
    assert run(project, "publish", "1.1.0").exit_code == 0


def test_what_was_not_built_by_one_run_is_not_released(project: Project) -> None:
    (project.current / "inputs.sha256").unlink()
    assert "run it again" in refused(project, "publish", "1.1.0")


def test_a_digest_of_the_sources_that_is_no_text_is_none(project: Project) -> None:
    (project.current / "inputs.sha256").write_bytes(b"\xff\xfe")
    assert "run it again" in refused(project, "publish", "1.1.0")


def test_blank_nodes_that_nobody_could_name_in_time_are_refused(project: Project) -> None:
    pairs = permutations(range(8), 2)
    with (project.current / "graph.nq").open("a") as file:
        file.writelines(f"_:n{one} <urn:p> _:n{other} <urn:g> .\n" for one, other in pairs)
    assert "too much alike to be named: give some of them an IRI" in refused(project, "publish", "1.1.0")


@pytest.mark.parametrize("name", ["a b.ttl", "a\nb.ttl", "شهر.ttl", "a%20b.ttl", "a#b.ttl", ".hidden.ttl"])
def test_a_file_whose_name_no_address_can_hold_as_it_is_is_refused(project: Project, name: str) -> None:
    shutil.copy(project.shapes / "city.ttl", project.shapes / name)
    build_it(project)
    assert "cannot stand in an address as it is: rename it" in refused(project, "publish", "1.1.0")


# The description of the dataset, and its date


def test_without_a_description_there_is_no_release(project: Project) -> None:
    project.about.unlink()
    assert "dataset.ttl" in refused(project, "publish", "1.1.0")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (r"dcterms:license <[^>]*> ;", ""),
        (r"dcterms:license (<[^>]*>)", r"dcterms:license \1, <https://example.org/>"),
        (r'"[^"]*"@fa', '"nothing Persian"@de'),
        (r"dcterms:created [^;]*;", ""),
        (r"foaf:homepage [^;]*;", ""),
        (r"<https://w3id\.org/shahr/>\n", "<https://example.org/>\n"),
        (r"PREFIX foaf:.*\n", ""),
    ],
)
def test_a_description_that_lacks_something_is_refused(project: Project, old: str, new: str) -> None:
    text = project.about.read_text("utf-8")
    assert re.search(old, text)
    project.about.write_text(re.sub(old, new, text), "utf-8")
    with pytest.raises(SourceError, match=r"dataset\.ttl"):
        publish(project, "1.1.0")
    assert names(project) == ["1.0.0"]


@pytest.mark.parametrize("epoch", ["yesterday", "1.5", "1_000", " 1", "-1", "+1", "۱۲", "1e9", "9" * 30, "nan", "0x10"])
def test_a_date_that_is_no_number_of_seconds_is_refused(first: Project, epoch: str) -> None:
    said = refused(first, "publish", "1.1.0", SOURCE_DATE_EPOCH=epoch)
    assert "SOURCE_DATE_EPOCH" in said
    assert "not a number of seconds since 1970" in said


def test_a_day_that_no_calendar_has_is_no_date(project: Project) -> None:
    created = "<https://w3id.org/shahr/city/alpha> <http://purl.org/dc/terms/created>"
    with (project.current / "graph.nq").open("a") as file:
        file.write(f'{created} "2026-02-30" <https://w3id.org/shahr/graph/entities> .\n')
        file.write(f'{created} "2026-02-03" <https://w3id.org/shahr/graph/entities> .\n')
    assert publish(project, "1.1.0").issued == "2026-02-03"


def test_sources_without_a_date_ask_for_one(place: Path) -> None:
    project = small_project(place / "project", dated=False)
    assert "set SOURCE_DATE_EPOCH" in refused(project, "publish", "1.0.0")
    assert run(project, "publish", "1.0.0", SOURCE_DATE_EPOCH="0").exit_code == 0
    assert read_record(project.releases / "1.0.0").issued == "1970-01-01"


# Writers and folders


def test_one_writer_at_a_time(first: Project) -> None:
    with (first.dist / ".lock").open("ab") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert "another shahr is writing" in refused(first, "publish", "1.1.0")
        with pytest.raises(BuildBusy):
            publish(first, "1.1.0")


def test_of_two_that_publish_one_version_at_once_one_succeeds(project: Project) -> None:
    command = [sys.executable, "-m", "shahr.cli", "--project", str(project.root), "publish", "1.1.0"]
    command[1:3] = ["-c", "from shahr.cli import main; main()"]
    both = [subprocess.Popen(command, env=environment(), stderr=subprocess.PIPE, text=True) for _ in range(2)]
    said = [process.communicate()[1] for process in both]
    assert sorted(process.returncode for process in both) == [0, 1]
    assert re.fullmatch(r"shahr: [^\n]+(is there already|is writing)[^\n]+\n", "".join(said))
    check_release(project.releases / "1.1.0")
    assert names(project) == ["1.0.0", "1.1.0"]


def test_a_folder_that_a_dead_process_left_goes(project: Project) -> None:
    left = project.releases / ".next-1" / "release" / "data"
    left.mkdir(parents=True)
    (left / "shahr.nq.gz").write_bytes(b"half")
    publish(project, "1.1.0")
    assert names(project) == ["1.0.0", "1.1.0"]


@pytest.mark.parametrize("kind", ["dist", "dist/release"])
def test_a_file_where_a_folder_should_be_is_named(project: Project, kind: str) -> None:
    shutil.rmtree(project.root / kind)
    (project.root / kind).write_bytes(b"")
    result = run(project, "publish", "1.1.0")
    assert result.exit_code == 1
    assert re.fullmatch(r"shahr: [^\n]+\n", result.stderr)
    assert (project.root / kind).read_bytes() == b""


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is read-only for root")
def test_a_folder_that_may_not_be_written_is_named(project: Project) -> None:
    project.releases.chmod(0o555)
    try:
        assert "Permission denied" in refused(project, "publish", "1.1.0")
    finally:
        project.releases.chmod(0o755)


def test_an_error_of_a_part_leaves_all_as_it_was(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(making: object) -> None:
        raise ReleaseError("this part cannot be made")

    monkeypatch.setattr(stage, "PARTS", (*stage.PARTS, fails))
    before = contents(project.releases)
    with pytest.raises(ReleaseError, match="this part cannot be made"):
        publish(project, "1.1.0")
    assert contents(project.releases) == before


def test_an_interruption_leaves_all_as_it_was(project: Project) -> None:
    def interrupt() -> None:
        raise KeyboardInterrupt

    before = contents(project.releases)
    with pytest.raises(KeyboardInterrupt):
        publish(project, "1.1.0", done=interrupt)
    assert contents(project.releases) == before


def test_where_the_disk_fails_after_the_name_was_given_it_is_taken_back(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(folder: Path) -> None:
        if folder == project.releases:
            raise OSError(5, "Input/output error")

    monkeypatch.setattr(stage, "sync_folder", fails)
    before = contents(project.releases)
    with pytest.raises(ShahrError, match="could not be made, and all is as it was: Input/output error"):
        publish(project, "1.1.0")
    assert contents(project.releases) == before
