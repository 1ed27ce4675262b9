"""``bihuan trace`` and the worker's minute note who may be named in what was written; ``--anew`` begins again."""

from __future__ import annotations

import argparse
import json

from tests.cast import make_site

from bihuan.casework.privacy import traces
from bihuan.casework.privacy.models import Trace
from bihuan.config import jobs
from bihuan.config.commands import privacy
from bihuan.journal.models import Content


def traced(capsys, *, anew: bool = False) -> int:
    assert privacy.trace(argparse.Namespace(json=True, anew=anew)) == 0
    return json.loads(capsys.readouterr().out)["traced"]


def test_the_verb_goes_on_to_the_end_and_anew_from_the_beginning(db, monkeypatch, capsys):
    # a test is one transaction, whose own entries no reader would call settled
    monkeypatch.setattr(traces, "SETTLED", "true")
    monkeypatch.setattr(privacy, "ready", lambda: None)
    monkeypatch.setattr(jobs, "close_old_connections", lambda: None)
    make_site()
    whole = Content.objects.count()
    assert traced(capsys) == whole > 10
    assert traced(capsys) == 0
    Trace.objects.all().delete()
    assert traced(capsys, anew=True) == whole == Trace.objects.count()
    traces.forget()
    jobs.trace(0)
    assert Trace.objects.count() == whole
