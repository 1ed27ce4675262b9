"""Customers: who they are, how they are reached, where they are."""

from django.apps import AppConfig


class CustomersConfig(AppConfig):
    name = "bihuan.registers.customers"
    label = "customers"
    verbose_name = "客户"
