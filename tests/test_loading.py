"""Loading files to be served."""

from __future__ import annotations

from pathlib import Path

import pytest
from pyoxigraph import Store

from shahr.engine.loading import load_files
from shahr.errors import SourceError

GOOD = "<urn:a> <urn:p> <urn:b> <urn:g> .\n"
BLANK = "_:x <urn:p> <urn:b> <urn:g> .\n"


@pytest.mark.parametrize(
    ("lines", "line"),
    [(GOOD + GOOD + "<urn:a> <urn:p> .\n", 3), (GOOD + GOOD + BLANK + "_:y <urn:p> .\n", 4), (BLANK + "x\n" + GOOD, 2)],
    ids=["no blank node", "a blank node in it", "a blank node before it"],
)
def test_a_broken_line_is_named_by_its_place_in_the_file(tmp_path: Path, lines: str, line: int) -> None:
    path = tmp_path / "broken.nq"
    path.write_text(lines)
    with pytest.raises(SourceError) as caught:
        load_files(Store(), [path])
    assert caught.value.line == line


def test_blank_nodes_keep_their_names(tmp_path: Path) -> None:
    path = tmp_path / "good.nq"
    path.write_text(GOOD + BLANK)
    store = Store()
    load_files(store, [path])
    assert {str(quad.subject) for quad in store} == {"<urn:a>", "_:x"}
