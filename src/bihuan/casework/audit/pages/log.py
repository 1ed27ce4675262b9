"""The log and one entry of it, as their pages show them."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _

from bihuan.journal import encoding
from bihuan.journal.models import Disposal, Entry
from bihuan.layout.frames import Column, Crumb, FilterChip, Pager, Tab
from bihuan.people import withheld
from bihuan.people.actions import HOUSE
from bihuan.people.models import Person
from bihuan.registers.documents import queries as documents
from bihuan.registers.documents.models import Document

from ... import reading
from ... import rights as case_rights
from ...definitions import definition_for
from ...indexing import without_phones
from ...models import Case
from ...pages.names import Names, outlet_names
from ...pages.words import masked
from ...seeing import hidden_forms
from .. import log, rights, words
from ..models import Sheet
from ..titles import Titles

HERE = "/audit/"
# of an entry about work that is kept only because a retention runs: who, from where, how it stood then
KEPT = ("kind", "act", "doer", "from", "answer")


def site_zone() -> ZoneInfo:
    return timezone.get_current_timezone()  # type: ignore[return-value]  # the site's zone is a ZoneInfo


def rooms(current: str) -> list[Tab]:
    """The pages of the audit room as tabs."""
    addresses = {
        "log": HERE,
        "exceptions": f"{HERE}exceptions/",
        "samples": f"{HERE}samples/",
        "digests": f"{HERE}digests/",
    }
    labels = {"log": _("审计日志"), "exceptions": _("例外"), "samples": _("抽查"), "digests": _("每日摘要")}
    return [Tab(labels[name], address, name == current) for name, address in addresses.items()]


class Reader:
    """Who reads, when, in which language, with which eyes."""

    def __init__(self, person: Person, at: datetime, language: str) -> None:
        self.person, self.at, self.language = person, at, language
        self.zone = site_zone()
        self.chains = rights.chains(person, at)
        self.outlets = rights.outlets(person, at)
        self.whole = case_rights.sees_numbers(person, "", at)
        self.names = Names(language, self.zone, at, whole_phones=self.whole)
        self.titles = Titles(language)
        self._posts: dict[str, str] | None = None
        self._places: dict[str, str] = {}

    def learn(self, entries: Iterable[Entry]) -> None:
        """Look up everybody and everything these entries name."""
        entries = list(entries)
        self.titles.learn(entries)
        self.names.learn(name for one in entries for name in (one.doer, one.instead_of) if one.doer_kind == "person")
        unknown = {one.chain for one in entries} - self._places.keys()
        if unknown:
            self._places |= outlet_names(unknown, self.language)

    def place(self, chain: str) -> str:
        """The chain by its outlet's name; that of the house by a word of its own."""
        if chain == HOUSE:
            return _("本单位")
        if chain not in self._places:
            self._places |= {chain: chain} | outlet_names([chain], self.language)
        return self._places[chain]

    def post(self, name: str) -> str:
        """A post's title in the pack in force."""
        if self._posts is None:
            current = documents.current_pack(self.at)
            posts = current[1].posts if current else {}
            self._posts = {key: post.title.say(self.language) for key, post in posts.items()}
        return self._posts.get(name, name)

    def posts(self) -> list[tuple[str, str]]:
        self.post("")
        return list((self._posts or {}).items())

    def who(self, entry: Entry) -> str:
        """Whoever did it: a person by name, in whose stead, else the clock, a case, the command line."""
        if entry.doer_kind == "person" and entry.doer:
            doer = self.names.person(entry.doer)
            if entry.instead_of:
                return _("%(doer)s（代 %(other)s）") % {"doer": doer, "other": self.names.person(entry.instead_of)}
            return doer
        kind = words.said(words.DOERS, entry.doer_kind, self.language)
        return f"{kind} {entry.doer}".strip()


def shown(reader: Reader, given: QueryDict) -> dict[str, Any]:
    """The page: filters, rows, neighbours."""
    wanted = log.asked({name: given.get(name, "") for name in given}, reader.zone)
    found = log.page(reader.chains, wanted)
    reader.learn(found.entries)
    return {
        "title": _("审计日志"),
        "rooms": rooms("log"),
        "columns": [Column(one) for one in (
            _("记录时刻"), _("谁"), _("岗位"), _("做了什么"), _("关于"), _("依据"), _("来自"), _("链 · 序号"),
        )],
        "rows": [row(reader, one) for one in found.entries],
        "pager": _pager(given, found),
        "unfinished": found.unfinished,
        "going_on": _address(given, after=found.older) if found.unfinished else "",
        "chips": _chips(given),
        "clear": HERE if wanted.narrowed else "",
        "asked": {name: given.get(name, "") for name in (
            "doer", "post", "deputy", "kind_of_doer", "verb", "about", "number", "document", "clause", "kind", "chain",
            "door", "address", "start", "until",
        )},
        "choices": _choices(reader),
        "exports": [(form, f"{HERE}export.{form}?{_carried(given).urlencode()}") for form in ("xlsx", "csv")],
        "more_open": any(given.get(name) for name in ("post", "deputy", "kind_of_doer", "about", "clause", "kind",
                                                      "door", "address")),
    }  # fmt: skip


