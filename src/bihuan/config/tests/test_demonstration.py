"""The demonstration: made by acts alone, whole when looked at, and taken away without a trace but the book's."""

from __future__ import annotations

import os
import re
import shutil
from datetime import UTC, datetime

import pytest
from django.db import connection, connections
from psycopg.conninfo import conninfo_to_dict
from tests.cast import PACKS

from bihuan.casework import reading
from bihuan.casework.models import Case, Mark
from bihuan.casework.replay import differences
from bihuan.config.demonstration import SAMPLE, furnish, remove
from bihuan.config.site_facts import facts
from bihuan.journal.models import Content, Entry
from bihuan.journal.verify import verify
from bihuan.people.models import OutletKey, Person
from bihuan.registers.customers.models import Customer
from bihuan.registers.documents.models import Draft
from bihuan.registers.products.models import Unit
from bihuan.registers.slips.models import Movement

NOW = datetime(2026, 3, 31, 8, 0, tzinfo=UTC)


@pytest.fixture
def folder(tmp_path):
    """The integrator's pack with a handful of stories over ten days, and two walks beside them."""
    made = tmp_path / "pack"
    shutil.copytree(PACKS / "integrator", made)
    file = made / "demo.toml"
    text = re.sub(r"^cases = 300$", "cases = 12", file.read_text(encoding="utf-8"), flags=re.M)
    text, walks = re.subn(r"^cases = 24$", "cases = 2", text, flags=re.M)
    assert walks == 1
    file.write_text(re.sub(r"^days = 60$", "days = 10", text, flags=re.M), encoding="utf-8")
    return made


@pytest.mark.django_db(transaction=True)
def test_it_is_made_by_acts_and_can_be_taken_away(folder):
    made = furnish(folder, NOW)
    assert made is not None
    told = [one for one in made.cases if one.startswith("BX")]
    assert len(told) >= 12  # and what was brought to people with nothing to do
    assert (Customer.objects.count(), Unit.objects.count()) == (40, 120)
    assert OutletKey.objects.count() == 3
    assert all(one.name.startswith("示例") for one in OutletKey.objects.all())
    assert set(Customer.objects.values_list("grade", flat=True)) == {SAMPLE}
    assert list(differences(Case.objects.all())) == []
    explained = [each for case in Case.objects.all() for each in reading.deadlines(case, NOW)]
    assert len(explained) > 20
    assert [each.name for each in explained if not each.proved] == []
    assert furnish(folder, NOW) is None  # there are people already

    assert [one.state for one in Draft.objects.all()] == [Draft.WRITING]
    assert [fact["words"] for fact in facts(NOW) if "demo --remove" in fact["note"]] == ["还在"]
    before = Entry.objects.count()
    _as_owner(lambda: remove(NOW, SAMPLE))
    assert not Case.objects.exists() and not Mark.objects.exists() and not Customer.objects.exists()
    assert not Unit.objects.exists() and not Movement.objects.exists() and not OutletKey.objects.exists()
    assert [one.username for one in Person.objects.all()] == ["admin"]
    assert not Draft.objects.exists() and not [fact for fact in facts(NOW) if "demo --remove" in fact["note"]]
    assert Entry.objects.count() > before  # the book has only grown
    gone = Entry.objects.filter(verb="register").values("pk")
    assert gone and not Content.objects.filter(entry_id__in=gone).exists()
    assert not [one for one in verify(connection) if one.damage]
    assert _as_owner(lambda: remove(NOW, SAMPLE)) is None


def _as_owner(doing):
    """As whoever owns the tables, like the command does."""
    settings = connections["default"].settings_dict
    app = settings["USER"]
    connections["default"].close()
    settings["USER"] = conninfo_to_dict(os.environ.get("BIHUAN_OWNER_URL", "")).get("user", "")
    try:
        return doing()
    finally:
        connections["default"].close()
        settings["USER"] = app
