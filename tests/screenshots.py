"""Pictures of the site: `make screenshots` writes the two of README, `--all FOLDER` those for looking at.

It serves what is built in dist/ on a free port of loopback and needs Chromium.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Literal

from playwright.sync_api import Browser, ViewportSize

from browsing import DESKTOP, PHONE, browsing, chromium
from serving import Server, serving

ROOT = Path(__file__).resolve().parent.parent
README = ViewportSize(width=1200, height=800)
MOST = 150_000
Scheme = Literal["light", "dark"]
SHRUNK = 2 / 3  # README shows them side by side, at less than half their width
TALLEST = 2400
KINDS = {
    "start": "/",
    "city": "/city/isfahan.html",
    "article": "/article/hamshahri-265240.html",
    "fact": "/agreement/isfahan-kazan-twinning.html",
    "question": "/questions/sister-cities",
}


@dataclass(frozen=True)
class Picture:
    """What is taken, how, and the name of the file it goes to; more than the window shows where `tall`."""

    file: str
    address: str
    language: str
    size: ViewportSize
    scheme: Scheme = "light"
    tall: bool = False
    scale: float = 1.0


def of_readme() -> list[Picture]:
    """Give the two pictures that README shows."""
    return [
        Picture("start-en.png", KINDS["start"], "en", README, scale=SHRUNK),
        Picture("city-fa.png", KINDS["city"], "fa", README, scale=SHRUNK),
    ]


def for_looking_at() -> Iterator[Picture]:
    """Give each kind of page in both languages, on a phone and on a desk, light and dark."""
    sizes = {"phone": PHONE, "desktop": DESKTOP}
    schemes: tuple[Scheme, ...] = ("light", "dark")
    for kind, language, size, scheme in product(KINDS, ("en", "fa"), sizes, schemes):
        yield Picture(f"{kind}-{language}-{size}-{scheme}.png", KINDS[kind], language, sizes[size], scheme, True)


def take(browser: Browser, server: Server, picture: Picture, folder: Path) -> Path:
    """Write a picture into `folder`; RuntimeError where there is no such page."""
    size = ViewportSize(width=picture.size["width"], height=TALLEST) if picture.tall else picture.size
    context = browser.new_context(viewport=size, color_scheme=picture.scheme, device_scale_factor=picture.scale)
    tab = context.new_page()
    answer = tab.goto(f"{server.address}{picture.address}?lang={picture.language}")
    if answer is None or not answer.ok:
        raise RuntimeError(f"{picture.address} gives no page to take a picture of")
    tab.evaluate("document.fonts.ready.then(() => true)")
    path = folder / picture.file
    tab.screenshot(path=path)
    context.close()
    return path


def main() -> None:
    """Take the pictures that the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--all", type=Path, metavar="FOLDER", help="write all kinds of pages there instead")
    folder: Path | None = parser.parse_args().all
    if chromium() is None:
        sys.exit("there is no Chromium here: apt-get install chromium")
    pictures = list(for_looking_at()) if folder else of_readme()
    folder = folder or ROOT / "docs"
    folder.mkdir(parents=True, exist_ok=True)
    with serving("--client-seconds", "0", "--client-errors", "0") as server, browsing() as browser:
        taken = [take(browser, server, picture, folder) for picture in pictures]
    for path in taken:
        print(f"{path} {path.stat().st_size // 1000} kB")
    if not all(path.stat().st_size <= MOST for path in taken if folder == ROOT / "docs"):
        sys.exit(f"a picture of README is larger than {MOST // 1000} kB")


if __name__ == "__main__":
    main()
