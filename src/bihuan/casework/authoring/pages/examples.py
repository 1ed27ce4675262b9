"""The examples beside a draft: which there are, one of them to write on, what of it falls short."""

from __future__ import annotations

import tomllib
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from bihuan.layout.frames import Column, Question
from bihuan.procedure.definition import Definition, Text
from bihuan.procedure.differences.examples import example_differences
from bihuan.procedure.mending import as_it_came
from bihuan.procedure.rehearsal import Difference, Report
from bihuan.registers.documents import examples as drafted
from bihuan.registers.documents import queries as documents
from bihuan.registers.documents import whole
from bihuan.registers.documents.errors import DocumentRefusal
from bihuan.registers.documents.models import Revision
from bihuan.registers.documents.whole import Judged

from ..entrance import Desk
from . import draft as pages
from .mending import Pressed, first_apart
from .through import said


@dataclass(frozen=True)
class ExampleLine:
    """One example file of the list; ``shows`` says whether it plays this procedure."""

    name: str
    count: int
    state: str
    tone: str
    shows: bool


def listed(desk: Desk, sent: str = "", refused: DocumentRefusal | None = None) -> dict[str, Any]:
    """Every example file of the pack with the drafted ones, those that play this procedure first."""
    now = whole.examples_of(desk.draft.pack) if desk.draft else {}
    stale = drafted.outdated(desk.draft) if desk.writing and desk.draft else []
    files = []
    for file, words in sorted((now | desk.examples).items()):
        state = _("生效"), "plain"
        if file in desk.examples:
            state = (_("已改"), "good") if file in now else (_("新文件"), "good")
        if desk.examples.get(file) == "":
            state = _("生效后删去"), "bad"
        if file in stale:
            state = _("生效的另有更改"), "bad"
        text = words or now.get(file, "")
        files.append(ExampleLine(file, _count(text), *state, desk.is_frame or drafted.shows(text, desk.kind)))
    asked = Question(
        "file", _("文件名"), required=True, value=sent, help=_("例如 %(name)s") % {"name": _suggested(desk)}
    )
    asked.errors = [refused.words] if refused is not None else []
    return pages.frame(desk, "examples") | {
        "mine": [one for one in files if one.shows],
        "others": [one for one in files if not one.shows],
        "columns": [Column(_("文件")), Column(_("例子数"), numeric=True), Column(_("状态"))],
        "asked": asked,
        "unproved": unproved(desk),
        "opened": bool(refused) or not any(one.shows for one in files),
    }


def _suggested(desk: Desk) -> str:
    return f"{Path(desk.draft.file).stem}.toml" if desk.draft else "01.toml"


def _count(text: str) -> int:
    """How many examples a file has; 0 where it cannot be read."""
    try:
        found = tomllib.loads(text).get("example", [])
    except (tomllib.TOMLDecodeError, RecursionError):
        return 0
    return len(found) if isinstance(found, list) else 0


def text_of(desk: Desk, file: str) -> str | None:
    """The file as drafted, or as in force; None where there is none."""
    if desk.draft is None:
        return None
    newest = desk.draft.newest_of(file) if desk.writing else None
    if newest is not None and newest.text:
        return newest.text
    # one that is taken away is shown as it is in force until then
    return desk.examples.get(file) or whole.examples_of(desk.draft.pack).get(file)


def standing_on(desk: Desk, file: str) -> int:
    """The number of the revision the editor stands on; 0 where the draft has none of this file."""
    newest: Revision | None = desk.draft.newest_of(file) if desk.draft else None
    return newest.number if newest else 0


def editor(
    desk: Desk, file: str, text: str, on: int, refused: Any = None, pressed: Pressed | None = None
) -> dict[str, Any]:
    """The editor with ``text`` in it, standing on revision ``on``, and what of it falls short."""
    shown = pages.frame(desk, "examples") | played(desk, file, text)
    stale = desk.writing and desk.draft is not None and file in drafted.outdated(desk.draft)
    shown |= {"file": file, "text": text, "on": on, "refused": refused, "stale": stale, "pressed": pressed}
    stored = whole.examples_of(desk.draft.pack) if desk.draft else {}
    shown |= {"gone": desk.examples.get(file) == "", "changed": file in desk.examples, "stored": file in stored}
    shown |= {"only_here": drafted.only_in(file, stored | desk.examples)}
    return shown | {"unsaved": text != text_of(desk, file)}


