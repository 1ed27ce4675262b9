"""Names, conditions, doers and what follows, in words of both languages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from bihuan.procedure import vocabulary
from bihuan.procedure.definition import (
    Argument,
    Child,
    Condition,
    Definition,
    Effect,
    Letter,
    Needs,
    Test,
    Text,
    Time,
    Way,
    Who,
)

NO_OTHERS: Final[Mapping[str, Definition]] = {}

UNITS = {
    "minutes": ("分钟", "minute"),
    "hours": ("小时", "hour"),
    "days": ("天", "day"),
    "weeks": ("周", "week"),
    "months": ("个月", "month"),
    "years": ("年", "year"),
    "working-minutes": ("工作分钟", "working minute"),
    "working-hours": ("工作小时", "working hour"),
    "working-days": ("个工作日", "working day"),
}
_COMPARED = {
    "equal": ("为", "is"),
    "one-of": ("为", "is one of"),
    "at-least": ("不少于", "is at least"),
    "more-than": ("多于", "is more than"),
    "at-most": ("不多于", "is at most"),
    "less-than": ("少于", "is less than"),
    "absent": ("没有", "is absent"),
    "present": ("已有", "is there"),
}


class Phrases:
    """Says the parts of sentences about one definition in one language."""

    def __init__(
        self,
        definition: Definition,
        language: str,
        posts: Mapping[str, Text],
        others: Mapping[str, Definition] = NO_OTHERS,
    ) -> None:
        """``posts``: what the posts are called; ``others``: the procedures by kind whose titles may be said."""
        self.others = others
        self.definition = definition
        self.language = language
        self.chinese = language != "en"
        self.post_titles = posts
        self.mark = "、" if self.chinese else ", "

    def two(self, zh: str, en: str) -> str:
        return zh if self.chinese else en

    def say(self, text: Text) -> str:
        return text.say(self.language)

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

    def kind(self, kind: str) -> str:
        """A kind of case by the title of its procedure, or of the duty that opens it; itself where neither is known."""
        whole, _, duty = kind.partition(".")
        other = self.definition if whole == self.definition.kind else self.others.get(whole)
        if other is None or (duty and duty not in other.duties):
            return kind
        title = self.say(other.duties[duty].title if duty else other.title)
        return f"《{title}》" if self.chinese else f"“{title}”"

    def group(self, group: str) -> str:
        """The cases opened under one name, by what they are."""
        kinds = list(dict.fromkeys(child.kind for child in self._opened() if child.group == group))
        said = [self.kind(kind) for kind in kinds]
        return self.mark.join(said) if said != kinds else group

    def step_of(self, group: str, step: str) -> str:
        """A step of the cases opened under one name."""
        title = self._title_of(group, step)
        if title is None:
            return f" {step} " if self.chinese else step
        return f"「{self.say(title)}」" if self.chinese else f"“{self.say(title)}”"

    def _title_of(self, group: str, step: str) -> Text | None:
        kinds = [child.kind for child in self._opened() if child.group == group]
        texts = [self.others[kind].steps for kind in kinds if kind in self.others]
        return next((steps[step].title for steps in texts if step in steps), None)

    def _opened(self) -> list[Child]:
        acts = self.definition.acts.values()
        found = [child for act in acts for child in act.children]
        found += [child for act in acts for way in act.ways for child in way.children]
        return found + [child for addition in self.definition.additions for child in addition.children]

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
            cases = self.group(head) if rest == "step" else head
            return key if cases == head else self.two(f"{cases}的步骤", f"the step of {cases}")
        tail = vocabulary.tail(key)
        if not tail:
            return self.say(word.title)
        named = self.act_title(tail) if word.tail == "act" else self.step(tail)
        if word.tail == "deadline":
            deadline = self.definition.deadlines.get(tail)
            named = f"“{self.say(deadline.title) if deadline else tail}”"
        return f"{named}{self.say(word.title)}" if self.chinese else f"{self.say(word.title)} ({named})"

    def value(self, key: str, value: Any) -> str:
        if isinstance(value, (tuple, list)):
            return self.mark.join(self.value(key, each) for each in value)
        if isinstance(value, bool):
            return self.two("是" if value else "否", "yes" if value else "no")
        head, _, rest = key.partition(".")
        form = self.definition.forms.get(head)
        title = self._title_of(head, str(value)) if rest == "step" else None
        if title is not None:
            return self.say(title)
        lines, _, inner = rest.partition(".")
        field = None
        if form is not None:
            field = form.fields.get(rest) or (form.lines[lines].fields.get(inner) if lines in form.lines else None)
        for choice in field.choices if field else ():
            if choice.name == value:
                return self.say(choice.label)
        return str(value)

    def time(self, time: Time) -> str:
        zh, en = UNITS[time.unit]
        if time.amount == 0:
            return self.two("当天", "the same day") if "day" in en else self.two("当即", "at once")
        figure = self.two(f"{time.amount} {zh}", f"{time.amount} {en}{'' if time.amount == 1 else 's'}")
        named = self.say(time.title) if time.title.zh else time.word
        return self.two(f"{figure}（{named}）", f"{figure} ({named})") if named else figure

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
            cases, step = self.group(who.cases), self.step_of(who.cases, who.all_at)
            return self.two(f"子事项（{cases}）全部到{step}时系统", f"Once all {cases} are {step}, the system")
        if who.case_kind:
            kind = self.kind(who.case_kind)
            return self.two(f"另一事项（{kind}）", f"Another case ({kind})")
        said = self.posts(who.posts) if not who.each else self.two("每一位：", "Each of ") + self.posts(who.each)
        notes = []
        if who.quorum:
            notes.append(self.two(f"满 {who.quorum} 人", f"{who.quorum} suffice"))
        if who.where:
            notes.append(self.two(f"在{self.key(who.where)}", f"at {self.key(who.where)}"))
        if who.named:
            notes.append(self.two(f"限“{self.key(who.named)}”所写的人", f"the one named as “{self.key(who.named)}”"))
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
            kind = self.kind(child.kind)
            gap = "" if kind.startswith("《") else " "
            parts.append(self.two(f"{per}另立{gap}{kind}", f"open {kind}{per}"))
        told = [post for letter in letters for post in letter.posts]
        if told:
            parts.append(self.two("通知", "tell ") + self.posts(tuple(told)))
        return parts

    def effect(self, effect: Effect) -> str:
        word = vocabulary.EFFECTS.get(effect.name)
        title = self.say(word.title) if word else effect.name
        given = self.mark.join(self._argument(name, value) for name, value in effect.arguments.items())
        return self.two(f"{title}（{given}）", f"{title} ({given})") if given else title

    def _argument(self, name: str, value: Argument) -> str:
        """One argument of an effect; a form by its title alone, which says what it is."""
        if not value.of and value.value in self.definition.forms:
            return self.form_title(str(value.value))
        return f"{name} {self.key(value.of) if value.of else self.value('', value.value)}"

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
            self.two("须", "needs ")
            + self.condition(each.condition)
            + (
                self.two(f"，否则拒绝：{self.say(each.say)}", f", or is refused: {self.say(each.say)}")
                if each.say
                else self.two("，否则拒绝", " or is refused")
            )
            for each in needs
        ]

    def join(self, parts: list[str]) -> str:
        return self.two("；", "; ").join(part for part in parts if part) + self.stop
