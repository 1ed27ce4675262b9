"""Words beside arrows lie on no box, on no other words, and where few arrows cross them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bihuan.procedure.diagram import diagram
from bihuan.procedure.lettering import Lettering, Spot, curve
from bihuan.procedure.reading import read_pack

PACKS = Path(__file__).parents[4] / "packs"
SPOTS = [Spot(100, 100), Spot(100, 130), Spot(100, 160)]


def test_the_first_place_is_taken_where_nothing_is_in_the_way():
    assert Lettering([], 300).place(0, SPOTS, 40) == SPOTS[0]


def test_words_go_off_a_box_off_other_words_and_off_another_arrow():
    placing = Lettering([(80, 90, 120, 110)], 300)
    assert placing.place(0, SPOTS, 40) == SPOTS[1]
    assert placing.place(1, SPOTS, 40) == SPOTS[2]
    crossed = Lettering([], 300)
    crossed.pass_by(1, [(100, 100), (105, 101)])
    assert crossed.place(0, SPOTS, 40) == SPOTS[1]
    own = Lettering([], 300)
    own.pass_by(1, [(100, 100), (105, 101)])
    assert own.place(1, SPOTS, 40) == SPOTS[0]


def test_words_that_would_leave_the_picture_go_elsewhere():
    assert Lettering([], 300).place(0, [Spot(10, 50), Spot(60, 80)], 60) == Spot(60, 80)
    assert Lettering([], 300).place(0, [Spot(50, 50, False), Spot(70, 80, False)], 60) == Spot(70, 80, False)


def test_a_curve_begins_and_ends_at_its_boxes():
    assert [curve((10, 20), (50, 100), share) for share in (0, 0.5, 1)] == [(10, 20), (30, 60), (50, 100)]


@pytest.mark.parametrize("kind", ["repair", "complaint"])
def test_no_words_of_a_dense_procedure_lie_on_others(kind):
    svg = diagram(read_pack(PACKS / "integrator").pack.procedures[kind])
    found = re.findall(r'<text x="([\d.]+)" y="([\d.]+)" text-anchor="(\w+)">([^<]+)</text>', svg)
    boxes = [Spot(float(x), float(y), anchor == "middle").box(12 * len(words)) for x, y, anchor, words in found]
    assert len(boxes) > 40
    for at, one in enumerate(boxes):
        for other in boxes[at + 1 :]:
            assert not (one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3])
