"""Why a file is not taken: one refusal with words, a code and, where there is one, the row."""

from __future__ import annotations

from bihuan.procedure.definition import Text


class TableRefusal(Exception):
    """``code``: too-large · too-many-rows · too-many-columns · packed-too-tight · not-a-table · old-format · encoding ·
    no-such-sheet · empty · row-unreadable. ``row`` counts from 1 as a spreadsheet program does; 0 = the whole file."""

    def __init__(self, code: str, words: Text, row: int = 0) -> None:
        super().__init__(words.zh)
        self.code = code
        self.words = words
        self.row = row
