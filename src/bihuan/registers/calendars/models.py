"""Built calendars, one row per version, with their days; which outlet goes by which name.

A version is never changed (triggers of migration 0002 refuse it): other days make another version. So a promise
counted years ago can be counted again.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class CalendarVersion(models.Model):
    """One version of a calendar: zone, weekly pattern, and the digest of everything it counts by.

    ``week`` maps ISO weekdays to windows in minutes of the day. The newest row of a name is in force.
    """

    id = models.BigAutoField(primary_key=True)
    name = models.CharField(max_length=60)
    version = models.CharField(max_length=40)
    zone = models.CharField(max_length=60)
    week = models.JSONField()
    country = models.CharField(max_length=8, blank=True, default="")
    built_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [models.CheckConstraint(condition=~models.Q(name=""), name="calendar_named")]
        indexes: ClassVar = [
            models.Index(fields=["name", "-id"], name="calendar_newest"),
            models.Index(fields=["version"], name="calendar_by_version"),
        ]

    def __str__(self) -> str:
        return f"{self.name}@{self.version}"


class CalendarDay(models.Model):
    """One day of one version that differs from its weekly pattern. ``windows`` is null for the usual ones."""

    calendar = models.ForeignKey(CalendarVersion, on_delete=models.PROTECT, related_name="days")
    date = models.DateField()
    kind = models.CharField(
        max_length=8, choices=[("off", "休息"), ("work", "上班"), ("make-up", "调休上班"), ("split", "分段")]
    )
    windows = models.JSONField(null=True, blank=True)
    name = models.CharField(max_length=80)
    name_en = models.CharField(max_length=80, blank=True, default="")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["calendar", "date"], name="calendar_day_once"),
            models.CheckConstraint(
                condition=models.Q(kind__in=["off", "work", "make-up", "split"]), name="calendar_kind"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.date} {self.name}"


class YearAnnounced(models.Model):
    """A year whose days are final in this version. Any other year is counted provisionally."""

    calendar = models.ForeignKey(CalendarVersion, on_delete=models.PROTECT, related_name="years")
    year = models.PositiveSmallIntegerField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["calendar", "year"], name="calendar_year_once")]

    def __str__(self) -> str:
        return str(self.year)


class CalendarUse(models.Model):
    """The calendar an outlet goes by. Outlets without a row go by their parents', at last by the organisation's."""

    outlet = models.CharField(max_length=40, primary_key=True)
    name = models.CharField(max_length=60)

    def __str__(self) -> str:
        return f"{self.outlet}: {self.name}"
