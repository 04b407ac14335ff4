"""Front-end files, ours and those of others, each at an address that names its content and so never changes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from flask import Blueprint, Flask, Response, abort, redirect
from werkzeug.wrappers import Response as AnyResponse

from shahr.paths import Project

# What we take of others, by the name it is served under. Of the font the cut without Latin letters, 48 kB for 111.
PARTS = {"vazirmatn.woff2": "node_modules/vazirmatn/misc/Non-Latin/fonts/webfonts/Vazirmatn-NL[wght].woff2"}
OUTLINES = {name: f"node_modules/world-atlas/{name}" for name in ("countries-110m.json", "countries-50m.json")}
TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".woff2": "font/woff2",
    ".svg": "image/svg+xml",
}
FOREVER = "public, max-age=31536000, immutable"
_REFERENCE = re.compile(r'url\("asset:([^"]*)"\)')


@dataclass(frozen=True, slots=True)
class Asset:
    """One file: `digest` is the first 16 hexadecimal digits of the SHA-256 of its body."""

    name: str
    body: bytes
    digest: str

    @property
    def address(self) -> str:
        """Where it is served."""
        return f"/assets/{self.digest}/{self.name}"

    @property
    def content_type(self) -> str:
        """Its media type, by the end of its name."""
        return TYPES[Path(self.name).suffix]


class Assets:
    """The files that a browser may have, read once; a request can name no other."""

    def __init__(self, bodies: Mapping[str, bytes]) -> None:
        self._assets: dict[str, Asset] = {}
        for name, body in sorted(bodies.items(), key=lambda one: (one[0].endswith(".css"), one[0])):
            self._add(name, body)

    @classmethod
    def read(cls, root: Path) -> Assets:
        """Read our own style sheets and scripts, and the parts of others that are installed below `root`."""
        static = Path(__file__).parent / "static"
        files = {path.name: path for path in static.iterdir() if path.suffix in (".css", ".js", ".svg")}
        files |= {name: root / path for name, path in PARTS.items()}
        return cls({name: path.read_bytes() for name, path in files.items() if path.is_file()})

    def __iter__(self) -> Iterator[Asset]:
        return iter(self._assets.values())

    def address(self, name: str) -> str | None:
        """Give the address of a file, None where it is not installed, or is a style sheet over one that is not."""
        found = self._assets.get(name)
        return None if found is None else found.address

    def find(self, digest: str, name: str) -> Asset | None:
        """Give the file at an address, None where there is none."""
        found = self._assets.get(name)
        return found if found is not None and found.digest == digest else None

    def _add(self, name: str, body: bytes) -> None:
        """Style sheets come last: `url("asset:NAME")` in them becomes an address, which counts in their digest."""
        if name.endswith(".css"):
            text = body.decode("utf-8")
            if any(self.address(part) is None for part in _REFERENCE.findall(text)):
                return
            body = _REFERENCE.sub(lambda match: f'url("{self.address(match[1])}")', text).encode("utf-8")
        self._assets[name] = Asset(name, body, sha256(body).hexdigest()[:16])


def install(app: Flask, project: Project) -> None:
    """Serve the files of a project, and give its templates `asset(name)`, the address of one or None."""
    assets = Assets.read(project.root)
    app.add_template_global(assets.address, "asset")
    app.register_blueprint(blueprint(assets))


def blueprint(assets: Assets) -> Blueprint:
    """Give the route of the files: /assets/DIGEST/NAME, looked up among those that were read, else 404."""
    routes = Blueprint("assets", __name__)

    @routes.get("/assets/<digest>/<name>")
    def asset(digest: str, name: str) -> Response:
        found = assets.find(digest, name)
        if found is None:
            abort(404)
        response = Response(found.body, content_type=found.content_type)
        response.headers["Cache-Control"] = FOREVER
        return response

    @routes.get("/logo.svg")
    def logo() -> AnyResponse:
        """Give the logo that the ontology names, at an address that stays."""
        return redirect(assets.address("shahr.svg") or abort(404), 307)

    return routes


def outlines_file(project: Project, name: str) -> Path | None:
    """Give the TopoJSON file of the world's outlines, "countries-110m.json" or "countries-50m.json".

    None where the npm part is not installed, or where there is no file of that name.
    """
    path = project.root / OUTLINES[name] if name in OUTLINES else None
    return path if path is not None and path.is_file() else None
