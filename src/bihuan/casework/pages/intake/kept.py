"""The clerk's drafts at this desk: each in a place of its own, shown as tabs, so that none overwrites another."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import QueryDict

from bihuan.people.models import Person

from ... import drafts
from ...models import Draft

PLACE = "intake."
LABEL_LETTERS = 12


@dataclass(frozen=True)
class Tab:
    """One draft: ``identity`` is at once the id of the act it will become."""

    identity: UUID
    label: str
    saved_at: datetime
    current: bool


def place_of(kind: str, identity: UUID) -> str:
    return f"{PLACE}{kind}.{identity.hex}"


def all_of(person: Person) -> list[Draft]:
    """Everything ``person`` left at this desk, oldest first."""
    return list(Draft.objects.filter(person=person, place__startswith=PLACE).order_by("pk"))


def identity_of(draft: Draft) -> UUID | None:
    """The act id in a draft's place; None where it is none."""
    return read_identity(draft.place.rpartition(".")[2])


def kind_of(draft: Draft) -> str:
    """The kind of case in a draft's place."""
    return draft.place.removeprefix(PLACE).rpartition(".")[0]


def read_identity(text: str) -> UUID | None:
    """A UUIDv7 as sent by a page or an address; None for anything else."""
    try:
        given = UUID(text)
    except ValueError:
        return None
    return given if given.version == 7 else None


def tabs(found: list[Draft], current: UUID, names: list[str]) -> list[Tab]:
    """A tab per draft, called by the first of the questions ``names`` that is answered."""
    return [
        Tab(identity, _label(draft.answers, names), draft.saved_at, identity == current)
        for draft, identity in ((each, identity_of(each)) for each in found)
        if identity is not None
    ]


def _label(answers: Any, names: list[str]) -> str:
    said = as_sent(answers)
    return next((text[:LABEL_LETTERS] for text in (said.get(name, "").strip() for name in names) if text), "")


def as_sent(answers: Any) -> QueryDict:
    """Kept answers as a form would send them; what is no list of texts is left out."""
    query = QueryDict(mutable=True)
    for name, values in answers.items() if isinstance(answers, dict) else ():
        listed = values if isinstance(values, list) else [values]
        query.setlist(str(name), [str(value) for value in listed if isinstance(value, str | int | float)])
    return query


def as_kept(sent: QueryDict) -> drafts.Answers:
    """What a form sent, as a draft keeps it: without what the page itself sends ("_…", its token, its buttons)."""
    own = {"csrfmiddlewaretoken", "do"}
    return {
        name: [value for value in values if value]
        for name, values in sent.lists()
        if not name.startswith("_") and name not in own
    }
