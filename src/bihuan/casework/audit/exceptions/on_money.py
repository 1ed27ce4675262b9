"""Exceptions of money, warranty and paper: given up, off the list, voided, round, decided otherwise, printed again."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from heapq import merge

from django.db.models import F, Q

from bihuan.procedure.definition import Text
from bihuan.registers.charges.models import Charge, Quote, Receipt, Settlement
from bihuan.registers.warranty.models import Decision

from ...models import Case
from ...paper.models import PrintCount
from .base import Catalogued, Found, Period, entry_at


def charges_waived(period: Period) -> Iterator[Found]:
    """Money given up, taken back, or asked for without a price of a list behind it."""
    given_up = (
        _of_row(one, Text(f"放弃 {one.amount} 元：{one.because}", f"{one.amount} yuan given up: {one.because}"))
        for one in period.rows(Settlement.objects.filter(amount__gt=0)).iterator()
    )
    unlisted = Q(line__isnull=True) | ~Q(price=F("line__amount"))
    charged = period.rows(Charge.objects.select_related("line").filter(unlisted, reverses__isnull=True))
    without = (
        _of_row(one, Text(f"{one.amount} 元：{one.because}", f"{one.amount} yuan: {one.because}"))
        for one in charged.iterator()
    )
    back = (
        _of_row(one, Text(f"冲回 {one.amount} 元：{one.because}", f"{one.amount} yuan taken back: {one.because}"))
        for one in period.rows(Charge.objects.filter(reverses__isnull=False)).iterator()
    )
    quoted = (
        _of_row(
            one,
            Text(f"报价 {one.amount} 元，无价目：{one.because}", f"Quoted {one.amount} yuan, no list: {one.because}"),
        )
        for one in period.rows(Quote.objects.filter(line__isnull=True)).iterator()
    )
    return merge(given_up, without, back, quoted, key=lambda found: found.at, reverse=True)


def _of_row(row: Charge | Quote | Settlement | Receipt, words: Text) -> Found:
    return Found(
        at=row.at, who=row.by, number=row.number, outlet=row.outlet, entry=entry_at(row.number, row.at), words=words
    )


def receipts_voided(period: Period) -> Iterator[Found]:
    """Receipts made void in the period, whenever they were written."""
    found = Receipt.objects.filter(state=Receipt.VOID, voided_at__gte=period.start, voided_at__lt=period.until)
    if period.outlets is not None:
        found = found.filter(outlet__in=period.outlets)
    for one in found.order_by("-voided_at").iterator():
        words = Text(
            f"{one.name} · {one.amount} 元：{one.void_because}", f"{one.name} · {one.amount} yuan: {one.void_because}"
        )
        entry = _voiding(one) or entry_at(one.number, one.voided_at)
        yield Found(at=one.voided_at, who=one.voided_by, number=one.number, outlet=one.outlet, entry=entry, words=words)


def _voiding(receipt: Receipt):
    from bihuan.journal.models import Entry  # noqa: PLC0415 - the entry of the act by hand

    found = Entry.objects.filter(about_kind="receipt", about_id=str(receipt.pk), verb="void-receipt")
    return found.order_by("position").values_list("pk", flat=True).first()


def round_amounts(period: Period) -> Iterator[Found]:
    """Receipts of a round amount."""
    least, step = Decimal(period.numbers["round-from"]), Decimal(period.numbers["round-to"])
    for one in period.rows(Receipt.objects.filter(amount__gte=least)).iterator():
        if one.amount % step == 0:
            yield _of_row(one, Text(f"{one.name} · {one.amount} 元", f"{one.name} · {one.amount} yuan"))


def warranty_overridden(period: Period) -> Iterator[Found]:
    """Decisions on warranty other than what was computed."""
    for one in period.rows(Decision.objects.exclude(decided=F("computed"))).iterator():
        names = {"in": Text("保内", "in"), "out": Text("保外", "out"), "": Text("无法计算", "unknown")}
        was, now = names[one.computed], names[one.decided]
        words = Text(
            f"计算为{was.zh}，判为{now.zh}：{one.because}", f"Computed {was.en}, decided {now.en}: {one.because}"
        )
        entry = entry_at(one.case_number, one.at)
        yield Found(at=one.at, who=one.doer, number=one.case_number, outlet=one.outlet, entry=entry, words=words)


def reprints(period: Period) -> Iterator[Found]:
    """Copies printed again."""
    found = PrintCount.objects.filter(
        ordinal__gte=period.numbers["reprints-from"], at__gte=period.start, at__lt=period.until
    ).order_by("-at", "-pk")
    if period.outlets is not None:
        found = found.filter(number__in=Case.objects.filter(outlet__in=period.outlets).values("number"))
    for one in found.iterator():
        copy = " · ".join(part for part in (one.document, one.copy) if part)
        words = Text(f"{copy} 第 {one.ordinal} 次打印", f"{copy}, printing no. {one.ordinal}")
        yield Found(at=one.at, who=one.person, number=one.number, words=words)


CATALOGUE = (
    Catalogued(
        "charges-waived",
        Text("免收、无价目收费", "Charges waived or without a list"),
        Text(
            "放弃应收的钱、冲回收费，或收费、报价不按价目表（只有理由）。",
            "Money due was given up or taken back, or charged or quoted for a reason instead of by a price list.",
        ),
        charges_waived,
    ),
    Catalogued(
        "receipts-voided", Text("作废收据", "Receipts voided"),
        Text("收据在这段时间内被作废。", "A receipt was made void in this period."), receipts_voided,
    ),
    Catalogued(
        "round-amounts", Text("整数金额", "Round amounts"),
        Text("收据金额达到阈值，且是整倍数。", "A receipt of at least the threshold whose amount is a round multiple."),
        round_amounts, ("round-from", "round-to"),
    ),
    Catalogued(
        "warranty-overridden", Text("改判保修", "Warranty decided otherwise"),
        Text("保内保外的判定与按条款计算的不同。", "In or out of warranty, decided otherwise than the terms compute."),
        warranty_overridden,
    ),
    Catalogued(
        "reprints", Text("重复打印", "Reprints"),
        Text("同一单据的同一联打印次数达到阈值。", "One copy of a document was printed as often as the threshold."),
        reprints, ("reprints-from",),
    ),
)  # fmt: skip
