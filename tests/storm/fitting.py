"""Invented answers made to fit a site: its people, its devices, its prices, the hours somebody has free.

Goes by the kinds of a form's questions alone, so it fits the forms of any procedure.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any

import psycopg

from bihuan.procedure.definition import Field, Form

from .site import Furnished

SKILL = "投影机"
# how often a caller speaks of a device on the books, and the person sent has the skill that is needed
KNOWN, FITTING = 0.7, 0.9
CALLERS = ("customer", "contact", "phone", "address", "device", "product")
SLOT = timedelta(minutes=60)
TAKEN = """
SELECT during FROM visits_visit
 WHERE person = %s AND state IN ('booked', 'under-way') AND during && tstzrange(%s, %s)"""


@dataclass
class Fitting:
    """One sentence's answers being made to fit: ``doer`` at ``outlet`` says them at ``at``."""

    furnished: Furnished
    random: Random
    reader: psycopg.Connection[Any] | None
    places: tuple[str, ...]
    outlet: str
    doer: str
    at: datetime

    def fitted(self, form: Form, answers: dict[str, Any]) -> dict[str, Any]:
        """``answers`` (by ``form.field``) with somebody, something, some day and some price of this site in them."""
        found = {key: self._one(form, key, value) for key, value in answers.items()}
        kinds = {field.kind: f"{form.name}.{field.name}" for field in form.fields.values()}
        if "device" in kinds and "customer" in kinds:
            found |= self._caller(form)
        if "person" in kinds and "skill" in kinds:
            skills = self.furnished.skills.get(str(found.get(kinds["person"])), [])
            if skills and self.random.random() < FITTING:
                found[kinds["skill"]] = self.random.choice(skills)
        if "rate" in kinds and "money" in kinds and self.furnished.prices:
            code = self.random.choice(sorted(self.furnished.prices))
            found |= {kinds["rate"]: code, kinds["money"]: self.furnished.prices[code]}
        found |= self._added_up(form, found)
        return {key: value for key, value in found.items() if value is not None}

    def _one(self, form: Form, key: str, value: Any) -> Any:
        asked = form.fields.get(key.rpartition(".")[2])
        match asked.kind if asked else "":
            case "person":
                return self.random.choice(self.furnished.who("repairer", self.places))
            case "skill":
                return SKILL
            case "moment":
                return self._free().isoformat()
            case "date":
                return (self.at + timedelta(days=self.random.randrange(0, 400))).date().isoformat()
            case "case":
                return None
        return value

    def _caller(self, form: Form) -> dict[str, Any]:
        """What a customer says of a device on the books; nothing when somebody else calls."""
        here = [one for one in self.furnished.devices if one["outlet"] == self.outlet]
        if not here or self.random.random() > KNOWN:
            return {}
        device = self.random.choice(here)
        fields = list(form.fields.values())
        said = {f"{form.name}.{field.name}": device[field.kind] for field in fields if field.kind in CALLERS}
        for field in fields:
            if field.kind == "date":
                said[f"{form.name}.{field.name}"] = device["date"]
            if field.kind == "region" and _offers(field, device["region"]):
                said[f"{form.name}.{field.name}"] = device["region"]
        return said

    def _added_up(self, form: Form, answers: dict[str, Any]) -> dict[str, Any]:
        """A sum of money beside lines of money is what the lines make."""
        sums = [field.name for field in form.fields.values() if field.kind == "money"]
        for lines in form.lines.values():
            columns = [field.name for field in lines.fields.values() if field.kind == "money"]
            rows = answers.get(f"{form.name}.{lines.name}")
            if len(sums) == len(columns) == 1 and rows:
                return {f"{form.name}.{sums[0]}": sum(row.get(columns[0], 0) for row in rows)}
        return {}

    def _free(self) -> datetime:
        """A moment from ten minutes to a day and a half ahead at which whoever speaks has an hour."""
        start = self.at + timedelta(minutes=self.random.randrange(10, 2000))
        if self.reader is None:
            return start
        while taken := self.reader.execute(TAKEN, [self.doer, start, start + SLOT]).fetchall():
            start = max(during.upper for (during,) in taken)
        return start


def _offers(field: Field, name: str) -> bool:
    return any(choice.name == name for choice in field.choices)
