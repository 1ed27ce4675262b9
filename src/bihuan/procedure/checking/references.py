"""Every name a procedure uses has to be there: posts, forms, fields, facts, effects, steps, acts, kinds of case."""

from __future__ import annotations

from collections.abc import Collection

from bihuan.procedure import vocabulary
from bihuan.procedure.definition import Deadline, Definition, Duty, Effect, Form, Origin, Pack, Who

from .names import Names, children, effects, letters, near

_MOMENTS = ("opened", "closed")
_HEAD_CARRIES = ("opens", "keep", "steps", "days", "owner", "stages")


def check_names(names: Names) -> None:
    """All unknown names of one definition."""
    definition = names.definition
    _check_head(names, definition)
    _check_acts(names, definition)
    for letter in letters(definition):
        for post in letter.posts:
            _check_addressee(names, post, letter.origin)
    for effect in effects(definition):
        _check_effect(names, effect)
    _check_children(names)
    for form in definition.forms.values():
        _check_own_name(names, form.name, "表单", "form", form.origin)
        _check_form(names, form)
    for deadline in definition.deadlines.values():
        _check_deadline(names, deadline)
    for wait in definition.waits.values():
        _check_moment(names, wait.start, names.at(wait.origin, "waits", wait.name, "from"))
    for duty in definition.duties.values():
        _check_duty(names, duty)
    _check_sheets(names)
    _check_carried(names)


def _check_acts(names: Names, definition: Definition) -> None:
    for act in definition.acts.values():
        path = ("standing" if act.standing else "acts", act.name)
        _check_who(names, act.who, names.at(act.origin, *path, "by"))
        names.form(act.form, names.at(act.origin, *path, "form"))
        for step in act.at:
            names.step(step, names.at(act.origin, *path, "at"))
        for way in act.ways:
            names.step(way.step, way.origin)
        for name in act.know:
            names.fact(name, names.at(act.origin, *path, "know"))
        if act.after and act.after not in definition.waits:
            names.unknown("wait", "等待", act.after, definition.waits, names.at(act.origin, *path, "after"))
        if act.undoes:
            names.act(act.undoes, names.at(act.origin, *path, "undoes"))
    for addition in definition.additions:
        for act_name in addition.on:
            names.act(act_name, names.at(addition.origin, "also", addition.name, "on"))
        for name in addition.know:
            names.fact(name, names.at(addition.origin, "also", addition.name, "know"))


def _check_head(names: Names, definition: Definition) -> None:
    if definition.owner:
        names.post(definition.owner, names.at(definition.opening.origin, "owner"))
    if definition.opening.act:
        names.act(definition.opening.act, definition.opening.origin)
        act = definition.acts.get(definition.opening.act)
        if act is not None and act.at and definition.first not in act.at:
            names.add(
                "opening-elsewhere",
                act.origin,
                f"开案行为 {act.name} 要能在首步 {definition.first} 做",
                f"the opening act {act.name} has to be at the first step {definition.first}",
                f'at = "{definition.first}"',
            )
    if definition.keep is not None and definition.keep.by:
        names.post(definition.keep.by, definition.keep.origin)


def _check_who(names: Names, who: Who, origin: Origin) -> None:
    for post in (*who.posts, *who.each, *who.via):
        names.post(post, origin)
    for act in (who.same, *who.other):
        if act:
            names.act(act, origin)
    if who.named:
        _check_person(names, who.named, origin)
    if who.where:
        names.meaning(who.where, origin)
    if who.cases and who.cases not in names.groups:
        names.unknown("group", "子事项组", who.cases, names.groups, origin)
    if who.case_kind:
        _check_kind(names, who.case_kind, origin)
    if who.cases in names.groups:
        _check_child_step(names, who, origin)
    if who.quorum > len(who.each) > 0 and not any("." in post for post in who.each):
        names.add(
            "quorum-too-high",
            origin,
            "法定人数多于签字岗位",
            "the quorum is more than the posts that sign",
            f"quorum = {len(who.each)}",
        )


def _check_person(names: Names, name: str, origin: Origin) -> None:
    """``named`` names a question that is answered with a person."""
    meaning = names.meaning(name, origin)
    if meaning is not None and (meaning.field is None or meaning.field.kind != "person"):
        people = [
            f"{form.name}.{field.name}"
            for form in names.definition.forms.values()
            for field in form.fields.values()
            if field.kind == "person"
        ]
        names.add(
            "not-a-person",
            origin,
            f'{name} 不是问人的一项（kind = "person"）',
            f'{name} does not ask for a person (kind = "person")',
            f'named = "{near(name, people) or "…"}"',
        )


