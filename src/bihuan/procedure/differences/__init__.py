"""What differs between two texts of one procedure, in words: “limit 2 days → 3 days”.

Definitions are compared entry by entry, so that nothing that runs can change without a line; where an entry stands and
how its block is laid out does not count. Prose is compared clause by clause.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from msgspec import Struct
from msgspec.structs import fields

from ..definition import Clause, Definition, Origin, Text
from ..sentences import Speaker
from . import labels
from .saying import NOTHING, bare, spoken

__all__ = ["Change", "differences"]

# what is compared in a way of its own, or says nothing about what runs
_TOP_APART = {
    "pack", "steps", "acts", "forms", "clauses", "file", "digest", "additions", "deadlines", "waits", "duties",
    "targets", "sheets", "posts", "duty_of",
}  # fmt: skip
_ENTRY_APART = {"name", "origin", "fields", "lines"}
_CLAUSE_APART = {"number", "anchor", "line", "level", "blocks", "references", "prose"}
_EXCERPT = 60


class Change(Struct, frozen=True):
    """One difference. ``what`` is "added", "removed" or "changed"; ``line`` stands in the new text, 0 where it is gone.

    ``clause`` is as a reader cites it, ``subject`` the entry with its kind.
    """

    what: str
    clause: str
    line: int
    subject: Text
    words: Text


def differences(old: Definition, new: Definition) -> tuple[Change, ...]:
    """Every difference between two texts, in the order of the new one; what is gone stands last.

    Equal texts have none, and texts that differ have at least one: a change of layout alone is said to be one.
    """
    both = _Both(old, new)
    found = [*both.head(), *both.steps(), *both.tables(), *both.additions(), *both.clauses()]
    found += both.layout(found)
    return tuple(sorted(found, key=lambda one: one.line or 10**9))


class _Both:
    def __init__(self, old: Definition, new: Definition) -> None:
        self.old, self.new = old, new
        self.before = {language: Speaker(old, language, old.posts) for language in ("zh", "en")}
        self.after = {language: Speaker(new, language, new.posts) for language in ("zh", "en")}

    # the head of the text

    def head(self) -> Iterator[Change]:
        subject = Text("程序", "Procedure")
        for name in _names(Definition, _TOP_APART):
            yield from self.attribute("Definition", name, self.old, self.new, subject, None)
        yield from self.entries("posts", _titles(self.old.posts), _titles(self.new.posts))

    def steps(self) -> Iterator[Change]:
        yield from self.entries("steps", self.old.steps, self.new.steps)

    def tables(self) -> Iterator[Change]:
        for name in ("acts", "deadlines", "waits", "duties", "targets", "sheets", "forms"):
            before, after = getattr(self.old, name), getattr(self.new, name)
            yield from self.entries(name, before, after)
        for name, form in self.new.forms.items():
            if name in self.old.forms:
                yield from self.questions(self.old.forms[name], form, form.title)

    def additions(self) -> Iterator[Change]:
        yield from self.entries("additions", _numbered(self.old.additions), _numbered(self.new.additions))

    def questions(self, old: Any, new: Any, of: Text) -> Iterator[Change]:
        """The questions of a form, and of each table on it."""
        yield from self.entries("fields", old.fields, new.fields, of)
        if not hasattr(new, "lines"):
            return
        yield from self.entries("lines", old.lines, new.lines, of)
        for name, lines in new.lines.items():
            if name in old.lines:
                yield from self.questions(old.lines[name], lines, Text(_two(of.zh, lines.ask.zh), lines.ask.en))

    # any table of entries

    def entries(
        self, table: str, old: Mapping[str, Any], new: Mapping[str, Any], of: Text | None = None
    ) -> Iterator[Change]:
        kind = labels.TABLES[table]
        for name, entry in new.items():
            subject = _subject(kind, entry, name, of)
            if name not in old:
                yield self.change(
                    "added", entry.origin, subject, self._whole(table, name, entry, self.after, "新增", "Added")
                )
                continue
            for attribute in _names(type(entry), _ENTRY_APART):
                yield from self.attribute(type(entry).__name__, attribute, old[name], entry, subject, entry.origin)
        for name, entry in old.items():
            if name not in new:
                words = self._whole(table, name, entry, self.before, "删去", "Removed")
                yield self.change("removed", entry.origin, _subject(kind, entry, name, of), words, gone=True)
        kept = [name for name in new if name in old]
        if kept != [name for name in old if name in new]:
            subject = Text(kind.zh + (f"（{of.zh}）" if of else ""), kind.en + (f" ({of.en or of.zh})" if of else ""))
            words = Text("次序改了：" + "、".join(kept), "The order changed: " + ", ".join(kept))
            yield self.change("changed", new[kept[0]].origin, subject, words)

    def attribute(
        self, owner: str, name: str, old: Any, new: Any, subject: Text, origin: Origin | None
    ) -> Iterator[Change]:
        before, after = getattr(old, name), getattr(new, name)
        # the same object first: most of a text has not changed at all
        if before is after or before == after or bare(before) == bare(after):
            return
        label = labels.label(owner, name)
        said = {}
        for language in ("zh", "en"):
            was = spoken(self.before[language], owner, name, before)
            now = spoken(self.after[language], owner, name, after)
            if was == now:
                # what differs has no words of its own (another language's words, a detail): told as it is written
                was, now = _written(before), _written(after)
            said[language] = f"{label.say(language)}{'：' if language == 'zh' else ': '}{was} → {now}"
        yield self.change("changed", origin, subject, Text(said["zh"], said["en"]))

    def _whole(self, table: str, name: str, entry: Any, speakers: dict[str, Speaker], zh: str, en: str) -> Text:
        """An entry that came or went, with what it says where a sentence can be made of it."""
        said = {language: labels.sentence(speakers[language], table, entry) for language in ("zh", "en")}
        return Text(f"{zh}：{said['zh'] or name}", f"{en}: {said['en'] or name}")

    # clauses

    def clauses(self) -> Iterator[Change]:
        before, after = _by_anchor(self.old), _by_anchor(self.new)
        for key, clause in after.items():
            subject = Text(
                f"条款 {clause.number} {clause.title}".strip(), f"Clause {clause.number} {clause.title}".strip()
            )
            if key not in before:
                words = Text(f"新增条款 {_excerpt(clause.prose)}", f"Clause added {_excerpt(clause.prose)}")
                yield Change("added", clause.number, clause.line, subject, words)
                continue
            old = before[key]
            if old.prose.strip() != clause.prose.strip():
                was, now = _first_apart(old.prose, clause.prose)
                words = Text(f"条文：{was} → {now}", f"Text: {was} → {now}")
                if was == now:
                    words = Text("条文：只改了分段", "Text: only the paragraphs changed")
                yield Change("changed", clause.number, clause.line, subject, words)
            for name in _names(Clause, _CLAUSE_APART):
                origin = Origin(self.new.file, clause.line, clause.number)
                yield from self.attribute("Clause", name, old, clause, subject, origin)
        for key, clause in before.items():
            if key not in after:
                subject = Text(
                    f"条款 {clause.number} {clause.title}".strip(), f"Clause {clause.number} {clause.title}".strip()
                )
                words = Text(f"删去条款 {_excerpt(clause.prose)}", f"Clause removed {_excerpt(clause.prose)}")
                yield Change("removed", clause.number, 0, subject, words)

    def layout(self, found: list[Change]) -> Iterator[Change]:
        """Blocks whose words changed and nothing that runs with them; nothing else left to say of two texts."""
        touched = {one.clause.split(" ")[0] for one in found}
        before = _by_anchor(self.old)
        quiet = 0
        for key, clause in _by_anchor(self.new).items():
            old = before.get(key)
            if old is None or [text for _line, text in old.blocks] == [text for _line, text in clause.blocks]:
                continue
            if clause.number not in touched and (clause.number or not found):
                quiet += 1
                words = Text("只改了注释或写法，执行不变", "Only comments or layout changed; what runs is the same")
                subject = Text(f"条款 {clause.number}".strip(), f"Clause {clause.number}".strip())
                yield Change("changed", clause.number, clause.line, subject, words)
        if not found and not quiet and self.old.digest != self.new.digest:
            words = Text("只有排版改了", "Only the layout changed")
            yield Change("changed", "", 1, Text("程序", "Procedure"), words)

    def change(self, what: str, origin: Origin | None, subject: Text, words: Text, *, gone: bool = False) -> Change:
        clause = origin.cite() if origin else ""
        return Change(what, clause, 0 if gone else origin.line if origin else 1, subject, words)


class _Titled(Struct, frozen=True):
    """A name with a title, compared as an entry."""

    name: str
    title: Text
    origin: None = None


def _titles(names: Mapping[str, Text]) -> dict[str, _Titled]:
    return {name: _Titled(name, title) for name, title in names.items()}


def _numbered(additions: tuple[Any, ...]) -> dict[str, Any]:
    """Additions by name; a name that stands twice is told apart by its place."""
    found: dict[str, Any] = {}
    for one in additions:
        name, again = one.name, 2
        while name in found:
            name, again = f"{one.name} {again}", again + 1
        found[name] = one
    return found


def _names(kind: type[Any], apart: set[str]) -> list[str]:
    return [one.name for one in fields(kind) if one.name not in apart]


def _subject(kind: Text, entry: Any, name: str, of: Text | None) -> Text:
    title = getattr(entry, "title", None) or getattr(entry, "ask", None) or Text(name)
    zh, en = f"{kind.zh}“{title.zh or name}”", f"{kind.en} “{title.say('en') or name}”"
    return Text(f"《{of.zh}》{zh}", f"{of.say('en')}: {en}") if of else Text(zh, en)


def _two(first: str, second: str) -> str:
    return f"{first} · {second}"


def _by_anchor(definition: Definition) -> dict[str, Clause]:
    return {clause.anchor or clause.number or clause.title: clause for clause in definition.clauses}


def _written(value: Any) -> str:
    said = bare(value)
    return NOTHING if said in (None, "", (), {}) else str(said)


def _excerpt(words: str) -> str:
    plain = " ".join(words.split())
    return f"“{plain[:_EXCERPT]}{'…' if len(plain) > _EXCERPT else ''}”" if plain else ""


def _first_apart(old: str, new: str) -> tuple[str, str]:
    """The words around the first place where two texts part, of both."""
    was, now = " ".join(old.split()), " ".join(new.split())
    place = next((at for at, (one, other) in enumerate(zip(was, now, strict=False)) if one != other), None)
    start = max(0, (min(len(was), len(now)) if place is None else place) - _EXCERPT // 3)
    before, after = (("…" if start else "") + (_excerpt(text[start:]).strip("“”") or NOTHING) for text in (was, now))
    return before, after
