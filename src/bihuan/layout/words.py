"""English words of the pages: what is asked for, what is missing, and compiling the catalogue.

``python -m bihuan.layout.words`` writes the ``.mo`` beside the ``.po``; no outside program is needed.
"""

from __future__ import annotations

import re
import sys
from io import BytesIO
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

HERE = Path(__file__).resolve().parent
ROOMS = HERE.parent
CATALOGUE = HERE / "locale" / "en" / "LC_MESSAGES" / "django.po"

_TAG = re.compile(r"""\{%\s*trans(?:late)?\s+(?:"([^"]+)"|'([^']+)')""")
_BLOCK = re.compile(r"\{%\s*blocktrans(?:late)?[^%]*%\}(.*?)\{%", re.DOTALL)
_CALL = re.compile(r"""\b(?:_|gettext|gettext_lazy)\(\s*"([^"]+)"\s*\)""")


def asked_for(root: Path = ROOMS) -> dict[str, str]:
    """Every Chinese word the rooms ask to be translated, with the file that first asks."""
    found: dict[str, str] = {}
    for path in sorted([*root.rglob("*.html"), *root.rglob("*.py")]):
        if "tests" in path.relative_to(root).parts:
            continue
        text = path.read_text(encoding="utf-8")
        words = [one for pair in _TAG.findall(text) for one in pair if one]
        words += [re.sub(r"\{\{\s*(\w+)\s*\}\}", r"%(\1)s", one.strip()) for one in _BLOCK.findall(text)]
        words += _CALL.findall(text) if path.suffix == ".py" else []
        for one in words:
            found.setdefault(one, str(path.relative_to(root)))
    return found


def catalogue() -> dict[str, str]:
    """Chinese → English as the ``.po`` has it; plural messages by their singular."""
    with CATALOGUE.open("rb") as file:
        read = read_po(file, locale="en")
    pairs = ((one.id, one.string) for one in read if one.id)
    return {key if isinstance(key, str) else key[0]: word if isinstance(word, str) else word[0] for key, word in pairs}


def missing() -> dict[str, str]:
    """Words asked for without English, with the file that asks."""
    known = catalogue()
    return {word: file for word, file in asked_for().items() if not known.get(word)}


def compiled() -> bytes:
    """The ``.mo`` that belongs to the ``.po``."""
    with CATALOGUE.open("rb") as file:
        read = read_po(file, locale="en")
    out = BytesIO()
    write_mo(out, read)
    return out.getvalue()


def main() -> int:
    CATALOGUE.with_suffix(".mo").write_bytes(compiled())
    for word, file in missing().items():
        sys.stderr.write(f"{file}: no English for {word}\n")
    return 1 if missing() else 0


if __name__ == "__main__":
    raise SystemExit(main())
