"""A folder read whole: the frame, several procedures, duties."""

from __future__ import annotations

from pathlib import Path

import pytest

from bihuan.procedure.definition import Hours, Text, Time
from bihuan.procedure.reading import ReadResult, duty_definition, read_frame, read_pack, read_procedure

from .sample import PACK, TEXT, changed, frame, read, told


def folder_of(tmp_path: Path, **files: str) -> ReadResult:
    (tmp_path / "pack.toml").write_text(files.pop("pack", PACK), encoding="utf-8")
    for name, text in files.items():
        (tmp_path / f"{name.replace('_', '-')[1:]}.md").write_text(text, encoding="utf-8")
    return read_pack(tmp_path)


def test_all_faults_of_all_files_come_at_once(tmp_path: Path) -> None:
    second = changed('kind = "repair"', 'kind = "other"').replace('owner = "head"', 'owner = "haed"')
    result = folder_of(tmp_path, _01_a=changed('to = "done"\n', 'to = "don"\n'), _02_b=second)
    assert [(fault.file, fault.code, fault.line) for fault in result.faults] == [
        ("01-a.md", "step-without-end", 10),
        ("01-a.md", "unknown-step", 54),
        ("02-b.md", "unknown-post", 7),
        ("02-b.md", "number-twice", 8),
    ]
    assert result.sound is False


def test_two_procedures_may_not_govern_the_same_kind(tmp_path: Path) -> None:
    result = folder_of(tmp_path, _01_a=TEXT, _02_b=TEXT)
    assert [(fault.file, fault.code, fault.line) for fault in result.faults] == [("02-b.md", "kind-twice", 8)]


def test_a_missing_pack_file_and_a_file_that_is_not_utf_8_are_faults(tmp_path: Path) -> None:
    assert [fault.code for fault in read_pack(tmp_path).faults] == ["file-unreadable"]
    (tmp_path / "pack.toml").write_text(PACK, encoding="utf-8")
    (tmp_path / "01-a.md").write_bytes("# 标题\n".encode() + "报修".encode("gb18030"))
    assert [(fault.code, fault.line) for fault in read_pack(tmp_path).faults] == [("no-head", 1), ("not-utf-8", 2)]


def test_a_kind_opened_in_another_file_is_known(tmp_path: Path) -> None:
    opening = changed('to = "done"\n', 'to = "done"\nopen = { case = "other", as = "others" }\n')
    second = TEXT.replace('kind = "repair"', 'kind = "other"').replace("SP-01", "SP-02")
    assert folder_of(tmp_path, _01_a=opening, _02_b=second).faults == ()


def test_a_pack_says_which_kinds_are_its_complaints_and_only_of_kinds_it_has(tmp_path: Path) -> None:
    said = PACK.replace("[posts.clerk]\n", 'complaints = ["repair", "repairs"]\n[posts.clerk]\n')
    result = folder_of(tmp_path, pack=said, _01_a=TEXT)
    line = said.split("complaints")[0].count("\n") + 1
    assert [(one.file, one.code, one.line, one.corrected) for one in result.faults] == [
        ("pack.toml", "unknown-kind", line, "repair")
    ]
    assert result.pack is not None
    assert list(result.pack.complaints) == ["repair", "repairs"]
    sound = folder_of(tmp_path, pack=said.replace(', "repairs"', ""), _01_a=TEXT)
    assert sound.sound
    assert sound.pack is not None
    assert list(sound.pack.complaints) == ["repair"]
    assert frame(PACK).complaints == {}


def test_the_frame_reads_hours_words_of_time_and_cover() -> None:
    more = '[hours]\nweekdays = ["monday", "saturday"]\nwindows = ["08:30-12:00", "13:30-17:30"]\n'
    pack = frame(PACK + more + '[settings]\nhotline = "400"\nlimit = 3\n')
    assert pack.hours == Hours((1, 6), ((510, 720), (810, 1050)))
    assert pack.times == {"promptly": Time(1, "working-days", "promptly", Text("及时", "Promptly"))}
    assert pack.settings == {"hotline": "400", "limit": "3"}
    assert pack.documents["terms"].zh == "保修条款"


def test_a_cover_must_name_a_whole_date_and_what_it_lacks_is_found() -> None:
    cover = '[cover]\nfile-number = "X-1"\ncompany = "示例公司"\ntitle = "程序文件"\nedition = "1"\nstatus = "受控"\n'
    result = read_frame(f'{PACK}{cover}effective = "2026年8月"\nholder = "主任"\n')
    first = PACK.count("\n") + 7
    assert [(fault.code, fault.line, fault.corrected) for fault in result.faults] == [
        ("effective-not-a-date", first, 'effective = "2026-08-01"')
    ]
    assert [fault.corrected for fault in result.findings] == [
        'distribution-number = "…"', 'prepared-by = "…"', 'reviewed-by = "…"', 'approved-by = "…"',
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ('[posts.x]\ntitle = "甲"\ndeputies = ["clrk"]\n', "unknown-post"),
        ('[hours]\nweekdays = ["munday"]\n', "unknown-weekday"),
        ('[hours]\nwindows = ["13:00-12:00"]\n', "wrong-type"),
        ('[post.x]\ntitle = "甲"\n', "unknown-key"),
        ("[numbers]\nx = [1]\n", "wrong-type"),
    ],
)
def test_faults_of_the_frame_are_named_with_their_line(written: str, code: str) -> None:
    faults = read_frame(PACK + written).faults
    assert [fault.code for fault in faults] == [code]
    assert faults[0].line > PACK.count("\n")


