"""A case as those see it who see telephone numbers masked: the same for every door (``rights.sees_numbers``)."""

from __future__ import annotations

from typing import Any

from bihuan.procedure.definition import Definition
from bihuan.registers.customers import phones

from .indexing import without_phones
from .marks import marks_of
from .models import Case


def masked(phone: str) -> str:
    """A number with its middle hidden; all of it where it cannot be read as one."""
    number = phones.e164(phone) if phone else None
    return phones.masked(number) if number else "****" if phone else ""


def hidden(text: str) -> str:
    """Text without the telephone numbers somebody wrote into it: they are masked as well."""
    for number in without_phones(text)[1]:
        text = text.replace(number, masked(number))
    return text


class Masks:
    """What a reader is shown of one case; ``whole``: everything as it is."""

    def __init__(self, case: Case, definition: Definition, *, whole: bool) -> None:
        marks = [] if whole else marks_of(definition, case.state.answers)
        self.whole = whole
        self.phones = {value for kind, value in marks if kind == "phone"}
        # figures of a serial number are no telephone number
        self.spared = {value for kind, value in marks if kind in {"device", "product"}}

    def of(self, value: Any) -> Any:
        """``value`` (plain data, however deep) with every number masked; files are left as they are."""
        if self.whole:
            return value
        if isinstance(value, str):
            if value in self.spared:
                return value
            return masked(value) if value.strip() in self.phones else hidden(value)
        if isinstance(value, dict):
            return value if "hash" in value else {name: self.of(one) for name, one in value.items()}
        if isinstance(value, list | tuple):
            return [self.of(one) for one in value]
        return value
