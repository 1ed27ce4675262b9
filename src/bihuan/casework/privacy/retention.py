"""What may go because its time is over: a list, looked at, confirmed by a second person, then disposed of."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from bihuan.files.kinds import RECORDINGS
from bihuan.files.models import Attachment
from bihuan.journal.models import Entry
from bihuan.people.actions import HOUSE, entry
from bihuan.people.models import SignInAttempt
from bihuan.procedure.calendars import Calendar
from bihuan.procedure.definition import Definition
from bihuan.registers.calendars import queries as calendars

from ..attachments import ABOUT, named
from ..definitions import definition_for
from ..models import Case
from . import disposals, erasing
from .hindering import forms_kept, holds_on
from .models import Order, OrderItem
from .queries import policy
from .recording_terms import FILE
from .recording_terms import over as recordings_over

CHUNK = 200


@dataclass(frozen=True)
class Over:
    """One filled form, or one recording (``file:`` and its id), whose time is over on the day asked about."""

    case: Case
    form: str
    kept_until: date


def over(day: date) -> Iterator[Over]:
    """Every filled form of an ended case whose record had to be kept until before ``day``; nothing that is held.

    Ended cases are walked in the order they were opened; those with nothing left to dispose of are passed over.
    """
    for _last, found in chunks(day, None):
        yield from found


def chunks(day: date, after: UUID | None) -> Iterator[tuple[UUID, list[Over]]]:
    """The same case by case in chunks, each with the last case looked at, to go on ``after`` it."""
    cases = Case.objects.filter(ended_at__isnull=False).order_by("pk").select_related("version")
    calendar = lru_cache(maxsize=None)(calendars.calendar_for)
    while chunk := list((cases.filter(pk__gt=after) if after else cases)[:CHUNK]):
        after = chunk[-1].pk
        yield after, list(_over_in(chunk, day, calendar))


def _over_in(chunk: list[Case], day: date, calendar: Callable[[str], Calendar]) -> Iterator[Over]:
    ids = [str(one.pk) for one in chunk]
    having = set(
        Entry.objects.filter(about_kind="case", about_id__in=ids, kept__isnull=False).values_list("about_id", flat=True)
    )
    held = set(holds_on(chunk))
    gone = set(
        OrderItem.objects.filter(case__in=[one.pk for one in chunk], state=OrderItem.DONE).values_list("case", "form")
    )
    recorded = recordings_over([one for one in chunk if one.pk not in held], day)
    for case in chunk:
        for file, last in recorded.get(case.pk, {}).items():
            yield Over(case, f"{FILE}{file}", last)
        if str(case.pk) not in having or case.pk in held:
            continue
        for form, until in forms_kept(case, calendar(case.outlet)).items():
            if until is not None and until < day and (case.pk, form) not in gone:
                yield Over(case, form, until)


def settle(order: Order, found: Iterable[Over]) -> int:
    """Write the list's items; returns how many there are."""
    items = [
        OrderItem(order=order, case=one.case.pk, number=one.case.number, form=one.form, kept_until=one.kept_until)
        for one in found
    ]
    return len(OrderItem.objects.bulk_create(items, batch_size=1000))


# ------------------------------------------------------------------------------------------------- carrying it out


@dataclass
class _Going:
    """What goes of one case: some forms, or the whole of it."""

    case: Case
    forms: set[str]
    recordings: set[str]
    whole: bool
    entries: list[UUID] = field(default_factory=list)
    files: set[str] = field(default_factory=set)

    @property
    def subjects(self) -> list[str]:
        forms = [f"case:{self.case.pk}"] if self.whole else [f"form:{self.case.pk}:{one}" for one in sorted(self.forms)]
        return [*forms, *(f"{FILE}{one}" for one in sorted(self.files))]

    @property
    def items(self) -> set[str]:
        """What the list calls what goes."""
        return self.forms | {f"{FILE}{one}" for one in self.recordings}


def carry_out(order: Order, doing: erasing.Doing) -> dict[str, int]:
    """Dispose of what a confirmed list names; what was held or taken up again meanwhile stays and is marked so."""
    today = timezone.localdate(doing.at)
    going = list(_going(order, today))
    # what an earlier, broken off run had found is part of it
    subjects = sorted({*order.subjects, *(subject for one in going for subject in one.subjects)})
    Order.objects.filter(pk=order.pk).update(subjects=subjects)
    entries = [str(each) for one in going for each in one.entries]
    disposals.write(order.list_name, doing.at, entries, subjects, kind=order.kind)
    for chain in sorted({one.case.outlet for one in going}):
        with transaction.atomic():
            _go([one for one in going if one.case.outlet == chain], doing)
    with transaction.atomic():
        contents = erasing.drop_files(_file_rows(subjects), order)
        counts = {
            "cases": len(going), "forms": sum(len(one.forms) for one in going),
            "recordings": sum(len(one.recordings) for one in going), "entries": len(entries),
            "files": len(contents), "sign-in attempts": _old_attempts(doing.at),
            "held": order.items.filter(state=OrderItem.HELD).count(),
        }  # fmt: skip
        Order.objects.filter(pk=order.pk).update(counts=counts, contents=contents, state=Order.CLEARING)
        told = {"list": order.list_name, "checked_by": order.checked_by, "confirmed_by": order.confirmed_by}
        entry(HOUSE, "privacy", str(order.pk), "dispose-list", doing.by, doing.at, told | {"counts": counts})
    erasing.clear(order.pk, doing.at)
    return counts


