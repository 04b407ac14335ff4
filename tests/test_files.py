from __future__ import annotations

from pathlib import Path

import pytest

from shahr.files import swap_link, write_atomically


def test_a_file_is_replaced_whole(tmp_path: Path) -> None:
    path = tmp_path / "graph.nq"
    write_atomically(path, b"old")
    write_atomically(path, "نو".encode())
    assert path.read_text(encoding="utf-8") == "نو"
    assert list(tmp_path.iterdir()) == [path]


def test_a_failing_write_leaves_the_old_file_alone(tmp_path: Path) -> None:
    path = tmp_path / "graph.nq"
    write_atomically(path, b"old")
    with pytest.raises(TypeError):
        write_atomically(path, "no bytes")  # type: ignore[arg-type]
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_reader_keeps_the_file_it_opened(tmp_path: Path) -> None:
    path = tmp_path / "graph.nq"
    write_atomically(path, b"old")
    with path.open("rb") as reader:
        write_atomically(path, b"new")
        assert reader.read() == b"old"
    assert path.read_bytes() == b"new"


def test_a_link_moves_in_one_step(tmp_path: Path) -> None:
    link = tmp_path / "current"
    swap_link(link, "builds/a")
    swap_link(link, "builds/b")
    assert str(link.readlink()) == "builds/b"
    assert list(tmp_path.iterdir()) == [link]
