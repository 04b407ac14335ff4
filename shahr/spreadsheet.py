"""Text in spreadsheets, which take a cell that begins with = + - @ for a formula, and UTF-8 only with a mark."""

from __future__ import annotations

MARK = "\ufeff"  # what a file begins with
_SIGNS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def as_text(cell: str) -> str:
    """Give the text of a cell, with an apostrophe in front where a spreadsheet would take it for a formula."""
    return f"'{cell}" if cell.startswith(_SIGNS) else cell
