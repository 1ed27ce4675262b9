"""Working calendars: the days every promise is counted by."""

from django.apps import AppConfig


class CalendarsConfig(AppConfig):
    name = "bihuan.registers.calendars"
    label = "calendars"
    verbose_name = "日历"
