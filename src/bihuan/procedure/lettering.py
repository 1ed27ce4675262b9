"""Where the words beside a diagram's arrows stand: on no box and no other words, crossed by as few arrows as can be."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from msgspec import Struct

_LINE = 14
_BAND = 16
# how much worse it is to lie on words or a box than to be crossed, and to be crossed than to stand a place further on
_COVERED, _CROSSED, _FURTHER = 100.0, 1.0, 0.15

Point = tuple[float, float]


class Spot(Struct, frozen=True):
    """A place for words: ``middle`` of them at ``x``, or else their end."""

    x: float
    y: float
    middle: bool = True

    def box(self, length: float) -> tuple[float, float, float, float]:
        """Left, top, right and bottom of words of that length here."""
        left = self.x - (length / 2 if self.middle else length)
        return left, self.y - _LINE / 2, left + length, self.y + _LINE / 2


def curve(start: Point, stop: Point, share: float) -> Point:
    """The point at ``share`` of the way of an arrow that leaves downwards and comes in downwards."""
    rest = 1 - share
    straight, bent = rest**3 + 3 * rest**2 * share, 3 * rest * share**2 + share**3
    half = (stop[1] - start[1]) / 2
    high = rest**3 * start[1] + 3 * rest**2 * share * (start[1] + half)
    return straight * start[0] + bent * stop[0], high + 3 * rest * share**2 * (stop[1] - half) + share**3 * stop[1]


class Lettering:
    """Places words one after the other. Every arrow is known before the first words are placed."""

    def __init__(self, boxes: Iterable[tuple[float, float, float, float]], width: float) -> None:
        self.taken = list(boxes)
        self.width = width
        self.bands: dict[int, list[tuple[float, float, int]]] = {}

    def pass_by(self, arrow: int, points: Iterable[Point]) -> None:
        """Arrow number ``arrow`` goes by these points."""
        for x, y in points:
            self.bands.setdefault(int(y // _BAND), []).append((x, y, arrow))

    def place(self, arrow: int, spots: Sequence[Spot], length: float) -> Spot:
        """The best of ``spots``, the first of equals, for words of that length; it is taken from then on."""
        best = min(range(len(spots)), key=lambda at: self._badness(arrow, spots[at], length) + at * _FURTHER)
        self.taken.append(spots[best].box(length))
        return spots[best]

    def _badness(self, arrow: int, spot: Spot, length: float) -> float:
        left, top, right, bottom = spot.box(length)
        bad = _COVERED * sum(
            left < other[2] and other[0] < right and top < other[3] and other[1] < bottom for other in self.taken
        )
        if left < 0 or right > self.width:
            bad += _COVERED
        crossing = {
            number
            for band in range(int(top // _BAND), int(bottom // _BAND) + 1)
            for x, y, number in self.bands.get(band, ())
            if number != arrow and left < x < right and top < y < bottom
        }
        return bad + _CROSSED * len(crossing)
