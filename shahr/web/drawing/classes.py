"""A class diagram: trees of classes side by side, with the properties of each, and the ties between them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from shahr.web.drawing.edges import Sheet, Stop, draw_edges
from shahr.web.drawing.letters import fitted, foreign
from shahr.web.drawing.placing import RISE, Box
from shahr.web.drawing.svg import frame, linked, number, tag, words

WIDTH, GUTTER, EDGE = 1200.0, 84.0, 4.0  # of the drawing, beside each of its columns, at its sides
INDENT, GAP = 18.0, 10.0  # of a box below its parent: to the side, and down
HEAD, LINE = 26.0, 17.0  # height of the name of a class, of a property
LARGE, SMALL = 13.5, 12.0  # type
BOLD = 1.1  # how much wider bold type is
COLUMNS = 3
WIDE = (WIDTH - 2 * EDGE) / COLUMNS - GUTTER


@dataclass(frozen=True)
class ClassBox:
    """A class: `parent` is the name of another box, None for a root; `lines` are (property, range), both labels.

    `language` is that of the label where it is not that of the page.
    """

    name: str
    label: str
    href: str
    parent: str | None
    lines: Sequence[tuple[str, str]] = ()
    language: str = ""


@dataclass(frozen=True)
class Edge:
    """A property that leads from one box to another, both by name."""

    source: str
    target: str
    label: str


@dataclass(frozen=True)
class Laid:
    """A class with its place: the column from the left, how deep in its tree, and its box."""

    given: ClassBox
    column: int
    depth: int
    box: Box

    @property
    def middle(self) -> float:
        """Where lines meet it: half-way down its name."""
        return self.box.top + HEAD / 2


def draw_classes(
    boxes: Sequence[ClassBox], edges: Sequence[Edge], title: str, description: str, name: str, rtl: bool
) -> Markup:
    """Draw the boxes in up to three columns of trees, roots in the order given, each box below its parent.

    No tree is torn, columns of several trees are of about the same height, and edges run between the columns. `name` is
    an id, once a page; `rtl` begins at the right. An edge to a box that is not there is left out; a box whose parent is
    not there, or is below it, counts as a root.
    """
    laid = _laid(boxes)
    height = max((each.box.bottom for each in laid.values()), default=0.0) + GAP
    drawn = tag("g", *(_box(each, rtl) for each in laid.values()))
    ends = [(laid.get(edge.source), laid.get(edge.target), edge.label) for edge in edges]
    tied = [(_stop(source), _stop(target), label) for source, target, label in ends if source and target]
    parts = (_branches(laid, rtl), draw_edges(tied, Sheet(WIDTH, GUTTER, rtl)), drawn)
    return frame("classes", name, title, description, (WIDTH, height), *parts)


def _laid(boxes: Sequence[ClassBox]) -> dict[str, Laid]:
    """Give each box its place, by name, as it is where the drawing begins at the left."""
    trees = _trees(boxes)
    columns = _columns([sum(_height(box) + GAP for box, _ in tree) for tree in trees])
    laid, tops = {}, [EDGE] * COLUMNS
    for tree, column in zip(trees, columns, strict=True):
        left = EDGE + column * (WIDE + GUTTER)
        for box, depth in tree:
            top, tops[column] = tops[column], tops[column] + _height(box) + GAP
            laid[box.name] = Laid(box, column, depth, Box(left + INDENT * depth, top, left + WIDE, top + _height(box)))
        tops[column] += GAP
    return laid


def _trees(boxes: Sequence[ClassBox]) -> list[list[tuple[ClassBox, int]]]:
    """Give the trees, each as (box, depth) in the order of drawing; the order given decides among siblings."""
    names = {box.name: box for box in boxes}
    children: dict[str | None, list[ClassBox]] = {}
    for box in names.values():
        children.setdefault(box.parent if _rooted(box, names) else None, []).append(box)
    trees = []
    for root in children.get(None, []):
        tree, waiting = [], [(root, 0)]
        while waiting:
            box, depth = waiting.pop()
            tree.append((box, depth))
            waiting.extend((child, depth + 1) for child in reversed(children.get(box.name, [])))
        trees.append(tree)
    return trees


def _rooted(box: ClassBox, names: dict[str, ClassBox]) -> bool:
    """Tell whether a box hangs below another one, and not below itself."""
    seen, parent = {box.name}, box.parent
    while parent in names and parent not in seen:
        seen.add(parent)
        parent = names[parent].parent
    return box.parent in names and parent != box.name


def _columns(heights: Sequence[float]) -> list[int]:
    """Put trees into columns in order: one each, or on to the next where a tree would pass the share of a column."""
    if len(heights) <= COLUMNS:
        return list(range(len(heights)))
    share, column, filled = max(sum(heights) / COLUMNS, max(heights, default=0.0)), 0, 0.0
    columns = []
    for height in heights:
        if filled and filled + height > share and column < COLUMNS - 1:
            column, filled = column + 1, 0.0
        columns.append(column)
        filled += height
    return columns


def _height(box: ClassBox) -> float:
    """Give how high a box is."""
    return HEAD + (len(box.lines) * LINE + 6 if box.lines else 0)


def _branches(laid: dict[str, Laid], rtl: bool) -> Markup:
    """Draw the lines from parents down to their children."""
    lines = []
    for each in laid.values():
        parent = laid.get(each.given.parent or "")
        if parent is not None and each.depth > parent.depth:
            start, end = _side(parent.box.left + INDENT / 2, rtl), _side(each.box.left, rtl)
            lines.append(f"M{number(start)} {number(parent.box.bottom)}V{number(each.middle)}H{number(end)}")
    return tag("path", class_="branch", d="".join(lines)) if lines else Markup("")


def _stop(each: Laid) -> Stop:
    """Give a class as the end of an edge."""
    return Stop(each.given.name, each.column, each.box)


def _side(x: float, rtl: bool) -> float:
    """Give where something lies, on a drawing that begins at the left or at the right."""
    return WIDTH - x if rtl else x


def _box(each: Laid, rtl: bool) -> Markup:
    """Draw a class: its name, and its properties with their ranges."""
    box, given = each.box, each.given
    width, height = box.right - box.left, box.bottom - box.top
    shape = tag("rect", x=_side(box.right if rtl else box.left, rtl), y=box.top, width=width, height=height, rx=5)
    label = fitted(given.label, LARGE * BOLD, width - 16)
    x, y = _side(box.left + 8, rtl), each.middle + LARGE * RISE
    head = words(x, y, label, "end" if rtl else "start", font_size=LARGE, class_="class")
    lines = [_line(line, box, index, rtl) for index, line in enumerate(given.lines)]
    language = given.language or foreign(given.label, rtl)
    return linked(
        given.href, given.label, shape, head, *lines, language=language, class_="box" if each.depth else "box root"
    )


def _line(line: tuple[str, str], box: Box, index: int, rtl: bool) -> Markup:
    """Draw one property of a class: its name at the beginning of the line, its range at the end."""
    y = box.top + HEAD + LINE * (index + 0.5) + SMALL * RISE
    parts = []
    for text, share, x, side in ((line[0], 0.58, box.left + 8, "start"), (line[1], 0.4, box.right - 8, "end")):
        shown = fitted(text, SMALL, (box.right - box.left - 16) * share)
        side = {"start": "end", "end": "start"}[side] if rtl else side
        kind = "property" if share > 0.5 else "range"
        parts.append(words(_side(x, rtl), y, shown, side, foreign(shown, rtl), font_size=SMALL, class_=kind))
    return Markup("").join(parts)
