"""QR codes (ISO/IEC 18004) as SVG, four modules of quiet zone round them."""

from __future__ import annotations

import io

import segno

QUIET_MODULES = 4


def code(address: str) -> str:
    """``address`` as a QR code, error correction M: SVG text, black on nothing. Raises ValueError when too long."""
    drawn = io.BytesIO()
    segno.make_qr(address, error="m").save(drawn, kind="svg", border=QUIET_MODULES, xmldecl=False, svgns=True)
    return drawn.getvalue().decode("utf-8")
