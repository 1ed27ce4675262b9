"""What people of a demonstration write on forms: words of the pack's own examples, names and days of the site.

A question is answered as the examples of the pack answer it, one of their answers drawn; whoever and whatever is on
the books (customer, device, person, price) is put in its place, and days are those of the telling.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from bihuan.procedure.conditions import MISSING, holds, test_holds
from bihuan.procedure.definition import Act, Definition, Field, Form, Pack, Test
from bihuan.procedure.inventing import Wishes, invent, plain_answer
from bihuan.procedure.rehearsal import Definitions, read_examples
from bihuan.procedure.state import State

OF_THE_SITE = frozenset(
    {"customer", "contact", "phone", "address", "region", "product", "device", "fault", "skill", "rate"}
)
NAMED = OF_THE_SITE | {"person", "case"}
# asked of the wish a way or a need makes: then any answer will do, and a fitting one is drawn
ANY_ANSWER = frozenset({"present"})
NOTHING = object()
HOURS = (9, 10, 11, 13, 14, 15, 16)
LATELY = timedelta(days=4)


@dataclass(frozen=True)
class Asked:
    """One act about to be done: of which case, at what moment, what the telling stands behind."""

    definition: Definition
    state: State | None
    act: Act
    at: datetime
    words: dict[str, Any]
    who: Callable[[tuple[str, ...], str], str]
    file: Callable[[str], dict[str, Any]]
    cases: Callable[[], list[str]]


@dataclass
class Sayings:
    """``said``: every answer the examples give, by kind of case and question; ``own`` those of the file go before."""

    zone: ZoneInfo
    random: Random
    today: datetime
    said: dict[tuple[str, str], list[Any]] = field(default_factory=lambda: defaultdict(list))
    own: dict[str, list[Any]] = field(default_factory=dict)
    ahead: frozenset[tuple[str, str]] = frozenset()
    named: dict[tuple[str, str], tuple[str, ...]] = field(default_factory=dict)

    def answers(self, asked: Asked, wishes: Wishes) -> dict[str, Any]:
        """Answers to the form of the act, bent towards what ``wishes`` want of them, as ``casework`` takes them."""
        invented, _facts = invent(asked.definition, asked.state, asked.act, wishes, self.random)
        if asked.act.standing:
            return {key: self._standing(key, value) for key, value in invented.items()}
        form = asked.definition.forms.get(asked.act.form)
        if form is None or (not invented and form.fields):
            return {}  # filled in already by whoever signed first
        given: dict[str, Any] = {}
        for one in form.fields.values():
            key = f"{form.name}.{one.name}"
            if key in invented or one.must is not None:
                at_hand = invented[key] if key in invented else plain_answer(asked.definition, one, self.random)
                value = self._answer(asked, form, one, key, at_hand, wishes if key in invented else {})
                if value is not NOTHING:
                    given[key] = value
        for lines in form.lines.values():
            key = f"{form.name}.{lines.name}"
            rows = self.random.choice(self.own[key]) if key in self.own else None
            given[key] = self._rows(asked, form, lines, invented.get(key, []), wishes) if rows is None else rows
        called_for = _called_for(asked, form, given)
        return _added_up(form, _as_listed(asked, form.fields, called_for, f"{form.name}."), wishes)

    def _rows(self, asked: Asked, form: Form, lines: Any, invented: list[dict[str, Any]], wishes: Wishes) -> list[Any]:
        rows = []
        for row in invented:
            made = {}
            for name, value in row.items():
                one = lines.fields[name]
                found = self._answer(asked, form, one, f"{form.name}.{lines.name}.{name}", value, wishes)
                if found is not NOTHING:
                    made[name] = found
            rows.append(_as_listed(asked, lines.fields, made))
        return rows

    def _answer(self, asked: Asked, form: Form, one: Field, key: str, invented: Any, wishes: Wishes) -> Any:
        if one.kind == "file":
            return self._file(asked, one)
        if one.kind == "signature":
            return asked.words.get("contact") or NOTHING
        wish = wishes.get(key)
        bound = wish is not None and wish.operator not in ANY_ANSWER and one.kind not in NAMED
        if bound and wish is not None:
            return self._wished(key, wish, invented)
        value = self._fitting(asked, one, key)
        if value is NOTHING and one.kind != "case":
            value = invented
        return [value] if one.several and value is not NOTHING and not isinstance(value, list) else value

    def _wished(self, key: str, wish: Test, invented: Any) -> Any:
        """An answer of the file that is as wished, where it has one; else what was invented to be so."""
        fitting = [value for value in self.own.get(key, ()) if not wish.of and test_holds(wish, {key: value}.get)]
        return self.random.choice(fitting) if fitting else invented

    def _file(self, asked: Asked, one: Field) -> Any:
        """A small paper where one has to be handed in; elsewhere nobody hands in anything."""
        if one.must is None:
            return NOTHING
        handed_in = asked.file(one.ask.zh)
        return [handed_in] * max(1, one.least) if one.several else handed_in

    def _fitting(self, asked: Asked, one: Field, key: str) -> Any:
        """An answer of the site, of the file, of the examples, or NOTHING where what was invented will do."""
        drawn = self.own.get(key)
        if drawn is None and one.kind in {"date", "moment"}:
            return self._when(asked, one, key)
        if drawn is None and not one.choices and one.kind in NAMED:
            return self._of_the_site(asked, one, key)
        drawn = drawn or self.said.get((asked.definition.kind, key))
        if drawn:
            return self.random.choice(drawn)
        plain = one.kind in {"text", "long-text", "wish", "place", "carrier", "part"} and not one.choices
        return f"{one.ask.zh}（示例）" if plain else NOTHING

    def _of_the_site(self, asked: Asked, one: Field, key: str) -> Any:
        if one.kind == "case":
            found = asked.cases()
            return NOTHING if not found else found if one.several else found[0]
        if one.kind == "person":
            asking = asked.definition.forms[key.partition(".")[0]]
            skilled = any(each.kind == "skill" for each in asking.fields.values())
            posts = self.named.get((asked.definition.kind, key), ())
            return asked.who(posts, asked.words.get("skill", "") if skilled else "") or NOTHING
        return asked.words.get(one.kind) or NOTHING

    def _when(self, asked: Asked, one: Field, key: str) -> str:
        """A day or moment: ahead where a promise, a booking or a next call stands on it, else of that very moment."""
        later = (asked.definition.kind, key) in self.ahead
        local = asked.at.astimezone(self.zone).replace(microsecond=0)
        if one.kind == "date":
            return (local.date() + timedelta(days=self.random.randint(2, 9) if later else 0)).isoformat()
        return (_hour_ahead(local, self.today, self.random) if later else local).isoformat()

    def _standing(self, key: str, value: Any) -> Any:
        return "顾客来电说不用了（示例）" if key.endswith(".reason") else value


def read_sayings(pack: Pack, written: dict[str, Any], zone: ZoneInfo, random: Random, now: datetime) -> Sayings:
    """Every answer an example of the pack gives in a step that is not refused."""
    own = {key: _listed(value) for key, value in written.get("answers", {}).items()}
    made = Sayings(zone, random, now.astimezone(zone), own=own, ahead=_ahead(pack), named=_named(pack))
    definitions = Definitions(pack.procedures)
    for example in read_examples(Path(pack.folder), pack, definitions).examples:
        for step in example.steps:
            if not step.expected.refusal:
                _remember(made, example.procedure, step.answers)
    return made


def _remember(made: Sayings, kind: str, answers: dict[str, Any]) -> None:
    for key, value in answers.items():
        if isinstance(value, list) and value and isinstance(value[0], dict):
            for row in value:
                for name, one in row.items():
                    made.said[kind, f"{key}.{name}"].append(one)
        elif value not in (None, [], ""):
            made.said[kind, key].append(value)


def _called_for(asked: Asked, form: Form, given: dict[str, Any]) -> dict[str, Any]:
    """Less what the form asks for only where something else was answered: nobody says why they refuse what they accept.

    Conditions on answers beyond the form are left to whoever invented the answer.
    """

    def look(key: str) -> Any:
        whole = key if "." in key else f"{form.name}.{key}"
        earlier, _dot, name = whole.rpartition(".")
        said = asked.state.answers.get(earlier, {}) if asked.state else {}
        return given.get(whole, said.get(name, MISSING) if earlier != form.name else MISSING)

    kept = dict(given)
    for one in form.fields.values():
        key, tests = f"{form.name}.{one.name}", [test for table in one.must or () for test in table]
        own = all("." not in test.key or test.key.startswith(f"{form.name}.") for test in tests)
        if tests and own and one.must is not None and not holds(one.must, look):
            kept.pop(key, None)
    return kept


def _as_listed(asked: Asked, fields: dict[str, Field], given: dict[str, Any], prefix: str = "") -> dict[str, Any]:
    """What the list of prices has a line for costs what the list says."""
    kinds = {one.kind: f"{prefix}{name}" for name, one in fields.items() if f"{prefix}{name}" in given}
    if "price" in asked.words and "money" in kinds and given.get(kinds.get("rate", "")) == asked.words.get("rate"):
        given[kinds["money"]] = asked.words["price"]
    return given


def _added_up(form: Form, given: dict[str, Any], wishes: Wishes) -> dict[str, Any]:
    """Lines of money and the sum above them agree: the sum follows lines of the price list, else the line the sum."""
    top = next((f"{form.name}.{one.name}" for one in form.fields.values() if one.kind == "money"), "")
    for lines in form.lines.values():
        money = next((one.name for one in lines.fields.values() if one.kind == "money"), "")
        rows = given.get(f"{form.name}.{lines.name}", [])
        if not money or not rows or top not in given:
            continue
        if any(one.kind == "rate" for one in lines.fields.values()) or any(top == key for key in wishes):
            given[top] = round(sum(float(row.get(money) or 0) for row in rows), 2)
        else:
            given[f"{form.name}.{lines.name}"] = [{**rows[0], money: given[top]}]
    return given


def _hour_ahead(local: datetime, today: datetime, random: Random) -> datetime:
    """A full working hour soon after; from the last days, one of the day on which the demonstration is looked at."""
    soon = (local + timedelta(hours=random.choice((3, 5, 22, 26)))).replace(minute=0, second=0)
    if today - local < LATELY:
        soon = today.replace(hour=random.choice(HOURS), minute=0, second=0, microsecond=0)
        soon += timedelta(days=soon <= local)
    if soon.hour not in HOURS:
        soon = soon.replace(hour=random.choice(HOURS)) + timedelta(days=soon.hour > max(HOURS))
    return soon


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _named(pack: Pack) -> dict[tuple[str, str], tuple[str, ...]]:
    """Kind and question of every answer that says who acts, here or in a case it opens: the posts of who may."""
    found: dict[tuple[str, str], tuple[str, ...]] = {}
    for kind, definition in pack.procedures.items():
        for act in definition.acts.values():
            if act.who.named:
                key = (kind, act.who.named)
                found[key] = tuple(dict.fromkeys((*found.get(key, ()), *act.who.posts)))
    for kind, definition in pack.procedures.items():
        for act in definition.acts.values():
            for child in [*act.children, *(each for way in act.ways for each in way.children)]:
                for key, one in child.answers.items():
                    if one.of and (child.kind, key) in found:
                        found.setdefault((kind, one.of), found[child.kind, key])
    return found


def _ahead(pack: Pack) -> frozenset[tuple[str, str]]:
    """Kind and question of every answer that lies ahead: a promise is due then, or a visit or next call booked."""
    found: set[tuple[str, str]] = set()
    for kind, definition in pack.procedures.items():
        found |= {(kind, one.at) for one in definition.deadlines.values() if one.at}
        for act in definition.acts.values():
            effects = [*act.effects, *(each for way in act.ways for each in way.effects)]
            given = [effect.arguments.get(name) for effect in effects for name in ("at", "next")]
            found |= {(kind, argument.of) for argument in given if argument is not None and argument.of}
    for kind, definition in pack.procedures.items():
        for act in definition.acts.values():
            for child in [*act.children, *(each for way in act.ways for each in way.children)]:
                found |= {(kind, one.of) for key, one in child.answers.items() if one.of and (child.kind, key) in found}
    return frozenset(found)
