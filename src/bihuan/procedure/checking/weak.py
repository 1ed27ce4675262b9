"""Findings: weaknesses of a text that still runs. An author may accept each with a reason under its clause."""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec

from bihuan.procedure import vocabulary
from bihuan.procedure.definition import Act, Definition, Field, Form, Keep, Origin, Pack, Text

from .fault import Fault, Faults
from .names import children, effects, near

SECTIONS = ("目的", "范围", "职责", "程序", "相关文件", "记录")
_DAYS = {"day": 1, "week": 7, "month": 30, "year": 365}


def find_weak(definition: Definition, pack: Pack) -> tuple[Fault, ...]:
    """All findings of one definition, those accepted by their clause with the reason given."""
    found = Faults()
    checks = (_labels, _promises, _retention, _shorter, _sections, _to_come, _references)
    for check in checks:
        for code, origin, zh, en, corrected in check(definition, pack):
            found.add(Fault(code, origin.file, origin.line, origin.clause, Text(zh, en), corrected))
    return _accepted(definition, found)


Weakness = tuple[str, Origin, str, str, str]


def _accepted(definition: Definition, found: Faults) -> tuple[Fault, ...]:
    used: set[tuple[int, str]] = set()
    judged = []
    for fault in found.sorted():
        clause = max((c for c in definition.clauses if c.line <= fault.line), key=lambda c: c.line, default=None)
        reason = clause.accept.get(fault.code, "") if clause is not None else ""
        if clause is not None and reason:
            used.add((clause.line, fault.code))
        judged.append(msgspec.structs.replace(fault, accepted=reason))
    for clause in definition.clauses:
        for code in clause.accept:
            if (clause.line, code) not in used:
                words = Text(
                    f"接受了 {code}，但这一条没有这样的提示",
                    (f"{code} is accepted, but this clause has no such finding"),
                )
                judged.append(Fault("accept-without-finding", definition.file, clause.line, clause.number, words))
    return tuple(judged)


def _labels(definition: Definition, pack: Pack) -> Iterator[Weakness]:
    """Names without a title and titles without English."""
    for what, name, words, origin in _titles(definition):
        if words.zh == name:
            yield (
                "missing-title",
                origin,
                f"{what} 没有标题，界面上只能显示名称",
                f"{what} has no title; its name is shown instead",
                _labelled(what, name),
            )
        elif not words.en and "en" in pack.languages:
            yield (
                "missing-english",
                origin,
                f"{what}“{words.zh}”没有英文",
                f"{what} “{words.zh}” has no English",
                f'{{ zh = "{words.zh}", en = "…" }}',
            )


def _labelled(what: str, name: str) -> str:
    """The line that gives ``what`` its words."""
    words = '{ zh = "…", en = "…" }'
    table, _, rest = what.partition(".")
    if table == "steps":
        return f"step-titles = {{ {name} = {words} }}"
    if table == "forms" and ".copies." not in what and "." in rest:
        deep = rest.count(".") - (2 if ".lines." in what else 0)
        return f"choose = {{ {name} = {words} }}" if deep > 1 else f"ask = {words}"
    return f"title = {words}"


def _titles(definition: Definition) -> Iterator[tuple[str, str, Text, Origin]]:
    head = definition.opening.origin
    yield "head", "", definition.title, head
    for step in definition.steps.values():
        yield f"steps.{step.name}", step.name, step.title, step.origin or head
    for table, entries in (
        ("acts", definition.acts),
        ("deadlines", definition.deadlines),
        ("duties", definition.duties),
        ("targets", definition.targets),
        ("sheets", definition.sheets),
        ("forms", definition.forms),
    ):
        for entry in entries.values():
            yield f"{table}.{entry.name}", entry.name, entry.title, entry.origin
    for form in definition.forms.values():
        for copy, words in form.copies.items():
            yield f"forms.{form.name}.copies.{copy}", copy, words, form.origin
        yield from _of_fields(f"forms.{form.name}", form.fields)
        for lines in form.lines.values():
            yield f"forms.{form.name}.lines.{lines.name}", lines.name, lines.ask, lines.origin
            yield from _of_fields(f"forms.{form.name}.lines.{lines.name}", lines.fields)


def _of_fields(where: str, fields: dict[str, Field]) -> Iterator[tuple[str, str, Text, Origin]]:
    for field in fields.values():
        yield f"{where}.{field.name}", field.name, field.ask, field.origin
        for choice in field.choices:
            yield f"{where}.{field.name}.{choice.name}", choice.name, choice.label, field.origin


def _promises(definition: Definition, pack: Pack) -> Iterator[Weakness]:
    """A promise nobody hears of when it is late."""
    for what, entries in (("deadlines", definition.deadlines), ("duties", definition.duties)):
        for entry in entries.values():
            if not any(rung.letters for rung in entry.late):
                yield (
                    "promise-unheard",
                    entry.origin,
                    f"{what}.{entry.name} 逾期时没有人知道",
                    f"nobody hears when {what}.{entry.name} is late",
                    'late = [{ tell = ["…"] }]',
                )


def _retention(definition: Definition, pack: Pack) -> Iterator[Weakness]:
    if definition.keep is not None:
        return
    for form in definition.forms.values():
        if form.keep is None:
            yield (
                "form-without-retention",
                form.origin,
                f"表单 {form.name} 没有写保存多久",
                f"the form {form.name} does not say how long it is kept",
                'keep = { for = "2 years", from = "closed", by = "…" }',
            )


