"""What an auditor does: draws a sample, fills in its sheets, closes it. Each one transaction and one entry."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from bihuan.ground.ids import new_id
from bihuan.people.actions import HOUSE, entry
from bihuan.people.models import Person
from bihuan.procedure.definition import Text

from . import policy, sampling
from .errors import NotFinished, NothingToDraw, SampleClosed, WrongInput
from .exceptions import Period
from .models import Sample, Sheet

MOST = 500
LONGEST = 4000
LONGEST_TITLE = 120
LONGEST_SEED = 40
ANSWERS = (Sheet.YES, Sheet.NO, Sheet.NONE)


@dataclass(frozen=True)
class Asked:
    """What is to be drawn. ``seed`` "" = one is made; days are both counted."""

    title: str
    method: str
    size: int
    start: date
    until: date
    kind: str = ""
    outlet: str = ""
    seed: str = ""


def draw(asked: Asked, period: Period, *, by: Person, at: datetime) -> Sample:
    """Draw a sample. Raises WrongInput, NothingToDraw."""
    title, seed = asked.title.strip(), asked.seed.strip() or secrets.token_hex(8)
    _checked(asked, title, seed)
    rules = policy.current()
    with transaction.atomic():
        cases = sampling.population(period, asked.kind, asked.outlet)
        if asked.method == Sample.RISK:
            drawn = sampling.by_risk(cases, seed, asked.size, period, rules.weights)
        else:
            drawn = sampling.at_random(cases, seed, asked.size)
        if not drawn.cases:
            raise NothingToDraw
        sample = Sample.objects.create(
            id=new_id(at), title=title, method=asked.method, seed=seed, size=asked.size, population=drawn.population,
            start=asked.start, until=asked.until, kind=asked.kind, outlet=asked.outlet,
            scope=None if period.outlets is None else sorted(period.outlets),
            weights=rules.weights if asked.method == Sample.RISK else {},
            questions=[one.written() for one in rules.questions], by=by.username, at=at,
        )  # fmt: skip
        Sheet.objects.bulk_create(
            Sheet(sample=sample, place=place, number=one.number, outlet=one.outlet, score=one.score,
                  reasons=[list(each) for each in one.reasons])
            for place, one in enumerate(drawn.cases, 1)
        )  # fmt: skip
        told = {
            "title": title, "method": asked.method, "seed": seed, "size": asked.size, "kind": asked.kind,
            "outlet": asked.outlet, "start": str(asked.start), "until": str(asked.until),
            "population": drawn.population, "cases": [one.number for one in drawn.cases],
        }  # fmt: skip
        entry(chain_of(sample), "sample", str(sample.pk), "draw-sample", by, at, told)
    return sample


def _checked(asked: Asked, title: str, seed: str) -> None:
    if not title or len(title) > LONGEST_TITLE:
        raise WrongInput(Text(f"请写明名称，最多 {LONGEST_TITLE} 字", f"Name it, at most {LONGEST_TITLE}"), "title")
    if asked.method not in Sample.METHODS:
        raise WrongInput(Text("随机或按风险", "At random or by risk"), "method")
    if not 1 <= asked.size <= MOST:
        raise WrongInput(Text(f"抽 1 至 {MOST} 件", f"1 to {MOST} cases"), "size")
    if asked.until < asked.start:
        raise WrongInput(Text("止日早于起日", "The last day lies before the first"), "until")
    if len(seed) > LONGEST_SEED or not seed.isprintable():
        raise WrongInput(Text(f"种子最多 {LONGEST_SEED} 个字符", f"A seed has at most {LONGEST_SEED} signs"), "seed")


def chain_of(sample: Sample) -> str:
    """Where entries about a sample stand: with the one outlet it was drawn from, else with the house."""
    if sample.outlet:
        return str(sample.outlet)
    return sample.scope[0] if sample.scope and len(sample.scope) == 1 else HOUSE


def fill(sheet: Sheet, answers: Mapping[str, str], remark: str, finding: str, *, by: Person, at: datetime) -> Sheet:
    """Fill in (or fill in anew) the check sheet of one case. Raises SampleClosed, WrongInput."""
    with transaction.atomic():
        sample = _open(sheet.sample_id)
        kept = Sheet.objects.select_for_update().get(pk=sheet.pk)
        told: dict[str, str] = {}
        for name in (str(one["name"]) for one in sample.questions):
            if answers.get(name, "") not in ANSWERS:
                raise WrongInput(Text("请选是、否或不适用", "Choose yes, no or not applicable"), f"answer-{name}")
            told[name] = answers[name]
        remark, finding = _text(remark, "remark"), _text(finding, "finding")
        if Sheet.NO in told.values() and not (remark or finding):
            raise WrongInput(Text("答“否”的，请写备注或发现", "A “no” needs a remark or a finding"), "remark")
        before = dict(kept.answers)
        kept.answers, kept.remark, kept.finding, kept.filled_by, kept.filled_at = told, remark, finding, by.username, at
        kept.save(update_fields=["answers", "remark", "finding", "filled_by", "filled_at"])
        content = {"case": kept.number, "answers": told, "remark": remark, "finding": finding}
        content |= {"before": before} if before else {}
        entry(chain_of(sample), "sample", str(sample.pk), "fill-sheet", by, at, content)
    return kept


def close(sample: Sample, conclusion: str, *, by: Person, at: datetime) -> Sample:
    """Close a sample whose sheets are all filled in; nothing of it changes any more.

    Raises SampleClosed, NotFinished, WrongInput.
    """
    with transaction.atomic():
        kept = _open(sample.pk)
        left = kept.sheets.filter(filled_at__isnull=True).count()
        if left:
            raise NotFinished(Text(f"还有 {left} 张检查表未填", f"{left} check sheets are still empty"))
        words = _text(conclusion, "conclusion")
        if not words:
            raise WrongInput(Text("请写结论", "Write the conclusion"), "conclusion")
        kept.conclusion, kept.closed_by, kept.closed_at = words, by.username, at
        kept.save(update_fields=["conclusion", "closed_by", "closed_at"])
        entry(
            chain_of(kept), "sample", str(kept.pk), "close-sample", by, at, {"title": kept.title, "conclusion": words}
        )
    return kept


def _open(sample: UUID) -> Sample:
    found = Sample.objects.select_for_update().get(pk=sample)
    if found.closed_at is not None:
        raise SampleClosed
    return found


def _text(words: str, field: str) -> str:
    said = words.replace("\x00", "").strip()
    if len(said) > LONGEST:
        raise WrongInput(Text(f"最多 {LONGEST} 字", f"At most {LONGEST} characters"), field)
    return said
