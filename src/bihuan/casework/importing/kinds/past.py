"""Cases of the time before: entered as a small procedure of their own, walked by the engine at their own moments.

So list, search, deadlines, ``explain`` and ``verify`` know nothing of imports: the promise of the row is an answer, the
deadline ends at it, and whether it was kept is the engine's own judgement.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from django.db import connection
from django.db.models import ProtectedError, Q

from bihuan.ground.ids import new_id
from bihuan.journal import actions as journal
from bihuan.journal.actions import NewEntry
from bihuan.journal.models import Entry
from bihuan.people import queries as people
from bihuan.people.actions import entry as write_entry
from bihuan.procedure import engine
from bihuan.procedure.definition import Definition, Text
from bihuan.procedure.engine import Surroundings
from bihuan.procedure.refusals import Refusal
from bihuan.procedure.state import Doer
from bihuan.registers.documents.models import Version

from ...actions import keeping
from ...actions.keeping import Change, Moment, calendar_id, surroundings_of
from ...marks import told_by
from ...models import Case, CaseText, Mark
from ...rows import vector_for
from ..errors import ImportRefusal
from . import parsing
from .base import Context, ImportColumn, Made, Parsed, Problem
from .past_again import Again, fated, on_record
from .past_procedure import KIND, POST, past_procedure

_RECORD = ("title", "kind", "category", "customer", "phone", "address", "device", "place", "source", "due")
NUMBER = 40


def _column(code: str, zh: str, en: str, parser: Any, aliases: tuple[str, ...] = (), **more: Any) -> ImportColumn:
    return ImportColumn(code, Text(zh, en), parser, aliases, **more)


COLUMNS = (
    _column("number", "编号", "Number", parsing.text_of(NUMBER), ("工单号", "单号", "报修编号", "case id",
            "case number", "case_enquiry_id", "ticket", "order number"), must=True, example="GD20240315-0007"),
    _column("title", "事由", "Subject", parsing.text_of(200), ("标题", "故障", "故障现象", "问题", "case_title",
            "fault", "problem", "summary", "desc"), must=True, example="空调不制冷"),
    _column("opened", "开立时刻", "Opened", parsing.moment, ("报修时间", "登记时间", "受理时间", "open_dt", "opened at",
            "created", "date opened"), must=True, example="2024-03-15 09:20", shown_as="moment"),
    _column("due", "承诺期限", "Promised", parsing.moment, ("期限", "应完成时间", "要求完成时间", "target_dt", "due",
            "due date", "target"), example="2024-03-16 09:20", shown_as="moment"),
    _column("closed", "办结时刻", "Closed", parsing.moment, ("完成时间", "关闭时间", "办结时间", "closed_dt",
            "closed at", "resolved"), example="2024-03-15 16:05", shown_as="moment"),
    _column("result", "办理结果", "Result", parsing.text_of(2000), ("结果", "处理结果", "closure_reason", "resolution"),
            example="更换电容"),
    _column("kind", "原种类", "Kind", parsing.text_of(200), ("种类", "类型", "服务类型", "type")),
    _column("category", "类别", "Category", parsing.text_of(200), ("分类", "故障分类", "reason", "category name")),
    _column("customer", "客户", "Customer", parsing.text_of(200), ("客户名称", "联系人", "报修人", "contact")),
    _column("phone", "电话", "Phone", parsing.text_of(60), ("联系电话", "手机", "手机号", "telephone", "mobile")),
    _column("address", "地址", "Address", parsing.text_of(200), ("客户地址", "服务地址", "location")),
    _column("device", "设备", "Device", parsing.text_of(200), ("序列号", "设备编号", "机器", "SN", "serial")),
    _column("place", "地点", "Place", parsing.text_of(200), ("区域", "网点名称", "neighborhood", "district", "site")),
    _column("source", "来源", "Source", parsing.text_of(200), ("报修方式", "渠道", "channel")),
    _column("outlet", "网点代码", "Outlet code", parsing.text_of(40), ("outlet_code", "网点")),
)  # fmt: skip


class PastChecker:
    """Own moments in their order, numbers once, outlets in sight."""

    def __init__(self) -> None:
        self.seen: dict[str, int] = {}
        self.outlets = set(people.outlet_codes())

    def __call__(self, rows: Sequence[Parsed], context: Context) -> list[Problem]:
        found: list[Problem] = []
        there = on_record(rows)
        for row in rows:
            found += self._numbered(row, there, context)
            found += self._moments(row, context.at)
            outlet = row.get("outlet")
            if outlet and outlet not in self.outlets:
                words = Text(f"没有网点“{outlet}”", f"There is no outlet “{outlet}”")
                found.append(Problem(row.number, "no-outlet", words, "outlet"))
        return found

    def _numbered(self, row: Parsed, there: dict[str, Case], context: Context) -> list[Problem]:
        number = row.values["number"]
        first = self.seen.setdefault(number, row.number)
        if first != row.number:
            words = Text("编号在本文件中重复", "The number stands in this file twice")
            return [Problem(row.number, "twice", words, "number")]
        return fated(row, there[number], context) if number in there else []

    @staticmethod
    def _moments(row: Parsed, now: datetime) -> list[Problem]:
        opened, found = datetime.fromisoformat(row.values["opened"]), []
        closed = row.get("closed") and datetime.fromisoformat(row.get("closed"))
        for moment, column in ((opened, "opened"), (closed, "closed")):
            if moment and moment > now:
                words = Text("时刻在将来", "The moment lies in the future")
                found.append(Problem(row.number, "future", words, column))
        if closed and closed < opened:
            words = Text("办结早于开立", "Closed before it was opened")
            found.append(Problem(row.number, "before-opening", words, "closed"))
        if not row.get("due"):
            words = Text("没有承诺期限，不判断是否按期", "No promise: on time or not is not judged")
            found.append(Problem(row.number, "no-promise", words, "due", "warning"))
        elif datetime.fromisoformat(row.get("due")) < opened:
            words = Text("承诺期限早于开立时刻", "The promise lies before the opening")
            found.append(Problem(row.number, "promise-before", words, "due", "warning"))
        return found


class PastCases:
    """See the module. One case and one or two entries for each row, each at its own moment."""

    name = "past-cases"
    title = Text("历史事项", "Past cases")
    columns = COLUMNS
    roles = frozenset({"service-manager"})

    def checker(self) -> PastChecker:
        return PastChecker()

    def prepare(self, context: Context) -> None:
        # its entry is of the house's chain: inside a batch it would be locked before those of the outlets
        past_procedure(context.by, context.at)

    def commit(self, rows: Sequence[Parsed], context: Context) -> Made:
        made = Made()
        there = on_record(rows)
        version, definition = past_procedure(context.by, context.at)
        again = Again(version, definition, context)
        made.skipped = again.take(row for row in rows if row.values["number"] in there)
        walking = _Walking(version, definition, context, again)
        for row in rows:
            if row.values["number"] not in there:
                walking.walk(row)
        walking.write()
        made.new, made.updated = len(walking.cases), len(again.rows)
        made.made = [str(case.pk) for case in walking.cases] + [[row.values["number"]] for row, _case in again.rows]
        return made

    def undo(self, made: Sequence[Any], context: Context) -> None:
        if known := [one[0] for one in made if isinstance(one, list)]:
            zh, en = f"本次导入更新了原有的 {known[0]}，不能撤回", f"{known[0]} was there before: not taken back"
            raise ImportRefusal("built-upon", Text(zh, en))
        ids = [UUID(one) for one in made]
        cases = list(Case.objects.select_for_update().filter(pk__in=ids).defer("state"))
        touched = Entry.objects.filter(about_kind="case", about_id__in=[str(one) for one in ids])
        own = Q(verb__in=["enter", "close"], kept__text__contains=f'"id":"{context.id}"')
        later = touched.exclude(doer_kind="clock").exclude(own).values_list("about_number")
        if number := later.first():
            words = Text(f"{number[0]} 导入后已有人办理", f"{number[0]} was acted on after the import")
            raise ImportRefusal("built-upon", words)
        try:
            Case.objects.filter(pk__in=ids).delete()
        except ProtectedError as error:
            words = Text("有其他事项以这些事项为依据", "Other cases rest on these")
            raise ImportRefusal("built-upon", words) from error
        by_outlet: dict[str, list[str]] = defaultdict(list)
        for case in cases:
            by_outlet[case.outlet].append(case.number)
        for outlet in sorted(by_outlet, key=str.encode):
            content = {"kind": self.name, "numbers": by_outlet[outlet]}
            write_entry(outlet, "import", str(context.id), "reverse-import", context.by, context.at, content)


@dataclass
class _Place:
    surroundings: Surroundings
    calendar: str


class _Walking:
    """The rows of one batch walked by the engine, then written together."""

    def __init__(self, version: Version, definition: Definition, context: Context, again: Again) -> None:
        self.version, self.definition, self.context, self.again = version, definition, context, again
        self.doer = Doer(name=context.by.username, holds=((POST, ""),), post=POST)
        self.cases: list[Case] = []
        self.marks: list[Mark] = []
        self.texts: list[dict[str, Any]] = []
        self.entries: dict[str, list[NewEntry]] = defaultdict(list)
        self.places: dict[str, _Place] = {}

    def walk(self, row: Parsed) -> None:
        """One row: entered at its opening, closed at its end. Raises ImportRefusal where the engine refuses."""
        outlet = row.get("outlet") or self.context.options.outlet or people.root_outlet()
        opened = datetime.fromisoformat(row.values["opened"])
        case = Case(
            id=new_id(opened),
            number=row.values["number"],
            kind=KIND,
            version=self.version,
            outlet=outlet,
            title=row.values["title"],
            work_order=self.definition.work_order,
            opened_at=opened,
        )
        try:
            self._enter(case, row, opened)
            if row.get("closed"):
                self._close(case, row, datetime.fromisoformat(row.values["closed"]))
        except Refusal as refusal:
            raise ImportRefusal("refused", _said(row, refusal)) from refusal
        self.cases.append(case)
        told = told_by(self.definition, case.state)
        self.marks += [Mark(case=case, kind=one.kind, value=one.value, posts=list(one.posts)) for one in told]
        vector = vector_for(case, told)
        self.texts.append({"case": case.pk, "outlet": outlet, "vector": vector})

    def _enter(self, case: Case, row: Parsed, at: datetime) -> None:
        place = self._place(case.outlet)
        answers = {"record": {name: row.values[name] for name in _RECORD if row.values.get(name)}}
        outcome = engine.start(self.definition, self.doer, answers, {}, at, place.surroundings)
        self._keep(case, row, Change(self.definition, outcome, self.doer, answers, self._moment(at), place.calendar))

    def _close(self, case: Case, row: Parsed, at: datetime) -> None:
        place = self._place(case.outlet)
        answers = {"outcome": {"result": row.values["result"]}} if row.get("result") else {}
        outcome = engine.act(self.definition, case.state, "close", self.doer, answers, {}, at, place.surroundings)
        self._keep(case, row, Change(self.definition, outcome, self.doer, answers, self._moment(at), place.calendar))

    def _keep(self, case: Case, row: Parsed, change: Change) -> None:
        opening = change.outcome.act == self.definition.opening.act
        keeping.stand(case, change.definition, change.outcome.state)
        entry = keeping.entry_of(case, change, new_id(self.context.at), None, opening=opening)
        said = {**entry.content, "import": {"id": str(self.context.id), "row": row.number}}
        self.entries[case.outlet].append(msgspec.structs.replace(entry, content=said))

    def _moment(self, at: datetime) -> Moment:
        return Moment(done=at, received=self.context.at)

    def _place(self, outlet: str) -> _Place:
        if outlet not in self.places:
            surroundings = surroundings_of(outlet)
            self.places[outlet] = _Place(surroundings, calendar_id(surroundings))
        return self.places[outlet]

    def write(self) -> None:
        """Cases, what they are found by, then the entries: chain by chain in the order of their keys."""
        Case.objects.bulk_create(self.cases)
        Mark.objects.bulk_create(self.marks)
        with connection.cursor() as cursor:
            cursor.execute(_TEXTS, [msgspec.json.encode(self.texts).decode()])
        for outlet in sorted(self.entries.keys() | self.again.outlets(), key=str.encode):
            journal.write_many(self.entries.pop(outlet, []))
            self.again.write(outlet)


def _said(row: Parsed, refusal: Refusal) -> Text:
    """What the engine would not take, with the row and the answers it is about."""
    problems = getattr(refusal, "problems", ())
    zh = "；".join(f"{one.field} {one.words.zh}" for one in problems) or refusal.words.zh
    en = "; ".join(f"{one.field} {one.words.say('en')}" for one in problems) or refusal.words.say("en")
    return Text(f"第 {row.number} 行：{zh}", f"Row {row.number}: {en}")


_TEXTS = f"""INSERT INTO {CaseText._meta.db_table} (case_id, outlet, vector)
    SELECT "case", outlet, vector::tsvector FROM json_to_recordset(%s::json)
    AS new ("case" uuid, outlet text, vector text)
"""  # noqa: S608 - the table's name is our own
