"""Every copy of every multi-copy slip and who holds it. What must never be wrong here is held by ``guards.sql``."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from bihuan.people.models import new_id

POST, PERSON, CUSTOMER, OFFICE = "post", "person", "customer", "office"
# who can hold a copy; an office is an outside one: a carrier, a bank
HOLDERS: list[tuple[str, str]] = [(POST, "岗位"), (PERSON, "人员"), (CUSTOMER, "客户"), (OFFICE, "外部单位")]
KINDS = [kind for kind, _label in HOLDERS]


class Series(models.Model):
    """One run of numbers: of one form at one outlet, and for a template with a date in it of one period.

    Its row is locked inside the act that takes a number, so that a refused act gives it back and none is left out.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    outlet = models.CharField(max_length=40)
    form = models.CharField(max_length=80)
    # the template with everything filled in but the sequence
    period = models.CharField(max_length=120)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["outlet", "form", "period"], name="series_once")]


class Slip(models.Model):
    """A slip made out for a case. In a series it carries the next number and keeps it, void or not."""

    OPEN, VOID, USED = "open", "void", "used"
    STATES: ClassVar = [(OPEN, "在用"), (VOID, "作废"), (USED, "已用")]

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    number = models.CharField(max_length=60)
    form = models.CharField(max_length=80)
    title = models.CharField(max_length=200)
    title_en = models.CharField(max_length=200, blank=True, default="")
    case_number = models.CharField(max_length=40)
    outlet = models.CharField(max_length=40)
    series = models.ForeignKey(Series, null=True, blank=True, on_delete=models.PROTECT, related_name="slips")
    sequence = models.PositiveIntegerField(null=True, blank=True)
    issued_at = models.DateTimeField()
    issued_by = models.CharField(max_length=60)
    state = models.CharField(max_length=4, choices=STATES, default=OPEN)
    void_reason = models.CharField(max_length=300, blank=True, default="")
    voided_at = models.DateTimeField(null=True, blank=True)
    voided_by = models.CharField(max_length=60, blank=True, default="")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["outlet", "form", "number"], name="slip_number_once"),
            models.UniqueConstraint(fields=["series", "sequence"], name="slip_in_series_once"),
            models.CheckConstraint(condition=models.Q(state__in=["open", "void", "used"]), name="slip_state"),
            models.CheckConstraint(
                condition=(models.Q(state="void") & ~models.Q(void_reason="") & models.Q(voided_at__isnull=False))
                | (~models.Q(state="void") & models.Q(void_reason="") & models.Q(voided_at__isnull=True)),
                name="slip_void_with_reason",
            ),
            models.CheckConstraint(
                condition=models.Q(series__isnull=True, sequence__isnull=True)
                | models.Q(series__isnull=False, sequence__gte=1),
                name="slip_sequence",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["case_number", "id"], name="slip_of_case"),
            models.Index(fields=["outlet", "number"], name="slip_of_outlet"),
        ]

    def __str__(self) -> str:
        return f"{self.form} {self.number}"


class Copy(models.Model):
    """One copy. It has exactly one holder: what its newest movement says, written by the database itself.

    ``ends_kind``/``ends_holder`` is where its way ends ("" = when it is used).
    """

    OPEN, USED, ATTACHED, VOID = "open", "used", "attached", "void"
    STATES: ClassVar = [(OPEN, "在手"), (USED, "已用"), (ATTACHED, "附于他联"), (VOID, "作废")]

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    slip = models.ForeignKey(Slip, on_delete=models.PROTECT, related_name="copies")
    name = models.CharField(max_length=80)
    title = models.CharField(max_length=200)
    title_en = models.CharField(max_length=200, blank=True, default="")
    holder_kind = models.CharField(max_length=8, choices=HOLDERS)
    holder = models.CharField(max_length=120)
    ends_kind = models.CharField(max_length=8, blank=True, default="")
    ends_holder = models.CharField(max_length=120, blank=True, default="")
    state = models.CharField(max_length=8, choices=STATES, default=OPEN)
    used_at = models.DateTimeField(null=True, blank=True)
    used_by = models.CharField(max_length=60, blank=True, default="")
    attached_to = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="attached")
    # used for a slip that is made out later in the same act: "form.copy" until it stands
    attach_name = models.CharField(max_length=170, blank=True, default="")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["slip", "name"], name="copy_once"),
            models.CheckConstraint(condition=models.Q(holder_kind__in=KINDS) & ~models.Q(holder=""), name="copy_held"),
            models.CheckConstraint(
                condition=models.Q(state__in=["open", "used", "attached", "void"]), name="copy_state"
            ),
            models.CheckConstraint(
                condition=~models.Q(state="used") | models.Q(used_at__isnull=False), name="copy_used_when"
            ),
            models.CheckConstraint(
                condition=~models.Q(state="attached") | models.Q(attached_to__isnull=False), name="copy_attached_to"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["holder_kind", "holder"], name="copy_in_hands", condition=models.Q(state="open"))
        ]

    def __str__(self) -> str:
        return f"{self.slip_id}.{self.name}"


class Movement(models.Model):
    """A copy went from one hand to the next. Rows are only ever added; each begins where the one before it ended.

    ``step`` 1 is the issue: it comes from nobody.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    copy = models.ForeignKey(Copy, on_delete=models.PROTECT, related_name="movements")
    step = models.PositiveIntegerField()
    from_kind = models.CharField(max_length=8, blank=True, default="")
    from_holder = models.CharField(max_length=120, blank=True, default="")
    to_kind = models.CharField(max_length=8, choices=HOLDERS)
    to_holder = models.CharField(max_length=120)
    at = models.DateTimeField()
    by = models.CharField(max_length=60)
    case_number = models.CharField(max_length=40)
    act_id = models.UUIDField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["copy", "step"], name="movement_step_once")]


class Mark(models.Model):
    """A word put on a slip: late, lost, copied …"""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    slip = models.ForeignKey(Slip, on_delete=models.PROTECT, related_name="marks")
    words = models.CharField(max_length=120)
    at = models.DateTimeField()
    by = models.CharField(max_length=60)
    case_number = models.CharField(max_length=40)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["slip", "words"], name="mark_on_slip_once")]