def row(reader: Reader, entry: Entry) -> dict[str, Any]:
    """One entry as one line."""
    about = words.said(words.THINGS, entry.about_kind, reader.language)
    origin = (entry.content or {}).get("from") or {}
    late = entry.recorded_at - entry.done_at
    return {
        "entry": entry,
        "address": f"{HERE}entries/{entry.pk}/",
        "who": reader.who(entry),
        "post": reader.post(entry.post) if entry.post else "",
        "what": reader.titles.of(entry),
        "about": f"{about} {entry.about_number}".strip(),
        "thing": about,
        "case": f"/cases/{entry.about_number}/" if entry.about_kind in log.OF_A_CASE and entry.about_number else "",
        "basis": f"{entry.document} {entry.clause}".strip(),
        "clause": clause_address(entry),
        "door": words.said(words.DOORS, str(origin.get("door", "")), reader.language),
        "from": str(origin.get("address", "")),
        "place": f"{reader.place(entry.chain)} · {entry.seq}",
        "done": entry.done_at if late.total_seconds() >= 60 else None,
    }


def clause_address(entry: Entry) -> str:
    """Where the clause an entry rests on can be read."""
    if not entry.document:
        return ""
    kind = _kinds().get(entry.document, "")
    if not kind or kind == Document.PACK:
        return ""
    number = entry.clause.partition(" ")[0]
    return f"/procedures/{kind}/" + (f"#clause-{number}" if number else "")


def _kinds() -> dict[str, str]:
    return dict(Document.objects.values_list("number", "kind"))


def _choices(reader: Reader) -> dict[str, list[tuple[str, str]]]:
    language = reader.language
    chains = sorted(reader.chains) if reader.chains is not None else _chains_there()
    names = outlet_names(chains, language)
    numbered = list(Document.objects.exclude(kind=Document.PACK).order_by("number"))
    return {
        "chain": [(one, _("本单位") if one == HOUSE else names.get(one, one)) for one in chains],
        "post": reader.posts(),
        "about": [(name, text.say(language)) for name, text in words.THINGS.items()],
        "door": [(name, text.say(language)) for name, text in words.DOORS.items()],
        "kind_of_doer": [(name, text.say(language)) for name, text in words.DOERS.items()],
        "document": [(one.number, one.number) for one in numbered],
        "kind": [(one.kind, reader.names.kind(one.kind)) for one in numbered],
        "verb": [(name, text.say(language)) for name, text in words.VERBS.items()],
    }


def _chains_there() -> list[str]:
    from bihuan.journal.models import ChainHead  # noqa: PLC0415 - only where everything is in sight

    return list(ChainHead.objects.filter(seq__gt=0).order_by("chain").values_list("chain", flat=True)[:200])


def _carried(given: QueryDict, **changed: Any) -> QueryDict:
    carried = given.copy()
    for name in ("after", "before", *changed):
        carried.pop(name, None)
    for name in [one for one in carried if not carried.get(one)]:
        carried.pop(name)
    carried.update({name: str(value) for name, value in changed.items() if value})
    return carried


def _address(given: QueryDict, **changed: Any) -> str:
    return f"{HERE}?{_carried(given, **changed).urlencode()}"


def _pager(given: QueryDict, found: log.Page) -> Pager:
    return Pager(
        previous=_address(given, before=found.newer) if found.newer else "",
        next=_address(given, after=found.older) if found.older else "",
    )


def _chips(given: QueryDict) -> list[FilterChip]:
    labels = {
        "doer": _("谁"), "post": _("岗位"), "deputy": _("代谁"), "kind_of_doer": _("何种办理者"), "verb": _("动作"),
        "about": _("关于"), "number": _("编号"), "document": _("文件"), "clause": _("条款"), "kind": _("事项种类"),
        "chain": _("链"), "door": _("入口"), "address": _("地址"), "start": _("从"), "until": _("到"),
    }  # fmt: skip
    return [
        FilterChip(f"{label} {given[name]}", _address(given, **{name: ""}))
        for name, label in labels.items()
        if given.get(name)
    ]


# ------------------------------------------------------------------------------------------------------- one entry


