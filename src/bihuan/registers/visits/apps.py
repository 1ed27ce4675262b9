"""Visits: appointments and presence."""

from django.apps import AppConfig


class VisitsConfig(AppConfig):
    name = "bihuan.registers.visits"
    label = "visits"
    verbose_name = "上门"
