"""Writes docs/rights.md anew: ``PYTHONPATH=src python -m tests.write_rights_page``."""

from __future__ import annotations

import os

import django

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bihuan.config.settings")
    django.setup()
    from tests import rights_page  # the rows import rooms, which want Django to stand

    rights_page.PAGE.write_text(rights_page.page(), encoding="utf-8")