def _check_addressee(names: Names, to: str, origin: Origin) -> None:
    """A letter goes to a post, or to the person or post an answer names."""
    if "." not in to:
        names.post(to, origin)
        return
    meaning = names.meaning(to, origin)
    if meaning is not None and (meaning.field is None or meaning.field.kind not in ("person", "post")):
        names.add(
            "not-a-person",
            origin,
            f"{to} 里不是人也不是岗位，通知不知送给谁",
            f"{to} holds neither a person nor a post: nobody to write to",
            'to = "…"',
        )


def _check_child_step(names: Names, who: Who, origin: Origin) -> None:
    kinds = [child.kind for _, child in children(names.definition) if child.group == who.cases]
    for kind in kinds:
        procedure = names.pack.procedures.get(kind)
        if procedure is not None and who.all_at not in (*procedure.steps, "closed"):
            names.unknown("step", "步骤", who.all_at, procedure.steps, origin)


def _kinds(pack: Pack, definition: Definition) -> list[str]:
    known = dict(pack.procedures) | {definition.kind: definition}
    return [*known, *(f"{kind}.{duty}" for kind, each in known.items() for duty in each.duties)]


def _check_kind(names: Names, kind: str, origin: Origin) -> None:
    kinds = _kinds(names.pack, names.definition)
    if kind not in kinds:
        names.unknown("kind", "事项种类", kind, kinds, origin)


def _check_effect(names: Names, effect: Effect) -> None:
    word = vocabulary.EFFECTS.get(effect.name)
    if word is None:
        names.unknown("effect", "效果", effect.name, vocabulary.EFFECTS, effect.origin)
        return
    for argument in effect.arguments:
        if argument not in word.arguments:
            names.unknown("argument", f"参数（{effect.name}）", argument, word.arguments, effect.origin)
    missing = [argument for argument in word.must if argument not in effect.arguments]
    if missing:
        listed = "、".join(missing)
        names.add(
            "missing-argument",
            effect.origin,
            f"{effect.name} 缺少 {listed}",
            f"{effect.name} lacks {', '.join(missing)}",
            ", ".join(f'{argument} = "…"' for argument in missing),
        )
    for value in effect.arguments.values():
        if value.of:
            names.meaning(value.of, effect.origin)


def _check_own_name(names: Names, name: str, zh: str, en: str, origin: Origin) -> None:
    """Forms, groups of children, registers and the case share one namespace."""
    if name in vocabulary.registers():
        names.add(
            "name-of-a-register",
            origin,
            f"{zh}不能叫 {name}：那是登记册的名称，{name}.… 会分不清是答案还是事实",
            f"the {en} cannot be called {name}: that is a register, and {name}.… could be an answer or a fact",
            f"{name.removesuffix('s')}-{'form' if en == 'form' else 'cases'}",
        )
    elif en == "group" and name in names.definition.forms:
        names.add(
            "name-of-a-form",
            origin,
            f"子事项组不能与表单同名：{name}",
            f"the group cannot be called as a form is: {name}",
            f'as = "{name}-cases"',
        )


def _check_children(names: Names) -> None:
    for _, child in children(names.definition):
        _check_own_name(names, child.group, "子事项组", "group", child.origin)
        _check_kind(names, child.kind, child.origin)
        if child.per:
            names.meaning(child.per, child.origin)
        procedure = names.pack.procedures.get(child.kind)
        for answer, value in child.answers.items():
            if value.of and not value.of.startswith("element"):
                names.meaning(value.of, child.origin)
            form, _, field = answer.partition(".")
            if procedure is None:
                continue
            if form not in procedure.forms:
                names.unknown("form", "表单", form, procedure.forms, child.origin)
            elif field not in procedure.forms[form].fields:
                names.unknown(
                    "field", "问题", answer, [f"{form}.{each}" for each in procedure.forms[form].fields], child.origin
                )


