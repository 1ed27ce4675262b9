"""Acts, what other clauses add to them, deadlines, waits, duties and targets."""

from __future__ import annotations

from typing import Any

from bihuan.procedure.definition import (
    Act,
    Addition,
    Argument,
    Child,
    Deadline,
    Effect,
    Letter,
    Needs,
    Origin,
    Pause,
    Rung,
    Text,
    Time,
    Warn,
    Way,
    Who,
    Within,
)

from .table import Table, show

STANDING = ("correct", "cancel", "depart", "merge", "reassign")
_STANDING_TITLES = {
    "correct": Text("更正", "Correct"),
    "cancel": Text("取消", "Cancel"),
    "depart": Text("偏离流程", "Depart from the flow"),
    "merge": Text("合并", "Merge"),
    "reassign": Text("改派", "Reassign"),
}


def read_who(table: Table, key: str = "by") -> Who:
    """``by``: a post, several, ``"clock"``, or a table."""
    value = table.take(key)
    if value is None:
        return Who()
    if value == "clock":
        return Who(clock=True)
    if not isinstance(value, dict):
        return Who(posts=table.names(key))
    by = table.below(value, key)
    case_kind = by.name("case")
    who = Who(
        posts=by.names("post"),
        each=by.names("each"),
        quorum=by.whole("quorum"),
        own=by.flag("own"),
        where=by.text("where"),
        same=by.name("same"),
        other=by.names("other"),
        via=by.names("via"),
        cases=by.name("cases"),
        case_kind=case_kind,
        all_at=by.name("all"),
        named=by.text("named"),
    )
    by.finish()
    told = sum((bool(who.posts), bool(who.each), bool(who.cases), bool(case_kind)))
    if told > 1 or (told == 0 and not who.same and not who.other):
        table.fault(
            "who-unclear",
            (key,),
            "谁来做要且只要说一次：post、each、cases 或 case",
            "say once who acts: post, each, cases or case",
            f'{key} = {{ post = "…" }}',
        )
    if who.cases and not who.all_at:
        table.fault(
            "who-unclear",
            (key,),
            "子事项要写明全部到了哪一步",
            "say which step all the children reached",
            f'{key} = {{ cases = "{who.cases}", all = "…" }}',
        )
    return who


def read_letters(table: Table, key: str = "tell") -> tuple[Letter, ...]:
    """``tell``: posts, or tables of ``to`` and ``say``."""
    value = table.take(key)
    if value is None:
        return ()
    plain = isinstance(value, str) or (isinstance(value, list) and all(isinstance(item, str) for item in value))
    if plain:
        posts = table.names(key)
        return (Letter(posts, table.origin_of(key)),) if posts else ()
    letters = []
    for below in table.tables(key):
        posts, say = below.names("to"), below.words("say")
        below.finish()
        if posts:
            letters.append(Letter(posts, below.origin, say))
        else:
            below.fault("missing-key", (), "通知要写明给谁", "say whom to tell", f'{key} = ["…"]')
    return tuple(letters)


def read_effects(table: Table, key: str = "do") -> tuple[Effect, ...]:
    """``do``: effects in order, each a table of one name."""
    effects = []
    for below in table.tables(key):
        if len(below.data) != 1:
            names = ", ".join(f"{{ {show(name)} = {show(arguments)} }}" for name, arguments in below.data.items())
            below.fault(
                "one-effect-each",
                (),
                "do 的每一项只写一个效果",
                "each entry of do names one effect",
                f"{key} = [{names}]",
            )
        for name, arguments in below.data.items():
            given = below.below(arguments, name)
            read = {word: _argument(given, word, value) for word, value in given.data.items()}
            effects.append(Effect(name, read, given.origin))
    return tuple(effects)


def _argument(table: Table, word: str, value: Any) -> Argument:
    table.checked_name(word, (word,))
    return table.argument(value)


def read_children(table: Table, key: str = "open") -> tuple[Child, ...]:
    """``open``: cases of another kind, one or one per element of a list."""
    children = []
    for below in table.tables(key):
        kind = below.name("case", required=True)
        group = below.name("as") or kind
        per = below.text("per")
        answers_table = below.table("answers")
        answers = {} if answers_table is None else {k: answers_table.argument(v) for k, v in answers_table.data.items()}
        below.finish()
        if kind:
            children.append(Child(kind, group, below.origin, per, answers))
    return tuple(children)


def read_needs(table: Table, key: str = "needs") -> tuple[Needs, ...]:
    """``needs``: a condition, or several ``{ if, say }`` with words of their own."""
    value = table.data.get(key)
    if isinstance(value, list) and value and all(isinstance(item, dict) and "if" in item for item in value):
        needs = []
        for below in table.tables(key):
            needs.append(Needs(below.condition("if"), below.origin, below.words("say")))
            below.finish()
        return tuple(needs)
    condition = table.condition(key)
    return (Needs(condition, table.origin_of(key)),) if condition else ()


