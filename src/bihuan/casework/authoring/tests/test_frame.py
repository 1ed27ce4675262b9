"""The pack's own page: read with its history, signed by whom its cover names."""

from __future__ import annotations

from django.utils import timezone
from tests.cast import PASSWORD

from bihuan.registers.documents import actions, queries

from .conftest import written

PAGE = "/procedures/pack/text/"


def words(answer) -> str:
    return answer.content.decode()


def test_everybody_reads_the_page_with_its_history_and_what_each_edition_changed(at_desk, site, tmp_path):
    reader = at_desk("zhou").client
    first = reader.get(PAGE)
    assert [(one.version, one.until, one.signers) for one in first.context["history"]] == [("第1版", None, "")]
    assert "[posts." in first.context["text"]
    folder = written(tmp_path / "again")
    own = folder / "pack.toml"
    own.write_text(own.read_text(encoding="utf-8").replace("第1版", "第2版"), encoding="utf-8")
    actions.load_pack(folder, by=None, at=timezone.now())
    second = reader.get(PAGE)
    assert [one.version for one in second.context["history"]] == ["第2版", "第1版"]
    assert second.context["changes"] == [("removed", 'edition = "第1版"'), ("added", 'edition = "第2版"')]
    older = reader.get(PAGE, {"version": second.context["history"][1].key})
    assert older.context["text"] == first.context["text"]
    assert "已作废" in words(older)
    assert reader.get(PAGE, {"version": "nonsense"}).status_code == 404


def test_whom_the_cover_names_signs_it_there_and_nobody_else(at_desk):
    assert "未签批" in words(at_desk("zhou").client.get(PAGE))
    sent = {"role": "prepared", "password": PASSWORD}
    assert at_desk("zhou").client.post(f"{PAGE}sign/", sent).status_code == 403
    assert at_desk("qian").client.post(f"{PAGE}sign/", sent | {"password": "falsch"}).status_code == 422
    for username, role in (("qian", "prepared"), ("wu", "reviewed"), ("chen", "approved")):
        client = at_desk(username).client
        assert client.get(PAGE).context["sign"][0].value == role
        assert client.post(f"{PAGE}sign/", sent | {"role": role}).status_code == 302
    page = at_desk("zhou").client.get(PAGE)
    assert "已签批" in words(page)
    assert page.context["history"][0].signers == "钱副总、吴办公、陈坐席"
    assert queries.current_pack(timezone.now())[0].signatures.count() == 3
