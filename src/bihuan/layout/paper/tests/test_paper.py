"""Pages come out in their size, in our font, black on white; a warning is a fault; signatures never stand alone."""

from __future__ import annotations

import io
import re
import zlib

import pytest
import zxingcpp
from PIL import Image

from bihuan.layout.paper import SIZES, PaperFault, code, leaves, picture, render, rendering

TEMPLATE = "layout/paper/tests/leaf.typ"
ADDRESS = "https://service.example/cases/GD20260302-0001/"
MILLIMETRE = 1 / 25.4
SOURCES = [*rendering.ROOT.glob("layout/paper/templates/*.typ"), *rendering.ROOT.glob("casework/paper/templates/*.typ")]


def leaf(rows: int = 2, **more) -> dict:
    """Data of one leaf with so many rows in its table; none without rows."""
    table = {
        "title": "清单",
        "columns": ["序号", "物品"],
        "widths": [0, 1],
        "rows": [[str(n), "投影机"] for n in range(rows)],
    }
    facts = [{"label": f"问题{n}", "value": "投影机不亮", "wide": n == 2} for n in range(more.pop("facts", 4))]
    return {
        "title": "单据", "house": "北区", "number": "GD-1", "day": "2026-03-02", "copy": "客户联",
        "code": code(ADDRESS), "lang": "zh", "offset": {"x": 0, "y": 0}, "foot": "GD-1", "printed": "第 2 次打印",
        "facts": facts,
        "tables": [table] if rows else [], "signatures": [{"label": "签名", "value": ""}], "note": "", "stamp": "",
        "words": {"page": "第 {0} 页 共 {1} 页", "number": "编号", "day": "日期"},
    } | more  # fmt: skip


def looked_at(pdf: bytes, page: int = 1, ppi: float = 72) -> Image.Image:
    return Image.open(io.BytesIO(picture(pdf, page, ppi))).convert("L")


def long_lines(drawn: Image.Image) -> int:
    """How many horizontal lines run across most of the page."""
    black = [
        sum(drawn.getpixel((x, y)) < 128 for x in range(drawn.width)) > drawn.width * 0.7 for y in range(drawn.height)
    ]
    return sum(now and not before for before, now in zip([False, *black], black, strict=False))


@pytest.mark.parametrize("paper", SIZES)
def test_every_paper_has_its_size_and_the_page_fits_on_it(paper):
    ((width, height),) = leaves(render(TEMPLATE, leaf(), paper))
    expected = {"a5": (210, 148), "80mm": (80, height)}.get(paper, SIZES[paper])
    assert (round(width, 1), round(height, 1)) == (expected[0], round(expected[1], 1))


def test_only_the_fonts_of_the_wheels_are_in_the_file():
    pdf = render(TEMPLATE, leaf(), "a4")
    inside = pdf + b"".join(_unpacked(pdf))
    names = {name.partition(b"+")[2] for name in re.findall(rb"/FontName */([^\s/>]+)", inside)}
    assert names == {b"NotoSansCJKtc-Regular", b"NotoSansCJKtc-Bold"}


def _unpacked(pdf: bytes):
    for stream in re.findall(rb"stream\r?\n(.*?)endstream", pdf, re.DOTALL):
        try:
            yield zlib.decompressobj().decompress(stream)
        except zlib.error:
            continue


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ('#set text(font: "No Such Font")\n字', "unknown font family"),
        ("#let x = \n", "expected expression"),
        ("#sys.inputs.nothing", "nothing"),
    ],
)
def test_a_warning_is_a_fault_as_an_error_is(tmp_path, monkeypatch, written, said):
    (tmp_path / "one.typ").write_text(written, encoding="utf-8")
    monkeypatch.setattr(rendering, "ROOT", tmp_path)
    with pytest.raises(PaperFault, match=said):
        render("one.typ", {}, "a4")


def test_an_unknown_paper_and_a_page_that_is_not_there_are_faults():
    with pytest.raises(PaperFault, match="no such paper"):
        render(TEMPLATE, leaf(), "a3")
    with pytest.raises(PaperFault):
        picture(render(TEMPLATE, leaf(), "a4"), 2)


@pytest.mark.parametrize("paper", ["a4", "241x140", "241x93"])
def test_the_code_leads_back_to_the_case_from_the_printed_page(paper):
    found = zxingcpp.read_barcodes(looked_at(render(TEMPLATE, leaf(), paper), ppi=200))
    assert [one.text for one in found] == [ADDRESS]


@pytest.mark.parametrize("rows", [*range(24, 34), *range(58, 68)])
def test_the_head_is_repeated_and_the_signatures_take_the_last_row_along(rows):
    pdf = render(TEMPLATE, leaf(rows), "a4")
    last = len(leaves(pdf))
    # head above and below, at least one row below it
    assert long_lines(looked_at(pdf, last)) >= 3
    assert last == 1 or long_lines(looked_at(pdf, 1)) > 20


@pytest.mark.parametrize("facts", range(56, 72, 2))
def test_signatures_under_answers_take_the_last_of_them_along(facts):
    pdf = render(TEMPLATE, leaf(0, facts=facts), "a4")
    assert long_lines(looked_at(pdf, len(leaves(pdf)))) >= 2


def test_an_offset_moves_the_page_by_so_many_millimetres():
    def left_top(**offset) -> tuple[int, int]:
        drawn = looked_at(render(TEMPLATE, leaf(offset=offset), "241x140"), ppi=254)
        left, top, _right, _bottom = drawn.point(lambda shade: 255 if shade < 128 else 0).getbbox()
        return left, top

    before, after = left_top(x=0, y=0), left_top(x=3, y=-2)
    # 254 to the inch: ten pixels a millimetre
    assert (after[0] - before[0], after[1] - before[1]) == pytest.approx((30, -20), abs=1)


def test_templates_know_no_grey_no_small_print_and_no_thin_line():
    assert SOURCES
    for source in SOURCES:
        text = source.read_text(encoding="utf-8")
        assert [size for size in re.findall(r"([\d.]+)pt\b", text) if float(size) < 9] == []
        assert [width for width in re.findall(r"([\d.]+)mm \+ black", text) if float(width) < 0.3] == []
        assert re.findall(r"\b(?:luma|gray|grey|silver|red|blue|green)\b", text) == []
        assert set(re.findall(r"rgb\([^)]*\)", text)) <= {"rgb(0, 0, 0, 0)"}


def test_the_page_is_black_and_white():
    shades = looked_at(render(TEMPLATE, leaf(), "a4"), ppi=300).histogram()
    assert sum(shades[16:240]) < 0.02 * sum(shades)
