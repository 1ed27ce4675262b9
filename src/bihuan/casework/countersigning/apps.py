"""Signers whom somebody adds before deciding."""

from django.apps import AppConfig


class CountersigningConfig(AppConfig):
    name = "bihuan.casework.countersigning"
    label = "countersigning"
    verbose_name = "加签"
