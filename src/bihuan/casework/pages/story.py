"""What happened to a case, in the words of its document: one entry per act, newest first."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from bihuan.layout.frames import TimelineEntry
from bihuan.procedure import vocabulary
from bihuan.procedure.definition import Definition, Pack

from ..actions.carrying import TAKEN_OFF
from ..definitions import definition_of
from .names import Names
from .promises import amount
from .words import act_title, answered, clause_address, clause_called, local, people_in, post_title, step_title


def told(definition: Definition, pack: Pack, history: list[dict[str, Any]], names: Names) -> list[TimelineEntry]:
    """The whole story, newest first."""
    names.learn(named(definition, history))
    texts = _texts(definition, history)
    return [_entry(text, pack, entry, names) for text, entry in reversed(list(zip(texts, history, strict=True)))]


def _texts(definition: Definition, history: list[dict[str, Any]]) -> list[Definition]:
    """The text each entry was written under: that in hand, or the one a later move left."""
    text, found = definition, []
    for entry in reversed(history):
        found.append(text)
        if entry["verb"] == MOVED and entry["answers"]:
            text = definition_of(UUID(entry["answers"]["from"]), definition.kind)
    return found[::-1]


def with_asides(entries: list[TimelineEntry], asides: Iterable[TimelineEntry]) -> list[TimelineEntry]:
    """The story with what was noted and what the clocks did laid in at its moment, newest first."""
    # of what happened at the same moment the act itself stands below what followed from it
    return sorted([*asides, *entries], key=lambda entry: entry.at, reverse=True)


def noted(notes: list[dict[str, Any]], pack: Pack, names: Names) -> list[TimelineEntry]:
    """Remarks about the case: in the book beside its entries, in the story among them."""
    names.learn(name for note in notes for name in (note["doer"], note["signer"]) if name)
    titles = {
        "signer-added": _("请人加签"),
        "signer-signed": _("加签"),
        "signer-let-off": _("不用加签了"),
        "called-again": _("客户再次来电"),
        "opened-anyway": _("另开一单的理由"),
        "remark": _("备注"),
        "number-shown": _("查看完整电话"),
    }
    return [
        TimelineEntry(
            at=note["at"],
            title=titles.get(note["verb"], note["verb"]),
            who=" · ".join(
                part for part in (names.person(note["doer"]), post_title(pack, note["post"], names.language)) if part
            ),
            lines=tuple(_noted_lines(note, names)),
            tone="quiet" if note["verb"] == "number-shown" else "plain",
        )
        for note in notes
    ]


def _noted_lines(note: dict[str, Any], names: Names) -> Iterator[str]:
    """Whom a signature is asked of and how it was given, then what was said."""
    if note["gone"]:
        yield _("内容已按清单处置")
    if note["signer"] and note["signer"] != note["doer"]:
        yield names.person(note["signer"])
    if note["agreed"] is not None:
        yield _("同意") if note["agreed"] else _("不同意")
    if note["words"]:
        yield note["words"]


def pauses(definition: Definition, case: Any, names: Names) -> list[TimelineEntry]:
    """Every span in which a promise did not count: from when to when, how long, by which clause."""
    found = []
    for run in case.state.clocks:
        promise = definition.deadlines.get(run.name)
        for pause in run.pauses if promise else ():
            if pause.end is None:
                continue
            # the same step ends many promises' pauses: each says which it was
            minutes = int((pause.end - pause.start).total_seconds()) // 60
            span = f"{local(pause.start, names.zone)} – {local(pause.end, names.zone)}"
            found.append(
                TimelineEntry(
                    at=pause.end,
                    title=_("时限「%(promise)s」暂停过") % {"promise": promise.title.say(names.language)},
                    who=step_title(definition, pause.step, names.language),
                    clause=clause_called(definition, pause.clause),
                    clause_address=clause_address(definition, pause.clause),
                    lines=(f"{span} · {amount(minutes, 'minutes')}",),
                    tone="quiet",
                    address=f"/cases/{case.number}/deadlines/{run.name}/{run.run}/",
                )
            )
    return found


def filled_forms(definition: Definition, history: list[dict[str, Any]], answers: dict[str, Any]) -> list[str]:
    """The forms that have been filled, the newest filling first."""
    acts = (definition.acts.get(entry["verb"]) for entry in reversed(history))
    in_order = dict.fromkeys(act.form for act in acts if act and act.form in answers)
    return [*in_order, *(name for name in answers if name not in in_order)]


def named(definition: Definition, history: list[dict[str, Any]]) -> Iterable[str]:
    for entry in history:
        yield entry["doer"]
        yield entry["instead_of"]
        yield from (str((one.get("data") or {}).get("before") or "") for one in _moved(entry))
        yield from (_person_told(one) for one in entry["happenings"] or ())
        act = definition.acts.get(entry["verb"])
        yield from people_in(definition, act.form if act else "", entry["answers"] or {})


def _moved(entry: dict[str, Any]) -> list[dict[str, Any]]:
    return [one for one in entry["happenings"] or () if one["kind"] == "reassigned"]


def _entry(definition: Definition, pack: Pack, entry: dict[str, Any], names: Names) -> TimelineEntry:
    act = definition.acts.get(entry["verb"])
    happenings = entry["happenings"] or []
    # what a related case told of itself is said below in words
    answers = {} if entry["verb"] in {"child", MOVED} else entry["answers"] or {}
    lines: list[Any] = list(answered(definition, act.form if act else "", answers, names))
    lines += _corrected(definition, happenings, names)
    lines += _moved_to(happenings)
    lines += (said := _told_by_registers(definition, entry, names))
    # an effect the register told of in words is not named a second time
    told = {title for title, _words in said}
    followed = " · ".join(one for one in _followed(definition, pack, happenings, names) if one not in told)
    if followed:
        lines.append(followed)
    if entry["happenings"] is None:
        lines.append(_("内容已按清单处置"))
    if entry["recorded_at"] != entry["done_at"]:
        lines.append(_("%(moment)s 收到") % {"moment": local(entry["recorded_at"], names.zone)})
    late = any(one["kind"] == "deadline-missed" for one in happenings) or any(map(_off, entry.get("effects") or ()))
    return TimelineEntry(
        at=entry["done_at"],
        title=called(definition, entry["verb"], names.language),
        who=" · ".join(part for part in (_doer(entry, names), post_title(pack, entry["post"], names.language)) if part),
        clause=clause_called(definition, entry["clause"]),
        clause_address=clause_address(definition, entry["clause"]),
        lines=tuple(lines),
        tone="bad" if late else "quiet" if entry["doer_kind"] == "clock" else "plain",
    )


def _corrected(definition: Definition, happenings: list[dict[str, Any]], names: Names) -> list[tuple[str, str]]:
    """Old → new of what a correction or a reassignment changed."""
    found = []
    for one in happenings:
        data = one.get("data") or {}
        if one["kind"] == "corrected":
            form = str(data.get("form", ""))
            # of several signers' own fillings the question comes after the signer's number
            head, _dot, rest = str(data.get("field", "")).partition(".")
            name = rest if head.isdecimal() else head
            before = answered(definition, form, {name: data["before"]}, names) if data.get("before") is not None else []
            after = answered(definition, form, {name: data.get("after")}, names)
            old = before[0][1] if before else "—"
            found.append((after[0][0] if after else name, f"{old} → {after[0][1] if after else ''}"))
        elif one["kind"] == "reassigned":
            act = act_title(definition, str(one["name"]), names.language)
            before_name = names.person(str(data["before"])) if data.get("before") else "—"
            found.append((act, f"{before_name} → {names.person(str(data.get('person', '')))}"))
    return found


def _moved_to(happenings: list[dict[str, Any]]) -> list[str]:
    """From which version to which a case was moved, and why."""
    told = [one["data"] for one in happenings if one["kind"] == "moved"]
    return [f"{one['from']} → {one['to']} · {one['reason']}" for one in told]


def _told_by_registers(definition: Definition, entry: dict[str, Any], names: Names) -> list[tuple[str, str]]:
    """What the registers said of their part: a receipt's number, a decision with its rule, copies and hands."""
    found = []
    for one in entry.get("effects") or ():
        found += [(_("已从清单划去 %(number)s") % {"number": off["number"]}, _why(off, names)) for off in _off(one)]
        effect = vocabulary.EFFECTS.get(str(one.get("effect", "")))
        title = effect.title.say(names.language) if effect else str(one.get("effect", ""))
        parts = (_plain(key, _titled(definition, key, value), names) for key, value in _weighed(one).items())
        said = " · ".join(filter(None, parts))
        if said:
            found.append((title, said))
    return found


