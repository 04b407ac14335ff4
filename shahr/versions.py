"""Version numbers of releases: Semantic Versioning 2.0.0, https://semver.org/"""

from __future__ import annotations

from semver import Version

from shahr.errors import BadVersion

LONGEST = 64


def parse_version(text: str) -> Version:
    """Read "1.2.0" or "1.2.0-rc.1"; BadVersion for anything else, build metadata ("+…") too.

    Two versions that differ in build metadata alone are neither older nor newer than each other (section 10), so
    releases cannot be told apart by it.
    """
    if len(text) > LONGEST or not text.isprintable() or not Version.is_valid(text) or "+" in text:
        raise BadVersion(text)
    return Version.parse(text)
