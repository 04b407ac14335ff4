"""Where the names of dots can stand without touching each other: tried one after the other, nearest first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from shahr.web.drawing.letters import width_of

HEIGHT = 1.15  # of the type size
MOST = 80  # names on one drawing
TRIES, FEW = 5, 5  # orders that are tried while so few names, or fewer, have no room
CLOSE = 40.0  # units within which dots crowd each other
OFF = 3.0  # units that a name on a leader keeps from dots that are not its own, lest it be read as theirs
BEAD = 4.0  # units from one place on a leader that is looked at to the next
RISE = 0.36  # of the type size: from the middle of a line of text down to where its letters stand
# Directions from a dot, the best first: of names beside it, and of names on a leader.
BESIDE = ((1, 0), (-1, 0), (0, -1), (0, 1), (0.7, -0.7), (0.7, 0.7), (-0.7, -0.7), (-0.7, 0.7))
AROUND = (*((x, y) for y in (-0.5, 0.5, -1, 1, 0) for x in (1, -1)), (0.5, -1), (0.5, 1), (-0.5, -1), (-0.5, 1))
REACHES = (16, 22, 30, 40, 52, 70)  # units from a dot to a name on a leader


@dataclass(frozen=True)
class Box:
    """A rectangle by its edges, y downward."""

    left: float
    top: float
    right: float
    bottom: float

    def meets(self, other: Box) -> bool:
        """Tell whether the two share any ground."""
        beside = self.right <= other.left or self.left >= other.right
        return not (beside or self.bottom <= other.top or self.top >= other.bottom)

    def grown(self, by: float) -> Box:
        """Give the rectangle with an edge around it."""
        return Box(self.left - by, self.top - by, self.right + by, self.bottom + by)

    def within(self, other: Box) -> bool:
        """Tell whether all of it lies in the other."""
        return (
            self.left >= other.left
            and self.right <= other.right
            and self.top >= other.top
            and self.bottom <= other.bottom
        )


@dataclass(frozen=True)
class Spot:
    """A dot that wants a name: its middle, its radius, the name and its type size."""

    x: float
    y: float
    radius: float
    text: str
    size: float

    @property
    def box(self) -> Box:
        """The ground that the dot itself takes."""
        return Box(self.x - self.radius, self.y - self.radius, self.x + self.radius, self.y + self.radius)


@dataclass(frozen=True)
class Standing:
    """A name that found room: where its line of text begins, on which side, and the leader back to its dot, if any."""

    x: float
    y: float
    side: str
    box: Box
    leader: tuple[float, float] | None


def stand(spots: Sequence[Spot], ground: Box) -> list[Standing | None]:
    """Find room for each name within `ground`; None for a name that fits nowhere, or comes after MOST others.

    Larger names come first, then those with the most dots around them. Where a few find no room, they go first in
    another try.
    """
    order = sorted(range(len(spots)), key=lambda index: (-spots[index].size, -_crowd(spots[index], spots)))[:MOST]
    best: dict[int, Standing] = {}
    for _ in range(TRIES):
        found = _stood(order, spots, ground)
        best = max(best, found, key=len)
        missing = [index for index in order if index not in found]
        if not 0 < len(missing) <= FEW:
            break
        order = missing + [index for index in order if index in found]
    return [best.get(index) for index in range(len(spots))]


def _stood(order: Sequence[int], spots: Sequence[Spot], ground: Box) -> dict[int, Standing]:
    """Let names choose in this order; with where those stand that found room."""
    taken = [spot.box for spot in spots]
    found = {}
    for index in order:
        spot = spots[index]
        standing = next((each for each in _tries(spot) if _free(each, spot, taken, ground)), None)
        if standing is not None:
            taken[:0] = [standing.box, *_beads(spot, standing)]  # in front: what is in the way most often
            found[index] = standing
    return found


def _crowd(spot: Spot, spots: Sequence[Spot]) -> int:
    """Count the dots around a dot."""
    return sum(abs(spot.x - other.x) < CLOSE and abs(spot.y - other.y) < CLOSE for other in spots)


def _free(standing: Standing, spot: Spot, taken: Sequence[Box], ground: Box) -> bool:
    """Tell whether a name and its leader would touch nothing but their own dot; one on a leader keeps off others."""
    own = standing.box if standing.leader is None else standing.box.grown(OFF)
    boxes = [own, *_beads(spot, standing)]
    return standing.box.within(ground) and not any(
        box.meets(other) for box in boxes for other in taken if other != spot.box
    )


def _tries(spot: Spot) -> Iterator[Standing]:
    """Give the places a name may stand at: right, left, above, below, at the corners, then further off on a leader."""
    near = spot.radius + 3
    for x, y in BESIDE:
        yield _standing(spot, x * near, y * near, False)
    for far in REACHES:
        for x, y in AROUND:
            yield _standing(spot, x * far, y * far, True)


def _standing(spot: Spot, across: float, down: float, led: bool) -> Standing:
    """Give a name so many units from the middle of its dot."""
    width, height = width_of(spot.text, spot.size), spot.size * HEIGHT
    x, y = spot.x + across, spot.y + down
    side = "middle" if across == 0 else "start" if across > 0 else "end"
    left = x - width / 2 if across == 0 else x if across > 0 else x - width
    top = y - height / 2 if abs(down) <= abs(across) else y if down > 0 else y - height
    gap = 2 if across > 0 else -2 if across < 0 else 0
    leader = (x - gap, y) if led else None
    return Standing(x, top + height / 2 + spot.size * RISE, side, Box(left, top, left + width, top + height), leader)


def _beads(spot: Spot, standing: Standing) -> list[Box]:
    """Give small boxes along a leader, for what it crosses."""
    if standing.leader is None:
        return []
    (x, y), (to_x, to_y) = (spot.x, spot.y), standing.leader
    count = int(max(abs(to_x - x), abs(to_y - y)) / BEAD)
    beads = [(x + (to_x - x) * part / count, y + (to_y - y) * part / count) for part in range(1, count)]
    return [Box(across - 1, down - 1, across + 1, down + 1) for across, down in beads]