def read_ways(table: Table, key: str = "to") -> tuple[Way, ...]:
    """``to``: a step, or ways with conditions in order."""
    value = table.take(key)
    if value is None:
        return ()
    if isinstance(value, str):
        return (Way(table.checked_name(value, (key,)), (), table.origin_of(key)),)
    if not isinstance(value, (list, dict)) or (isinstance(value, list) and not all(isinstance(v, dict) for v in value)):
        table.wrong(
            (key,),
            "一个步骤或几条去向",
            "a step or a list of ways",
            f'{key} = [{{ if = {{ … }}, step = "…" }}, {{ step = "…" }}]',
        )
        return ()
    ways = []
    for below in table.tables(key):
        ways.append(
            Way(
                step=below.name("step"),
                condition=below.condition("if"),
                origin=below.origin,
                effects=read_effects(below),
                letters=read_letters(below),
                children=read_children(below),
                at_once=below.flag("at-once"),
            )
        )
        below.finish()
    return tuple(ways)


def read_act(name: str, table: Table) -> Act:
    """One ``[acts.NAME]``."""
    at = table.names("at")
    if not at:
        table.fault(
            "missing-key", (), f"行为 {name} 缺少 at（在哪一步）", f"act {name} lacks at (the step)", 'at = "…"'
        )
    if "by" not in table.data:
        table.fault("missing-key", (), f"行为 {name} 缺少 by（谁来做）", f"act {name} lacks by (who acts)", 'by = "…"')
    act = Act(
        name=name,
        at=() if at == ("any",) else at,
        who=read_who(table),
        origin=table.origin,
        title=table.words("title") or Text(name),
        form=table.name("form"),
        know=table.names("know"),
        needs=read_needs(table),
        condition=table.condition("if"),
        effects=read_effects(table),
        ways=read_ways(table),
        letters=read_letters(table),
        children=read_children(table),
        after=table.name("after"),
        undoes=table.name("undoes"),
        together=table.when("together"),
    )
    table.finish()
    return act


def read_standing(name: str, table: Table) -> Act | None:
    """One of the acts that are always there; no post named means that nobody may, so there is no such act."""
    who = read_who(table)
    act = Act(
        name=name,
        at=(),
        who=who,
        origin=table.origin,
        title=table.words("title") or _STANDING_TITLES[name],
        form=table.name("form"),
        ways=read_ways(table),
        standing=True,
        with_children=name == "cancel" and _with_children(table),
    )
    table.finish()
    return act if who != Who() else None


def _with_children(table: Table) -> bool:
    """What becomes of open children when their case is cancelled: they ``stay`` (the usual), or ``cancel`` with it."""
    word = table.text("children", "stay")
    if word not in {"stay", "cancel"}:
        table.wrong(("children",), "cancel 或 stay", "cancel or stay", 'children = "cancel"')
    return word == "cancel"


def read_addition(name: str, table: Table) -> Addition:
    """One ``[also.NAME]``."""
    on = table.names("on")
    if not on:
        table.fault(
            "missing-key", (), f"also.{name} 缺少 on（加在哪个行为上）", f"also.{name} lacks on (the act)", 'on = "…"'
        )
    addition = Addition(
        name=name,
        on=on,
        origin=table.origin,
        condition=table.condition("if"),
        know=table.names("know"),
        needs=read_needs(table),
        effects=read_effects(table),
        letters=read_letters(table),
        children=read_children(table),
    )
    table.finish()
    return addition


def read_within(table: Table, key: str = "within") -> tuple[Within, ...]:
    """A time, a word, or several times with conditions."""
    value = table.data.get(key)
    if value is None or isinstance(value, str):
        time = table.time(key)
        return (Within(time),) if time else ()
    limits = []
    for below in table.tables(key):
        condition, time = below.condition("if"), below.time("time", required=True)
        below.finish()
        # An unreadable time is a fault already; the case it speaks of is covered all the same.
        limits.append(Within(time or Time(0, "days"), condition))
    return tuple(limits)


def read_warnings(table: Table) -> tuple[Warn, ...]:
    """``warn``: letters before the limit."""
    warnings = []
    for below in table.tables("warn"):
        before, letters = below.time("before", required=True), read_letters(below)
        below.finish()
        if before:
            warnings.append(Warn(before, letters))
    return tuple(warnings)


def read_ladder(table: Table) -> tuple[Rung, ...]:
    """``late``: what follows once late, rung by rung."""
    rungs = []
    for below in table.tables("late"):
        after = below.time("after")
        rungs.append(Rung(read_letters(below), read_effects(below), after))
        below.finish()
    return tuple(rungs)


def read_deadline(name: str, table: Table) -> Deadline:
    """One ``[deadlines.NAME]``."""
    at = table.text("at")
    within = read_within(table)
    if not at and "within" not in table.data:
        table.fault(
            "missing-key",
            (),
            f"期限 {name} 缺少 within 或 at",
            f"deadline {name} lacks within or at",
            'within = "2 days"',
        )
    pauses = []
    for below in table.tables("pause"):
        steps, because = below.names("in"), below.words("because")
        below.finish()
        if because is None:
            below.fault("missing-key", (), "暂停要写明原因", "a pause has a reason", 'because = "…"')
        pauses.append(Pause(steps, because or Text(""), below.origin))
    deadline = Deadline(
        name=name,
        title=table.words("title") or Text(name),
        start=table.text("from", required=True),
        until=table.names("until"),
        origin=table.origin,
        within=within,
        at=at,
        pauses=tuple(pauses),
        while_steps=table.names("while"),
        warn=read_warnings(table),
        late=read_ladder(table),
    )
    table.finish()
    return deadline


def nowhere(file: str) -> Origin:
    """The place of what nobody wrote: the head of the file."""
    return Origin(file, 1, "")
