"""From a template and plain data to a PDF. Whatever typst only warns of is a fault here.

A missing font is but a warning in typst, and text extraction still finds the words behind the empty boxes.
"""

from __future__ import annotations

import json
import re
import tempfile
from datetime import datetime
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    import typst

ROOT = Path(__file__).resolve().parents[2]
"""Templates import each other by addresses below this folder: ``/layout/paper/templates/paper.typ``."""

FONT_WHEELS = ("cvttf_NotoSansCJK_Regular", "cvttf_NotoSansCJK_Bold")
FAMILY = "Noto Sans CJK TC"
"""One font of all CJK glyphs; ``lang: "zh", region: "cn"`` in the templates chooses the mainland's forms."""

Paper = Literal["a4", "a5", "241x140", "241x93", "80mm"]

SIZES: dict[str, tuple[int, int]] = {
    "a4": (210, 297),
    "a5": (148, 210),
    "241x140": (241, 140),
    "241x93": (241, 93),
    "80mm": (80, 0),
}
"""Width and height in millimetres, upright; height 0 = as long as what stands on it."""


class PaperFault(Exception):
    """A template cannot be set, or would come out other than meant: a fault of the house, never of the reader."""


@cache
def fonts() -> typst.Fonts:
    """The fonts of the wheels and no others, so that a page looks the same on every machine."""
    import typst  # noqa: PLC0415 - the typesetter is loaded when paper is asked for, not by every idle process

    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=font_folders())


def font_folders() -> list[str]:
    """Where the wheels keep their fonts. Raises PaperFault naming the wheel that is not installed."""
    folders = []
    for wheel in FONT_WHEELS:
        found = find_spec(wheel)
        if found is None or found.origin is None:
            raise PaperFault(f"the font of {wheel} is not installed")
        folders.append(str(Path(found.origin).parent))
    return folders


def render(template: str, data: dict[str, Any], paper: Paper, at: datetime | None = None) -> bytes:
    """``template`` (its path below the package, as ``casework/paper/templates/documents.typ``) set as PDF.

    ``data`` is JSON-plain; the template reads it and the paper's name through ``sys.inputs``. ``at`` is the date the
    file itself carries. Raises PaperFault for an unknown paper, an error, or any warning.
    """
    if paper not in SIZES:
        raise PaperFault(f"no such paper: {paper}")
    inputs = {"data": json.dumps(data, ensure_ascii=False), "paper": paper}
    made_at = at.replace(microsecond=0) if at else None
    return _set(ROOT / template, ROOT, sys_inputs=inputs, timestamp=made_at)


def picture(pdf: bytes, page: int = 1, ppi: float = 96) -> bytes:
    """One page of ``pdf`` (counted from 1) as PNG, ``ppi`` pixels an inch: for previews and for looking in tests.

    Drawn from the finished PDF, so what it shows is what a printer gets. Raises PaperFault when there is no such page.
    """
    with tempfile.TemporaryDirectory() as folder:
        here = Path(folder)
        (here / "paper.pdf").write_bytes(pdf)
        drawing = f'#set page(width: auto, height: auto, margin: 0pt)\n#image("/paper.pdf", page: {int(page)})\n'
        (here / "picture.typ").write_text(drawing, encoding="utf-8")
        return _set(here / "picture.typ", here, format="png", ppi=ppi)


def leaves(pdf: bytes) -> list[tuple[float, float]]:
    """Width and height of every page in millimetres, in order (of a PDF made by ``render``)."""
    boxes = re.findall(rb"/MediaBox\[([\d. -]+)\]", pdf)
    sizes = [[float(side) / 72 * 25.4 for side in box.split()] for box in boxes]
    return [(right - left, top - bottom) for left, bottom, right, top in sizes]


def _set(source: Path, root: Path, **options: Any) -> bytes:
    import typst  # noqa: PLC0415 - see above

    try:
        made, warnings = typst.compile_with_warnings(str(source), root=str(root), font_paths=fonts(), **options)
    except typst.TypstError as error:
        raise PaperFault(f"{source.name}: {error}") from error
    if warnings:
        raise PaperFault("; ".join(f"{source.name}: {one.message}" for one in warnings))
    return b"".join(made) if isinstance(made, list) else bytes(made)
