"""Slips: every copy of every multi-copy slip and who holds it."""

from django.apps import AppConfig


class SlipsConfig(AppConfig):
    name = "bihuan.registers.slips"
    label = "slips"
    verbose_name = "单据"
