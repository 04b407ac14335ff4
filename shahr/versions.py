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


def is_bound(version: str, previous: str) -> bool:
    """Tell whether a version has to keep what an earlier one promised (sections 8 and 9).

    It has if both have the same major version, but for pre-releases of just that: 2.0.0-rc.1 promises nothing yet.
    """
    new, old = parse_version(version), parse_version(previous)
    return new.major == old.major and not (old.prerelease and old.minor == old.patch == 0)
