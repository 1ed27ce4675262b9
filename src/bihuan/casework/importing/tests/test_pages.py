"""The wizard in the browser's words: five steps by plain forms, and lists handed out as files."""

from __future__ import annotations

import io
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from tests.cast import Doors, Site, make_site

from bihuan.casework import exporting
from bihuan.casework.importing.models import Export, Import
from bihuan.casework.models import Case
from bihuan.journal.models import Entry
from bihuan.layout.tables import open_table
from bihuan.people.models import Person

from .files import PAST


@pytest.fixture
def site(db: None) -> Site:
    return make_site(timezone.now() - timedelta(days=30))


@pytest.fixture
def admin(site: Site) -> Client:
    Person.objects.filter(username="qian").update(is_administrator=True)
    client = Client()
    client.force_login(site.again("qian"))
    return client


def uploaded(client: Client, text: str = PAST, kind: str = "past-cases") -> Import:
    file = SimpleUploadedFile("旧系统.csv", text.encode())
    answer = client.post("/imports/", {"kind": kind, "outlet": "north", "zone": "Asia/Shanghai", "file": file})
    assert answer.status_code == 302, answer.content.decode()
    one = Import.objects.order_by("-id").first()
    assert answer["Location"] == f"/imports/{one.pk}/"
    return one


def mapped(client: Client, one: Import, **more: str) -> str:
    sent = {f"c-{place}": code for place, code in one.mapping.items()} | more
    return client.post(f"/imports/{one.pk}/columns/", sent, follow=True).content.decode()


def table(content: bytes, tmp_path: Path, form: str) -> list[tuple]:
    path = tmp_path / f"out.{form}"
    path.write_bytes(content)
    return [tuple(row.cells) for row in open_table(path).rows()]


def test_the_five_steps_from_upload_to_report_and_back(admin):
    one = uploaded(admin)
    page = admin.get(f"/imports/{one.pk}/").content.decode()
    assert ('<option value="opened" selected>' in page, "2024-03-01 09:00" in page) == (True, True)
    page = mapped(admin, one)
    assert "导入 4 行" in page
    page = admin.post(f"/imports/{one.pk}/confirm/", follow=True).content.decode()
    assert ("已完成" in page, "撤回整次导入" in page, Case.objects.filter(kind="past").count()) == (True, True, 4)
    page = admin.post(f"/imports/{one.pk}/reverse/", follow=True).content.decode()
    assert ("已撤回" in page, Case.objects.filter(kind="past").count()) == (True, 0)


def test_errors_are_grouped_by_cause_with_their_rows_and_can_be_fetched(admin, tmp_path):
    one = uploaded(admin, PAST + "".join(f"X-{n},,2024-03-01,,,,\n" for n in range(3)))
    page = mapped(admin, one)
    assert ("缺少事由" in page, "6, 7, 8" in page, "只导入正确的 4 行" in page) == (True, True, True)
    refused = admin.post(f"/imports/{one.pk}/confirm/")
    assert (refused.status_code, Case.objects.filter(kind="past").count()) == (409, 0)
    rejected = admin.get(f"/imports/{one.pk}/rejected.xlsx")
    rows = table(rejected.content, tmp_path, "xlsx")
    assert rows[0][-2:] == ("原行号", "错误说明")
    assert [(row[0], row[-2], row[-1]) for row in rows[1:]] == [(f"X-{n}", 6 + n, "缺少事由") for n in range(3)]


def test_a_missing_column_is_named_and_what_was_chosen_stays(admin):
    one = uploaded(admin)
    answer = admin.post(f"/imports/{one.pk}/columns/", {"c-0": "number", "c-5": "phone"})
    page = answer.content.decode()
    assert (answer.status_code, "还没有对应的必填列：事由、开立时刻" in page) == (422, True)
    assert '<option value="phone" selected>' in page


def test_a_long_file_is_left_to_the_worker_and_the_page_shows_how_far_it_is(admin):
    one = uploaded(
        admin, "编号,标题,报修时间\n" + "".join(f"L-{n},响一响响一响响一响响一响,2024-03-01\n" for n in range(4000))
    )
    page = mapped(admin, one)
    one.refresh_from_db()
    assert (one.state, "data-live-from" in page, "可以离开此页" in page) == ("mapped", True, True)


