"""Controlled documents: what was agreed, by whom, from when."""

from django.apps import AppConfig


class DocumentsConfig(AppConfig):
    name = "bihuan.registers.documents"
    label = "documents"
    verbose_name = "受控文件"
