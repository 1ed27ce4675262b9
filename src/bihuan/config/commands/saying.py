"""How the command line speaks: data on stdout, words and progress on stderr."""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Callable
from typing import Any

import msgspec


def verb(verbs: Any, name: str, run: Callable[[Any], int | None], about: str, example: str) -> argparse.ArgumentParser:
    """A verb with its one-line description, an example, ``--json`` and the reader's language."""
    made: argparse.ArgumentParser = verbs.add_parser(
        name,
        help=about,
        description=about,
        epilog=f"example:\n  {example}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    made.add_argument("--json", action="store_true", help="data only, on standard output")
    made.add_argument("--language", choices=["zh", "en"], default=os.environ.get("BIHUAN_LANGUAGE", "zh"))
    made.set_defaults(run=run)
    return made


def put(text: str) -> None:
    """One line of the answer."""
    sys.stdout.write(text + "\n")


def tell(text: str) -> None:
    """One line for the person at the terminal, beside the answer."""
    sys.stderr.write(text + "\n")
    sys.stderr.flush()


def put_json(data: Any) -> None:
    """The answer as one JSON document."""
    put(msgspec.json.format(msgspec.json.encode(data, enc_hook=str)).decode())


class Bar:
    """How far something long is, on standard error: a bar on a terminal, nothing anywhere else."""

    WIDTH = 30
    EVERY_SECONDS = 0.2

    def __init__(self, shown: bool | None = None) -> None:
        self.shown = sys.stderr.isatty() if shown is None else shown
        self.counted: dict[str, int] = {}
        self._drawn = 0.0
        self._title = ""

    def __call__(self, title: str, done: int, total: int) -> None:
        """``done`` of ``total`` of what is called ``title``; a new title begins a new line. ``counted`` remembers."""
        self.counted[title] = done
        if not self.shown:
            return
        now = time.monotonic()
        if title == self._title and done < total and now - self._drawn < self.EVERY_SECONDS:
            return
        if self._title and title != self._title:
            sys.stderr.write("\n")
        self._title, self._drawn = title, now
        part = min(done / total, 1) if total else 1
        filled = round(part * self.WIDTH)
        bar = "#" * filled + "-" * (self.WIDTH - filled)
        sys.stderr.write(f"\r[{bar}] {part:4.0%}  {done:,}/{max(total, done):,}  {title}\x1b[K")
        sys.stderr.flush()

    def end(self) -> None:
        """Leave the bar as it stands; what follows begins on a line of its own."""
        if self.shown and self._title:
            sys.stderr.write("\n")
            self._title = ""
