"""What an import refuses as a whole; what is wrong with single rows is a problem of the row, not a refusal."""

from __future__ import annotations

from bihuan.procedure.definition import Text

from ..errors import CaseworkError


class ImportRefusal(CaseworkError):
    """``code``: not-allowed · no-such-kind · foreign-outlet · wrong-state · columns · too-late · built-upon · file."""

    def __init__(self, code: str, words: Text, field: str = "") -> None:
        super().__init__(words, field=field)
        self.code = code
