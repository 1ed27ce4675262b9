"""Writes docs/complaints.md anew: ``PYTHONPATH=src python -m tests.write_complaints_page``. No database."""

from __future__ import annotations

from tests import complaints_page

if __name__ == "__main__":
    complaints_page.PAGE.write_text(complaints_page.page(complaints_page.delivered()), encoding="utf-8")