def _going(order: Order, today: date) -> Iterator[_Going]:
    """The cases of the list as they stand now, each with what goes of it."""
    listed: dict[UUID, set[str]] = {}
    for case, form in order.items.exclude(state=OrderItem.HELD).values_list("case", "form"):
        listed.setdefault(case, set()).add(form)
    cases = list(Case.objects.filter(pk__in=listed).select_related("version").order_by("pk"))
    held = set(holds_on(cases))
    recorded = recordings_over(cases, today)
    for case in cases:
        kept = forms_kept(case)
        files = {str(one) for one in recorded.get(case.pk, ()) if f"{FILE}{one}" in listed[case.pk]}
        now_over = {form for form in listed[case.pk] if (until := kept.get(form)) is not None and until < today}
        if case.ended_at is None or case.pk in held or not (now_over or files):
            order.items.filter(case=case.pk).update(state=OrderItem.HELD)
            continue
        whole = bool(now_over) and all(until is not None and until < today for until in kept.values())
        one = _Going(case, now_over, files, whole, files=set(files))
        _with_entries(one)
        yield one


def _with_entries(one: _Going) -> None:
    """The entries that filled these forms, or all about the case, and the files they and the case name.

    Of a recording only the file goes: what was answered beside it, its name and digest stay with the form.
    """
    if not one.forms:
        return
    definition = definition_for(one.case)
    answers = {name: filled for name, filled in one.case.state.answers.items() if name in one.forms}
    one.files |= {str(file["id"]) for file in named(answers)}
    kinds = ["case", "note"] if one.whole else ["case"]
    entries = Entry.objects.filter(about_kind__in=kinds, about_id=str(one.case.pk), kept__isnull=False)
    for each in entries.select_related("kept").order_by("position"):
        content = each.content or {}
        if one.whole or forms_in(definition, content) & one.forms:
            one.entries.append(each.pk)
            one.files |= {str(file["id"]) for file in named(content.get("answers"))}
    if one.whole:
        rows = Attachment.objects.filter(about_kind=ABOUT, about_id=str(one.case.pk))
        one.files |= {str(identity) for identity in rows.values_list("pk", flat=True)}


def forms_in(definition: Definition, content: dict[str, Any]) -> set[str]:
    """The forms an entry about a case wrote answers of: its act's own, and those it corrected."""
    act = definition.acts.get(str(content.get("act", "")))
    found = {act.form} if act is not None and act.form else set()
    for happening in content.get("happenings", ()):
        if happening["kind"] in {"filled", "corrected"}:
            # what was corrected is named by form and question
            found.add(str(happening["name"]).partition(".")[0])
    return {one for one in found if one in definition.forms}


def _go(going: list[_Going], doing: erasing.Doing) -> None:
    """One chain: cases blanked, register rows of whole cases wiped, items done, then the list in the book."""
    blanked = {one.case.pk: None if one.whole else one.forms for one in going if one.forms}
    erasing.blank_all(blanked, doing.order)
    for one in going:
        doing.order.items.filter(case=one.case.pk, form__in=one.items).update(state=OrderItem.DONE)
    erasing.dispose([each for one in going for each in one.entries], doing)


def _file_rows(subjects: Iterable[str]) -> list[UUID]:
    """The files that go along: those that belong to one of the list's cases, and recordings by a term of their own."""
    listed: dict[str, set[str]] = {}
    for subject in subjects:
        kind, _, identity = subject.partition(":")
        listed.setdefault(kind, set()).add(identity.partition(":")[0])
    cases = listed.get("case", set()) | listed.get("form", set())
    listed_files = Attachment.objects.filter(about_kind=ABOUT, pk__in=listed.get("file", set()))
    rows = listed_files.filter(Q(about_id__in=cases) | Q(kind__in=RECORDINGS))
    return list(rows.values_list("pk", flat=True))


def _old_attempts(at: datetime) -> int:
    """Wrong tries at the door older than the site keeps its logs (never under 180 days)."""
    return SignInAttempt.objects.filter(at__lt=at - timedelta(days=policy().log_days)).delete()[0]
