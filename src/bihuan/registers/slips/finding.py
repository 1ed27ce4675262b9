"""Which copies a text or an answer means: ``form.copy``, a form, the numbers on a list."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.models import F, Q

from bihuan.procedure.definition import Text

from .errors import NoSuchSlip, WrongSlip
from .models import Copy, Slip


def newest(form: str, case_number: str) -> Slip:
    """The newest slip of ``form`` in the case that is not void. Raises NoSuchSlip."""
    found = Slip.objects.filter(case_number=case_number, form=form).exclude(state=Slip.VOID)
    slip = found.order_by("-issued_at", "-pk").first()
    if slip is None:
        raise NoSuchSlip(Text(f"本事项没有开出「{form}」", f"No “{form}” was made out in this case"), "slip")
    return slip


def copy_named(name: str, case_number: str) -> Copy:
    """``form.copy``: that copy of the newest slip of the form. Raises NoSuchSlip."""
    form, _dot, copy = name.partition(".")
    found = newest(form, case_number).copies.filter(name=copy).select_related("slip").first()
    if found is None:
        raise NoSuchSlip(Text(f"没有这一联：{name}", f"There is no such copy: {name}"), "copy")
    return found


def meant(arguments: dict[str, Any], case_number: str, outlet: str, in_hand: Callable[[Copy], bool]) -> list[Copy]:
    """The copies ``copy``, ``copies`` and ``slip`` name. Raises NoSuchSlip, WrongSlip where nothing is named.

    ``copies`` may be a list of ``form.copy``, or what was written on a form: numbers of slips of this outlet, of which
    those copies are meant that are in the giver's hand and have not come to the end of their way.
    """
    found = [copy_named(str(arguments["copy"]), case_number)] if arguments.get("copy") else []
    for one in _listed(arguments.get("copies")):
        form = one.partition(".")[0]
        if Slip.objects.filter(case_number=case_number, form=form).exists() and "." in one:
            found.append(copy_named(one, case_number))
        else:
            found += _by_number(one, outlet, in_hand)
    if arguments.get("slip"):
        slip = newest(str(arguments["slip"]), case_number)
        held = [copy for copy in slip.copies.filter(state=Copy.OPEN).select_related("slip") if in_hand(copy)]
        if not held:
            words = Text(
                f"{slip.title} {slip.number} 没有一联在交出人手里", f"No copy of {slip.number} is in that hand"
            )
            raise NoSuchSlip(words, "slip")
        found += held
    # a table nobody filled in names none: there is nothing to hand on that month
    if not found and "copies" not in arguments:
        raise WrongSlip(Text("没有写明是哪一联", "No copy was named"), "copy")
    return list({copy.pk: copy for copy in found}.values())


def _listed(value: Any) -> list[str]:
    """What was listed: names, numbers, or the lines of a table (their ``number``, else their first filled column)."""
    lines = value if isinstance(value, list) else [value] if value else []
    said = []
    for line in lines:
        if isinstance(line, dict):
            line = line.get("number") or next((one for one in line.values() if one), "")  # noqa: PLW2901 - same thing, plainer
        said += str(line or "").split()
    return [one for one in said if one]


def _by_number(number: str, outlet: str, in_hand: Callable[[Copy], bool]) -> list[Copy]:
    """Copies of the outlet's slip with this number that are in the giver's hand and on their way."""
    of_number = Copy.objects.filter(slip__outlet=outlet, slip__number=number).exclude(slip__state=Slip.VOID)
    if not of_number.exists():
        raise NoSuchSlip(Text(f"没有编号为 {number} 的单据", f"There is no slip numbered {number}"), "copies")
    there = Q(holder_kind=F("ends_kind"), holder=F("ends_holder"))
    open_ones = of_number.filter(state=Copy.OPEN).exclude(there).select_related("slip").order_by("pk")
    found = [copy for copy in open_ones if in_hand(copy)]
    if not found:
        raise NoSuchSlip(
            Text(f"{number} 没有一联在交出人手里", f"No copy of {number} is in the giver's hand"), "copies"
        )
    slips = sorted({copy.slip.title for copy in found})
    if len(slips) > 1:
        titles = "、".join(slips)
        raise WrongSlip(
            Text(
                f"{number} 手里有几种单据：{titles}，先交出其余的",
                f"Several slips numbered {number} are in hand: {titles}",
            ),
            "copies",
        )
    return found