def days_kept(keep: Keep | None, pack: Pack) -> float | None:
    """About how many days a record is kept; None where it follows another."""
    if keep is None or keep.longest:
        return None
    if keep.never:
        return 0
    longest = 0.0
    for term in keep.terms:
        if term.time in pack.times:
            time = pack.times[term.time]
            amount, unit = time.amount, time.unit.removeprefix("working-").rstrip("s")
        else:
            found = re.match(r"(\d+) (?:working )?(\w+?)s?$", term.time)
            if found is None:
                continue
            amount, unit = int(found.group(1)), found.group(2)
        longest = max(longest, amount * _DAYS.get(unit, 0))
    return longest


def _shorter(definition: Definition, pack: Pack) -> Iterator[Weakness]:
    """A record kept shorter than one that refers to it."""
    for form in definition.forms.values():
        keep = form.keep or definition.keep
        kept = days_kept(keep, pack)
        if kept is None or keep is None:
            continue
        for other in definition.forms.values():
            other_keep = other.keep or definition.keep
            longer = days_kept(other_keep, pack)
            if longer is not None and longer > kept and _refers(definition, other, form):
                term = other_keep.terms[0].time if other_keep and other_keep.terms else "…"
                yield (
                    "kept-shorter",
                    keep.origin if form.keep else form.origin,
                    f"“{form.title.zh}”比引用它的“{other.title.zh}”保存得短",
                    f"“{form.title.say('en')}” is kept shorter than “{other.title.say('en')}”, which refers to it",
                    f'keep = {{ for = "{term}" }}',
                )
                break


def _refers(definition: Definition, other: Form, form: Form) -> bool:
    """Whether ``other`` leans on ``form``: asks it again, follows its lines, shares its number, or came after it."""
    if other.name == form.name:
        return False
    opening: Act | None = definition.acts.get(definition.opening.act)
    if opening is not None and opening.form == form.name and not definition.duty_of:
        return any(act.form == other.name for act in definition.acts.values()) or form.number == other.number != ""
    if form.number and form.number == other.number:
        return True
    fields = [*other.fields.values(), *(field for lines in other.lines.values() for field in lines.fields.values())]
    return any(field.again.partition(".")[0] == form.name for field in fields) or any(
        lines.per.partition(".")[0] == form.name for lines in other.lines.values()
    )


def _sections(definition: Definition, pack: Pack) -> Iterator[Weakness]:
    """Empty sections, and those of the six that are missing (INT-00-04) where a document uses most of them."""
    clauses = definition.clauses[1:]
    for position, clause in enumerate(clauses):
        below = position + 1 < len(clauses) and clauses[position + 1].level > clause.level
        if not clause.prose and not clause.blocks and not below:
            origin = Origin(definition.file, clause.line, clause.number)
            yield "section-empty", origin, f"“{clause.title}”一节是空的", f"the section “{clause.title}” is empty", ""
    titles = [clause.title for clause in clauses if clause.level == 2]
    there = [section for section in SECTIONS if any(section in title for title in titles)]
    if len(there) * 2 >= len(SECTIONS):
        for section in SECTIONS:
            if section not in there:
                origin = Origin(definition.file, 1, "")
                yield (
                    "section-missing",
                    origin,
                    f"缺少“{section}”一节",
                    f"the section “{section}” is missing",
                    f"## {section}",
                )


def _to_come(definition: Definition, pack: Pack) -> Iterator[Weakness]:
    """Words of registers that are not built yet."""
    asked = [(name, act.origin) for act in definition.acts.values() for name in act.know]
    asked += [(name, each.origin) for each in definition.additions for name in each.know]
    asked += [(child.per, child.origin) for _, child in children(definition) if child.per]
    asked += [(duty.per, duty.origin) for duty in definition.duties.values() if duty.per]
    asked += [(act.who.where, act.origin) for act in definition.acts.values() if act.who.where]
    for name, origin in asked:
        head = name.partition(".")[0]
        word = vocabulary.fact(name) if head not in definition.forms else None
        if word is not None and not word.built:
            yield _not_built(name, word.register, origin)
    for effect in effects(definition):
        effect_word = vocabulary.EFFECTS.get(effect.name)
        if effect_word is not None and not effect_word.built:
            yield _not_built(effect.name, effect_word.register, effect.origin)


def _not_built(name: str, register: str, origin: Origin) -> Weakness:
    return (
        "register-to-come",
        origin,
        f"{name} 要等登记册 {register}：在此之前需要它的行为会被拒绝",
        f"{name} waits for the register {register}; until then acts that need it are refused",
        "",
    )


def _references(definition: Definition, pack: Pack) -> Iterator[Weakness]:
    """《titles》 that are neither a procedure of the pack, a listed document, nor a form."""
    procedures = [each.title.zh for each in pack.procedures.values()]
    outside = [words.zh for words in pack.documents.values()]
    known = [definition.title.zh, *procedures, *pack.contents.values(), *outside]
    forms = [form.title.zh for each in (definition, *pack.procedures.values()) for form in each.forms.values()]
    # Several outside documents may stand in one pair of marks; the title of a procedure is cited whole.
    listed = {part for title in outside for part in title.split("、")} | set(known)
    for clause in definition.clauses:
        for line, title in clause.references:
            if title in listed or any(title in form for form in forms):
                continue
            hint = near(title, [*known, *forms])
            yield (
                "reference-unresolved",
                Origin(definition.file, line, clause.number),
                f"《{title}》不在本包的程序、表单和外来文件里" + (f"；是不是《{hint}》？" if hint else ""),
                f"《{title}》 is no procedure, form or listed document of this pack"
                + (f"; did you mean 《{hint}》?" if hint else ""),
                f"《{hint}》" if hint else "",
            )
