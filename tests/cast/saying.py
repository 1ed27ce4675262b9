"""Sentences as the doors of the house say them: who, which case, which action, which answers, when."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from bihuan.casework.actions import Answer, Sentence, open_case
from bihuan.casework.models import Case
from bihuan.ground.ids import new_id

from .site import MONDAY, Site

INTAKE = {"intake.contact": "王老师", "intake.problem": "投影机不亮", "intake.urgency": "urgent"}


def opening(at: datetime = MONDAY, identity: UUID | None = None, **more: Any) -> Sentence:
    """A job registered at ``at`` and received at once, unless ``received`` says otherwise."""
    said = {"kind": "job", "answers": INTAKE, "received": at, **more}
    return Sentence(id=identity or new_id(at), action="", at=at, **said)


def acting(case: str, action: str, at: datetime, answers: Any = None, identity: UUID | None = None, **more: Any):
    """An act on ``case`` at ``at``, received at once, unless ``received`` says otherwise."""
    said = {"received": at, **more}
    return Sentence(id=identity or new_id(at), action=action, case=case, at=at, answers=answers or {}, **said)


def registered(site: Site, by: str = "chen", at: datetime = MONDAY, **more: Any) -> Case:
    """A job standing at ``received``; the answers can be replaced with ``answers``."""
    answer: Answer = open_case(site.people[by], opening(at, **more))
    return Case.objects.get(number=answer.number)
