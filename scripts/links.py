"""Every relative link of our own pages leads to a file that is there."""

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

ROOT = Path(__file__).resolve().parent.parent
LINK = re.compile(r"(?<!\!)\[[^\]\n]*\]\(([^)\s]+)[^)]*\)|!\[[^\]\n]*\]\(([^)\s]+)[^)]*\)")
FENCE = re.compile(r"^(`{3,}|~{3,}).*?^\1\s*$", re.MULTILINE | re.DOTALL)
CODE = re.compile(r"`[^`\n]*`")


def broken(file: Path) -> Iterator[str]:
    """One line per link of ``file`` that leads nowhere; code is not read."""
    text = CODE.sub("", FENCE.sub("", file.read_text(encoding="utf-8")))
    for match in LINK.finditer(text):
        target = unquote((match[1] or match[2]).split("#")[0])
        if not target or re.match(r"[a-z][a-z0-9+.-]*:", target):
            continue
        start = ROOT if target.startswith("/") else file.parent
        if not (start / target.lstrip("/")).exists():
            yield f"{file.relative_to(ROOT)}: {target}"


def main() -> int:
    """Print every broken link; 1 if there is any."""
    pages = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "packs").rglob("*.md")])
    found = [line for page in pages for line in broken(page)]
    print("\n".join(found) or f"{len(pages)} pages, no broken link")  # noqa: T201 - an entrance
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
