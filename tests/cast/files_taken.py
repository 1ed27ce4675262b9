"""Rights rows of importing and exporting: what one may not import one may not fetch a template of either."""

from __future__ import annotations

from .table import page

IMPORT = "/imports/<uuid:import_id>/"
EXPORT = "/exports/<uuid:export_id>/"
# an import and an export nobody made
FILLED = {
    "<uuid:import_id>": "01890000-0000-7000-8000-000000000001",
    "<uuid:export_id>": "01890000-0000-7000-8000-000000000002",
    "<slug:ending>": "csv",
}
# nobody of the cast is an administrator or has a role that imports
ROWS: dict[tuple[str, str], dict[str, int]] = {
    ("GET", "/imports/"): page(200),
    ("POST", "/imports/"): page(422),
    ("GET", "/imports/templates/<slug:kind>.xlsx"): page(404),
    ("GET", IMPORT): page(404),
    ("GET", f"{IMPORT}columns/"): page(405),
    ("POST", f"{IMPORT}columns/"): page(404),
    ("GET", f"{IMPORT}confirm/"): page(405),
    ("POST", f"{IMPORT}confirm/"): page(404),
    ("GET", f"{IMPORT}rejected.<slug:ending>"): page(404),
    ("GET", f"{IMPORT}<slug:action>/"): page(405),
    ("POST", f"{IMPORT}<slug:action>/"): page(404),
    # the list as one sees it; recorded, so that asking for it is not only reading
    ("GET", "/cases/export.<slug:ending>"): page(200),
    ("GET", EXPORT): page(404),
    ("GET", f"{EXPORT}file"): page(404),
}
