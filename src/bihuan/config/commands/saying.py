"""How the command line speaks: data on stdout, words and progress on stderr."""

from __future__ import annotations

import argparse
import os
import sys
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
