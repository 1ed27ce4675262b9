"""What was sent for one act on a person, read strictly."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from django.http import Http404, QueryDict

from bihuan.people.errors import WrongInput
from bihuan.procedure.definition import Text


class Sent:
    """What was sent for one act: its fields without the act's name, dates read strictly."""

    def __init__(self, data: QueryDict, act: str) -> None:
        self.data, self.act = data, act

    def text(self, name: str) -> str:
        return self.data.get(f"{self.act}-{name}", "").replace("\x00", "").strip()[:300]

    def several(self, name: str) -> list[str]:
        return self.data.getlist(f"{self.act}-{name}")

    def place(self) -> str:
        """The outlet chosen; "*" stands for everywhere. Nothing chosen is refused: nobody gets all by a slip."""
        if not self.text("outlet"):
            raise WrongInput(Text("请选择网点", "Choose an outlet"), "outlet")
        return self.text("outlet").replace("*", "")

    def day(self, name: str) -> date | None:
        """The day written; None where none was. Raises WrongInput for what is no day."""
        written = self.text(name)
        try:
            return date.fromisoformat(written) if written else None
        except ValueError as error:
            raise WrongInput(Text("请填写日期", "This must be a date"), name) from error

    def must(self, name: str) -> date:
        found = self.day(name)
        if found is None:
            raise WrongInput(Text("请填写日期", "This must be a date"), name)
        return found

    def row(self, model: type, **whose: Any) -> Any:
        """The row named by ``row``, of this person. Raises Http404."""
        try:
            found = model.objects.filter(pk=UUID(self.text("row")), **whose).first()
        except ValueError:
            found = None
        if found is None:
            raise Http404
        return found

    def number(self, name: str) -> int:
        """The whole number written; 0 for what is none."""
        written = self.text(name)
        return int(written) if written.isascii() and written.isdecimal() and len(written) < 6 else 0
