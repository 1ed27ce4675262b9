"""What happened to a case, in the words of its document: one entry per act, newest first."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _

from bihuan.layout.frames import TimelineEntry
from bihuan.procedure import vocabulary
from bihuan.procedure.definition import Definition, Pack

from .names import Names
from .words import act_title, answered, clause_address, local, people_in, post_title, step_title


def told(definition: Definition, pack: Pack, history: list[dict[str, Any]], names: Names) -> list[TimelineEntry]:
    """The whole story, newest first."""
    names.learn(_named(definition, history))
    return [_entry(definition, pack, entry, names) for entry in reversed(history)]


def filled_forms(definition: Definition, history: list[dict[str, Any]], answers: dict[str, Any]) -> list[str]:
    """The forms that have been filled, the newest filling first."""
    acts = (definition.acts.get(entry["verb"]) for entry in reversed(history))
    in_order = dict.fromkeys(act.form for act in acts if act and act.form in answers)
    return [*in_order, *(name for name in answers if name not in in_order)]


def _named(definition: Definition, history: list[dict[str, Any]]) -> Iterable[str]:
    for entry in history:
        yield entry["doer"]
        yield entry["instead_of"]
        act = definition.acts.get(entry["verb"])
        yield from people_in(definition, act.form if act else "", entry["answers"] or {})


def _entry(definition: Definition, pack: Pack, entry: dict[str, Any], names: Names) -> TimelineEntry:
    act = definition.acts.get(entry["verb"])
    happenings = entry["happenings"] or []
    # what a related case told of itself is said below in words
    answers = {} if entry["verb"] == "child" else entry["answers"] or {}
    lines: list[Any] = list(answered(definition, act.form if act else "", answers, names))
    followed = " · ".join(_followed(definition, pack, happenings, names))
    if followed:
        lines.append(followed)
    if entry["happenings"] is None:
        lines.append(_("内容已按清单处置"))
    if entry["recorded_at"] != entry["done_at"]:
        lines.append(_("%(moment)s 收到") % {"moment": local(entry["recorded_at"], names.zone)})
    late = any(one["kind"] == "deadline-missed" for one in happenings)
    return TimelineEntry(
        at=entry["done_at"],
        title=act_title(definition, entry["verb"], names.language) if act else _event(entry["verb"]),
        who=" · ".join(part for part in (_doer(entry, names), post_title(pack, entry["post"], names.language)) if part),
        clause=entry["clause"],
        clause_address=clause_address(definition, entry["clause"]),
        lines=tuple(lines),
        tone="bad" if late else "quiet" if entry["doer_kind"] == "clock" else "plain",
    )


def _doer(entry: dict[str, Any], names: Names) -> str:
    doer = names.person(entry["doer"]) if entry["doer"] else ""
    if entry["instead_of"]:
        return _("%(doer)s（代 %(other)s）") % {"doer": doer, "other": names.person(entry["instead_of"])}
    return doer or (_("时钟") if entry["doer_kind"] == "clock" else "")


def _post(pack: Pack, entry: dict[str, Any], language: str) -> str:
    """The post acted in; a case that acts on another holds none."""
    return post_title(pack, entry["post"], language) if entry["post"] in pack.posts else ""


def _event(verb: str) -> str:
    return {"tick": _("到时"), "child": _("关联事项有变化"), "act": _("开立")}.get(verb, verb)


# what the answers above it say already
UNSAID = {"left", "done", "opened", "filled", "corrected", "reassigned", "cancelled", "departed", "merged"}


def _followed(definition: Definition, pack: Pack, happenings: list[dict[str, Any]], names: Names) -> Iterable[str]:
    """What followed from the act; of the steps passed through in one go only the last."""
    last = next((one for one in reversed(happenings) if one["kind"] in {"entered", "ended"}), None)
    for one in happenings:
        if one["kind"] in UNSAID or (one["kind"] == "entered" and one is not last):
            continue
        words = HAPPENED.get(one["kind"])
        name = _name(definition, pack, one, names)
        yield words[names.language == "en"].format(name) if words else f"{one['kind']} {name}"


def _name(definition: Definition, pack: Pack, one: dict[str, Any], names: Names) -> str:
    kind, name, data = one["kind"], str(one["name"]), one.get("data") or {}
    language = names.language
    if kind in {"entered", "ended"}:
        return step_title(definition, name, language)
    if kind == "letter":
        return post_title(pack, name, language)
    if kind == "signed":
        return act_title(definition, name, language)
    if kind == "child":
        return _related(data) if data.get("number") else names.kind(str(data.get("case", name)))
    known: dict[str, Any] = vocabulary.EFFECTS if kind == "effect" else definition.deadlines
    return str(known[name].title.say(language)) if name in known else name


def _related(data: dict[str, Any]) -> str:
    """A related case by its number, and that it is over."""
    return _("%(number)s 已结束") % {"number": data["number"]} if data.get("ended") else str(data["number"])


HAPPENED = {
    "signed": ("签署「{}」", "Signed “{}”"),
    "entered": ("进入「{}」", "Entered “{}”"),
    "ended": ("结束于「{}」", "Ended at “{}”"),
    "deadline-started": ("时限「{}」开始", "Deadline “{}” started"),
    "deadline-paused": ("时限「{}」暂停", "Deadline “{}” paused"),
    "deadline-resumed": ("时限「{}」继续", "Deadline “{}” resumed"),
    "deadline-met": ("时限「{}」按时完成", "Deadline “{}” met"),
    "deadline-missed": ("时限「{}」超时", "Deadline “{}” missed"),
    "deadline-void": ("时限「{}」作废", "Deadline “{}” void"),
    "deadline-moved": ("时限「{}」改期", "Deadline “{}” moved"),
    "deadline-stopped": ("时限「{}」停表", "Deadline “{}” stopped"),
    "wait-started": ("等待「{}」开始", "Wait “{}” started"),
    "wait-over": ("等待「{}」结束", "Wait “{}” over"),
    "letter": ("通知{}", "Told: {}"),
    "effect": ("{}", "{}"),
    "child": ("关联事项：{}", "Related case: {}"),
}