def _off(told: dict[str, Any]) -> list[dict[str, str]]:
    """The cases of a list that could not be acted on."""
    return list(told.get(TAKEN_OFF, ()))


def _why(off: dict[str, str], names: Names) -> str:
    return " · ".join(part for part in (off.get(names.language) or off["zh"], off["clause"]) if part)


def _weighed(told: dict[str, Any]) -> dict[str, Any]:
    """What a register told, without its name; what was computed stands beside a decision only where it differs."""
    said = {key: value for key, value in told.items() if key not in {"effect", TAKEN_OFF}}
    computed = said.pop("computed", None)
    if computed and computed != said.get("decision"):
        said["decision"] = _("%(decided)s（按期计算为%(computed)s）") % {
            "decided": _covered(str(said.get("decision", ""))),
            "computed": _covered(str(computed)),
        }
    return said


def _covered(decided: str) -> str:
    return {"in": _("保内"), "out": _("保外")}.get(decided, decided)


def _titled(definition: Definition, key: str, value: Any) -> Any:
    """The title of a form the register names by the document's own short name."""
    form = definition.forms.get(str(value)) if key in {"form", "slip"} else None
    return {"zh": form.title.zh, "en": form.title.en} if form else value


def _plain(key: str, value: Any, names: Names) -> str:
    """One thing a register told, where it can be read: words in the reader's language, numbers, names – no ids."""
    if isinstance(value, dict):
        return str(value.get(names.language) or value.get("zh") or "")
    if isinstance(value, list):
        parts = [_plain("", one, names) for one in value[:6]]
        return ", ".join(part for part in parts if part)
    if value is None or isinstance(value, bool) or key in {"id", "case", "entry", "place"}:
        return ""
    text = str(value)
    if key in {"decision", "who"}:
        return _covered(text) if key == "decision" else names.person(text)
    return _as_read(text, names)


