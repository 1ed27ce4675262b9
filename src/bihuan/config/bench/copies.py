"""A house grown to any size: copies of cases that were really done, written by COPY, with a chain that holds.

Every copy has its row, its state, its marks, its words and one entry at the end of its outlet's chain. Moments lie over
three years and most are ended; a few words stand in the titles of a known part of them.
"""

from __future__ import annotations

import os
import re
import secrets
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime, timedelta
from random import Random
from typing import Any
from uuid import uuid4

import psycopg
from msgspec import Struct

from bihuan.casework.indexing import vector_of
from bihuan.ground.ids import new_id
from bihuan.journal.encoding import COLUMNS, columns_digest, content_digest, own_hash

YEARS = timedelta(days=3 * 365)
CHUNK = 10_000
OPEN_SHARE = 0.035
FREQUENT, MIDDLING, PAIR, RARE = "网络不通", "间歇异响", "偏色", "冒过蓝烟"
SHARES = ((FREQUENT, 0.30), (MIDDLING, 0.01), (PAIR, 0.05))
RARELY = 20
"""So often ``RARE`` is written each time the house grows."""
REST = ("不开机", "无画面", "按键失灵", "噪声大", "误报警", "离线", "画面抖动", "门锁打不开", "无声音", "指示灯不亮")
# what stands for a copy's own in words put together once for many copies
NUMBER, PHONE, SERIAL, PLACE = "c99999999", "13799999999", "zz88888888", "zz-outlet"
DATE = r"(?<=\")\d{4}-\d{2}-\d{2}(?=T)"
CASE = (
    "kind", "version_id", "step", "stage", "title", "revision", "work_order", "opened_at", "ended_at", "due_at",
    "promised_at", "risk_at", "done_at", "person", "group",
)  # fmt: skip
ENTRY = ("about_kind", "verb", "doer_kind", "doer", "post", "instead_of", "document", "version", "clause")
MOVED = ("opened_at", "ended_at", "promised_at", "risk_at", "done_at")
TABLES = ("casework_case", "casework_mark", "casework_casetext", "journal_entry", "journal_content")

_TEMPLATES = f"""SELECT c.id, c.number, c.outlet, {", ".join(f'c."{name}"' for name in CASE)}, c.state::text,
        ARRAY(SELECT ARRAY[m.kind, m.value] FROM casework_mark m WHERE m.case_id = c.id ORDER BY m.id),
        {", ".join(f"e.{name}" for name in ENTRY)}, k.text
    FROM casework_case c
        JOIN LATERAL (SELECT * FROM journal_entry e WHERE e.about_kind = 'case' AND e.about_id = c.id::text
            ORDER BY e.position DESC LIMIT 1) e ON true
        JOIN journal_content k ON k.entry_id = e.id
    WHERE c.number !~ '^C[0-9]{{8}}$' AND c.parent_id IS NULL AND c.work_order
        AND NOT EXISTS (SELECT FROM casework_case o WHERE o.parent_id = c.id)
    ORDER BY c.id LIMIT 400"""  # noqa: S608 - names of our own
_INDEXES = """SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index
    WHERE indrelid = ANY (%s::regclass[]) AND NOT indisunique
        AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid) ORDER BY 1"""


class Template(Struct, frozen=True):
    """A case that was done: its row, what it is found by, its newest entry; texts cut where a copy says its own."""

    outlet: str
    row: dict[str, Any]
    state: tuple[str, ...]
    marks: tuple[tuple[str, str], ...]
    entry: tuple[Any, ...]
    content: tuple[str, ...]

    @property
    def ended(self) -> bool:
        return self.row["ended_at"] is not None


class Grown(Struct, frozen=True):
    """What was written: cases, and in how many titles each word stands."""

    cases: int
    words: dict[str, int]