def test_a_clause_number_is_stored_as_written_and_compared_folded() -> None:
    text = changed("## 2 鉴定", "## §4.2 （1） 鉴定").replace("## 3 维修", "## 4.2(1) 维修")
    result = read(text)
    assert told(result) == [("clause-twice", 47, "4.2(1)")]
    assert result.definition is not None
    assert result.definition.acts["check"].origin.clause == "4.2（1）"
    assert result.definition.clauses[2].anchor == "4.2-1"


@pytest.mark.parametrize(
    ("heading", "number", "title"),
    [
        ("## 五、（七）3(5) 处理", "五、（七）3(5)", "处理"),
        ("## 5.2.1登记", "5.2.1", "登记"),
        ("## 24小时响应 {#day}", "day", "24小时响应"),
        ("## 第三条 维修", "第三条", "维修"),
        ("## １．２ 维修", "１．２", "维修"),
    ],
)
def test_the_number_is_the_leading_token_of_the_heading(heading: str, number: str, title: str) -> None:
    definition = read(changed("## 3 维修", heading)).definition
    assert definition is not None
    assert (definition.clauses[3].number, definition.clauses[3].title) == (number, title)


def test_a_duty_is_read_into_a_small_definition_of_its_own() -> None:
    duty = (
        'to = "done"\n[duties.report]\ntitle = { zh = "月报", en = "Report" }\n'
        'every = { quarter-day = 2 }\nby = "clerk"\n'
        'form = "finding"\nreceived-by = "head"\nlate = [{ tell = ["head"] }]\n'
    )
    definition = read(changed('to = "done"\n', duty)).definition
    assert definition is not None
    small = duty_definition(definition, "report")
    assert definition.duties["report"].every.months == (1, 4, 7, 10)
    assert (small.kind, list(small.steps), small.opening.by_hand) == (
        "repair.report", ["due", "handed-in", "done"], False,
    )  # fmt: skip
    assert [(act.name, act.at, act.who.posts, act.ways[0].step) for act in small.acts.values()] == [
        ("hand-in", ("due",), ("clerk",), "handed-in"),
        ("receive", ("handed-in",), ("head",), "done"),
    ]
    on_time = small.deadlines["on-time"]
    assert (on_time.at, on_time.until, on_time.late[0].letters[0].posts) == ("duty.due", ("hand-in",), ("head",))
    with pytest.raises(KeyError):
        duty_definition(definition, "nothing")


def test_the_digest_is_that_of_the_normalised_text() -> None:
    ours, theirs = read(TEXT).definition, read("\ufeff" + TEXT.replace("\n", "\r\n")).definition
    other = read(changed("其余三天", "其余四天")).definition
    assert ours is not None and theirs is not None and other is not None
    assert len(ours.digest) == 64
    assert ours.digest == theirs.digest != other.digest


def test_a_document_is_read_beside_the_others_of_its_pack(tmp_path: Path) -> None:
    pack = folder_of(tmp_path, _01_a=TEXT).pack
    assert pack is not None
    result = read_procedure(TEXT.replace('version = "1.0"', 'version = "1.1"'), "01-a.md", pack)
    assert result.faults == ()
    assert result.pack is not None
    assert result.pack.procedures["repair"].version == "1.1"
    assert pack.procedures["repair"].version == "1.0"


def test_a_word_of_time_without_a_title_is_found_and_told_how_to_give_it_one() -> None:
    plain = PACK.replace(', title = { zh = "及时", en = "Promptly" } }', " }")
    assert plain != PACK
    read = read_frame(plain)
    assert read.pack is not None
    assert read.pack.times == {"promptly": Time(1, "working-days", "promptly")}
    (found,) = [one for one in read.findings if one.code == "time-without-title"]
    assert plain.split("\n")[found.line - 1].startswith("promptly = ")
    assert found.corrected == 'promptly = { time = "1 working day", title = { zh = "…", en = "…" } }'
    assert not [one for one in read_frame(PACK).findings if one.code == "time-without-title"]


def test_a_word_of_time_without_its_figure_or_with_another_key_is_a_fault() -> None:
    shape = 'promptly = { time = "1 working day", '
    for written, code in (("promptly = { ", "missing-key"), (f"{shape}daze = 3, ", "unknown-key")):
        codes = {one.code for one in read_frame(PACK.replace(shape, written)).faults}
        assert code in codes, written
