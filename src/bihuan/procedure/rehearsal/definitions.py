"""The procedures an example may name: those of the pack, and each of their duties as ``kind.duty``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ..definition import Definition
from ..reading import duty_definition


class Definitions(Mapping[str, Definition]):
    """Procedures by kind; a duty's own small procedure is made when it is first asked for."""

    def __init__(self, procedures: Mapping[str, Definition]) -> None:
        self._procedures = dict(procedures)
        self._duties: dict[str, Definition] = {}

    def __getitem__(self, kind: str) -> Definition:
        if kind in self._procedures:
            return self._procedures[kind]
        if kind not in self._duties:
            parent, _, duty = kind.rpartition(".")
            self._duties[kind] = duty_definition(self._procedures[parent], duty)
        return self._duties[kind]

    def __iter__(self) -> Iterator[str]:
        yield from self._procedures
        for kind, definition in self._procedures.items():
            yield from (f"{kind}.{duty}" for duty in definition.duties)

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def instead(self, definition: Definition) -> Definitions:
        """The same procedures with ``definition`` in the place of the one of its kind, duties and all."""
        return Definitions(self._procedures | {definition.kind: definition})
