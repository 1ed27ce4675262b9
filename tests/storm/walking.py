"""What somebody might do next: acts of the procedure with answers invented from its forms, by those who hold the post.

The walker reads where a case stands by a reader's connection; whatever it does, it does over HTTP.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from random import Random
from typing import Any
from uuid import UUID

import msgspec
import psycopg

from bihuan.ground.ids import new_id
from bihuan.procedure import calendars, engine
from bihuan.procedure.calendars import Calendar
from bihuan.procedure.definition import Act, Definition, Pack
from bihuan.procedure.engine.plan import plan_of
from bihuan.procedure.inventing import invent, wishes_for
from bihuan.procedure.reading import duty_definition, read_pack
from bihuan.procedure.state import Doer, State

from .fitting import Fitting
from .site import PACK, Furnished, Site, until

PLACES = {"north": ("north", "head"), "south": ("south", "head"), "head": ("head",)}
# how often somebody reaches for an act that stands everywhere, beside those of the step
RARELY, SELDOM = 0.02, 0.01
OFTEN = 0.7
STANDING = "SELECT number, kind, outlet, state::text FROM casework_case WHERE number = %s"
NOBODY = "nobody has this number"
_read_state = msgspec.json.Decoder(State).decode


def integrator() -> Pack:
    """The pack the sites are furnished with."""
    found = read_pack(PACK).pack
    assert found is not None
    return found


@dataclass(frozen=True)
class Said:
    """One sentence ready to be sent: who, where to, what."""

    person: str
    path: str
    body: dict[str, Any]
    case: str = ""

    @property
    def id(self) -> UUID:
        return UUID(self.body["id"])


@dataclass(frozen=True)
class Standing:
    """A case as the database has it."""

    number: str
    kind: str
    outlet: str
    state: State

    @property
    def ended(self) -> bool:
        return self.state.ended is not None


@dataclass
class Walker:
    """Draws sentences for one site from one seed; reads with a connection of its own, made anew when it breaks."""

    site: Site
    furnished: Furnished
    random: Random
    pack: Pack = field(default_factory=integrator)
    # acts of a step reached for only now and then, so that walks go the long ways too
    rare: frozenset[str] = frozenset()
    reader: psycopg.Connection[Any] | None = None

    def __post_init__(self) -> None:
        self.calendar: Calendar = calendars.of_hours("walk", self.pack.hours, range(2018, 2028))
        self.definitions: dict[str, Definition] = dict(self.pack.procedures)
        for procedure in self.pack.procedures.values():
            for duty in procedure.duties.values():
                made = duty_definition(procedure, duty)
                self.definitions[made.kind] = made

    # ------------------------------------------------------------------------------------------ reading

    def standing(self, number: str) -> Standing:
        """Raises LookupError for a number nobody has."""
        row = until(lambda: self._row(number), f"{number} can be read")
        if row is NOBODY:
            raise LookupError(number)
        return Standing(row[0], row[1], row[2], _read_state(row[3]))

    def _row(self, number: str) -> Any:
        """The case's row, NOBODY, or None where the database is away just now."""
        try:
            return self._reading().execute(STANDING, [number]).fetchone() or NOBODY
        except psycopg.OperationalError:
            self.close()
            return None

    def _reading(self) -> psycopg.Connection[Any]:
        """The reader's connection. Raises OperationalError where the database is away."""
        if self.reader is None:
            self.reader = psycopg.connect(self.site.address("reader"), autocommit=True)
        return self.reader

    def close(self) -> None:
        if self.reader is not None:
            self.reader.close()
        self.reader = None

    # ------------------------------------------------------------------------------------------ sentences

    def opening(self, kind: str, outlet: str, at: datetime | None, told: dict[str, Any] | None = None) -> Said:
        """A new case. ``told`` are answers that are not invented, by bare field."""
        definition = self.definitions[kind]
        act = definition.acts[definition.opening.act]
        post, person = self._somebody(definition, act, None, outlet, at) or ("", "")
        answers = self._answers(definition, None, act, at, outlet, person)
        answers.update({f"{act.form}.{name}": value for name, value in (told or {}).items()})
        body = {"kind": kind, "outlet": outlet, "post": post, "answers": answers}
        return Said(person, "/api/v1/cases", self._body(body, at))

    def next(self, case: Standing, at: datetime | None) -> Said | None:
        """Something somebody may do to ``case``; None when only the clock or another case can."""
        definition = self.definitions[case.kind]
        for act in self._in_some_order(definition, case.state):
            found = self._somebody(definition, act, case.state, case.outlet, at)
            if found is not None:
                answers = self._answers(definition, case.state, act, at, case.outlet, found[1])
                body = {"action": act.name, "post": found[0], "answers": answers}
                if self.random.random() < 0.5:
                    body["expect"] = case.state.revision
                return Said(found[1], f"/api/v1/cases/{case.number}/acts", self._body(body, at), case.number)
        return None

    def waiting_for(self, case: Standing) -> list[str]:
        """Numbers of the children that have not ended."""
        return [child.number for group in case.state.children.values() for child in group if not child.ended]

    def _body(self, body: dict[str, Any], at: datetime | None) -> dict[str, Any]:
        made = {"id": str(new_id(datetime.now().astimezone())), **body}
        if at is not None:
            made["at"] = at.isoformat()
        return made

    def _in_some_order(self, definition: Definition, state: State) -> Iterable[Act]:
        """Acts of the step, shuffled; those that stand everywhere come to the front only rarely."""
        names = plan_of(definition).at_step.get(state.step, ())
        acts = [definition.acts[name] for name in names]
        usual = [act for act in acts if not act.standing and act.at]
        anywhere = [act for act in acts if not act.standing and not act.at]
        standing = [act for act in acts if act.standing and act.name != "merge"]
        self.random.shuffle(usual)
        if self.random.random() < OFTEN:
            usual.sort(key=lambda act: act.name in self.rare)
        draw = self.random.random()
        if standing and draw < RARELY:
            return [self.random.choice(standing), *usual]
        if anywhere and draw < RARELY + SELDOM:
            return [self.random.choice(anywhere), *usual]
        return usual

    # ------------------------------------------------------------------------------------------ who

    def _somebody(
        self, definition: Definition, act: Act, state: State | None, outlet: str, at: datetime | None
    ) -> tuple[str, str] | None:
        """A post and somebody holding it who may do ``act`` now."""
        who = act.who
        if who.clock or who.cases or who.case_kind:
            return None
        posts = [*who.posts, *who.each]
        posts = [*who.via] if "customer" in posts and who.via else posts
        pairs = [(post, name) for post in posts for name in self.furnished.who(post, PLACES[outlet])]
        self.random.shuffle(pairs)
        if state is None:
            return pairs[0] if pairs else None
        surroundings = engine.Surroundings(self.calendar, PLACES[outlet])
        for post, name in pairs:
            holds = tuple((one, place) for one, place in self.furnished.posts[name])
            offers = engine.allowed(definition, state, Doer(name, holds, post), at or state.moment, surroundings)
            if any(offer.act == act.name and offer.allowed for offer in offers):
                return post, name
        return None

    # ------------------------------------------------------------------------------------------ what

    def _answers(
        self, definition: Definition, state: State | None, act: Act, at: datetime | None, outlet: str, doer: str
    ) -> dict[str, Any]:
        answers, _facts = invent(definition, state, act, wishes_for(definition, act, 0, self.random), self.random)
        form = definition.forms.get(act.form)
        if form is None:
            return answers
        moment = at or datetime.now().astimezone()
        try:
            reader = self._reading()
        except psycopg.OperationalError:
            reader = None
        fitting = Fitting(self.furnished, self.random, reader, PLACES[outlet], outlet, doer, moment)
        try:
            return fitting.fitted(form, answers)
        except psycopg.OperationalError:  # the database died just now: whether an hour is free will be told by it
            self.close()
            fitting.reader = None
            return fitting.fitted(form, answers)