def _as_read(text: str, names: Names) -> str:
    """A moment in the reader's zone, nothing for an id, everything else as it was written."""
    if _MOMENT.match(text):
        return local(datetime.fromisoformat(text), names.zone)
    return "" if _ID.fullmatch(text) else text


_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d")
_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}")


def _doer(entry: dict[str, Any], names: Names) -> str:
    doer = names.person(entry["doer"]) if entry["doer"] else ""
    if entry["instead_of"]:
        return _("%(doer)s（代 %(other)s）") % {"doer": doer, "other": names.person(entry["instead_of"])}
    return doer or (_("时钟") if entry["doer_kind"] == "clock" else "")


def _post(pack: Pack, entry: dict[str, Any], language: str) -> str:
    """The post acted in; a case that acts on another holds none."""
    return post_title(pack, entry["post"], language) if entry["post"] in pack.posts else ""


def called(definition: Definition, verb: str, language: str) -> str:
    """What an entry is called: the act's title, or what happened by itself."""
    return act_title(definition, verb, language) if verb in definition.acts else _event(verb)


def doer_of(entry: dict[str, Any], names: Names) -> str:
    """Who did it, and for whom; another case by its number."""
    return _doer(entry, names) or str(entry["doer_kind"])


def _event(verb: str) -> str:
    return {"tick": _("到时"), "child": _("关联事项有变化"), "act": _("开立"), MOVED: _("换版")}.get(verb, verb)


# what the answers above it say already
UNSAID = {"left", "done", "opened", "filled", "corrected", "reassigned", "cancelled", "departed", "merged", "moved"}
MOVED = "move"


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
    if kind == "letter" and _person_told(one):
        return names.person(_person_told(one))
    if kind == "letter":
        return post_title(pack, name, language)
    if kind == "signed":
        return act_title(definition, name, language)
    if kind == "child":
        return _related(data) if data.get("number") else names.kind(str(data.get("case", name)))
    known: dict[str, Any] = vocabulary.EFFECTS if kind == "effect" else definition.deadlines
    return str(known[name].title.say(language)) if name in known else name


def _person_told(one: dict[str, Any]) -> str:
    """The username a letter went to; "" for a letter to a post and for whatever is no letter."""
    name = str(one["name"])
    return name.removeprefix("person:") if one["kind"] == "letter" and name.startswith("person:") else ""


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
