"""What a procedure wants gathered on one paper."""

from __future__ import annotations

from msgspec import Struct

from .words import Origin, Text


class Section(Struct, frozen=True):
    """One part of a sheet: a heading and what stands under it, in its order.

    Each of ``parts`` names a form, a question (``form.field``), a table (``form.lines``) or a group of opened cases.
    """

    key: str
    title: Text
    parts: tuple[str, ...]


class Sheet(Struct, frozen=True):
    """A paper put together from several forms of one case, each in its newest filling, and the cases it opened."""

    name: str
    title: Text
    origin: Origin
    sections: tuple[Section, ...]
