"""The definitions cases began under, looked up once for a whole report."""

from __future__ import annotations

from uuid import UUID

from bihuan.casework.definitions import definition_for
from bihuan.casework.models import Case
from bihuan.procedure.definition import Definition

from .told import Told


class Reading:
    """Definition by version and kind (a duty has its own small one)."""

    def __init__(self) -> None:
        self._known: dict[tuple[UUID, str], Definition] = {}

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