def one(reader: Reader, entry: Entry) -> dict[str, Any]:
    """An entry with everything it says, its hash and its place in the chain."""
    reader.learn([entry])
    disposal = Disposal.objects.filter(entry_id=entry.pk).first()
    line = row(reader, entry)
    closed, content = _as_read(reader, entry)
    return {
        **line,
        "closed": closed,
        "title": line["what"],
        "crumbs": [Crumb(_("审计日志"), HERE), Crumb(f"{reader.place(entry.chain)} · {entry.seq}")],
        "facts": _facts(reader, entry, line),
        "told": _told(reader, content) if content is not None else [],
        "disposed": disposal,
        "gone": content is None and disposal is None,
        "hash": bytes(entry.hash).hex(),
        "previous": bytes(entry.previous).hex(),
        "sound": _sound(entry),
        **log.neighbours(entry),
        "as_of": f"{line['case']}as-of/?at={entry.recorded_at.astimezone(UTC).replace(tzinfo=None).isoformat()}Z",
    }  # fmt: skip


def _as_read(reader: Reader, entry: Entry) -> tuple[bool, dict[str, Any] | None]:
    """Whether the entry tells of a form kept from this reader, and its content without what was said there."""
    content = entry.content
    if content is not None and withheld.hidden(_numbers(entry, content), reader.person, reader.at):
        return True, {name: one for name, one in content.items() if name in KEPT}
    case = Case.objects.filter(pk=entry.about_id).first() if content and entry.about_kind in log.OF_A_CASE else None
    if content is None or case is None:
        return False, content
    definition = definition_for(case)
    hidden = hidden_forms(definition, case.state, reader.person, reader.at)
    told = {name: content.get(name) for name in reading.SPOKEN}
    read = reading.as_read_entry({**told, "verb": entry.verb}, definition, hidden)
    changed = {name: read[name] for name in told if read[name] != told[name]}
    return bool(changed), {**content, **changed}


def _numbers(entry: Entry, content: dict[str, Any]) -> list[str]:
    """The numbers of the work an entry speaks of: its own, that of a sheet's case, those of all sheets of a sample."""
    said = content.get("answers")
    named = [content.get("case"), said.get("case") if isinstance(said, dict) else None]
    if entry.about_kind == "sample":
        named += Sheet.objects.filter(sample=entry.about_id).values_list("number", flat=True)
    return [entry.about_number, *(one for one in named if isinstance(one, str))]


def without_numbers(text: str) -> str:
    """Text with every telephone number in it hidden but for its ends."""
    for number in without_phones(text)[1]:
        text = text.replace(number, masked(number))
    return text


def _facts(reader: Reader, entry: Entry, line: dict[str, Any]) -> list[tuple[str, str]]:
    def local(at: datetime) -> str:
        return at.astimezone(reader.zone).strftime("%Y-%m-%d %H:%M:%S")

    told = [
        (_("谁"), line["who"]),
        (_("账号"), entry.doer),
        (_("岗位"), line["post"]),
        (_("办理时刻"), local(entry.done_at)),
        (_("记录时刻"), local(entry.recorded_at)),
        (_("来自"), " · ".join(one for one in (line["door"], line["from"]) if one)),
        (_("文件"), f"{entry.document} {entry.version}".strip()),
        (_("条款"), entry.clause),
        (_("移交"), f"{entry.other_chain} · {entry.other_seq}" if entry.other_chain else ""),
        (_("记录编号"), str(entry.pk)),
        (_("操作编号"), str(entry.act_id or "")),
    ]
    return [(label, value) for label, value in told if value]


def _told(reader: Reader, content: dict[str, Any]) -> list[dict[str, Any]]:
    """The content in the order it is written, each part as it reads; numbers hidden from whom they are hidden."""
    labels = {
        "answers": _("填写"), "facts": _("已知"), "happenings": _("随之发生"), "effects": _("登记册"),
        "doer": _("办理者"), "words": _("内容"), "from": _("来自"), "answer": _("办后"), "signed": _("签署"),
    }  # fmt: skip
    order = [*labels, *sorted(content.keys() - labels.keys())]
    parts = []
    for name in order:
        value = content.get(name)
        if value in (None, "", [], {}):
            continue
        text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, indent=2)
        parts.append({"label": labels.get(name, name), "text": text if reader.whole else without_numbers(text)})
    return parts


def _sound(entry: Entry) -> bool:
    """Whether columns and content are still what the hash was taken over."""
    columns = [getattr(entry, name) for name in encoding.COLUMNS]
    columns = [bytes(one) if isinstance(one, memoryview) else one for one in columns]
    place = (entry.seq, entry.xid, entry.position)
    own = encoding.own_hash(encoding.columns_digest(columns), bytes(entry.previous), place, entry.chain)
    if entry.other_chain is not None:
        own = encoding.joined_hash(own, bytes(entry.other_hash), entry.other_seq, entry.other_chain)
    kept = getattr(entry, "kept", None)
    whole = kept is None or encoding.content_digest(bytes(kept.salt), kept.text.encode()) == bytes(entry.content_digest)
    return own == bytes(entry.hash) and whole
