"""The second wall: what PostgreSQL itself shows a request that only reads, whatever the question forgot to ask.

The session setting ``bihuan.scope`` holds the outlets of whoever asks, as an array: empty text = everything (the
worker, the command line, the inside of an act), ``{}`` = nothing. It hides rows from SELECT alone; the guards of
writing are others, because an act of one outlet rightly touches another's chain.
"""

from __future__ import annotations

SETTING = "bihuan.scope"

# read once for a statement (a subselect without a column of the row), not once for a row; NULL lets everything through
_WITHIN = "coalesce({column} = ANY ((SELECT nullif(current_setting('{setting}', true), ''))::text[]), true)"


def raised(table: str, column: str = "outlet", everybodys: str | None = None) -> str:
    """The SQL that walls ``table`` by the outlet in ``column``; rows where it is ``everybodys`` stay open to all.

    Every part is a name of our own. The owner of the table is not held by it, the app and the reader are.
    """
    seen = _WITHIN.format(column=column, setting=SETTING)
    if everybodys is not None:
        seen = f"{column} = '{everybodys}' OR {seen}"
    return f"""
ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;
CREATE POLICY wall_read ON {table} FOR SELECT USING ({seen});
CREATE POLICY wall_add ON {table} FOR INSERT WITH CHECK (true);
CREATE POLICY wall_change ON {table} FOR UPDATE USING (true);
CREATE POLICY wall_remove ON {table} FOR DELETE USING (true);
"""


def taken_down(table: str) -> str:
    """The SQL that undoes ``raised``."""
    policies = "".join(f"DROP POLICY wall_{name} ON {table};\n" for name in ("read", "add", "change", "remove"))
    return f"{policies}ALTER TABLE {table} DISABLE ROW LEVEL SECURITY;"
