"""What is written is read back equal; what others write is read rightly; what would harm us is refused."""

from __future__ import annotations

import io
import tempfile
import zipfile
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as some

from bihuan.layout.tables import Column, Limits, TableRefusal, open_table, write_csv, write_table, write_xlsx
from bihuan.procedure.definition import Text

ZONE = ZoneInfo("Asia/Shanghai")
COLUMNS = (
    Column("name", Text("名称", "Name")),
    Column("count", Text("数量", "Count"), "number"),
    Column("price", Text("单价", "Price"), "money"),
    Column("day", Text("日期", "Day"), "date"),
)
signs = some.characters(blacklist_categories=("Cs", "Cc"), blacklist_characters="\ufffe\uffff")
words = some.builds(
    str.__add__,
    some.sampled_from(["", "=", "+", "-", "@", "\t", "'", "'=", "0", "#codes "]),
    some.text(signs, max_size=20),
).map(lambda text: text.rstrip())
# what a cell of each column may hold
line = some.tuples(
    words.filter(lambda text: text.strip() not in {"", "#codes"}),
    some.integers(-(10**14), 10**14),
    some.decimals(-(10**9), 10**9, places=2, allow_nan=False),
    some.dates(date(1900, 3, 1), date(2199, 12, 31)),
)


def written(form: str, rows, columns=COLUMNS, language: str = "zh") -> Path:
    with tempfile.NamedTemporaryFile(suffix="." + form, delete=False) as file:
        write_table(file, form, "表", columns, rows, zone=ZONE, language=language)
    return Path(file.name)


def cells(path: Path, sheet: str = "") -> list[tuple]:
    return [tuple(row.cells) for row in open_table(path).rows(sheet)]


@settings(max_examples=80, deadline=None)
@given(some.lists(line, max_size=6))
def test_a_workbook_is_read_back_equal(rows):
    path = written("xlsx", rows)
    back = cells(path)
    path.unlink()
    assert back[0] == ("名称", "数量", "单价", "日期")
    assert [(a, b, Decimal(str(c)).quantize(Decimal("0.01")), d) for a, b, c, d in back[1:]] == rows


@settings(max_examples=80, deadline=None)
@given(some.lists(line.filter(lambda one: not one[0].startswith("#codes")), max_size=6))
def test_separated_text_is_read_back_equal(rows):
    path = written("csv", rows)
    back = cells(path)
    path.unlink()
    assert [(a, int(b), Decimal(c), date.fromisoformat(d)) for a, b, c, d in back[1:]] == rows


@pytest.mark.parametrize("form", ["xlsx", "csv"])
def test_the_codes_of_the_columns_travel_with_the_file(form):
    path = written(form, [("x", 1, Decimal(2), date(2026, 1, 2))], language="en")
    table = open_table(path)
    assert table.codes() == ("name", "count", "price", "day")
    assert [(row.number, row.cells[0]) for row in table.rows()] == [(1, "Name"), (2 if form == "xlsx" else 3, "x")]


def test_what_looks_like_a_formula_is_text_in_both():
    evil = ['=HYPERLINK("http://x","y")', "+1", "-1", "@SUM(A1)", "\tx", "\rx"]
    book = written("xlsx", [(one, 1, Decimal(1), date(2026, 1, 1)) for one in evil])
    with zipfile.ZipFile(book) as packed:
        sheet = packed.read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in sheet
    text = b"".join(write_csv(COLUMNS[:1], [(one,) for one in evil], zone=ZONE)).decode("utf-8-sig")
    assert text.splitlines()[2] == '"\'=HYPERLINK(""http://x"",""y"")"'
    assert all(record.lstrip('"').startswith("'") for record in text.split("\r\n")[2:] if record)


def test_phones_serials_and_long_numbers_stay_text_and_money_is_a_number():
    rows = [("0013800138000", 1234567890123456789, Decimal("180.50"), date(2026, 11, 22))]
    (_head, back) = cells(written("xlsx", rows))
    assert back == ("0013800138000", "1234567890123456789", 180.5, date(2026, 11, 22))


