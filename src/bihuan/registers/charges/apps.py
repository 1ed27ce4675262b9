"""Charges: price lists, quotes, consent, charges, receipts."""

from django.apps import AppConfig


class ChargesConfig(AppConfig):
    name = "bihuan.registers.charges"
    label = "charges"
    verbose_name = "收费"
