"""Run inside a site's environment: which cases of a kind the search finds by each of many words.

``python -m tests.acceptance.words_asked KIND FILE`` reads a JSON list of words and prints the
numbers of cases by word as JSON.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from uuid import UUID

from bihuan.config.commands.django import ready

# Django has to stand before its models can be read
ready()

from bihuan.casework import search  # noqa: E402
from bihuan.casework.models import Case  # noqa: E402

PAGE = 200


def main(kind: str, words: list[str]) -> dict[str, list[str]]:
    """Every page of every word, in the whole house."""
    numbers: dict[UUID, str] = dict(Case.objects.filter(kind=kind).values_list("id", "number"))
    found: dict[str, list[str]] = {}
    for word in words:
        query, before, hits = search.asked(word, parts_of_phones=False), None, []
        while True:
            page = search.newest(query, None, PAGE, before)
            hits += [numbers[one] for one in page if one in numbers]
            if len(page) < PAGE:
                break
            before = page[-1]
        found[word] = hits
    return found


if __name__ == "__main__":
    json.dump(main(sys.argv[1], json.loads(Path(sys.argv[2]).read_text(encoding="utf-8"))), sys.stdout)
