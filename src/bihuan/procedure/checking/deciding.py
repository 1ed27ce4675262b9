"""``together``: several cases are agreed to at once only where agreeing says all that is asked."""

from __future__ import annotations

from bihuan.procedure.deciding import agreeing, by_people

from .names import Names


def check_deciding(names: Names) -> None:
    """Acts that may be agreed to together though nobody does them by hand, or though they ask more than one answer."""
    for act in names.definition.acts.values():
        if act.together is None:
            continue
        where = names.at(act.origin, "acts", act.name, "together")
        if not by_people(act):
            names.add(
                "together-nobody",
                where,
                f"{act.name} 不是人办的，谈不上几件一起同意",
                f"nobody does {act.name} by hand, so nobody can agree to several together",
            )
        elif agreeing(names.definition, act) is None:
            names.add(
                "together-asks",
                where,
                f"{act.name} 除了同意不同意还有必填的问题，不能几件一起同意",
                f"{act.name} asks more than whether one agrees, so several cannot be agreed to together",
            )
