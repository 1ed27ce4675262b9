"""The catalogue of forms says what the documents in force say of each form, and nothing else."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from bihuan.procedure.definition import Text
from bihuan.registers.documents import actions
from bihuan.registers.documents.catalogue import ListedForm, forms_in_force

from .conftest import rewrite

pytestmark = pytest.mark.django_db

CLOSING = 'title = { zh = "办结", en = "Close" }\n'
FORMS = """
[forms.slip]
title = { zh = "报修单", en = "Slip" }
number = "slips"
keep = { for = "2 years", by = "clerk" }

[forms.note]
title = { zh = "便条", en = "Note" }
keep = "not"

[forms.finding]
title = { zh = "鉴定单", en = "Finding" }
keep = { for = [{ if = { "note.red" = "yes" }, time = "long" }, { time = "6 months" }], from = "enter closed" }

[forms.extra]
title = { zh = "其他", en = "Other" }
"""


@pytest.fixture
def forms(folder):
    """The small pack with four forms; one of them is the form of an act."""
    rewrite(folder, "01-repair.md", CLOSING, CLOSING + 'form = "note"\n')
    rewrite(folder, "01-repair.md", "[deadlines.done]", FORMS.lstrip() + "\n[deadlines.done]")
    note = '[forms.note]\nfields.red = { ask = { zh = "红", en = "Red" }, choose = ["yes", "no"] }\n'
    rewrite(folder, "01-repair.md", "[forms.note]\n", note)
    rewrite(folder, "01-repair.md", 'owner = "clerk"\n', 'owner = "clerk"\nkeep = "longest"\n')
    rewrite(folder, "pack.toml", "[cover]", '[numbers]\nslips = "S{date}"\n[times]\nlong = "5 years"\n[cover]')
    return folder


def listed(**more) -> ListedForm:
    of_procedure = {"version": "1.0", "document": "XD-001-01", "kind": "repair", "procedure": Text("修理", "Repair")}
    return ListedForm(**{"series": "", "keeper": Text(""), **of_procedure, **more})


@pytest.mark.rule("INT-00-05")
def test_every_form_in_force_stands_in_the_catalogue_with_number_version_procedure_retention_and_keeper(forms, monday):
    actions.load_pack(forms, by=None, at=monday)
    two_years = Text("自结案起 2 年", "2 years from closing")
    clerk, slip, note = Text("受理员", "Clerk"), Text("报修单", "Slip"), Text("便条", "Note")
    found = forms_in_force(monday)
    assert re.fullmatch(r"自.*已结.*起 5 年.*红.*、6 个月", found[2].kept.zh)
    assert re.fullmatch(r"5 years .*Red.*, 6 months from .*Closed.*", found[2].kept.en)
    either = found[2].kept
    assert found == [
        listed(name="slip", title=slip, number="slips", series="S{date}", kept=two_years, keeper=clerk),
        listed(name="note", title=note, number="XD-001-01-note", kept=Text("不保存", "not kept")),
        listed(name="finding", title=Text("鉴定单", "Finding"), number="XD-001-01-finding", kept=either),
        listed(
            name="extra",
            title=Text("其他", "Other"),
            number="XD-001-01-extra",
            kept=Text("随案卷里最长的一份", "as long as the longest of the case"),
        ),
    ]


@pytest.mark.rule("INT-00-05")
def test_the_catalogue_follows_the_document_in_force(forms, monday):
    actions.load_pack(forms, by=None, at=monday)
    rewrite(forms, "01-repair.md", '"2 years"', '"3 years"')
    rewrite(forms, "01-repair.md", 'version = "1.0"', 'version = "1.1"')
    later = monday + timedelta(days=1)
    actions.load_pack(forms, by=None, at=later)
    slips = [forms_in_force(at)[0] for at in (monday, later)]
    assert [(one.version, one.kept.zh) for one in slips] == [("1.0", "自结案起 2 年"), ("1.1", "自结案起 3 年")]


def test_where_the_document_is_silent_the_catalogue_is_too(forms, monday):
    rewrite(forms, "01-repair.md", 'keep = "longest"\n', "")
    actions.load_pack(forms, by=None, at=monday)
    assert forms_in_force(monday)[3].kept == Text("")


def test_an_empty_house_has_no_forms(monday):
    assert forms_in_force(monday) == []