class Growth:
    """Adds copies to the house at ``address`` (the owner's), at ``technicians``' outlets, up to the moment ``now``."""

    def __init__(self, address: str, technicians: dict[str, Sequence[str]], now: datetime, seed: int = 7) -> None:
        self.connection = psycopg.connect(address, autocommit=True)
        self.technicians, self.now = technicians, now
        self.outlets = sorted(technicians)
        self.random = Random(seed)  # noqa: S311 - the same house every time, nothing secret
        self.templates = self._templates()
        self.ended = [one for one in self.templates if one.ended]
        self.open = [one for one in self.templates if not one.ended]
        self.vectors: dict[tuple[int, str], str] = {}
        self.words: Counter[str] = Counter()
        self.written = self.count("SELECT count(*) FROM casework_case WHERE number LIKE 'C%'")

    def close(self) -> None:
        self.connection.close()

    def count(self, sql: str) -> int:
        """The one figure ``sql`` asks for."""
        return int(self.connection.execute(sql).fetchone()[0])  # type: ignore[arg-type,index] # one row, one figure

    def cases(self) -> int:
        """How many cases there are."""
        return self.count("SELECT count(*) FROM casework_case")

    def _templates(self) -> list[Template]:
        rows = self.connection.execute(_TEMPLATES).fetchall()  # type: ignore[arg-type] # a statement of our own
        at = CASE.index("person") + 3
        hands = {row[at] for row in rows if row[at]}
        found = []
        for row in rows:
            cut = re.compile(f"({DATE}|{'|'.join(re.escape(one) for one in _quoted({row[2], *hands}))})")
            state, marks = 3 + len(CASE), 4 + len(CASE)
            found.append(
                Template(
                    outlet=row[2],
                    row=dict(zip(CASE, row[3:state], strict=True)),
                    state=tuple(cut.split(row[state])),
                    marks=tuple((kind, value) for kind, value in row[marks]),
                    entry=tuple(row[marks + 1 : -1]),
                    content=tuple(cut.split(row[-1])),
                )
            )
        return found

    def grow(self, wanted: int, say: Callable[[str], None] = lambda _words: None) -> Grown:
        """Write copies until there are ``wanted`` cases; indexes are made anew behind them, figures gathered."""
        missing = wanted - self.cases()
        self.words.clear()
        if missing <= 0:
            return Grown(0, {})
        self.connection.execute("SET maintenance_work_mem = '512MB'")
        dropped = self.connection.execute(_INDEXES, [list(TABLES)]).fetchall()
        for name, _definition in dropped:
            self.connection.execute(f"DROP INDEX {name}")  # type: ignore[arg-type] # as the catalogue names it
        rare = max(missing // RARELY, 1)
        for first in range(0, missing, CHUNK):
            last = min(first + CHUNK, missing)
            with self.connection.transaction():
                self._chunk([self._word(place, rare) for place in range(first, last)])
            if first // CHUNK % 10 == 9:
                say(f"{last:,} …")
        say("indexes …")
        for _name, definition in dropped:
            self.connection.execute(definition)
        for table in TABLES:
            self.connection.execute(f"VACUUM (ANALYZE) {table}")  # type: ignore[arg-type] # a table of our own
        return Grown(missing, dict(self.words))

    def _word(self, place: int, rare: int) -> str:
        word = RARE if place % rare == rare // 2 and self.words[RARE] < RARELY else self._by_share()
        self.words[word] += 1
        return word

    def _by_share(self) -> str:
        drawn = self.random.random()
        for word, share in SHARES:
            if drawn < share:
                return word
            drawn -= share
        return ""

    # ---- one transaction's worth ------------------------------------------------------------------------------------

    def _chunk(self, words: list[str]) -> None:
        shares = sorted(self.random.random() for _word in words)
        copies = [self._copy(word, self.now - YEARS * (1 - share)) for word, share in zip(words, shares, strict=True)]
        copy = self.connection.cursor().copy
        with copy(f"COPY casework_case (id, number, outlet, {_columns(CASE)}, state) FROM STDIN") as rows:
            for one in copies:
                rows.write_row([one.id, one.number, one.outlet, *one.row, one.state])
        with copy("COPY casework_mark (case_id, kind, value) FROM STDIN") as rows:
            for one in copies:
                for kind, value in one.marks:
                    rows.write_row([one.id, kind, value])
        with copy("COPY casework_casetext (case_id, outlet, vector) FROM STDIN") as rows:
            for one in copies:
                rows.write_row([one.id, one.outlet, one.vector])
        entries = list(self._entries(copies))
        names = f"chain, seq, previous, hash, xid, position, {_columns(COLUMNS)}"
        with copy(f"COPY journal_entry ({names}) FROM STDIN") as rows:  # type: ignore[arg-type] # names of our own
            for place, columns, _salt, _text in entries:
                rows.write_row([*place, *columns])
        with copy("COPY journal_content (entry_id, salt, text) FROM STDIN") as rows:
            for _place, columns, salt, text in entries:
                rows.write_row([columns[0], salt, text])

    def _copy(self, word: str, moment: datetime) -> Copy:
        """One copy opened at ``moment``, or lately where it is still open."""
        is_open = bool(self.open) and (not self.ended or self.random.random() < OPEN_SHARE)
        place = self.random.randrange(len(self.open if is_open else self.ended))
        template = (self.open if is_open else self.ended)[place]
        if is_open:
            days, rest = int(8 * self.random.random() ** 2), timedelta(seconds=self.random.randrange(3600))
            moved = timedelta(days=-days) - rest
        else:
            moved = moment - template.row["opened_at"]
        outlet = self.random.choice(self.outlets)
        hand = self.random.choice(self.technicians[outlet])
        self.written += 1
        number = f"C{self.written:08d}"
        phone = f"137{self.random.randrange(10**8):08d}"
        serial = f"ZZ{self.random.randrange(10**8):08d}"
        title = f"{template.row['title']}，{word or REST[place % len(REST)]}"[:200]
        row = dict(template.row)
        row |= {name: row[name] + moved for name in MOVED if row[name] is not None}
        row |= {"title": title, "person": hand if row["person"] else ""}
        own = {"phone": phone, "device": serial}
        mine = _Own(template.outlet, outlet, hand, moved.days)
        return Copy(
            new_id(row["opened_at"]), number, outlet, template, tuple(row.values()), mine(template.state),
            list(dict.fromkeys((kind, own.get(kind, value)) for kind, value in template.marks)),
            self._vector(template, title, number, phone, serial, outlet), mine(template.content),
            row["done_at"] or row["ended_at"] or row["opened_at"],
        )  # fmt: skip

    def _vector(self, template: Template, title: str, number: str, phone: str, serial: str, outlet: str) -> str:
        """As ``vector_of`` says it; put together once for all copies of one template with one title."""
        key = (id(template), title)
        if key not in self.vectors:
            own = {"phone": PHONE, "device": SERIAL}
            marks = dict.fromkeys((kind, own.get(kind, value)) for kind, value in template.marks)
            self.vectors[key] = vector_of(NUMBER, title, PLACE, marks)
        words = self.vectors[key]
        for mark, mine in ((NUMBER, number.casefold()), (PHONE, phone), (SERIAL, serial.casefold())):
            words = words.replace(mark, mine).replace(mark[::-1], mine[::-1])
        return words.replace(PLACE, outlet)

    def _entries(self, copies: Sequence[Copy]) -> Iterator[tuple[tuple[Any, ...], tuple[Any, ...], bytes, str]]:
        """An entry per copy at the end of its chain: (chain … position), columns, salt, content. Moves the heads."""
        execute = self.connection.execute
        xid = int(execute("SELECT journal_xid()::text").fetchone()[0])  # type: ignore[index] # always a row
        heads = {chain: self._head(chain) for chain in sorted({one.outlet for one in copies})}
        sql = "SELECT setval('journal_position', nextval('journal_position') + %s)"
        position = int(execute(sql, [len(copies)]).fetchone()[0]) - len(copies)  # type: ignore[index] # always a row
        for one in copies:
            said = dict(zip(ENTRY, one.template.entry, strict=True))
            salt, position = secrets.token_bytes(16), position + 1
            said |= {
                "id": new_id(one.at), "act_id": uuid4(), "about_id": str(one.id), "about_number": one.number,
                "done_at": one.at, "recorded_at": one.at, "body_digest": os.urandom(32),
                "content_digest": content_digest(salt, one.content.encode()),
            }  # fmt: skip
            columns = tuple(said[name] for name in COLUMNS)
            seq, previous = heads[one.outlet]
            place = (seq + 1, xid, position)
            own = own_hash(columns_digest(columns), previous, place, one.outlet)
            heads[one.outlet] = (seq + 1, own)
            yield (one.outlet, seq + 1, previous, own, xid, position), columns, salt, one.content
        for chain, (seq, newest) in heads.items():
            execute("UPDATE journal_chainhead SET seq = %s, hash = %s WHERE chain = %s", [seq, newest, chain])

    def _head(self, chain: str) -> tuple[int, bytes]:
        """Where the next entry goes; nobody else writes there until this transaction ends."""
        seq, previous = self.connection.execute("SELECT * FROM journal_lock(%s)", [chain]).fetchone() or (1, b"")
        return int(seq) - 1, bytes(previous)


class Copy(Struct):
    """One copy, ready to be written."""

    id: Any
    number: str
    outlet: str
    template: Template
    row: tuple[Any, ...]
    state: str
    marks: list[tuple[str, str]]
    vector: str
    content: str
    at: datetime


class _Own:
    """A text of the template with this copy's outlet, technician and days."""

    def __init__(self, before: str, outlet: str, hand: str, days: int) -> None:
        self.before, self.outlet, self.hand, self.days = f'"{before}"', f'"{outlet}"', f'"{hand}"', timedelta(days=days)

    def __call__(self, parts: Sequence[str]) -> str:
        said = list(parts)
        for place in range(1, len(said), 2):
            one = said[place]
            if one[0] != '"':
                said[place] = (date.fromisoformat(one) + self.days).isoformat()
            else:
                said[place] = self.outlet if one == self.before else self.hand
        return "".join(said)


def _quoted(words: set[str]) -> list[str]:
    return sorted(f'"{word}"' for word in words)


def _columns(names: Sequence[str]) -> str:
    return ", ".join(f'"{name}"' for name in names)
