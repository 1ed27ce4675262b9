"""Files of a case: who may see them, taken in with a form, given their place once the act is done."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection
from django.http import HttpRequest

from bihuan.files import actions as files
from bihuan.files import queries as files_found
from bihuan.files.errors import FileRefusal, NoSuchFile, TooLarge
from bihuan.files.kinds import RECORDINGS
from bihuan.files.models import Attachment
from bihuan.ground.ids import new_id
from bihuan.journal.models import Entry
from bihuan.people.models import Person
from bihuan.procedure.definition import Form, Text
from bihuan.procedure.state import Problem

from . import queries, reading, rights
from .definitions import definition_for
from .errors import CaseworkError
from .forms import FILE_KINDS, is_id
from .models import Case
from .seeing import hidden_forms, without

ABOUT = "case"
MOST_FILES = 20
GENERATIONS = 8


class UnknownFile(CaseworkError):
    """422: an answer names a file nobody handed in, or one that cannot be seen."""

    code = "unknown-file"
    words = Text("附件不存在，请重新上传", "There is no such file; hand it in again")


def may_see(person: Person, attachment: Attachment, at: datetime) -> bool:
    """Whether this person may see what the file belongs to (``settings.FILE_RIGHTS``)."""
    if attachment.about_kind != ABOUT:
        return False
    cases = queries.visible_to(person, at).filter(pk=attachment.about_id)
    case = (cases if rights.may_read_restricted(person, at) else cases.filter(restricted=False)).first()
    return case is not None and str(attachment.pk) not in _closed(case, person, at)


def attachments_of(case: Case, person: Person, at: datetime) -> list[Attachment]:
    """Every file of the case and of the cases it came from or led to, oldest first: nothing stays behind (U-31).

    Those handed in with a form ``person`` may not read are left out.
    """
    family = {case.pk} | _above(case) | _below(case)
    found = list(files_found.about(ABOUT, [str(one) for one in family]))
    about = Case.objects.filter(pk__in={one.about_id for one in found})
    closed = {one for each in about for one in _closed(each, person, at)}
    return _as_heard([one for one in found if str(one.pk) not in closed], person, at)


def _as_heard(found: list[Attachment], person: Person, at: datetime) -> list[Attachment]:
    """The same, each recording with whether this person has to wait for it, or has still to say what it is."""
    held, said = files_found.withheld(person, found, at), files_found.said_of(found)
    for one in found:
        one.held_back = one.pk in held
        one.unsaid = one.kind in RECORDINGS and one.pk not in said and one.uploaded_by == person.username
    return found


def _closed(case: Case, person: Person, at: datetime) -> set[str]:
    """The ids of the files only named where ``person`` may not read, now or in an earlier filling."""
    hidden = hidden_forms(definition_for(case), case.state, person, at)
    if not hidden:
        return set()
    told = reading.history(case)
    readable = [reading.as_read_entry(one, definition_for(case), hidden)["answers"] for one in told]
    everywhere = {one["id"] for one in named([case.state.answers, *(one["answers"] for one in told)])}
    return everywhere - {one["id"] for one in named([without(case.state.answers, hidden), *readable])}


def _above(case: Case) -> set[UUID]:
    found: set[UUID] = set()
    parent = case.parent_id
    while parent is not None and parent not in found and len(found) < GENERATIONS:
        found.add(parent)
        parent = Case.objects.filter(pk=parent).values_list("parent_id", flat=True).first()
    return found


def _below(case: Case) -> set[UUID]:
    with connection.cursor() as cursor:
        cursor.execute(_BELOW, [case.outlet, case.pk, case.outlet, GENERATIONS])
        return {row[0] for row in cursor.fetchall()}


_BELOW = """
WITH RECURSIVE below AS (
    SELECT id, 1 AS generation FROM casework_case WHERE outlet = %s AND parent_id = %s
    UNION
    SELECT young.id, below.generation + 1 FROM casework_case young JOIN below ON young.parent_id = below.id
     WHERE young.outlet = %s AND below.generation < %s
)
SELECT DISTINCT id FROM below
"""


# ------------------------------------------------------------------------------------------ with a form


@dataclass
class Received:
    """Files a form brought along or had kept, by the name of the question; what was not taken and why."""

    answers: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()


def received(request: HttpRequest, form: Form, at: datetime) -> Received:
    """The files sent with ``form``, kept at once, and those kept by an earlier try that was refused.

    A question that takes one file takes the new one in place of the old; ``drop-<question>`` takes old ones off.
    """
    answers: dict[str, list[dict[str, Any]]] = {}
    problems: list[Problem] = []
    for name, path, several in _questions(form, request):
        kept = [one.answer for one in _kept(request, name, at)]
        fresh = []
        # what was chosen beside the file, of the recordings among what came
        said = request.POST.get(f"said-{name}", "")
        for upload in request.FILES.getlist(name)[:MOST_FILES]:
            try:
                fresh.append(files.take(upload, by=request.user.username, at=at, said=said).answer)
            except FileRefusal as refusal:
                problems.append(Problem(path, refusal.code, refusal.words))
        if name in getattr(request, "passed_over", []):
            problems.append(Problem(path, TooLarge.code, TooLarge.words))
        whole = [*kept, *fresh] if several else (fresh or kept)[-1:]
        if whole:
            answers[name] = whole[:MOST_FILES]
    return Received(answers, tuple(problems))


def _questions(form: Form, request: HttpRequest) -> Iterator[tuple[str, str, bool]]:
    """(name on the page, dotted path for problems, several) of every question a file may answer."""
    for one in form.fields.values():
        if one.kind in FILE_KINDS:
            yield one.name, f"{form.name}.{one.name}", one.several
    sent = {*request.POST, *request.FILES}
    for lines in form.lines.values():
        for one in lines.fields.values():
            if one.kind not in FILE_KINDS:
                continue
            for name in sorted(sent):
                table, _dash, rest = name.partition(f"{lines.name}-")
                number, _dash, asked = rest.partition("-")
                if not table and number.isdecimal() and len(number) <= 4 and asked == one.name:
                    yield name, f"{form.name}.{lines.name}.{number}.{one.name}", one.several


def _kept(request: HttpRequest, name: str, at: datetime) -> list[Attachment]:
    """The files named by hidden values, as far as this person may see them."""
    dropped = set(request.POST.getlist(f"drop-{name}"))
    found = []
    for reference in request.POST.getlist(name)[:MOST_FILES]:
        if reference in dropped or not is_id(reference):
            continue
        try:
            found.append(files_found.find(request.user, reference, at))
        except NoSuchFile:
            continue
    return found


# ------------------------------------------------------------------------------------------ with an act


def named(answers: Any) -> Iterator[dict[str, Any]]:
    """Every answer in ``answers`` that is a file of ours."""
    if isinstance(answers, dict):
        if isinstance(answers.get("id"), str) and "hash" in answers:
            yield answers
        else:
            for each in answers.values():
                yield from named(each)
    elif isinstance(answers, list | tuple):
        for each in answers:
            yield from named(each)


def check(person: Person, answers: Any, at: datetime) -> None:
    """Every file named must be one this person can see, told as it is. Raises UnknownFile."""
    for one in named(answers):
        try:
            found = files_found.find(person, one["id"], at)
        except NoSuchFile as error:
            raise UnknownFile from error
        if any(one.get(key) != value for key, value in found.answer.items()):
            raise UnknownFile


def attach(person: Person, answers: Any, number: str) -> None:
    """Give the files an act named their place: the case it was done on."""
    ids = [UUID(one["id"]) for one in named(answers) if is_id(one["id"])]
    case = Case.objects.filter(number=number).only("id", "outlet").first() if ids else None
    if case is not None:
        files.belong(ids, kind=ABOUT, identity=str(case.pk), outlet=case.outlet, by=person.username)


def used(attachment: Attachment) -> tuple[str, str, str] | None:
    """What an act named this file for, if one did: asked of the book before a loose file is forgotten.

    Between the act and ``attach`` a process may have died. Ids of entries sort by when they were received.
    """
    first = new_id(attachment.uploaded_at - timedelta(minutes=1))
    last = new_id(attachment.uploaded_at + files.LOOSE_FOR + timedelta(hours=1))
    told = Entry.objects.filter(id__gte=first, id__lte=last, doer=attachment.uploaded_by, about_kind="case")
    for entry in told:
        content = entry.content or {}
        if any(one["id"] == str(attachment.pk) for one in named(content.get("answers"))):
            case = Case.objects.filter(pk=entry.about_id).only("id", "outlet").first()
            return (ABOUT, str(case.pk), case.outlet) if case else None
    return None


def sweep(at: datetime) -> int:
    """Forget what was handed in more than a day ago and never used."""
    return files.sweep(at, used)