def test_moments_are_real_moments_in_the_readers_zone():
    columns = (Column("at", Text("时刻", "At"), "moment"),)
    moment = datetime(2026, 11, 22, 2, 32, 5, tzinfo=UTC)
    assert cells(written("xlsx", [(moment,)], columns))[1] == (datetime.fromisoformat("2026-11-22 10:32:05"),)
    assert cells(written("csv", [(moment,)], columns))[1] == ("2026-11-22 10:32:05",)


TEXT = '名称;电话\r\n"空调;挂机";13800138000\r\n\r\n水泵;0574-1\r\n'


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "gb18030"])
@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_encodings_and_separators_are_recognised(tmp_path, encoding, separator):
    path = tmp_path / "in.csv"
    text = TEXT.replace(";挂", "#").replace(";", separator).replace("#", f"{separator}挂")
    path.write_bytes(text.encode(encoding))
    table = open_table(path)
    assert [(row.number, row.cells) for row in table.rows()] == [
        (1, ("名称", "电话")),
        (2, (f"空调{separator}挂机", "13800138000")),
        (4, ("水泵", "0574-1")),
    ]


def refused(path: Path, limits: Limits | None = None) -> str:
    with pytest.raises(TableRefusal) as refusal:
        list(open_table(path, limits).rows())
    return refusal.value.code


def test_bytes_that_are_no_text_are_refused(tmp_path):
    path = tmp_path / "in.csv"
    wrong = {
        bytes(range(256)) * 9: "encoding",
        b"": "empty",
        b"PK\x03\x04rest": "not-a-table",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1": "old-format",
    }
    for content, code in wrong.items():
        path.write_bytes(content)
        assert refused(path) == code


def test_what_is_too_much_is_refused(tmp_path):
    path = tmp_path / "in.csv"
    path.write_text("a,b\n" * 11, encoding="utf-8")
    assert refused(path, Limits(rows=10)) == "too-many-rows"
    assert refused(path, Limits(columns=1)) == "too-many-columns"
    assert refused(path, Limits(file_bytes=10)) == "too-large"
    path.write_text("a,b\n" + "x" * 200_000 + ",b\n", encoding="utf-8")
    assert refused(path) == "row-unreadable"


def test_a_far_corner_and_a_bomb_are_refused_before_they_take_memory(tmp_path):
    path = tmp_path / "in.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet()
        sheet.write_string(0, 0, "a")
        sheet.write_string(1_048_575, 0, "b")
    assert refused(path) == "too-many-rows"
    with xlsxwriter.Workbook(str(path)) as book:
        book.add_worksheet().write_string(0, 16_383, "b")
    assert refused(path) == "too-many-columns"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/worksheets/sheet1.xml", b"0" * 20_000_000)
    assert refused(path) == "packed-too-tight"


def test_a_sheet_can_be_chosen_and_hidden_ones_are_not_offered(tmp_path):
    path = tmp_path / "in.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        for name in ("一", "二", "三"):
            sheet = book.add_worksheet(name)
            sheet.write_string(2, 1, name)
            if name == "三":
                sheet.hide()
    table = open_table(path)
    assert table.sheets == ("一", "二")
    assert [(row.number, row.cells) for row in table.rows("二")] == [(3, (None, "二"))]


def test_a_hundred_thousand_rows_are_written_and_read_as_a_stream():
    rows = ((f"SN{n:06}", n, Decimal(n), date(2026, 1, 1)) for n in range(100_000))
    target = io.BytesIO()
    assert write_xlsx(target, "表", COLUMNS, rows, zone=ZONE) == 100_000
    with tempfile.NamedTemporaryFile(suffix=".xlsx") as file:
        file.write(target.getvalue())
        file.flush()
        last = None
        for last in open_table(Path(file.name)).rows():  # noqa: B007
            pass
    assert (last.number, last.cells[0]) == (100_001, "SN099999")
