"""Components draw plain data, escape it, and need no script."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import get_args

import pytest
from django.template import engines
from django.utils import translation
from django_cotton.compiler_regex import CottonCompiler

from bihuan.layout.durations import chip_words, span_words
from bihuan.layout.frames import (
    Chip,
    Column,
    Crumb,
    Pager,
    Question,
    QuestionLines,
    StageMark,
    TimelineEntry,
)  # fmt: skip
from bihuan.procedure.definition import FieldKind, Text

AT = datetime(2026, 3, 2, 3, 20, tzinfo=UTC)


def draw(source: str, language: str = "zh-hans", **data: object) -> str:
    """The component as a page of this language shows it."""
    with translation.override(language):
        return engines["django"].from_string(CottonCompiler().process(source)).render(data)


@pytest.mark.parametrize(
    ("seconds", "zh", "en"),
    [
        (2 * 86400 + 3 * 3600 + 59, "2天3小时", "2d 3h"),
        (86400, "1天", "1d"),
        (86399, "23小时59分", "23h 59m"),
        (4800, "1小时20分", "1h 20m"),
        (1080, "18分", "18m"),
        (300, "5分", "5m"),
        (299, "4:59", "4:59"),
        (272, "4:32", "4:32"),
        (0, "0:00", "0:00"),
    ],
)
def test_time_left_has_two_units_and_seconds_only_below_five_minutes(seconds, zh, en):
    assert (span_words(seconds, "zh"), span_words(seconds, "en")) == (zh, en)


@pytest.mark.parametrize(
    ("state", "seconds", "zh", "en"),
    [
        ("on_time", 10800, "剩 3小时", "3h left"),
        ("at_risk", 1080, "剩 18分", "18m left"),
        ("overdue", -2100, "超 35分", "35m over"),
        ("overdue", -59, "超 1分", "1m over"),
        ("overdue", -130, "超 2分", "2m over"),
        ("paused", 7200, "暂停 · 剩 2小时", "Paused · 2h left"),
        ("met", 0, "按时完成", "Met"),
        ("missed", 2100, "超时完成 +35分", "Missed by 35m"),
        ("void", 0, "不再适用", "Void"),
        ("none", 0, "未开始", "Not started"),
    ],
)
def test_a_chip_says_its_state_in_words(state, seconds, zh, en):
    chip = Chip(state, seconds=seconds)
    assert (chip_words(chip, "zh"), chip_words(chip, "en")) == (zh, en)


def test_a_chip_leads_to_its_spans_and_carries_what_ticks():
    chip = Chip("at_risk", Text("到场", "On site"), 1080, AT, address="/cases/1/deadlines/", clause="4.2(3)")
    page = draw('<c-deadline :deadline="chip" :named="True" />', chip=chip)
    assert 'class="chip chip-at_risk" href="/cases/1/deadlines/"' in page
    assert 'data-seconds="1080"' in page
    assert 'data-counting="1"' in page
    assert "到场 · 截止 2026-03-02 11:20 · 4.2(3)" in page
    assert "剩 18分" in page
    assert "<span" in draw('<c-deadline :deadline="chip" />', chip=Chip("met"))


@pytest.mark.parametrize("kind", [*get_args(FieldKind), "password", "email"])
@pytest.mark.parametrize("several", [False, True])
def test_every_kind_of_question_has_a_control_with_a_name_and_a_label(kind, several):
    question = Question("problem", "问题", kind, required=True, help="说清楚", errors=["太短"], several=several)
    page = draw('<c-field :question="question" />', question=question)
    assert 'name="problem"' in page
    assert 'id="q-problem"' in page
    assert ('for="q-problem"' in page) or ("<legend>" in page)
    assert "必填" in page
    assert 'aria-describedby="q-problem-help q-problem-error"' in page


@pytest.mark.parametrize("count", [3, 8])
@pytest.mark.parametrize("several", [False, True])
def test_choices_keep_what_was_picked(count, several):
    choices = [(f"c{number}", Text(f"第{number}", f"No. {number}")) for number in range(count)]
    values = ["c1", "c2"] if several else []
    question = Question("way", "处理", "choice", value="c1", values=values, choices=choices, several=several)
    page = draw('<c-field :question="question" />', "en", question=question)
    marks = page.count(" checked") + page.count(" selected")
    assert marks == (2 if several else 1)
    assert "No. 1" in page


def test_what_was_typed_comes_back_escaped_and_a_password_never_does():
    page = draw('<c-field :question="question" />', question=Question("a", "甲", value='"><script>x</script>'))
    assert "<script>" not in page
    assert "&quot;&gt;&lt;script&gt;" in page
    secret = draw('<c-field :question="question" />', question=Question("a", "甲", "password", value="open-sesame"))
    assert "open-sesame" not in secret


def test_a_form_lists_its_faults_and_leads_to_each():
    page = draw(
        '<c-form action="/x/" :problems="problems" submit="派工">…</c-form>', problems=[("phone", "电话：必须填写")]
    )
    assert 'href="#q-phone"' in page
    assert "有 1 处需要修改" in page
    assert 'method="post" action="/x/"' in page
    assert page.index('type="submit"') < page.index("…") < page.index("派工")


def test_a_table_of_lines_grows_by_a_button_that_is_a_submit():
    rows = [[Question(f"goods-{number}-product", "产品")] for number in range(2)]
    table = QuestionLines("goods", "货物", ["产品"], rows, least=1)
    page = draw('<c-lines :table="table" />', table=table)
    assert page.count('name="goods-') == 2
    assert '<button class="button" type="submit" name="add-row" value="goods" formnovalidate>' in page
    fixed = QuestionLines("goods", "货物", ["产品"], rows, fixed=True)
    assert "add-row" not in draw('<c-lines :table="table" />', table=fixed)


def test_a_page_has_its_crumbs_title_and_actions():
    page = draw(
        '<c-page title="标题" :crumbs="crumbs"><c-slot name="actions"><a href="/do/">派工</a></c-slot>正文</c-page>',
        crumbs=[Crumb("事项", "/cases/"), Crumb("GD-1")],
    )
    assert '<a href="/cases/">事项</a>' in page
    assert '<span aria-current="page">GD-1</span>' in page
    assert "<h1>标题</h1>" in page
    assert page.index('<a href="/do/">') < page.index("正文")


def test_the_line_of_stages_says_which_one_is_now():
    stages = [StageMark("受理", "done", AT), StageMark("派工", "current"), StageMark("完工")]
    page = draw('<c-stage-line :stages="stages" />', stages=stages)
    assert page.count('aria-current="step"') == 1
    assert "2026-03-02 11:20" in page


def test_the_timeline_shows_who_what_by_which_clause():
    entry = TimelineEntry(
        AT, Text("派工", "Dispatched"), "周调度", "4.2(3)", "/doc/#c", (("维修人员", "李师傅"), "附言")
    )
    page = draw('<c-timeline :entries="entries" />', "en", entries=[entry])
    for part in ("Dispatched", "周调度", 'href="/doc/#c"', "<dt>维修人员</dt><dd>李师傅</dd>", "<dd>附言</dd>"):
        assert part in page


@pytest.mark.parametrize(("count", "words"), [(None, ""), (0, "0"), (999, "999"), (1000, "1000+")])
def test_a_pager_counts_exactly_to_999(count, words):
    assert Pager(count=count).count_words == words


def test_a_table_has_heads_and_neighbours():
    page = draw(
        '<c-table caption="事项" :columns="columns" :pager="pager"><tr><td>1</td></tr></c-table>',
        columns=[Column("编号", sort="?sort=number", sorted="ascending"), Column("金额", numeric=True)],
        pager=Pager(next="?after=9", count=1000),
    )
    assert 'aria-sort="ascending"' in page
    assert '<a class="button" rel="next" href="?after=9">' in page
    assert 'rel="prev"' not in page
    assert "1000+ 条" in page


def test_an_error_names_its_clause_and_an_empty_page_its_way_out():
    page = draw('<c-error title="不能派工" :words="words" document="WWSH" clause="4.2" />', words=Text("先登记"))
    assert "依据 WWSH" in page
    assert "先登记" in page
    assert '<a class="button" href="/new/">新建</a>' in draw('<c-empty words="没有" address="/new/" label="新建" />')
