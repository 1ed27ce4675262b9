"""The definitions cases began under, looked up once for a whole report."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from uuid import UUID

from bihuan.casework.definitions import definition_for
from bihuan.casework.models import Case
from bihuan.procedure.definition import Definition, Field, Form

from .told import Told

FIELD_KINDS = ("fault", "product", "device", "place", "region")
"""What a case is about, by the kind of the question that asked it; each has its own table."""

Counted = tuple[str, str, Field]
"""The section an answer is counted in, the form and the question."""


CHOICE = "choice~"


def choice_section(kind: str, form: str, name: str) -> str:
    return f"{CHOICE}{kind}~{form}~{name}".replace(".", "!")


class Reading:
    """Definition by version and kind (a duty has its own small one)."""

    def __init__(self, posts: Collection[str] | None = None, silent: Collection[UUID] = ()) -> None:
        """``posts`` are those of whoever reads the report: what is asked on forms for others is not counted for them.

        None = all of it, for whoever only prepares what reports are made of. Of ``silent`` cases no answer is.
        """
        self._posts, self._silent = posts, silent
        self._known: dict[tuple[UUID, str], Definition] = {}
        self._counted: dict[tuple[UUID, str], tuple[list[Counted], frozenset[str]]] = {}
        self._wanted: dict[tuple[UUID, str], tuple[frozenset[str], frozenset[str]]] = {}

    def under(self, version: UUID, kind: str) -> Definition:
        """The definition of one version."""
        key = version, kind
        if key not in self._known:
            self._known[key] = definition_for(Case(version_id=version, kind=kind))
        return self._known[key]

    def of(self, told: Told) -> Definition:
        """The definition ``told`` stands under."""
        return self.under(told.version, told.kind)

    def stage(self, told: Told) -> str:
        """The stage of the step it stood at; "" for a step its version no longer has."""
        step = self.of(told).steps.get(told.step)
        return step.stage if step else ""

    def counted(self, told: Told, *, choices: bool) -> tuple[list[Counted], frozenset[str]]:
        """The questions whose answers are counted: those of a counted kind, with ``choices`` also all with choices.

        With them the forms that have to be read for it: where they are asked, and where they are asked again.
        """
        if told.id in self._silent:
            return [], frozenset()
        key = told.version, told.kind
        if key not in self._counted:
            definition = self.of(told)
            found = [one for one in _questions(definition, choices=choices) if self._may_read(definition.forms[one[1]])]
            asked = {form for _section, form, _question in found}
            again = {
                form.name
                for form in definition.forms.values()
                if any(question.again.partition(".")[0] in asked for question in form.fields.values())
            }
            self._counted[key] = found, frozenset(asked | again)
        return self._counted[key]

    def _may_read(self, form: Form) -> bool:
        """Whether the reader's posts may read the form; until when it is kept from others is not looked at here."""
        return self._posts is None or not form.seen_by or not set(form.seen_by).isdisjoint(self._posts)

    def wanted(self, version: UUID, kind: str) -> tuple[frozenset[str], frozenset[str]]:
        """The forms any report reads, and the names of the questions in them it counts or that ask one again."""
        key = version, kind
        if key not in self._wanted:
            definition = self.under(version, kind)
            counted = {(form, question.name) for _section, form, question in _questions(definition, choices=True)}
            again = {
                (form.name, question.name)
                for form in definition.forms.values()
                for question in form.fields.values()
                if question.again and tuple(question.again.partition(".")[::2]) in counted
            }
            forms = frozenset(form for form, _name in counted | again)
            self._wanted[key] = forms, frozenset(name for _form, name in counted | again)
        return self._wanted[key]


def _questions(definition: Definition, *, choices: bool) -> Iterator[Counted]:
    for form in definition.forms.values():
        for question in form.fields.values():
            if question.kind in FIELD_KINDS:
                yield question.kind, form.name, question
            if question.choices and choices:
                yield choice_section(definition.kind, form.name, question.name), form.name, question
