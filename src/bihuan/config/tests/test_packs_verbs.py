"""``rules`` and ``new procedure`` from outside: what they say and how they end."""

import json

import pytest

from bihuan.config.command import main
from bihuan.procedure.tests.shop import EXAMPLES, make
from bihuan.procedure.tests.test_proofs import registers

FAILS = EXAMPLES.replace('follows = { step = "back"', 'follows = { step = "taken"')


@pytest.fixture
def place(tmp_path):
    """A folder of rule registers, and two folders of packs."""
    for name in ("rules", "packs", "more"):
        (tmp_path / name).mkdir()
    registers(tmp_path / "rules")
    return tmp_path


def rules(place, *options):
    folders = [word for folder in ("packs", "more") if any((place / folder).iterdir()) for word in
               ("--packs", str(place / folder))]  # fmt: skip
    return main(["rules", "--rules", str(place / "rules"), "--language", "en", *folders, *options])


def pack(place, folder, **more):
    (place / folder / "shop").mkdir()
    make(place / folder / "shop", **more)
    return place / folder / "shop"


@pytest.mark.parametrize("option", ["--only=SHO", "--break"])
def test_a_pack_with_faults_is_left_out_said_so_and_ends_in_1(place, capsys, option):
    whole = pack(place, "packs")
    assert rules(place, option) == 0
    assert capsys.readouterr().err == ""
    text = whole / "01-mend.md"
    text.write_text(text.read_text(encoding="utf-8").replace('by = "mender"', 'by = "nobody-here"'), encoding="utf-8")
    assert rules(place, option) == 1
    assert f"{whole}: 2 faults, left out" in capsys.readouterr().err


@pytest.mark.parametrize("option", ["--only=SHO", "--break"])
def test_a_file_of_examples_that_cannot_be_read_ends_in_1(place, capsys, option):
    pack(place, "packs")
    (place / "packs" / "shop" / "examples" / "02.toml").write_text('procedure = "', encoding="utf-8")
    assert rules(place, option) == 1
    assert "02.toml:1:" in capsys.readouterr().err


@pytest.mark.parametrize("option", ["--only=SHO", "--break"])
def test_an_example_that_fails_is_named_and_ends_in_1(place, capsys, option):
    pack(place, "packs", examples=FAILS)
    assert rules(place, option) == 1
    said = capsys.readouterr().out
    assert ("Nothing back before it is settled" if option == "--break" else "failing 1") in said


def test_packs_of_several_folders_are_read_together(place, capsys):
    pack(place, "packs", examples=EXAMPLES.partition("[[example]]")[0])
    assert rules(place, "--json") == 0
    assert json.loads(capsys.readouterr().out)["totals"]["shop"]["proved"] == 0
    pack(place, "more")
    assert rules(place, "--json") == 0
    assert json.loads(capsys.readouterr().out)["totals"]["shop"]["proved"] == 2


def test_a_folder_without_a_pack_ends_in_1(place, capsys):
    assert main(["rules", "--rules", str(place / "rules"), "--packs", str(place / "more"), "--language", "en"]) == 1
    assert f"{place / 'more'}: no pack here" in capsys.readouterr().err


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_draft_of_a_new_procedure_passes_check_when_dropped_into_a_pack(place, capsys, language):
    whole = pack(place, "packs")
    capsys.readouterr()
    assert main(["new", "procedure", "lend", "--title", "借出办法", "--post", "desk"]) == 0
    draft = capsys.readouterr().out
    (whole / "02-lend.md").write_text(draft, encoding="utf-8")
    assert main(["check", str(whole), "--language", language]) == 0
    assert "02-lend.md" not in capsys.readouterr().out