def test_a_template_reads_as_its_own_kind(admin, tmp_path):
    answer = admin.get("/imports/templates/devices.xlsx")
    path = tmp_path / "t.xlsx"
    path.write_bytes(answer.content)
    read = open_table(path)
    assert read.codes()[:3] == ("serial", "model", "customer")
    assert next(iter(read.rows())).cells[:2] == ("序列号 *", "型号 *")
    assert len(read.sheets) == 1


def test_an_import_of_another_is_not_there(admin, site):
    one = uploaded(admin)
    other = Client()
    other.force_login(site.chen)
    assert other.get(f"/imports/{one.pk}/").status_code == 404
    assert other.post(f"/imports/{one.pk}/confirm/").status_code == 404
    assert other.get("/imports/templates/devices.xlsx").status_code == 404


@pytest.mark.parametrize("form", ["xlsx", "csv"])
def test_the_list_is_handed_out_as_its_address_filters_it(admin, site, tmp_path, form):
    one = uploaded(admin)
    mapped(admin, one)
    admin.post(f"/imports/{one.pk}/confirm/")
    Doors(site).open()
    answer = admin.get(f"/cases/export.{form}?state=ended&sort=number")
    rows = table(answer.content, tmp_path, form)
    assert [row[0] for row in rows] == ["编号", "GD-1", "GD-2", "GD-4"]
    assert [row[9] for row in rows[1:]] == ["按期", "超时", "" if form == "csv" else None]
    assert rows[1][13] == "13800138000"
    last = Entry.objects.filter(verb="export").order_by("position").last()
    assert (last.content["answers"]["count"], last.content["answers"]["filters"]) == (3, "state=ended&sort=number")
    assert f"_{timezone.localtime():%Y%m%d}" in answer["Content-Disposition"]


def test_an_export_holds_ones_own_outlet_alone_and_masks_what_is_masked(admin, site, tmp_path, monkeypatch):
    one = uploaded(admin, PAST.replace("空调不制冷", "请回电13800138000"))
    mapped(admin, one)
    admin.post(f"/imports/{one.pk}/confirm/")
    wang, li = Client(), Client()
    wang.force_login(site.wang)
    li.force_login(site.li)
    assert len(table(wang.get("/cases/export.csv?sort=number").content, tmp_path, "csv")) == 1
    rows = table(li.get("/cases/export.csv?sort=number").content, tmp_path, "csv")
    assert (rows[1][0], rows[1][1], rows[1][13]) == ("GD-1", "请回电138****8000", "138****8000")


def test_many_rows_are_written_in_the_background_and_only_for_whoever_asked(admin, site, monkeypatch):
    monkeypatch.setattr(exporting, "AT_ONCE", 1)
    one = uploaded(admin)
    mapped(admin, one)
    admin.post(f"/imports/{one.pk}/confirm/")
    answer = admin.get("/cases/export.xlsx?sort=number")
    made = Export.objects.get()
    assert (answer.status_code, answer["Location"], made.state) == (302, f"/exports/{made.pk}/", "waiting")
    assert admin.get(f"/exports/{made.pk}/file").status_code == 404
    exporting.carry_out(made.pk, timezone.now())
    assert f"/exports/{made.pk}/file" in admin.get(f"/exports/{made.pk}/").content.decode()
    assert admin.get(f"/exports/{made.pk}/file").content[:2] == b"PK"
    other = Client()
    other.force_login(site.chen)
    assert [other.get(f"/exports/{made.pk}/{end}").status_code for end in ("", "file")] == [404, 404]


def test_any_room_hands_out_its_list_the_same_way(admin, site, rf):
    request = rf.get("/customers/?q=x")
    request.user = site.chen
    columns = exporting.COLUMNS[:2]
    answer = exporting.export_response([("1", "=1+1")], columns, "客户", "csv", request)
    assert "'=1+1" in io.BytesIO(answer.content).read().decode("utf-8-sig")
    assert Entry.objects.get(verb="export").content["answers"]["filters"] == "q=x"
