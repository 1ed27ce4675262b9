"""``bihuan import`` and ``bihuan export``: exit codes, and data alone on standard output. With real commits."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from tests.cast import Site, make_site

from bihuan.casework.models import Case
from bihuan.config.command import main
from bihuan.layout.tables import open_table
from bihuan.people.models import Person

GOOD = "编号,标题,报修时间,期限,完成时间\nGD-1,漏水,2024-03-01,2024-03-02,2024-03-03\nGD-2,响,2024-03-01,2024-03-02,\n"
BAD = GOOD + "GD-3,,昨天,,\n"


@pytest.fixture
def site(transactional_db: None) -> Site:
    made = make_site(timezone.now() - timedelta(days=30))
    Person.objects.filter(username="qian").update(is_administrator=True)
    return made


def file(tmp_path: Path, text: str) -> str:
    path = tmp_path / "alt.csv"
    path.write_text(text, encoding="gb18030")
    return str(path)


def run(capsys, *arguments: str) -> tuple[int, str]:
    capsys.readouterr()
    code = main(arguments)
    return code, capsys.readouterr().out


def test_a_dry_run_tells_all_and_changes_nothing(site, tmp_path, capsys):
    code, out = run(capsys, "import", file(tmp_path, BAD), "--as", "past-cases", "--dry-run", "--json")
    told = json.loads(out)
    assert (code, told["state"], told["errors"], told["new"]) == (4, "checked", 1, 2)
    assert [(one["column"], one["code"], one["rows"]) for one in told["problems"] if one["severity"] == "error"] == [
        ("opened", "date", [4]),
        ("title", "missing", [4]),
    ]
    assert not Case.objects.exists()


def test_errors_are_refused_and_the_correct_rows_a_choice(site, tmp_path, capsys):
    given = ("import", file(tmp_path, BAD), "--as", "past-cases", "--outlet", "north", "--json")
    assert run(capsys, *given)[0] == 4
    assert not Case.objects.exists()
    assert run(capsys, *given, "--only-correct")[0] == 3
    assert Case.objects.count() == 2
    assert run(capsys, "import", file(tmp_path, GOOD), "--as", "past-cases")[0] == 3


def test_a_column_is_mapped_by_its_header(site, tmp_path, capsys):
    text = GOOD.replace("编号", "甲")
    assert run(capsys, "import", file(tmp_path, text), "--as", "past-cases")[0] == 2
    code, out = run(capsys, "import", file(tmp_path, text), "--as", "past-cases", "--map", "number=甲")
    assert (code, out.splitlines()[0]) == (0, "done: 行 2  新增 2  更新 0  跳过 0  错误 0  警告 0")


def test_wrong_use_is_exit_2(site, tmp_path, capsys):
    assert run(capsys, "import", "/nowhere.csv", "--as", "past-cases")[0] == 2
    assert run(capsys, "import", file(tmp_path, GOOD), "--as", "spoons")[0] == 2
    assert run(capsys, "import", file(tmp_path, GOOD), "--as", "past-cases", "--by", "nobody")[0] == 2
    assert run(capsys, "export", "--view", "spoons")[0] == 2
    assert run(capsys, "import", file(tmp_path, GOOD), "--as", "past-cases", "--by", "chen")[0] == 4


def test_a_view_is_exported_as_a_file(site, tmp_path, capsys):
    run(capsys, "import", file(tmp_path, GOOD), "--as", "past-cases", "--outlet", "north")
    target = tmp_path / "out.xlsx"
    code, out = run(capsys, "export", "--view", "overdue", "--out", str(target), "--json")
    assert (code, json.loads(out)) == (0, {"file": str(target), "rows": 1})
    assert [row.cells[0] for row in open_table(target).rows()] == ["编号", "GD-2"]
    assert run(capsys, "export", "--view", "at-risk", "--format", "csv", "--out", str(tmp_path / "no.csv"))[0] == 3
