"""How long a recording stays: by the clause of its form, else by the site's own days."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, timedelta
from uuid import UUID

from django.utils import timezone

from bihuan.files.kinds import RECORDINGS
from bihuan.files.models import Attachment

from ..attachments import ABOUT, named
from ..definitions import definition_with_form
from ..models import Case
from .queries import policy

FILE = "file:"
"""Begins the name of a list's item that is a recording and no form."""


def over(cases: Collection[Case], day: date) -> Mapping[UUID, dict[UUID, date]]:
    """Case → its recordings whose own term was over before ``day``, each with its last day.

    The clause goes first: a recording named on a form that has a term of its own goes with that form. For every other
    one the site's days count from the day it was handed in; without such a rule it goes with its form.
    """
    days = policy().recording_days
    found: dict[UUID, dict[UUID, date]] = {}
    if days is None:
        return found
    by_id = {str(one.pk): one for one in cases}
    rows = Attachment.objects.filter(about_kind=ABOUT, about_id__in=by_id, kind__in=RECORDINGS).order_by("pk")
    for one in rows:
        case, last = by_id[one.about_id], timezone.localdate(one.uploaded_at) + timedelta(days=days)
        if last < day and not _kept_by_a_clause(case, str(one.pk)):
            found.setdefault(case.pk, {})[one.pk] = last
    return found


def _kept_by_a_clause(case: Case, identity: str) -> bool:
    """Whether a form with a term of its own names this file."""
    for form, answers in case.state.answers.items():
        if any(one["id"] == identity for one in named(answers)):
            definition = definition_with_form(case, form)
            if definition is not None and definition.forms[form].keep is not None:
                return True
    return False
