"""Taking the demonstration away again: its outlets, their people and everything that hangs on them.

Only the owner of the tables can do it: registers and books refuse it to everybody else. The book keeps its chains; what
the entries said is disposed of under a list, so that ``verify`` names it as gone rightly and not as damage. Procedures,
calendar and administrators stay.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.apps import apps
from django.db import connection, models, transaction

from bihuan.files import actions as files
from bihuan.files.models import Attachment
from bihuan.ground.ids import new_id
from bihuan.journal import actions as journal
from bihuan.journal.models import Content, Entry
from bihuan.people.actions import HOUSE, entry
from bihuan.people.models import OutletKey, OutletTree, Person
from bihuan.registers.charges.models import PriceList
from bihuan.registers.documents.models import Draft
from bihuan.registers.products.models import Product
from bihuan.registers.warranty.models import Terms

FURNISHED = "furnish-samples"
REMOVED = "remove-samples"
LIST = "samples"
AT_ONCE = 2000
# what was written about these came with the procedures, not with the samples
KEPT = frozenset({"document", "calendar", "disposal", "demonstration"})


@dataclass
class Removed:
    """How many rows went, by table, and how many entries were disposed of."""

    rows: dict[str, int] = field(default_factory=dict)
    entries: int = 0


def remember(written: dict[str, Any], at: datetime) -> None:
    """Write down what belongs to the demonstration, so that it can be taken away later."""
    content = {
        "outlets": [one["code"] for one in written.get("outlet", [])],
        "people": [one["username"] for one in written.get("person", []) if not one.get("administrator")],
        "products": [one[0] for one in written.get("products", {}).get("list", [])],
        "prices": written.get("prices", {}).get("name", ""),
    }
    with transaction.atomic():
        entry(HOUSE, "demonstration", "samples", FURNISHED, None, at, content)


def samples() -> dict[str, Any] | None:
    """What the demonstration brought and nobody has taken away yet; None where there is nothing."""
    newest = Entry.objects.filter(about_kind="demonstration").order_by("-position").first()
    if newest is None or newest.verb != FURNISHED:
        return None
    return dict((newest.content or {}).get("answers", {})) | {"until": newest.recorded_at}


def remove(at: datetime, sample: str) -> Removed | None:
    """Take it all away, in one transaction; None where there is nothing to take. ``sample``: the mark on terms.

    Needs the sign-in of the tables' owner.
    """
    with transaction.atomic():
        brought = samples()
        if brought is None:
            return None
        gone = Removed(entries=_dispose(brought, at))
        handed_in = set(Attachment.objects.filter(outlet__in=brought["outlets"]).values_list("sha256", flat=True))
        with _triggers_aside():
            _take_away(brought, sample, gone)
        OutletTree.objects.update_or_create(pk=1, defaults={"token": new_id(at)})
        content = {"outlets": brought["outlets"], "entries": gone.entries, "rows": sum(gone.rows.values())}
        entry(HOUSE, "demonstration", "samples", REMOVED, None, at, content)
    for digest in handed_in:
        files.forget_content(digest)
    return gone


def _dispose(brought: dict[str, Any], at: datetime) -> int:
    """What the entries of the samples said goes under a list of its own in each chain."""
    done = 0
    having = Content.objects.values("entry_id")
    for chain in [*sorted(brought["outlets"]), HOUSE]:
        entries = Entry.objects.filter(chain=chain, pk__in=having).exclude(verb="dispose")
        if chain == HOUSE:
            entries = entries.filter(recorded_at__lte=brought["until"], doer_kind="command")
            entries = entries.exclude(about_kind__in=KEPT)
        found = list(entries.order_by("seq").values_list("pk", flat=True))
        for start in range(0, len(found), AT_ONCE):
            some = found[start : start + AT_ONCE]
            journal.dispose(some, LIST, "", at, reason="示例数据 / sample data")
            done += len(some)
    return done


class _triggers_aside:  # noqa: N801 - reads as what it does: with _triggers_aside()
    """For as long as it lasts the guards of our own tables, the book's excepted, stand aside."""

    def __enter__(self) -> None:
        self._say("DISABLE")

    def __exit__(self, *_whatever: object) -> None:
        self._say("ENABLE")

    def _say(self, what: str) -> None:
        with connection.cursor() as cursor:
            # constraints left for the end would otherwise stand in the way of altering their tables
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            for model in _ours():
                cursor.execute(f'ALTER TABLE "{model._meta.db_table}" {what} TRIGGER USER')


def _ours() -> list[type[models.Model]]:
    labels = {one.label for one in apps.get_app_configs() if one.name.startswith("bihuan.")} - {"journal"}
    return [model for model in apps.get_models() if model._meta.app_label in labels and model._meta.managed]


def _take_away(brought: dict[str, Any], sample: str, gone: Removed) -> None:
    codes = brought["outlets"]
    for model in _ours():
        names = {one.name: one for one in model._meta.get_fields() if getattr(one, "concrete", False)}
        outlet = names.get("outlet")
        if model is not OutletKey and outlet is not None:
            _delete(model._base_manager.filter(outlet__in=codes), gone, set())
    _delete(Terms._base_manager.filter(document=sample), gone, set())
    _delete(PriceList._base_manager.filter(name=brought["prices"]), gone, set())
    _delete(Product._base_manager.filter(code__in=brought["products"]), gone, set())
    begun = models.Q(opened_by__in=brought["people"]) | models.Q(opened_at__lte=brought["until"])
    # one that was sent on to be signed is a version of the procedure by now, and procedures stay
    _delete(Draft._base_manager.filter(begun, state__in=[Draft.WRITING, Draft.DROPPED]), gone, set())
    _delete(Person._base_manager.filter(username__in=brought["people"]), gone, set())
    _delete(OutletKey._base_manager.filter(pk__in=codes), gone, set())


def _delete(rows: models.QuerySet[Any], gone: Removed, above: set[type[models.Model]]) -> None:
    """These rows, after everything that points at them."""
    keys = list(rows.values_list("pk", flat=True))
    model = rows.model
    for start in range(0, len(keys), AT_ONCE):
        some = keys[start : start + AT_ONCE]
        for relation in _pointing(model):
            pointing = relation.related_model._base_manager.filter(**{f"{relation.field.name}__in": some})
            if relation.related_model is model or relation.related_model in above:
                if relation.field.null:
                    pointing.update(**{relation.field.name: None})
            else:
                _delete(pointing, gone, above | {model})
        taken = model._base_manager.filter(pk__in=some)._raw_delete(rows.db)
        if taken:
            gone.rows[model._meta.db_table] = gone.rows.get(model._meta.db_table, 0) + int(taken)


def _pointing(model: type[models.Model]) -> Iterable[Any]:
    for relation in model._meta.related_objects:
        if relation.one_to_many or relation.one_to_one:
            yield relation
