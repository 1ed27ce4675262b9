"""``bihuan verify`` tells a terminal how far it is, writes one JSON document, and holds nothing of what it finds."""

from __future__ import annotations

import argparse
import io
import json
import sys

import pytest
from django.db import transaction
from tests.cast import MONDAY, acting, make_site, registered

from bihuan.casework import actions
from bihuan.config.commands import cases
from bihuan.config.commands.saying import Bar
from bihuan.journal.actions import dispose
from bihuan.journal.models import Entry


@pytest.fixture
def book(transactional_db):
    """Two cases, one act, one entry disposed of, everything committed."""

    site = make_site()
    case = registered(site)
    registered(site)
    actions.act(site.zhou, acting(case.number, "assign", MONDAY, {"order.repairer": "li"}))
    with transaction.atomic():
        dispose([Entry.objects.get(verb="assign").pk], "清单一", "qian", MONDAY)
    return Entry.objects.count()


def verified(monkeypatch, capsys, **more) -> tuple[int, str, str]:
    """Exit code, answer, and what stood beside it."""
    monkeypatch.setattr(cases, "ready", lambda: None)
    chosen = argparse.Namespace(**{"json": False, "chains": False, "digest": None, "language": "zh", **more})
    code = cases.verify(chosen)
    said = capsys.readouterr()
    return code, said.out, said.err


def test_json_is_one_document_with_what_was_read(book, monkeypatch, capsys):
    code, out, err = verified(monkeypatch, capsys, json=True)
    told = json.loads(out)
    assert ([one["kind"] for one in told["findings"]], told["replay"], told["whole"]) == (["disposed"], [], True)
    assert (code, err, told["read"]["entries"], told["read"]["cases"]) == (0, "", book, 2)
    assert sum(told["read"]["chains"].values()) == book


def test_the_chains_alone_replay_no_case(book, monkeypatch, capsys):
    told = json.loads(verified(monkeypatch, capsys, json=True, chains=True)[1])
    assert (told["read"]["cases"], told["read"]["entries"]) == (0, book)


def test_off_a_terminal_there_is_no_bar_and_on_one_each_chain_has_its_own(book, monkeypatch, capsys):
    assert verified(monkeypatch, capsys)[2] == ""
    monkeypatch.setattr(cases, "Bar", lambda: Bar(shown=True))
    code, out, err = verified(monkeypatch, capsys)
    assert (code, out.splitlines()[-1]) == (0, "完好 / whole")
    for name in ("house", "north", cases.REPLAYING):
        assert f"  {name}\x1b[K" in err, name
    assert "100%" in err
    assert f"{book:,} 条记录" in err


def test_a_bar_never_counts_past_its_end_and_draws_seldom(monkeypatch):
    drawn = io.StringIO()
    monkeypatch.setattr(sys, "stderr", drawn)
    bar = Bar(shown=True)
    for done in range(1000):
        bar("north", done, 1000)
    bar("north", 1200, 1000)
    bar.end()
    assert drawn.getvalue().count("\r") < 50
    assert "100%  1,200/1,200  north" in drawn.getvalue()
    assert bar.counted == {"north": 1200}
