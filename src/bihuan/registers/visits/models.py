"""Who goes where when. Two places at once are refused by the database itself."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.db import models

from bihuan.people.models import Person, new_id


class Visit(models.Model):
    """One person goes to one place for one case. ``during`` is the time set aside, its end not counted.

    A visit that was put off stays as ``moved`` and names the one that took its place.
    """

    BOOKED, UNDER_WAY, DONE, CANCELLED, MOVED = "booked", "under-way", "done", "cancelled", "moved"
    STATES: ClassVar = [(BOOKED, "已约"), (UNDER_WAY, "进行中"), (DONE, "完成"), (CANCELLED, "取消"), (MOVED, "改约")]
    # what fills a person's time
    FILLING: ClassVar = (BOOKED, UNDER_WAY)

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    case_number = models.CharField(max_length=40)
    outlet = models.CharField(max_length=40)
    person = models.ForeignKey(
        Person, to_field="username", db_column="person", on_delete=models.PROTECT, related_name="+"
    )
    during = DateTimeRangeField()
    place = models.CharField(max_length=300, blank=True, default="")
    skill = models.CharField(max_length=80, blank=True, default="")
    state = models.CharField(max_length=10, choices=STATES, default=BOOKED)
    booked_by = models.CharField(max_length=60)
    booked_at = models.DateTimeField()
    arrived_at = models.DateTimeField(null=True, blank=True)
    left_at = models.DateTimeField(null=True, blank=True)
    because = models.CharField(max_length=300, blank=True, default="")
    replaced_by = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="replaces")

    class Meta:
        constraints: ClassVar = [
            ExclusionConstraint(
                name="visit_one_place_at_a_time",
                expressions=[("person", RangeOperators.EQUAL), ("during", RangeOperators.OVERLAPS)],
                condition=models.Q(state__in=["booked", "under-way"]),
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=["booked", "under-way", "done", "cancelled", "moved"]), name="visit_state"
            ),
            models.CheckConstraint(
                condition=models.Q(during__isempty=False, during__lower_inf=False, during__upper_inf=False),
                name="visit_time",
            ),
            # presence: under way and done have arrived, nobody leaves before
            models.CheckConstraint(
                condition=models.Q(arrived_at__isnull=False) | ~models.Q(state__in=["under-way", "done"]),
                name="visit_arrived",
            ),
            models.CheckConstraint(
                condition=models.Q(left_at__isnull=True) | models.Q(left_at__gte=models.F("arrived_at")),
                name="visit_left_after",
            ),
            models.CheckConstraint(
                condition=models.Q(state="moved", replaced_by__isnull=False)
                | (~models.Q(state="moved") & models.Q(replaced_by__isnull=True)),
                name="visit_moved_to",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["case_number", "id"], name="visit_of_case"),
            models.Index(fields=["outlet", "id"], name="visit_of_outlet"),
        ]

    def __str__(self) -> str:
        return f"{self.case_number} {self.person_id} {self.starts:%Y-%m-%d %H:%M}"

    @property
    def starts(self) -> datetime:
        return self.during.lower

    @property
    def ends(self) -> datetime:
        return self.during.upper
