"""Which control a kind of question is drawn with."""

from __future__ import annotations

from typing import Any

BOXES_AT_MOST = 7
AREA_ROWS = {"long-text": 4, "fault": 3, "address": 2, "wish": 2}
INPUT_TYPES = {
    "date": "date",
    "moment": "datetime-local",
    "phone": "tel",
    "password": "password",
    "email": "email",
}


def control(question: Any) -> str:
    """ "hidden", "file", "signature", "boxes" (radio or check boxes), "select", "area" or "input".

    Few choices lie open to be touched; many go into a list.
    """
    if question.kind in {"hidden", "file", "signature"}:
        return str(question.kind)
    if question.kind == "yes-no" or (question.choices and (question.several or len(question.choices) <= BOXES_AT_MOST)):
        return "boxes"
    if question.choices:
        return "select"
    return "area" if question.several or question.kind in AREA_ROWS else "input"
