"""What ``verify`` says: one finding per deed, with the chain and the number it was done at."""

from __future__ import annotations

from uuid import UUID

from msgspec import Struct

from bihuan.procedure.definition import Text

WORDS = {
    "edited": Text("{chain} 第 {seq} 条被改动", "{chain}: entry {seq} was edited"),
    "content-edited": Text("{chain} 第 {seq} 条的内容被改动", "{chain}: the content of entry {seq} was edited"),
    "content-removed": Text(
        "{chain} 第 {seq} 条的内容被删除，没有销毁清单",
        "{chain}: the content of entry {seq} was removed without a disposal list",
    ),
    "removed": Text("{chain} 第 {seq} 至 {last} 条被删除", "{chain}: entries {seq} to {last} were removed"),
    "inserted": Text("{chain} 第 {seq} 至 {last} 条是插入的", "{chain}: entries {seq} to {last} were inserted"),
    "truncated": Text(
        "{chain} 自第 {seq} 条起的最新记录被删除，封存时共有 {last} 条",
        "{chain}: the newest entries from {seq} on were removed; {last} had been sealed",
    ),
    "rewritten": Text(
        "{chain} 到第 {seq} 条为止与封存的摘要不符，此链被重写",
        "{chain}: up to entry {seq} the chain is not the one that was sealed; it was rewritten",
    ),
    "head-missing": Text("{chain} 的链头被删除", "{chain}: the head of the chain was removed"),
    "half-missing": Text(
        "{chain} 第 {seq} 条移交的另一半 {note} 缺失或不符",
        "{chain}: the other half of the hand-over in entry {seq}, {note}, is missing or another",
    ),
    "orphan-content": Text("有内容而无记录：{note}", "content without an entry: {note}"),
    "disposed": Text(
        "{chain} 第 {seq} 条的内容已按清单 {note} 销毁",
        "{chain}: the content of entry {seq} was disposed of under list {note}",
    ),
    "digest-damaged": Text("摘要文件本身被改动或无法读取", "the digest itself was edited or cannot be read"),
    "ahead": Text(
        "记录的事务号高于本服务器，恢复备份后须运行 journal_after_restore",
        "entries stand above this server's transactions: after a restore journal_after_restore has to be run",
    ),
}


class Finding(Struct, frozen=True):
    """``kind`` is one of ``WORDS``; ``damage`` is False only for what was done rightly (``disposed``)."""

    kind: str
    words: Text
    damage: bool = True
    chain: str = ""
    seq: int = 0
    last: int = 0
    entry: UUID | None = None


def finding(
    kind: str, chain: str = "", seq: int = 0, last: int = 0, entry: UUID | None = None, note: str = ""
) -> Finding:
    words = WORDS[kind]
    fill = {"chain": chain, "seq": seq, "last": last or seq, "note": note}
    text = Text(words.zh.format(**fill), words.en.format(**fill))
    return Finding(kind, text, kind != "disposed", chain, seq, last or seq, entry)
