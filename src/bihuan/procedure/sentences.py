"""The sentences read back from the blocks of a clause, so that a signature covers what runs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from . import vocabulary
from .definition import (
    Act,
    Addition,
    Child,
    Clause,
    Condition,
    Deadline,
    Definition,
    Duty,
    Effect,
    Every,
    Form,
    Keep,
    Letter,
    Needs,
    Origin,
    Rung,
    Test,
    Text,
    Time,
    Warn,
    Way,
    Who,
)

_WEEKDAYS = Text("一二三四五六日", "Monday Tuesday Wednesday Thursday Friday Saturday Sunday")
_UNITS = {
    "minutes": ("分钟", "minute"), "hours": ("小时", "hour"), "days": ("天", "day"), "weeks": ("周", "week"),
    "months": ("个月", "month"), "years": ("年", "year"), "working-minutes": ("工作分钟", "working minute"),
    "working-hours": ("工作小时", "working hour"), "working-days": ("个工作日", "working day"),
}  # fmt: skip
_COMPARED = {
    "equal": ("为", "is"), "one-of": ("为", "is one of"), "at-least": ("不少于", "is at least"),
    "more-than": ("多于", "is more than"), "at-most": ("不多于", "is at most"), "less-than": ("少于", "is less than"),
    "absent": ("没有", "is absent"), "present": ("已有", "is there"),
}  # fmt: skip
_ABOUTS = {
    "last week": "上周", "this week": "本周", "last month": "上月", "this month": "本月", "last quarter": "上季度",
    "this quarter": "本季度", "last year": "上年", "this year": "本年",
}  # fmt: skip
_HOLIDAYS = {
    "stay": ("遇休息日不变", "also on a free day"), "skip": ("遇休息日免做", "not on a free day"),
    "next": ("遇休息日顺延", "on the next working day if free"),
    "shown": ("遇休息日照列，下一个工作日后算逾期", "on a free day late only after the next working day"),
}  # fmt: skip


def sentences(
    definition: Definition, clause_number: str, language: str = "zh", posts: dict[str, Text] | None = None
) -> list[str]:
    """What the blocks under a clause say, one sentence per entry, in ``language`` ("zh" or "en").

    ``clause_number`` is the number or, where that stands twice, the anchor. ``posts`` gives the posts' titles
    (``{name: post.title}`` of the pack); without it their names are shown. An unknown clause has no sentences.
    """
    speaker = _Speaker(definition, language, posts or {})
    return [line for clause in _found(definition, clause_number) for line in speaker.clause(clause)]


def _found(definition: Definition, wanted: str) -> list[Clause]:
    by_anchor = [clause for clause in definition.clauses if wanted and clause.anchor == wanted]
    return by_anchor or [clause for clause in definition.clauses if clause.number == wanted]


class _Speaker:
    def __init__(self, definition: Definition, language: str, posts: dict[str, Text]) -> None:
        self.definition = definition
        self.language = language
        self.chinese = language != "en"
        self.post_titles = posts
        self.mark = "、" if self.chinese else ", "

    def two(self, zh: str, en: str) -> str:
        return zh if self.chinese else en

    def say(self, text: Text) -> str:
        return text.say(self.language)

    def clause(self, clause: Clause) -> Iterator[str]:
        """All sentences of one clause, in the order its entries stand."""
        said = [
            (origin.line, order, sentence)
            for order, (origin, sentence) in enumerate(self._everything())
            if origin.file == self.definition.file and self._inside(origin, clause)
        ]
        for _, _, sentence in sorted(said):
            yield sentence
        if clause.carried:
            yield self.two("本条由 ", "Carried out by ") + self.mark.join(clause.carried) + self.two(" 执行。", ".")
        if clause.read_as:
            yield self.two(f"本条读作：{clause.read_as}", f"Read as: {clause.read_as}")

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
        if definition.keep is not None:
            yield definition.keep.origin, self.keep(self.two("未列明的记录", "Records not listed"), definition.keep)

    @property
    def stop(self) -> str:
        return "。" if self.chinese else "."

    # names

    def post(self, name: str) -> str:
        if name == "customer" and name not in self.post_titles:
            return self.two("客户", "the customer")
        if "." in name:
            return self.key(name)
        return self.say(self.post_titles[name]) if name in self.post_titles else name

    def posts(self, names: tuple[str, ...]) -> str:
        return self.mark.join(self.post(name) for name in names)

    def step(self, name: str) -> str:
        step = self.definition.steps.get(name)
        words = self.say(step.title) if step else name
        return f"「{words}」" if self.chinese else f"“{words}”"

    def steps(self, names: tuple[str, ...]) -> str:
        return self.mark.join(self.step(name) for name in names)

    def act_title(self, name: str) -> str:
        act = self.definition.acts.get(name)
        return self.say(act.title) if act else name

    def form_title(self, name: str) -> str:
        form = self.definition.forms.get(name)
        words = self.say(form.title) if form else name
        return f"《{words}》" if self.chinese else f"“{words}”"

    def key(self, key: str) -> str:
        """A dotted name in words: the question of a form, or the fact."""
        head, _, rest = key.partition(".")
        form = self.definition.forms.get(head)
        if form is not None:
            lines, _, field = rest.partition(".")
            if rest in form.fields:
                return self.say(form.fields[rest].ask)
            if lines in form.lines and field in form.lines[lines].fields:
                return self.say(form.lines[lines].fields[field].ask)
            return self.form_title(head)
        word = vocabulary.fact(key)
        if word is None:
            return key
        tail = vocabulary.tail(key)
        if not tail:
            return self.say(word.title)
        named = self.act_title(tail) if word.tail == "act" else self.step(tail)
        return f"{named}{self.say(word.title)}" if self.chinese else f"{self.say(word.title)} ({named})"

    def value(self, key: str, value: Any) -> str:
        if isinstance(value, (tuple, list)):
            return self.mark.join(self.value(key, each) for each in value)
        if isinstance(value, bool):
            return self.two("是" if value else "否", "yes" if value else "no")
        head, _, rest = key.partition(".")
        form = self.definition.forms.get(head)
        lines, _, inner = rest.partition(".")
        field = None
        if form is not None:
            field = form.fields.get(rest) or (form.lines[lines].fields.get(inner) if lines in form.lines else None)
        for choice in field.choices if field else ():
            if choice.name == value:
                return self.say(choice.label)
        return str(value)

    def time(self, time: Time) -> str:
        zh, en = _UNITS[time.unit]
        if time.amount == 0:
            return self.two("当天", "the same day") if "day" in en else self.two("当即", "at once")
        figure = self.two(f"{time.amount} {zh}", f"{time.amount} {en}{'' if time.amount == 1 else 's'}")
        return self.two(f"{figure}（{time.word}）", f"{figure} ({time.word})") if time.word else figure

    def moment(self, moment: str) -> str:
        what, _, step = moment.partition(" ")
        if moment == "opened":
            return self.two("立案", "opening")
        if moment == "closed":
            return self.two("结案", "closing")
        if moment == "done":
            return self.two("填写", "filling")
        if step and what == "enter":
            return self.two("进入", "entering ") + self.step(step)
        if step and what == "leave":
            return self.two("离开", "leaving ") + self.step(step)
        return self.key(moment) if "." in moment else f"{self.two('“', '“')}{self.act_title(moment)}”"

    # parts of sentences

    def condition(self, condition: Condition) -> str:
        either = self.two("；或", "; or ")
        both = self.two("且", " and ")
        return either.join(both.join(self.test(test) for test in table) for table in condition)

    def test(self, test: Test) -> str:
        compared = _COMPARED[test.operator][0 if self.chinese else 1]
        subject = self.key(test.key)
        some = self.two("有一项", "some ") if test.some else ""
        if test.operator in ("absent", "present"):
            return f"{some}{compared}{subject}" if self.chinese else f"{some}{subject} {compared}"
        other = self.key(str(test.value)) if test.of else self.value(test.key, test.value)
        return f"{some}{subject}{compared}“{other}”" if self.chinese else f"{some}{subject} {compared} “{other}”"

    def who(self, who: Who) -> str:
        if who.clock:
            return self.two("到时系统", "The clock")
        if who.cases:
            return self.two(
                f"子事项（{who.cases}）全部到 {who.all_at} 时系统", f"Once all {who.cases} are {who.all_at}, the system"
            )
        if who.case_kind:
            return self.two(f"另一事项（{who.case_kind}）", f"Another case ({who.case_kind})")
        said = self.posts(who.posts) if not who.each else self.two("每一位：", "Each of ") + self.posts(who.each)
        notes = []
        if who.quorum:
            notes.append(self.two(f"满 {who.quorum} 人", f"{who.quorum} suffice"))
        if who.where:
            notes.append(self.two(f"在{self.key(who.where)}", f"at {self.key(who.where)}"))
        if who.same:
            notes.append(self.two(f"即办“{self.act_title(who.same)}”的人", f"whoever did “{self.act_title(who.same)}”"))
        if who.other:
            named = self.mark.join(self.act_title(each) for each in who.other)
            notes.append(self.two(f"不得是办“{named}”的人", f"not whoever did “{named}”"))
        if who.via:
            notes.append(self.two(f"由{self.posts(who.via)}代记", f"entered by {self.posts(who.via)}"))
        if not notes:
            return said
        joined = ("，" if self.chinese else ", ").join(notes)
        return f"{said}（{joined}）" if self.chinese else f"{said} ({joined})"

    def follows(self, effects: tuple[Effect, ...], letters: tuple[Letter, ...], opened: tuple[Child, ...]) -> list[str]:
        """What follows, in short phrases."""
        parts = [self.effect(effect) for effect in effects]
        for child in opened:
            per = self.two(f"按{self.key(child.per)}逐一", f" for each of {self.key(child.per)}") if child.per else ""
            parts.append(self.two(f"{per}另立 {child.kind}", f"open {child.kind}{per}"))
        told = [post for letter in letters for post in letter.posts]
        if told:
            parts.append(self.two("通知", "tell ") + self.posts(tuple(told)))
        return parts

    def effect(self, effect: Effect) -> str:
        word = vocabulary.EFFECTS.get(effect.name)
        title = self.say(word.title) if word else effect.name
        given = self.mark.join(
            f"{name} {self.key(value.of) if value.of else self.value('', value.value)}"
            for name, value in effect.arguments.items()
        )
        return self.two(f"{title}（{given}）", f"{title} ({given})") if given else title

    def ways(self, ways: tuple[Way, ...]) -> list[str]:
        said = []
        for way in ways:
            target = (
                self.two(f"→{self.step(way.step)}", f"→ {self.step(way.step)}")
                if way.step
                else self.two("留在原步骤", "stay")
            )
            more = self.follows(way.effects, way.letters, way.children)
            tail = self.two("，", ", ").join([target, *more])
            if way.condition:
                tail = self.condition(way.condition) + ("" if self.chinese else " ") + tail
            elif len(ways) > 1:
                tail = self.two("否则", "otherwise ") + tail
            said.append(tail)
        return said

    def needs(self, needs: tuple[Needs, ...]) -> list[str]:
        return [
            self.two("须", "needs ") + self.condition(each.condition)
            + (self.two(f"，否则拒绝：{self.say(each.say)}", f", or is refused: {self.say(each.say)}") if each.say else self.two("，否则拒绝", " or is refused"))
            for each in needs
        ]  # fmt: skip

    def join(self, parts: list[str]) -> str:
        return self.two("；", "; ").join(part for part in parts if part) + self.stop

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
        if act.condition:
            parts.append(self.two("仅当", "only if ") + self.condition(act.condition))
        if act.after:
            parts.append(self.two(f"须等“{act.after}”期满", f"not before “{act.after}” is over"))
        if act.undoes:
            parts.append(self.two(f"撤回“{self.act_title(act.undoes)}”", f"takes back “{self.act_title(act.undoes)}”"))
        if act.know:
            parts.append(self.two("先查", "looks up ") + self.mark.join(self.key(name) for name in act.know))
        parts += self.needs(act.needs)
        parts += self.follows(act.effects, act.letters, act.children)
        parts += self.ways(act.ways)
        return self.join(parts)

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
        until = self.mark.join(self.moment(each) for each in deadline.until)
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
        parts = [self.two(
            f"期限“{self.say(deadline.title)}”：自{self.moment(deadline.start)}起{figure}" + (f"须{until}" if until else ""),
            f"Deadline “{self.say(deadline.title)}”: from {self.moment(deadline.start)} {figure}" + (f" until {until}" if until else ""),
        )]  # fmt: skip
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
            return self.mark.join(
                self.time(term.time) + (f"（{self.condition(term.condition)}）" if term.condition else "")
                for term in every.terms
            )
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
        parts = [self.two(
            f"{self.every(duty.every)}，{who}{per}办“{self.say(duty.title)}”{about}{form}",
            f"{self.every(duty.every)}, {who} owes “{self.say(duty.title)}”{about}{per}{form}",
        )]  # fmt: skip
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
        terms = self.mark.join(
            self._spell(term.time) + (f"（{self.condition(term.condition)}）" if term.condition else "")
            for term in keep.terms
        )
        by = self.two(f"由{self.post(keep.by)}", f" by {self.post(keep.by)}") if keep.by else ""
        return self.two(
            f"{what}{by}自{self.moment(keep.start)}起保存{terms}。",
            f"{what}: kept{by} for {terms} from {self.moment(keep.start)}.",
        )

    def _spell(self, said: str) -> str:
        amount, _, unit = said.partition(" ")
        plural = f"{unit.removesuffix('s')}s".replace(" ", "-")
        if amount.isdigit() and plural in _UNITS:
            return self.two(f"{amount} {_UNITS[plural][0]}", said)
        return said
