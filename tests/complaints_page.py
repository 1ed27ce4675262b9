"""docs/complaints.md: the complaint procedures of all packs side by side, from their definitions alone.

Which kinds are complaint procedures each pack says itself (``complaints`` in ``pack.toml``). ``write_complaints_page``
writes the page; ``test_complaints_page`` fails when it is not what the packs say.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec import Struct
from tests.every_pack import ROOT, pack_of

from bihuan.procedure.clocks.promises import clock_of
from bihuan.procedure.definition import Act, Condition, Deadline, Definition, Keep, Pack, Rung, Warn, Way
from bihuan.procedure.sentences import Speaker

PAGE = ROOT / "docs" / "complaints.md"
PACKS = ROOT / "packs"

HEAD = """# Complaint procedures side by side

Written by `PYTHONPATH=src python -m tests.write_complaints_page` from the procedures under `packs/`; do not edit.
A pack says which of its kinds are complaints (`complaints` under `[pack]`, [language](language.en.md), 13). The words
are those read back from the blocks, figures and all; a limit's word of the pack's `[times]` stands in brackets behind
its figure. The same program runs every column.

An approval or verdict is here an act at which several sign, or whose way turns on a yes or a no of its own form.
"""

# how the four clocks of docs/deadlines.md are said in a cell
CLOCKS = {
    "elapsed": "elapsed time, nights and holidays count",
    "working-time": "working time only",
    "calendar-days": "calendar days, to the end of the last",
    "working-days": "working days, to the end of the last",
}


class Procedure(Struct, frozen=True):
    """One complaint procedure, whose it is, and who says its parts in English."""

    pack: Pack
    definition: Definition
    speaker: Speaker

    @property
    def name(self) -> str:
        """The organisation, as its folder is called, and the kind where it has several."""
        several = len(self.pack.complaints) > 1
        return f"{self.pack.name} `{self.definition.kind}`" if several else self.pack.name


def procedures(packs: Iterable[Pack]) -> list[Procedure]:
    """The complaint procedures of ``packs``, in their order."""
    return [
        Procedure(pack, pack.procedures[kind], Speaker(pack.procedures[kind], "en", pack.procedures[kind].posts))
        for pack in packs
        for kind in pack.complaints
    ]


def delivered() -> list[Pack]:
    """The packs that are delivered, by folder."""
    return [pack_of(folder) for folder in sorted(path.parent for path in PACKS.glob("*/pack.toml"))]


def page(packs: Iterable[Pack]) -> str:
    """The whole page."""
    found = procedures(packs)
    lines = [HEAD.rstrip(), *_glance(found)]
    for title, (columns, rows) in TABLES.items():
        lines += _table(title, columns, found, rows)
    return "\n".join(lines) + "\n"


# the tables


def _glance(found: list[Procedure]) -> list[str]:
    rows = [
        ("document", lambda one: f"{one.definition.number} {one.definition.title.zh}"),
        ("in English", lambda one: one.definition.title.say("en")),
        ("kind of case", lambda one: f"`{one.definition.kind}`"),
        ("received by", _received),
        ("answerable", lambda one: one.speaker.post(one.definition.owner)),
        ("handled by", _handled),
        ("a “day” is", lambda one: one.definition.days),
        ("rungs when late", lambda one: "in working hours" if one.pack.hours.ladders == "in-hours" else "at any hour"),
        ("steps · acts · forms · limits", _size),
        ("limits", lambda one: _list((f"{row[0]}: {row[3]}" for row in _limits(one)), "<br>")),
        ("told when late", _told),
        ("approvals and verdicts", lambda one: _list((f"{row[0]}: {row[1]}" for row in _approvals(one)), "<br>")),
        ("ends", lambda one: _list((f"“{row[2]}” by {row[1]}: {row[0]}" for row in _endings(one)), "<br>")),
        ("kept", lambda one: _list(dict.fromkeys(row[1] for row in _kept(one)), "<br>")),
    ]
    lines = ["", "## At a glance", "", _row("", *(f"**{one.name}**" for one in found)), _rule(len(found) + 1)]
    return lines + [_row(title, *(say(one) for one in found)) for title, say in rows]


def _table(title: str, columns: tuple[str, ...], found: list[Procedure], rows) -> list[str]:
    lines = ["", f"## {title}", "", _row("", *columns), _rule(len(columns) + 1)]
    for one in found:
        for index, row in enumerate(rows(one)):
            lines.append(_row(f"**{one.name}**" if index == 0 else "", *row))
    return lines


def _received(one: Procedure) -> str:
    act = one.definition.acts[one.definition.opening.act]
    by_hand = "" if one.definition.opening.by_hand else ", not by hand"
    return f"{_who(one, act)}{by_hand}: {act.title.say('en')}"


def _handled(one: Procedure) -> str:
    """Who acts after the opening, whoever has most acts first; outsiders and standing acts do not handle."""
    counted: dict[str, int] = {}
    for act in _own_acts(one):
        if act.name != one.definition.opening.act:
            for post in act.who.via or act.who.posts or tuple(each for each in act.who.each if "." not in each):
                counted[post] = counted.get(post, 0) + 1
    order = sorted(counted, key=lambda post: -counted[post])
    return _list(f"{one.speaker.post(post)} ({counted[post]})" for post in order)


def _told(one: Procedure) -> str:
    """The posts that hear of a passed limit, in the order in which the limits name them."""
    letters = (letter for each in one.definition.deadlines.values() for rung in each.late for letter in rung.letters)
    return one.speaker.posts(tuple(dict.fromkeys(post for letter in letters for post in letter.posts)))


def _size(one: Procedure) -> str:
    definition = one.definition
    counts = (len(definition.steps), len(list(_own_acts(one))), len(definition.forms), len(definition.deadlines))
    return " · ".join(map(str, counts))


def _forms(one: Procedure) -> Iterator[tuple[str, ...]]:
    for form in one.definition.forms.values():
        copies = _list(title.say("en") for title in form.copies.values())
        yield f"{form.title.zh} · {form.title.say('en')}", form.number, copies


def _limits(one: Procedure) -> Iterator[tuple[str, ...]]:
    for deadline in one.definition.deadlines.values():
        until = " or ".join(one.speaker.moment(each) for each in deadline.until)
        stands = [f"at {one.speaker.steps(pause.steps)}: {pause.because.say('en')}" for pause in deadline.pauses]
        if deadline.while_steps:
            stands.append(f"only at {one.speaker.steps(deadline.while_steps)}")
        late = [f"{one.speaker.time(warning.before)} before: {_told_by(one, warning)}" for warning in deadline.warn]
        late += [_rung(one, rung) for rung in deadline.late] or ["nobody is told when late"]
        start = one.speaker.moment(deadline.start)
        within, clock = _within(one, deadline), _clock(one, deadline)
        yield deadline.title.say("en"), start, until, within, clock, "; ".join(stands), "; ".join(late)


def _within(one: Procedure, deadline: Deadline) -> str:
    said = [f"by {one.speaker.key(deadline.at)}"] if deadline.at else []
    for within in deadline.within:
        figure = one.speaker.time(within.time)
        if within.condition:
            figure += f" if {one.speaker.condition(within.condition)}"
        elif len(deadline.within) > 1:
            figure = f"otherwise {figure}"
        said.append(figure)
    return "; ".join(said)


def _clock(one: Procedure, deadline: Deadline) -> str:
    clocks = dict.fromkeys(clock_of(within.time.unit, one.definition.days) for within in deadline.within)
    return "; ".join(CLOCKS[clock] for clock in clocks) or "the moment or day agreed"


def _told_by(one: Procedure, warning: Warn) -> str:
    return _list(one.speaker.follows((), warning.letters, ()))


def _rung(one: Procedure, rung: Rung) -> str:
    told = _list(one.speaker.follows(rung.effects, rung.letters, ()))
    return told if rung.after is None else f"{one.speaker.time(rung.after)} later: {told}"


def _approvals(one: Procedure) -> Iterator[tuple[str, ...]]:
    """Acts after the opening at which several sign, or whose way turns on a yes or no of their own form."""
    for act in _own_acts(one):
        judged = act.name != one.definition.opening.act and _turns_on_a_yes(one.definition, act)
        if act.who.each or act.who.quorum or judged:
            at = one.speaker.steps(act.at) if act.at else "any step"
            ahead = _list((at, *_leading_to(one, act)), "; ")
            yield act.title.say("en"), _who(one, act), ahead, "; ".join(one.speaker.ways(act.ways))


def _turns_on_a_yes(definition: Definition, act: Act) -> bool:
    form = definition.forms.get(act.form)
    asked = {f"{act.form}.{field.name}" for field in form.fields.values() if field.kind == "yes-no"} if form else set()
    tests = (test for way in act.ways for table in way.condition for test in table)
    return any(test.key in asked for test in tests)


def _leading_to(one: Procedure, act: Act) -> Iterator[str]:
    """The conditions of the ways by which other acts come to where ``act`` is done: what grades an approval."""
    if act.condition:
        yield f"only if {one.speaker.condition(act.condition)}"
    for other in _own_acts(one):
        for way in other.ways:
            if other.name != act.name and way.step in act.at and (way.condition or len(other.ways) > 1):
                yield f"“{other.title.say('en')}” with {_if(one, way.condition) or 'everything else'}"


def _endings(one: Procedure) -> Iterator[tuple[str, ...]]:
    """Every way of the text into an end step, and what must hold; the standing acts come last."""
    for act in one.definition.acts.values():
        for way in act.ways:
            step = one.definition.steps.get(way.step)
            if step is not None and step.end:
                needs = "; ".join(_needed(one, act))
                yield act.title.say("en"), _who(one, act), step.title.say("en"), _otherwise(one, act, way), needs


def _otherwise(one: Procedure, act: Act, way: Way) -> str:
    if way.condition:
        return _if(one, way.condition)
    return "none of the other ways holds" if len(act.ways) > 1 else ""


def _needed(one: Procedure, act: Act) -> Iterator[str]:
    """What the act needs, by its own clause and by those that add to it, each with the clause that asks for it."""
    for needs in act.needs:
        yield f"{_if(one, needs.condition)} ({needs.origin.cite()})"
    for addition in one.definition.additions:
        if act.name in addition.on:
            only = f"where {_if(one, addition.condition)}: " if addition.condition else ""
            for needs in addition.needs:
                yield f"{only}{_if(one, needs.condition)} ({needs.origin.cite()})"


def _kept(one: Procedure) -> Iterator[tuple[str, ...]]:
    """Records by how long they are kept: forms of the same term share a line."""
    terms: dict[str, list[str]] = {}
    for form in one.definition.forms.values():
        if form.keep is not None:
            terms.setdefault(_term(one, form.keep), []).append(form.title.say("en"))
    for term, forms in terms.items():
        yield _list(forms), term
    if one.definition.keep is not None:
        yield "everything else" if terms else "everything", _term(one, one.definition.keep)


def _term(one: Procedure, keep: Keep) -> str:
    return one.speaker.keep("", keep).strip(": .").removeprefix("are ").removeprefix("kept ")


# cells


def _own_acts(one: Procedure) -> Iterator[Act]:
    """The acts of people: neither standing ones nor those of the clock or of other cases."""
    for act in one.definition.acts.values():
        if not (act.standing or act.who.clock or act.who.cases):
            yield act


def _who(one: Procedure, act: Act) -> str:
    return one.speaker.who(act.who)


def _if(one: Procedure, condition: Condition) -> str:
    return one.speaker.condition(condition) if condition else ""


def _list(words: Iterable[str], between: str = ", ") -> str:
    return between.join(words)


def _row(*cells: str) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in cells) + " |"


def _rule(columns: int) -> str:
    return "|" + "---|" * columns


# heading of a table: its columns and what gives its lines for one procedure
TABLES = {
    "Forms": (("form", "number series", "copies"), _forms),
    "Limits": (
        ("limit", "from", "until", "within", "clock", "stands still", "who is told, before and when late"),
        _limits,
    ),
    "Approvals and verdicts": (("act", "by", "at, and what leads there", "outcome"), _approvals),
    "How a case ends": (("act", "by", "ends as", "if", "needs"), _endings),
    "Kept": (("records", "how long, from when, by whom"), _kept),
}
