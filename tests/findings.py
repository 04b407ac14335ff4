"""What is found on many pages, told briefly."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest

MOST = 150


def report(findings: Mapping[str, Sequence[str]]) -> None:
    """Fail where there are findings: one line each, the most frequent first, with a page where it is seen."""
    ordered = sorted(findings.items(), key=lambda pair: (-len(pair[1]), pair[0]))
    lines = [f"{len(where):5} × {what}   e.g. {where[0]}" for what, where in ordered]
    if lines:
        pytest.fail("\n".join([f"{len(lines)} findings", *lines[:MOST]]), pytrace=False)