def _check_form(names: Names, form: Form) -> None:
    for post in (*form.copy_holders.values(), *form.seen_by):
        names.post(post, form.origin)
    if form.seen_until:
        _check_moment(names, form.seen_until, form.origin)
    if form.number and form.number not in names.pack.numbers and names.pack.numbers:
        names.unknown("number", "编号序列", form.number, names.pack.numbers, form.origin)
    if form.keep is not None:
        if form.keep.by:
            names.post(form.keep.by, form.keep.origin)
        if form.keep.start != "done":
            _check_moment(names, form.keep.start, form.keep.origin)
    for lines in form.lines.values():
        if lines.per:
            names.meaning(lines.per, lines.origin)
    for field in (*form.fields.values(), *(f for lines in form.lines.values() for f in lines.fields.values())):
        if field.again:
            names.meaning(field.again, field.origin)


def _check_moment(names: Names, moment: str, origin: Origin) -> None:
    """An act, ``opened``, ``closed``, ``enter x``, ``leave x``, or a dotted answer or fact."""
    what, _, step = moment.partition(" ")
    if step and what in ("enter", "leave"):
        names.step(step, origin)
    elif "." in moment:
        names.meaning(moment, origin)
    elif moment and moment not in _MOMENTS and moment not in names.definition.acts:
        words = [
            *_MOMENTS,
            *names.definition.acts,
            *(f"{w} {s}" for s in names.definition.steps for w in ("enter", "leave")),
        ]
        names.unknown("moment", "这个时刻", moment, words, origin)


def _check_deadline(names: Names, deadline: Deadline) -> None:
    def at(key: str) -> Origin:
        return names.at(deadline.origin, "deadlines", deadline.name, key)

    _check_moment(names, deadline.start, at("from"))
    for moment in deadline.until:
        _check_moment(names, moment, at("until"))
    if deadline.at:
        names.meaning(deadline.at, at("at"))
    for step in deadline.while_steps:
        names.step(step, at("while"))
    for pause in deadline.pauses:
        for step in pause.steps:
            names.step(step, pause.origin)


def _check_duty(names: Names, duty: Duty) -> None:
    def at(key: str) -> Origin:
        return names.at(duty.origin, "duties", duty.name, key)

    _check_who(names, duty.who, at("by"))
    names.form(duty.form, at("form"))
    for post in duty.received_by:
        names.post(post, at("received-by"))
    if duty.per:
        meaning = names.meaning(duty.per, at("per"))
        if meaning is not None and (
            meaning.fact is None or (meaning.fact.built and meaning.fact.name not in vocabulary.SUBJECTS)
        ):
            known = sorted(vocabulary.SUBJECTS)
            names.add(
                "not-a-subject",
                at("per"),
                f"{duty.per} 不能逐一：per 可写 {'、'.join(known)}",
                f"a duty is not owed for each of {duty.per}; per is one of {', '.join(known)}",
                'per = "outlets.all"',
            )
    for step in duty.while_steps:
        names.step(step, at("while"))


def _check_sheets(names: Names) -> None:
    """What stands on a sheet is a form, a question or table of one, or a group of cases opened here."""
    for sheet in names.definition.sheets.values():
        for section in sheet.sections:
            origin = names.at(sheet.origin, "sheets", sheet.name, section.key)
            for part in section.parts:
                if "." in part and part.partition(".")[0] in names.definition.forms:
                    names.meaning(part, origin)
                elif part not in names.definition.forms and part not in names.groups:
                    known = [*names.definition.forms, *names.groups]
                    names.unknown("form", "表单或子事项组", part, known, origin)


def _check_carried(names: Names) -> None:
    """What ``[clause] carried`` names has to be an entry, or a key of the head."""
    definition = names.definition
    tables: dict[str, Collection[str]] = {
        "acts": definition.acts,
        "forms": definition.forms,
        "deadlines": definition.deadlines,
        "waits": definition.waits,
        "duties": definition.duties,
        "targets": definition.targets,
        "sheets": definition.sheets,
        "also": [each.name for each in definition.additions],
        "standing": definition.acts,
    }
    known = [f"{table}.{name}" for table, entries in tables.items() for name in entries]
    for clause in definition.clauses:
        origin = Origin(definition.file, clause.line, clause.number)
        for entry in clause.carried:
            table, _, rest = entry.partition(".")
            there = table in tables and rest.partition(".")[0] in tables[table]
            if not there and entry not in _HEAD_CARRIES:
                names.unknown("entry", "条目", entry, known, names.at(origin, "clause", clause.number, "carried"))
