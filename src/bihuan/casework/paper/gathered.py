"""A sheet put together from several forms of a case and the cases it opened, as plain data.

The procedure says which forms stand where (``[sheets.NAME]``); device, parts, similar cases, deadlines and who filled
in what are added here. Everything within the reader's scope and masked as the reader sees numbers.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from django.utils.translation import gettext as _

from bihuan.people.models import Person
from bihuan.procedure.definition import Form, Section, Sheet
from bihuan.procedure.state import ClockRun

from .. import chains, linking, rights
from ..checks import Check, checks_of
from ..definitions import definition_for
from ..masks import Masks
from ..models import Case
from ..pages import promises, similar
from ..pages.names import Names
from ..pages.words import act_title, due_words, local, post_title, signed_fillings, step_title
from ..seeing import as_read, hidden_forms
from .data import Sources, fact_of, heading, signed, table_of
from .documents import Document


def gathered(sources: Sources, document: Document) -> dict[str, Any]:
    """The data of one sheet for its template."""
    return _Gathering(sources, document).whole()


class _Gathering:
    """One sheet being put together for one reader."""

    def __init__(self, sources: Sources, document: Document) -> None:
        assert sources.person is not None
        self.person: Person = sources.person
        case, names = sources.case, sources.names
        whole = rights.sees_numbers(self.person, case.outlet, names.at)
        self.names = Names(names.language, names.zone, names.at, whole_phones=whole)
        self.names.signed = names.signed
        self.sources = replace(sources, names=self.names)
        self.case, self.definition, self.pack = case, sources.definition, sources.pack
        self.document = document
        self.masks = Masks(case, self.definition, whole=whole)
        self.hidden = hidden_forms(self.definition, case.state, self.person, names.at)
        self.children = list(
            linking.open_to(self.person, names.at).filter(parent=case.pk).order_by("opened_at", "number")
        )
        opened = [one.pk for one in self.children]
        self.below = list(
            linking.open_to(self.person, names.at).filter(parent__in=opened).order_by("opened_at", "number")
        )
        self.told: list[str] = []

    def whole(self) -> dict[str, Any]:
        sheet: Sheet = self.definition.sheets[self.document.sheet]
        day = local(self.case.state.moment, self.names.zone)[:10]
        sections = [self._section(one) for one in sheet.sections]
        groups = {part for one in sheet.sections for part in one.parts if part not in self.definition.forms}
        rest = [one for one in self.children if one.group not in groups]
        if rest:
            sections.append({"title": _("另立的事项"), "facts": [], "tables": [self._opened(rest)], "nothing": ""})
        sections += [self._device(), self._deadlines(), self._filled_by()]
        return heading(self.sources, self.document, day, self.case.number) | {
            "sections": [one for one in sections if one is not None],
            "signatures": self._signatures(),
            "note": _("依据《%(title)s》（%(number)s）%(clause)s")
            % {"title": self.definition.title.zh, "number": self.definition.number, "clause": sheet.origin.clause},
        }

    # ---------------------------------------------------------------------------------------- what the text names

    def _section(self, section: Section) -> dict[str, Any]:
        facts: list[dict[str, Any]] = []
        tables: list[dict[str, Any]] = []
        hidden = False
        for part in section.parts:
            name, _dot, field = part.partition(".")
            form = self.definition.forms.get(name)
            if form is None:
                opened = [one for one in self.children if one.group == part]
                tables += [self._opened(opened)] if opened else []
            elif name in self.hidden:
                hidden = True
            else:
                some, more = self._of_form(form, field)
                facts, tables = facts + some, tables + more
        nothing = "" if facts or tables else _("限定岗位可见") if hidden else _("尚未填写")
        return {"title": section.title.say(self.names.language), "facts": facts, "tables": tables, "nothing": nothing}

    def _of_form(self, form: Form, only: str) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
        """Questions and tables of one form in its newest filling; ``only`` one of them, where it is named."""
        filled = self.case.state.answers.get(form.name, {})
        if filled and form.name not in self.told:
            self.told.append(form.name)
        fields = [one for one in form.fields.values() if only in {"", one.name} and one.kind != "signature"]
        lines = [one for one in form.lines.values() if only in {"", one.name}]
        facts, tables = [], []
        for whose, each in signed_fillings(form.name, filled, self.names):
            given = [one for one in fields if each.get(one.name) is not None]
            facts += [fact_of(self.sources, one, each[one.name], whose) for one in given]
            tables += [table for table in (table_of(self.sources, one, each) for one in lines) if table]
        # a number somebody wrote into words is masked as one in its own question is
        told = [{**one, "value": self.masks.of(one["value"])} for one in facts]
        return told, [{**one, "rows": self.masks.of(one["rows"])} for one in tables]

    def _opened(self, cases: list[Case]) -> dict[str, Any]:
        """Cases opened here, each with those it opened itself: what, who, by when, how it stands, who checked it."""
        columns = [_("编号"), _("做什么"), _("谁做"), _("何时以前"), _("状态"), _("验证")]
        rows = []
        for one in cases:
            rows.append(self._measure(one, inner=False))
            rows += [self._measure(each, inner=True) for each in self.below if each.parent_id == one.pk]
        return {"title": "", "columns": columns, "widths": [0, 5, 3, 3, 3, 4], "rows": rows}

    def _measure(self, case: Case, *, inner: bool) -> list[str]:
        definition = definition_for(case)
        masks = Masks(case, definition, whole=self.names.whole_phones)
        checks = checks_of(definition, case.state)
        doers = dict.fromkeys(by for check in checks for _act, by in check.checked)
        who = [self.names.person(one) for one in doers] or [self._awaited(case)]
        runs = [run for run in case.state.clocks if run.due and run.state != "void"]
        due = max((run.due for run in runs if run.due), default=None)
        number = f"└ {case.number}" if inner else case.number
        return [
            number,
            str(masks.of(chains.about_of(as_read(case, self.person, self.names.at), definition))),
            "、".join(one for one in who if one),
            due_words(due, self.names.zone)[:10] if due else "",
            step_title(definition, case.step, self.names.language),
            "；".join(self._checked(check) for check in checks),
        ]

    def _awaited(self, case: Case) -> str:
        if case.person:
            return self.names.person(case.person)
        posts = chains.awaited_posts(definition_for(case), case.state)
        return "、".join(post_title(self.pack, post, self.names.language) for post in posts)

    def _checked(self, check: Check) -> str:
        if check.at is None:
            return _("待验证")
        return f"{self.names.person(check.by)} {local(check.at, self.names.zone)[:10]}"

    # ---------------------------------------------------------------------------------------- what is added to it

    def _device(self) -> dict[str, Any] | None:
        """Device, parts and how many cases are alike; nothing for a case about no thing."""
        seen = similar.panel(self.person, self.case, self.definition, self.names)
        if seen is None:
            return None
        unit = seen["unit"]
        facts = [(_("型号"), unit.model.code), (_("序列号"), unit.serial), (_("批次"), unit.batch)] if unit else []
        facts += [(one["label"], _("%(count)s 件") % {"count": one["count"]}) for one in seen["groups"]]
        rows = [[one["part"], one["words"], one["number"]] for one in seen["parts"]]
        columns = [_("配件"), _("说明"), _("编号")]
        tables = [{"title": "", "columns": columns, "widths": [4, 6, 4], "rows": rows}] if rows else []
        told = [{"label": label, "value": value, "wide": False} for label, value in facts if value]
        return {
            "title": _("设备、配件与类似事项"), "facts": told, "tables": tables,
            "nothing": "" if told or tables else _("没有同设备、同型号、同故障或同批次的其他事项。"),
        }  # fmt: skip

    def _deadlines(self) -> dict[str, Any] | None:
        rows = [self._run(run) for run in self.case.state.clocks if run.name in self.definition.deadlines]
        columns = [_("期限"), _("起算"), _("截止"), _("结果")]
        table = {"title": "", "columns": columns, "widths": [4, 3, 3, 3], "rows": rows}
        return {"title": _("期限"), "facts": [], "tables": [table], "nothing": ""} if rows else None

    def _run(self, run: ClockRun) -> list[str]:
        chip = promises.chip(self.case, self.definition, run, self.names.at, self.names.language)
        words = {
            "met": _("按期"),
            "missed": _("逾期"),
            "overdue": _("逾期未办"),
            "void": _("不再计时"),
            "paused": _("暂停"),
        }
        zone = self.names.zone
        due = due_words(run.due, zone) if run.due else ""
        return [str(chip.title), local(run.started, zone), due, words.get(chip.state, _("未到期"))]

    def _filled_by(self) -> dict[str, Any] | None:
        """Who filled in what stands above, in which post, when."""
        rows = [list(one) for one in self._fillers()]
        columns = [_("表单"), _("经办"), _("岗位"), _("时间")]
        table = {"title": "", "columns": columns, "widths": [5, 3, 3, 3], "rows": rows}
        return {"title": _("经办与签字"), "facts": [], "tables": [table], "nothing": ""} if rows else None

    def _fillers(self) -> Iterator[tuple[str, str, str, str]]:
        state, language = self.case.state, self.names.language
        for act in self.definition.acts.values():
            if act.form in self.told and act.name in state.moments:
                form = self.definition.forms[act.form].title.say(language)
                title = act_title(self.definition, act.name, language)
                words = form if title == form else f"{form}（{title}）"
                for by, post in self._doers(act.name):
                    yield (
                        words,
                        self.names.person(by),
                        post_title(self.pack, post, language),
                        local(state.moments[act.name], self.names.zone),
                    )

    def _doers(self, act: str) -> list[tuple[str, str]]:
        """Everybody who signed this act, else its doer."""
        state = self.case.state
        signed_by = [(one.person, one.post) for one in state.signatures.get(act, ())]
        return signed_by or [state.doers.get(act, ("", ""))]

    def _signatures(self) -> list[dict[str, Any]]:
        """Room to sign for each post that filled something in, and what was signed on the forms themselves."""
        found: dict[str, dict[str, Any]] = {}
        for _form, by, post, _at in self._fillers():
            found.setdefault(post, {"label": post or _("经办人"), "value": by})
        for name in self.told:
            for field in self.definition.forms[name].fields.values():
                value = self.case.state.answers.get(name, {}).get(field.name)
                if field.kind == "signature" and value:
                    label = field.ask.say(self.names.language)
                    found.setdefault(label, {"label": label, **signed(value)})
        return list(found.values())[:6]
