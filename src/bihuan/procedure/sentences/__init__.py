"""The sentences read back from the blocks of a clause, so that a signature covers what runs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from bihuan.procedure.definition import (
    Act,
    Addition,
    Clause,
    Condition,
    Deadline,
    Definition,
    Duty,
    Every,
    Form,
    Keep,
    Origin,
    Rung,
    Sheet,
    Text,
    Warn,
    Who,
)

from .phrases import NO_OTHERS, UNITS, Phrases

__all__ = ["Speaker", "sentences"]

_WEEKDAYS = Text("一二三四五六日", "Monday Tuesday Wednesday Thursday Friday Saturday Sunday")
_ABOUTS = {
    "last week": "上周",
    "this week": "本周",
    "last month": "上月",
    "this month": "本月",
    "last quarter": "上季度",
    "this quarter": "本季度",
    "last year": "上年",
    "this year": "本年",
}
_HEAD = {
    "opens": Text("立案", "opening"),
    "keep": Text("保存期限", "keeping"),
    "steps": Text("步骤", "the steps"),
    "stages": Text("阶段", "the stages"),
    "days": Text("计日办法", "how days count"),
    "owner": Text("归口岗位", "the owner"),
}
_HOLIDAYS = {
    "stay": ("遇休息日不变", "also on a free day"),
    "skip": ("遇休息日免做", "not on a free day"),
    "next": ("遇休息日顺延", "on the next working day if free"),
    "shown": ("遇休息日照列，下一个工作日后算逾期", "on a free day late only after the next working day"),
}


def sentences(
    definition: Definition,
    clause_number: str,
    language: str = "zh",
    posts: dict[str, Text] | None = None,
    others: Mapping[str, Definition] = NO_OTHERS,
) -> list[str]:
    """What the blocks under a clause say, one sentence per entry, in ``language`` ("zh" or "en").

    ``clause_number`` is the number or, where that stands twice, the anchor. ``posts`` gives the posts' titles where
    they are not to be those of the definition; ``others`` the procedures by kind whose titles are said where this one
    opens their cases. An unknown clause has no sentences.
    """
    speaker = Speaker(definition, language, definition.posts if posts is None else posts, others)
    return [line for clause in _found(definition, clause_number) for line in speaker.clause(clause)]


def _found(definition: Definition, wanted: str) -> list[Clause]:
    by_anchor = [clause for clause in definition.clauses if wanted and clause.anchor == wanted]
    return by_anchor or [clause for clause in definition.clauses if clause.number == wanted]


class Speaker(Phrases):
    """Says whole entries of one definition in one language."""

    def clause(self, clause: Clause) -> Iterator[str]:
        """All sentences of one clause, in the order its entries stand."""
        said = [
            (origin.line, order, sentence)
            for order, (origin, sentence) in enumerate(self._everything())
            if origin.file == self.definition.file and self._inside(origin, clause)
        ]
        for _, _, sentence in sorted(said):
            yield sentence[:1].upper() + sentence[1:]
        if clause.carried:
            yield (
                self.two("本条由 ", "Carried out by ")
                + self.mark.join(map(self.carried, clause.carried))
                + self.two(" 执行。", ".")
            )
        if clause.read_as:
            yield self.two(f"本条读作：{clause.read_as}", f"Read as: {clause.read_as}")

    def carried(self, name: str) -> str:
        """``acts.solve`` as a reader knows it: “Solve the fault”."""
        table, _dot, entry = name.partition(".")
        tables: dict[str, dict[str, Any]] = {
            "acts": {**self.definition.acts},
            "forms": {**self.definition.forms},
            "deadlines": {**self.definition.deadlines},
            "duties": {**self.definition.duties},
            "targets": {**self.definition.targets},
            "sheets": {**self.definition.sheets},
        }
        known = tables.get(table, {})
        if name in _HEAD:
            return f"{self.say(_HEAD[name])}" + (f"（{self.post(self.definition.owner)}）" if name == "owner" else "")
        words = self.say(known[entry].title) if entry in known else name
        return f"“{words}”"

    def _inside(self, origin: Origin, clause: Clause) -> bool:
        later = [each.line for each in self.definition.clauses if each.line > clause.line]
        return clause.line <= origin.line < min(later, default=origin.line + 1)

    def _everything(self) -> Iterator[tuple[Origin, str]]:
        definition = self.definition
        for act in definition.acts.values():
            yield act.origin, self.act(act)
        for addition in definition.additions:
            yield addition.origin, self.addition(addition)
        for deadline in definition.deadlines.values():
            yield deadline.origin, self.deadline(deadline)
        for wait in definition.waits.values():
            start, lasts = self.moment(wait.start), self.time(wait.lasts)
            yield wait.origin, self.two(f"自{start}起须等{lasts}。", f"Not before {lasts} after {start}.")
        for duty in definition.duties.values():
            yield duty.origin, self.duty(duty)
        for form in definition.forms.values():
            yield from self.form(form)
        for target in definition.targets.values():
            least = (
                ""
                if target.at_least is None
                else self.two(f"不低于 {target.at_least:g}{target.unit}", f"at least {target.at_least:g} {target.unit}")
            )
            most = (
                ""
                if target.at_most is None
                else self.two(f"不高于 {target.at_most:g}{target.unit}", f"at most {target.at_most:g} {target.unit}")
            )
            yield (
                target.origin,
                self.two("目标：", "Target: ")
                + f"{self.say(target.title)} {' '.join(filter(None, (least, most)))}".strip()
                + self.stop,
            )
        for sheet in definition.sheets.values():
            yield sheet.origin, self.sheet(sheet)
        if definition.keep is not None:
            yield definition.keep.origin, self.keep(self.two("未列明的记录", "Records not listed"), definition.keep)

    # entries

    def act(self, act: Act) -> str:
        at = self.two("任何未结束的步骤", "any running step") if not act.at else self.steps(act.at)
        form = ""
        if act.form:
            form = self.two(f"，填{self.form_title(act.form)}", f", filling {self.form_title(act.form)}")
        first = self.two(
            f"{self.who(act.who)}在{at}{self.say(act.title)}{form}",
            f"{self.who(act.who)} at {at}: {self.say(act.title)}{form}",
        )
        parts = [first]
        if act.with_children:
            parts.append(self.two("未了结的分单一并取消", "its open child cases are cancelled with it"))
        if act.condition:
            parts.append(self.two("仅当", "only if ") + self.condition(act.condition))
        if act.after:
            parts.append(self.two(f"须等“{act.after}”期满", f"not before “{act.after}” is over"))
        if act.undoes:
            parts.append(self.two(f"撤回“{self.act_title(act.undoes)}”", f"takes back “{self.act_title(act.undoes)}”"))
        if act.know:
            parts.append(self.two("先查", "looks up ") + self.mark.join(self.key(name) for name in act.know))
        if act.together is not None:
            parts.append(self.together(act.together))
        parts += self.needs(act.needs)
        parts += self.follows(act.effects, act.letters, act.children)
        parts += self.ways(act.ways)
        return self.join(parts)

    def together(self, condition: Condition) -> str:
        if condition == ((),):
            return self.two("可与别件一起同意", "may be agreed to together with others")
        said = self.condition(condition)
        return self.two(f"{said}的可与别件一起同意", f"may be agreed to together with others if {said}")

    def addition(self, addition: Addition) -> str:
        acts = self.mark.join(self.act_title(name) for name in addition.on)
        parts = [self.two(f"“{acts}”时", f"With “{acts}”")]
        if addition.condition:
            parts.append(self.two("如", "if ") + self.condition(addition.condition))
        if addition.know:
            parts.append(self.two("先查", "looks up ") + self.mark.join(self.key(name) for name in addition.know))
        parts += self.needs(addition.needs)
        parts += self.follows(addition.effects, addition.letters, addition.children)
        return self.join(parts)

    def late(self, warn: tuple[Warn, ...], late: tuple[Rung, ...]) -> list[str]:
        parts = []
        for warning in warn:
            told = self.follows((), warning.letters, ())
            parts.append(
                self.two(f"到期前{self.time(warning.before)}", f"{self.time(warning.before)} before the limit: ")
                + "".join(told)
            )
        for rung in late:
            when = (
                self.two("逾期", "once late: ")
                if rung.after is None
                else self.two(f"逾期{self.time(rung.after)}后", f"{self.time(rung.after)} late: ")
            )
            parts.append(when + self.two("，", ", ").join(self.follows(rung.effects, rung.letters, ())))
        if not late:
            parts.append(self.two("逾期不通知任何人", "nobody is told when late"))
        return parts

    def deadline(self, deadline: Deadline) -> str:
        until = self.two("或", " or ").join(self.moment(each) for each in deadline.until)
        limits = []
        for within in deadline.within:
            limit = self.time(within.time) + self.two("内", "")
            if within.condition:
                limit = self.two(
                    f"{self.condition(within.condition)}的{limit}", f"{limit} if {self.condition(within.condition)}"
                )
            elif len(deadline.within) > 1:
                limit = self.two(f"其余{limit}", f"otherwise {limit}")
            limits.append(limit)
        if deadline.at:
            limits.insert(0, self.two(f"以{self.key(deadline.at)}为准", f"by {self.key(deadline.at)}"))
        figure = self.mark.join(limits)
        parts = [
            self.two(
                f"期限“{self.say(deadline.title)}”：自{self.moment(deadline.start)}起{figure}"
                + (f"须{until}" if until else ""),
                f"Deadline “{self.say(deadline.title)}”: from {self.moment(deadline.start)} {figure}"
                + (f" until {until}" if until else ""),
            )
        ]
        if deadline.while_steps:
            parts.append(
                self.two(f"只在{self.steps(deadline.while_steps)}", f"only while {self.steps(deadline.while_steps)}")
            )
        for pause in deadline.pauses:
            because = self.say(pause.because)
            parts.append(
                self.two(
                    f"在{self.steps(pause.steps)}停表（{because}）", f"paused at {self.steps(pause.steps)} ({because})"
                )
            )
        return self.join(parts + self.late(deadline.warn, deadline.late))

    def every(self, every: Every) -> str:
        if every.time is not None:
            return self.two(f"上次之后{self.time(every.time)}", f"{self.time(every.time)} after the last")
        if every.terms:
            return self.mark.join(self.time(term.time) + self._where(term.condition) for term in every.terms)
        if every.weekday:
            return (
                f"每周{_WEEKDAYS.zh[every.weekday - 1]}"
                if self.chinese
                else f"every {_WEEKDAYS.en.split()[every.weekday - 1]}"
            )
        if every.months:
            months = self.mark.join(str(month) for month in every.months)
            return self.two(f"每年 {months} 月 {every.month_day} 日前", f"by day {every.month_day} of months {months}")
        return self.two(f"每月 {every.month_day} 日前", f"by day {every.month_day} of each month")

    def duty(self, duty: Duty) -> str:
        per = self.two(f"按{self.key(duty.per)}逐一", f" for each of {self.key(duty.per)}") if duty.per else ""
        about = ""
        if duty.about:
            about = self.two(f"（{_ABOUTS.get(duty.about, duty.about)}）", f" about {duty.about}")
        form = (
            self.two(f"，填{self.form_title(duty.form)}", f", filling {self.form_title(duty.form)}")
            if duty.form
            else ""
        )
        who = self.who(duty.who) if duty.who != Who() else self.two("系统核对", "the system checks")
        parts = [
            self.two(
                f"{self.every(duty.every)}，{who}{per}办“{self.say(duty.title)}”{about}{form}",
                f"{self.every(duty.every)}, {who} owes “{self.say(duty.title)}”{about}{per}{form}",
            )
        ]
        if duty.until:
            parts.append(self.two("已达成：", "fulfilled if ") + self.condition(duty.until))
        if duty.received_by:
            parts.append(
                self.two(f"交{self.posts(duty.received_by)}签收", f"received by {self.posts(duty.received_by)}")
            )
        if duty.while_steps:
            parts.append(self.two(f"只在{self.steps(duty.while_steps)}", f"only while {self.steps(duty.while_steps)}"))
        parts += self.follows(duty.effects, (), ())
        parts.append(_HOLIDAYS[duty.holiday][0 if self.chinese else 1])
        return self.join(parts + self.late(duty.warn, duty.late))

    def sheet(self, sheet: Sheet) -> str:
        """What is gathered on one paper, section by section; what says nothing here is a group of opened cases."""
        parts = [self.two(f"可打印“{self.say(sheet.title)}”", f"“{self.say(sheet.title)}” can be printed")]
        for section in sheet.sections:
            told = self.mark.join(self._gathered(one) for one in section.parts)
            parts.append(self.two(f"{self.say(section.title)}：{told}", f"{self.say(section.title)}: {told}"))
        return self.join(parts)

    def _gathered(self, name: str) -> str:
        head, _, rest = name.partition(".")
        form = self.definition.forms.get(head)
        if form is None:
            cases = self.group(name)
            told = f"“{name}”" if cases == name else cases
            return self.two(f"另立的{told}", f"the cases opened as {told}")
        return self.say(form.lines[rest].ask) if rest in form.lines else self.key(name)

    def form(self, form: Form) -> Iterator[tuple[Origin, str]]:
        asked = [self.field(field.ask, field.must) for field in form.fields.values()]
        for lines in form.lines.values():
            inner = self.mark.join(self.field(field.ask, field.must) for field in lines.fields.values())
            asked.append(
                self.two(f"{self.say(lines.ask)}（每行：{inner}）", f"{self.say(lines.ask)} (each line: {inner})")
            )
        parts = [self.form_title(form.name) + (self.two("问：", " asks: ") + self.mark.join(asked) if asked else "")]
        if form.number:
            parts.append(self.two(f"编号取自 {form.number}", f"numbered from {form.number}"))
        if form.copies:
            parts.append(
                self.two("各联：", "copies: ") + self.mark.join(self.say(title) for title in form.copies.values())
            )
        if form.seen_by:
            until = (
                self.two(f"至{self.moment(form.seen_until)}", f" until {self.moment(form.seen_until)}")
                if form.seen_until
                else ""
            )
            parts.append(
                self.two(f"只给{self.posts(form.seen_by)}看{until}", f"seen only by {self.posts(form.seen_by)}{until}")
            )
        yield form.origin, self.join(parts)
        if form.keep is not None:
            yield form.keep.origin, self.keep(self.form_title(form.name), form.keep)

    def field(self, ask: Text, must: Condition | None) -> str:
        if must is None:
            return self.say(ask)
        if must == ((),):
            return self.say(ask) + self.two("（必填）", " (required)")
        return self.say(ask) + self.two(f"（{self.condition(must)}时必填）", f" (required if {self.condition(must)})")

    def keep(self, what: str, keep: Keep) -> str:
        if keep.never:
            return self.two(f"{what}不保存。", f"{what} are not kept.")
        if keep.longest:
            return self.two(f"{what}随案卷里最长的一份保存。", f"{what} are kept as long as the longest of the case.")
        terms = self.mark.join(self._spell(term.time) + self._where(term.condition) for term in keep.terms)
        by = self.two(f"由{self.post(keep.by)}", f" by {self.post(keep.by)}") if keep.by else ""
        return self.two(
            f"{what}{by}自{self.moment(keep.start)}起保存{terms}。",
            f"{what}: kept{by} for {terms} from {self.moment(keep.start)}.",
        )

    def _where(self, condition: Condition) -> str:
        """A condition behind what it limits, in brackets; nothing for none."""
        return self.two("（{}）", " ({})").format(self.condition(condition)) if condition else ""

    def _spell(self, said: str) -> str:
        amount, _, unit = said.partition(" ")
        plural = f"{unit.removesuffix('s')}s".replace(" ", "-")
        if amount.isdigit() and plural in UNITS:
            return self.two(f"{amount} {UNITS[plural][0]}", said)
        return said
