"""``bihuan init``: a site of its own, made whole or not at all, and never over something that is there."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import tomllib
from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.cast import PACKS

from bihuan.config import command
from bihuan.config.commands import init
from bihuan.config.founding import house, place
from bihuan.ground.settings import read
from bihuan.people import accounts
from bihuan.people.models import OutletKey, Person
from bihuan.registers.documents import queries as documents
from bihuan.registers.documents.models import Version

NOW = datetime(2026, 3, 31, 8, 0, tzinfo=UTC)
STARTER = PACKS / "starter"
WANTED = place.Wanted("城东电器", "admin", "王管理", "Kuai-Le-De-2026")
NAMED = ("--organisation", "城东电器", "--name", "王管理")


def test_the_folder_holds_settings_and_a_copy_of_the_pack_to_be_edited(tmp_path):
    laid = place.lay(tmp_path / "site", STARTER, None, 8119)
    settings = read({}, laid.settings)
    assert (settings.data, settings.pack, settings.port) == (tmp_path / "site/data", tmp_path / "site/pack", 8119)
    wanted = {path.name for path in STARTER.iterdir()} - {"demo.toml"}
    assert {path.name for path in laid.pack.iterdir()} == wanted
    assert (laid.pack / "01-repair.md").read_bytes() == (STARTER / "01-repair.md").read_bytes()
    place.finished(laid)
    assert {path.name for path in laid.folder.iterdir()} == {"bihuan.toml", "pack"}
    # every key that is commented out is one there is
    lines = [line[2:] for line in laid.settings.read_text(encoding="utf-8").splitlines() if line.startswith("# ")]
    keys = [tomllib.loads(line) for line in lines if " = " in line]
    assert len(keys) == 15
    assert not [name for key in keys for name in key if name.replace("-", "_") not in type(settings).__annotations__]


def test_a_folder_that_is_not_empty_is_left_as_it_is(tmp_path, capsys):
    (tmp_path / "letter.txt").write_text("不要动", encoding="utf-8")
    assert command.main(["init", str(tmp_path), *NAMED]) == 4
    assert "不是空目录" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["letter.txt"]


def test_an_unknown_pack_and_a_nameless_house_are_wrong_use(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr("sys.stdin", open(os.devnull, encoding="utf-8"))  # noqa: PTH123, SIM115 - nobody to ask
    assert command.main(["init", str(tmp_path / "site"), "--pack", "nowhere", *NAMED]) == 2
    assert "没有程序包 nowhere" in capsys.readouterr().err
    assert command.main(["init", str(tmp_path / "site")]) == 2
    assert "--organisation" in capsys.readouterr().err
    assert not (tmp_path / "site").exists()


def test_a_pack_with_faults_founds_nothing(tmp_path, capsys):
    faulty = tmp_path / "faulty"
    shutil.copytree(STARTER, faulty)
    text = (faulty / "06-follow-up.md").read_text(encoding="utf-8")
    (faulty / "06-follow-up.md").write_text(text.replace('by = "caller"', 'by = "nobody"', 1), encoding="utf-8")
    assert command.main(["init", str(tmp_path / "site"), "--pack", str(faulty), *NAMED]) == 1
    assert "06-follow-up.md" in capsys.readouterr().err
    assert not (tmp_path / "site").exists()


def test_what_was_cut_short_is_gone_on_with_and_what_was_refused_goes_again(tmp_path):
    first = place.lay(tmp_path / "site", STARTER, None, 8119)
    (first.pack / "01-repair.md").unlink()
    first.pack.rename(tmp_path / "site/pack.making")  # killed in the middle of copying
    second = place.lay(tmp_path / "site", STARTER, None, 8119)
    assert (first.again, second.again) == (False, True)
    assert (second.pack / "01-repair.md").is_file() and not (tmp_path / "site/pack.making").exists()
    place.undone(second)
    assert second.settings.is_file()  # an earlier try's stays
    place.undone(place.lay(tmp_path / "other", STARTER, None, 8119))
    assert not (tmp_path / "other").exists()


@pytest.mark.django_db
def test_the_house_has_the_pack_in_force_and_one_administrator():
    house.fill(STARTER, WANTED, NOW, again=False)
    assert list(OutletKey.objects.values_list("code", "name")) == [("head", "城东电器")]
    admin = Person.objects.get()
    assert (admin.username, admin.name, admin.is_administrator) == ("admin", "王管理", True)
    current = documents.current_pack(NOW)
    assert current is not None and current[1].name == "starter"
    numbers = {f"AS-0{number}" for number in range(1, 8)}
    assert numbers <= set(Version.objects.values_list("document__number", flat=True))
    with pytest.raises(place.Taken):
        house.fill(STARTER, WANTED, NOW, again=False)
    assert admin.check_password(WANTED.password)


@pytest.mark.django_db
def test_who_was_never_told_the_password_gets_another_and_nobody_else_does():
    house.fill(STARTER, WANTED, NOW, again=False)
    other = place.Wanted("城东电器", "admin", "王管理", "Hai-Shi-Kuai-Le-2026")
    house.fill(STARTER, other, NOW, again=True)
    assert Person.objects.get().check_password(other.password)
    with pytest.raises(place.Taken):
        house.fill(STARTER, place.Wanted("城东电器", "root", "另一人", other.password), NOW, again=True)
    assert Person.objects.count() == 1


@pytest.mark.django_db
def test_whoever_is_refused_leaves_an_empty_house():
    with pytest.raises(Exception, match="密码"):
        house.fill(STARTER, place.Wanted("城东电器", "admin", "王管理", "short"), NOW, again=False)
    assert not OutletKey.objects.exists() and documents.current_pack(NOW) is None


@pytest.mark.django_db
def test_a_password_is_drawn_until_the_house_accepts_it_and_a_typed_one_may_be_refused(tmp_path, monkeypatch, capsys):
    laid = place.lay(tmp_path / "site", STARTER, None, 8119)
    typed = place.Wanted("城东电器", "administrator", "王管理", "administrator1")
    assert init._filled(laid, typed) == (4, "")
    assert "密码" in capsys.readouterr().err and not Person.objects.exists()
    drawn = iter(["administrator-01", "k3Zr_8vQwLx2Ty0a"])
    monkeypatch.setattr(accounts.secrets, "token_urlsafe", lambda _bytes: next(drawn))
    assert init._filled(laid, place.Wanted("城东电器", "administrator", "王管理", "")) == (0, "k3Zr_8vQwLx2Ty0a")
    assert Person.objects.get().check_password("k3Zr_8vQwLx2Ty0a")


def test_one_word_makes_a_site_with_its_own_database(request):
    folder = Path(tempfile.mkdtemp(prefix="bihuan-init-"))
    request.addfinalizer(lambda: shutil.rmtree(folder, ignore_errors=True))
    folder.chmod(0o755)
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("BIHUAN_", "DATABASE_"))}
    words = [sys.executable, "-m", "bihuan.config.command", "init", str(folder / "site"), "--json", *NAMED]
    kept |= {"PYTHONPATH": os.pathsep.join(sys.path)}
    kept.pop("DJANGO_SETTINGS_MODULE", None)
    done = subprocess.run(words, env=kept, check=False, capture_output=True, text=True, timeout=180)
    assert done.returncode == 0, done.stderr
    made = json.loads(done.stdout)
    assert (made["username"], len(made["password"])) == ("admin", 16)
    assert {path.name for path in (folder / "site").iterdir()} == {"bihuan.toml", "data", "pack"}
    again = subprocess.run(words, env=kept, check=False, capture_output=True, text=True, timeout=60)
    assert (again.returncode, again.stdout) == (4, "")
