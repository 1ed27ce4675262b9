"""Writes docs/rights.md and what stands in docs/rights/ anew: ``PYTHONPATH=src python -m tests.write_rights_page``."""

from __future__ import annotations

import os

import django

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bihuan.config.settings")
    django.setup()
    from tests import rights_page  # the rows import rooms, which want Django to stand

    rights_page.FOLDER.mkdir(exist_ok=True)
    for path, text in rights_page.pages().items():
        path.write_text(text, encoding="utf-8")