def played(desk: Desk, file: str, text: str) -> dict[str, Any]:
    """The examples of one file played with the draft's text."""
    if desk.draft is None:
        return {}
    lines = text.split("\n")
    judged, report = _report(desk, file, text)
    if report is None:
        return {"unplayed": len(judged.faults)}
    problems = [_problem(one.line, one.words.say(desk.language), "", lines) for one in report.faults]
    for result in report.results:
        title = result.example.title.say(desk.language)
        for one in result.differences:
            key = key_of(one) if as_it_came(text, one) is not None else ""
            problems.append(_problem(one.line, one.words.say(desk.language), title, lines, key, one.got))
    good = sum(one.passed for one in report.results)
    return {"problems": sorted(problems, key=lambda one: one.line), "good": good, "total": len(report.results)}


def _report(desk: Desk, file: str, text: str) -> tuple[Judged, Report | None]:
    assert desk.draft is not None
    return whole.rehearsed(desk.draft.pack, desk.draft.file, desk.text, {**desk.examples, file: text}, file)


@dataclass(frozen=True)
class Short:
    """One thing that falls short or cannot be read; ``source`` is its line as it stands."""

    line: int
    words: str
    title: str
    source: str
    key: str = ""
    came: str = ""


def _problem(line: int, words: str, title: str, lines: list[str], key: str = "", came: Any = None) -> Short:
    source = lines[line - 1].strip()[:200] if 0 < line <= len(lines) else ""
    return Short(line, words, title, source, key, str(came) if key else "")


def key_of(one: Difference) -> str:
    """A shortfall's name on the page: where it is, what is looked at, what came."""
    return f"{one.line}-{zlib.crc32(f'{one.what} {one.expected} {one.got}'.encode()):08x}"


def pressed(desk: Desk, file: str, text: str, key: str) -> Pressed:
    """The moment that came put in for the one expected, by a press of a button. Nothing is saved by it."""
    report = _report(desk, file, text)[1]
    found = [one for result in report.results for one in result.differences] if report else []
    alike = [one for one in found if key_of(one) == key]
    new = as_it_came(text, alike[0]) if alike else None
    if new is None:
        words = Text("这一处已经不在了，例子没有动。", "It is not there any more. Nothing changed.")
        return Pressed(text, 0, words, key)
    line = first_apart(text, new)
    return Pressed(new, line, Text(f"第 {line} 行已改成实际的时刻。", f"Line {line} says the moment that came."), key)


def begun(definition: Definition | None, kind: str) -> str:
    """What a new file begins with: the opening of a case, with the questions that must be answered."""
    act = definition.acts.get(definition.opening.act) if definition else None
    form = definition.forms.get(act.form) if definition and act else None
    post = next(iter(act.who.posts), "") if act else ""
    asked = ", ".join(f'{name} = ""' for name, one in form.fields.items() if one.must) if form else ""
    filled = f", answers.{form.name} = {{ {asked} }}" if form and asked else ""
    return "\n".join(
        [
            _("# 谁在什么时候做什么，之后应当怎样。时刻写当地时间。"),
            f'procedure = "{kind}"',
            "",
            "[[example]]",
            f'title = {{ zh = "{_("例子的标题")}", en = "" }}',
            f'start = {{ by = "{post}", at = "2026-03-02 09:00"{filled}, follows = {{ }} }}',
            "",
        ]
    )


def unproved(desk: Desk) -> dict[str, Any]:
    """What an example shows today and none will: rules by number, and acts and ways no example takes.

    The second plays the examples in force beside those of the draft, so it is looked at only where a file goes.
    """
    if desk.draft is None:
        return {}
    found: dict[str, Any] = {"rules": drafted.unproved(desk.draft), "places": []}
    if desk.version is None or not drafted.removed(desk.draft):
        return found
    in_force = documents.text_of(desk.version.pk)
    before = whole.rehearsed(desk.draft.pack, desk.draft.file, in_force)[1]
    after = whole.rehearsed(desk.draft.pack, desk.draft.file, desk.text, desk.examples)[1]
    if before is not None and after is not None:
        found["places"] = [one for one in after.coverage.unvisited if one.name in before.coverage.visited]
    return found


def apart(desk: Desk) -> list[dict[str, Any]]:
    """What the drafted examples change, file by file, in words."""
    now = whole.examples_of(desk.draft.pack) if desk.draft else {}
    found = []
    for file, text in desk.examples.items():
        changes = example_differences(now.get(file, ""), text)
        found.append(
            {
                "name": file,
                "new": file not in now,
                "gone": not text,
                "unread": changes is None,
                "changes": [said(one, desk.language) for one in changes or ()],
            }
        )
    return found
