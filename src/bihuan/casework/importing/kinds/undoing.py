"""Taking rows of registers back: only what was made, only while nothing else points to it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db import IntegrityError, models, transaction
from django.db.models import ProtectedError

from bihuan.journal.models import Entry
from bihuan.people.actions import entry
from bihuan.procedure.definition import Text

from ..errors import ImportRefusal
from .base import Context

BUILT_UPON = Text("导入后已有别的记录以它们为依据，不能撤回", "Other records were built on them since: not taken back")


def untouched(about: str, ids: Sequence[str]) -> None:
    """Raise ImportRefusal when one of these was acted on by itself since: its own entry stands in the book."""
    found = Entry.objects.filter(about_kind=about, about_id__in=ids).values_list("about_number", flat=True).first()
    if found is not None:
        words = Text(f"{found} 导入后已有改动，不能撤回", f"{found} was changed since: not taken back")
        raise ImportRefusal("built-upon", words)


def remove(groups: Sequence[tuple[type[models.Model], str, Sequence[str]]]) -> None:
    """Delete (model, field, ids) in this order. Raises ImportRefusal where anything else points to a row."""
    try:
        with transaction.atomic():
            for model, field, ids in groups:
                model._default_manager.filter(**{f"{field}__in": [UUID(one) for one in ids]}).delete()
    except (ProtectedError, IntegrityError) as error:
        raise ImportRefusal("built-upon", BUILT_UPON) from error


def tell(chain: str, context: Context, content: dict[str, Any]) -> None:
    """The entry that says what was taken back, in the chain of what was made."""
    entry(chain, "import", str(context.id), "reverse-import", context.by, context.at, content)
