"""The pages: every number opens a list of exactly as many cases; odd addresses are no pages; files say the same."""

from __future__ import annotations

import html
import re

import pytest
from django.test import Client

from bihuan.casework.models import Case
from bihuan.layout.paper import leaves
from bihuan.layout.tables import open_table

FIGURE = re.compile(r'<a href="(/cases/\?[^"]*figure=[^"]*)" data-figure>([0-9]+)</a>')
KPI = re.compile(
    r'href="(/cases/\?[^"]*figure=[^"]*)"><span class="kpi-label">.*?kpi-value numeric">([0-9]+)', re.DOTALL
)
COUNT = re.compile(r'class="pager-count">([0-9+]+)')


def door(person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def numbers(client: Client, address: str) -> set[tuple[str, int]]:
    page = client.get(address)
    assert page.status_code == 200
    text = page.content.decode()
    return {(html.unescape(link), int(count)) for link, count in [*FIGURE.findall(text), *KPI.findall(text)]}


@pytest.mark.parametrize(
    ("person", "address", "least"),
    [
        ("qian", "/reports/week/2026-W11/", 15),
        ("qian", "/reports/month/2026-03/?kind=job&outlet=north", 30),
        ("wang", "/reports/month/2026-03/", 10),
    ],
)
def test_every_number_opens_exactly_the_cases_it_counts(site, march, person, address, least):
    client = door(site.people[person])
    found = numbers(client, address)
    assert len(found) >= least
    for link, count in found:
        page = client.get(link).content.decode()
        assert COUNT.search(page)[1] == str(count), link
        assert "list-faults" not in page


def test_the_numbers_before_are_linked_as_well_and_are_those_of_the_month_before(site, march):
    client = door(site.qian)
    april = numbers(client, "/reports/month/2026-04/?known=20260409T170000")
    march_itself = numbers(client, "/reports/month/2026-03/?known=20260409T170000")
    before = {(link, count) for link, count in april if "figure=month.2026-03." in link}
    assert before
    assert before <= march_itself


def test_an_old_link_shows_what_was_counted_then(site, march, request):
    client = door(site.qian)
    ended = "/cases/?figure=month.2026-03.20260409T170000.whole.ended.all&sort=newest"
    then = COUNT.search(client.get(ended).content.decode())[1]
    request.getfixturevalue("recorded_late")
    assert COUNT.search(client.get(ended).content.decode())[1] == then
    now = ended.replace("20260409T170000", "20260901T000000")
    assert COUNT.search(client.get(now).content.decode())[1] == str(int(then) + 1)


NO_FIGURES = (
    "month", "month.2026-13.20260409T170000.whole.ended.all", "month.2026-03.soon.whole.ended.all",
    "year.2026-03.20260409T170000.whole.ended.all", "month.2026-03..whole.ended.all",
    "month.2026-03.99990101T000000.whole.ended.all", "week.2026-03.20260409T170000.whole.ended.all",
)  # fmt: skip


def test_a_number_no_report_has_is_named_and_dropped(site, march):
    client = door(site.qian)
    for figure in NO_FIGURES:
        page = client.get("/cases/", {"figure": figure, "sort": "newest"}).content.decode()
        assert f"“{figure[:60]}”" in page[page.index("list-faults") :], figure
        assert COUNT.search(page)[1] == str(Case.objects.count()), figure


def test_a_row_nobody_was_counted_in_is_an_empty_list(site, march):
    page = door(site.qian).get("/cases/?figure=month.2026-03.20260409T170000.kind.opened.nothing").content.decode()
    assert "没有符合条件的事项" in page


def test_the_list_says_which_report_its_number_is_of(site, march):
    page = door(site.qian).get("/cases/?figure=month.2026-03.20260409T170000.whole.ended.all").content.decode()
    assert "报表数字: 质量信息月报 2026年3月" in page


NO_PAGES = (
    "/reports/year/2026/", "/reports/year/", "/reports/month/2026-13/", "/reports/month/2026-3/",
    "/reports/month/9999-01/", "/reports/month/2999-01/", "/reports/week/2026-W60/", "/reports/week/2026-03/",
    "/reports/month/2026-03/?known=soon", "/reports/month/2026-03/?known=29990101T000000",
    "/reports/month/2026-03/?known=20260101T000000", "/reports/month/2026-03/?kind=nothing",
    "/reports/month/2026-03/?outlet=nowhere", "/reports/month/2026-03/report.doc", "/reports/month/?period=x",
    "/reports/month/0000-01/", "/reports/month/２０２６-03/",
)  # fmt: skip


def test_an_address_that_means_nothing_is_no_page(site):
    client = door(site.qian)
    assert [address for address in NO_PAGES if client.get(address).status_code != 404] == []


def test_another_outlet_cannot_be_asked_for(site, march):
    assert door(site.zhou).get("/reports/month/2026-03/?outlet=south").status_code == 404
    assert door(site.zhou).get("/reports/month/2026-03/?outlet=north").status_code == 200


def test_the_form_leads_to_the_period_chosen_with_its_filters(site):
    answer = door(site.qian).get("/reports/month/?period=2026-03&kind=job&outlet=")
    assert (answer.status_code, answer["Location"]) == (302, "/reports/month/2026-03/?kind=job")
    week = door(site.qian).get("/reports/week/?period=2026-W01")
    assert week["Location"] == "/reports/week/2026-W01/"


def test_the_table_as_a_file_says_what_the_page_says(site, march, tmp_path):
    client = door(site.qian)
    file = client.get("/reports/month/2026-03/report.xlsx?known=20260409T170000")
    (tmp_path / "report.xlsx").write_bytes(file.content)
    _head, *rows = [row.cells for row in open_table(tmp_path / "report.xlsx").rows()]
    linked = {(row[7].partition("testserver")[2], int(row[3])) for row in rows if row[7]}
    shown = numbers(client, "/reports/month/2026-03/?known=20260409T170000")
    assert linked == {(link, count) for link, count in shown if "figure=month.2026-03." in link}


def test_the_paper_says_the_same_for_ever(site, march):
    client = door(site.qian)
    address = "/reports/month/2026-03/report.pdf?known=20260409T170000"
    paper = client.get(address)
    assert paper["Content-Type"] == "application/pdf"
    assert len(leaves(paper.content)) == 2
    week = client.get("/reports/week/2026-W11/report.pdf")
    trend = client.get("/reports/satisfaction/2026-03/report.pdf")
    assert [len(leaves(one.content)) for one in (week, trend)] == [2, 1]


def test_a_day_is_compared_with_the_same_day_of_the_week_before(site, march):
    """Opened on 2, 4, 6, 8 March and 10, 12, 14 March: Tuesday the tenth has none before it, the ninth one."""
    page = door(site.qian).get("/reports/week/2026-W11/?known=20260409T170000")
    (day,) = [table for table, _columns in page.context["tables"] if table.section.key == "day"]
    opened = {row.key[-2:]: (row.cells[0].count, row.cells[0].before) for row in day.rows}
    assert opened == {
        "09": (0, 1), "10": (1, 0), "11": (0, 1), "12": (1, 0), "13": (0, 1), "14": (1, 0), "15": (0, 1)
    }  # fmt: skip
