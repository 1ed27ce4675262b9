"""How a serial number is kept: as it is written on the plate, without full-width signs and without spaces."""

from __future__ import annotations

import re
import unicodedata


def serial_of(text: str) -> str:
    """``text`` with compatibility forms folded and all spaces and control signs gone; letters keep their case."""
    return re.sub(r"[\s\x00-\x1f]+", "", unicodedata.normalize("NFKC", text or ""))
