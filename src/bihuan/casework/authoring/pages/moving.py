"""Open cases that stand under an older text, by step, with the steps of the new one to choose from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from bihuan.layout.frames import Column, Crumb, Question
from bihuan.procedure.definition import Definition
from bihuan.procedure.engine import proposed

from ... import queries
from ...definitions import definition_for, definition_of
from ...models import Case
from ..entrance import Desk

MOST = 200


@dataclass(frozen=True)
class Group:
    """Cases of one kind that stand under one version at one step. ``name`` is that of its question."""

    name: str
    step: str
    title: str
    version: str
    cases: list[Case]
    question: Question


def moving(desk: Desk, sent: dict[str, str] | None = None, ticked: frozenset[str] = frozenset()) -> dict[str, Any]:
    """The page: groups, the reason asked for, what this person cannot see left out."""
    sent = sent or {}
    title = desk.definition.title.say(desk.language) if desk.definition else desk.kind
    found = standing(desk)
    reason = Question("reason", _("理由"), "long-text", required=True, value=sent.get("reason", ""))
    return {
        "desk": desk,
        "title": _("在办事项换版"),
        "crumbs": [Crumb(_("程序文件"), "/procedures/"), Crumb(title, f"/procedures/{desk.kind}/"), Crumb(_("换版"))],
        "groups": groups(desk, found[:MOST], sent),
        "more": len(found) > MOST,
        "reason": reason,
        "ticked": ticked,
        "columns": [Column(""), Column(_("单号")), Column(_("事项")), Column(_("网点"))],
    }


def standing(desk: Desk) -> list[Case]:
    """Open cases of this procedure under another version than the one in force, within this person's scope."""
    if desk.version is None:
        return []
    found = queries.visible_to(desk.person, desk.at).filter(
        version__document_id=desk.version.document_id, ended_at__isnull=True
    )
    others = found.exclude(version_id=desk.version.pk).select_related("version__document")
    return list(others.order_by("kind", "version_id", "step", "number")[: MOST + 1])


def groups(desk: Desk, cases: list[Case], sent: dict[str, str]) -> list[Group]:
    """Cases by kind, version and step, each group with the question where it goes."""
    together: dict[tuple[str, UUID, str], list[Case]] = {}
    for case in cases:
        together.setdefault((case.kind, case.version_id, case.step), []).append(case)
    made = []
    for (kind, version, step), group in together.items():
        old, new = definition_for(group[0]), target(desk, kind)
        if new is None:
            continue
        name = group_name(kind, version, step)
        question = _question(name, old, new, step, desk.language, sent)
        title = old.steps[step].title.say(desk.language) if step in old.steps else step
        made.append(Group(name, step, title, group[0].version.version, group, question))
    return made


def group_name(kind: str, version: UUID, step: str) -> str:
    """The name of the question for one group, the same on the form and on its way back."""
    return f"to-{kind}-{version}-{step}".replace(".", "_")


def target(desk: Desk, kind: str) -> Definition | None:
    """What the version in force says of such a case; None where it has no such duty."""
    if desk.version is None:
        return None
    try:
        return definition_of(desk.version.pk, kind)
    except KeyError:
        return None


def _question(name: str, old: Definition, new: Definition, step: str, language: str, sent: dict[str, str]) -> Question:
    steps: list[tuple[str, Any]] = [(one.name, one.title.say(language)) for one in new.steps.values() if not one.end]
    asked = Question(name, _("换到哪一步"), "choice", required=True, choices=steps)
    asked.value = sent.get(name, "") or proposed(old, new).get(step, "")
    return asked
