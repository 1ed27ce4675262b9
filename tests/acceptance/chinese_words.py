"""Every two-character word of the complaints looked for: exactly what a plain scan of the same text finds."""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import dataclass, field
from itertools import pairwise
from random import Random
from urllib.parse import quote

from tests.storm.client import Client
from tests.storm.site import Furnished, Site

# how many of them over HTTP as well, page by page: the most frequent and some drawn by the seed
MOST_FREQUENT, DRAWN = 20, 60
PAGE = 20
# what a case says its fault is today, and everything it is found by: as it stands now, corrections included
TEXTS = """
SELECT number, state #>> '{answers,intake,problem}', concat_ws(E'\\n', number, title, string_agg(said.value, E'\\n'))
  FROM casework_case, jsonb_each_text(state #> '{answers,intake}') said
 WHERE casework_case.kind = 'repair' GROUP BY casework_case.id"""


@dataclass
class Looked:
    """How well words were found: of the descriptions (recall), and of what was found (precision), in hits."""

    words: int = 0
    over_http: int = 0
    corrected: int = 0
    wanted: int = 0
    recalled: int = 0
    found: int = 0
    rightly: int = 0
    wrong: list[str] = field(default_factory=list)

    @property
    def figures(self) -> str:
        recall, precision = _percent(self.recalled, self.wanted), _percent(self.rightly, self.found)
        return (
            f"{self.words} two-character words, recall {recall} ({self.recalled} of {self.wanted}), "
            f"precision {precision} ({self.rightly} of {self.found}), {self.over_http} of them over HTTP too"
        )


def pairs(text: str) -> set[str]:
    """Every two neighbouring Chinese characters."""
    return {one + other for one, other in pairwise(text) if _chinese(one) and _chinese(other)}


def look(site: Site, furnished: Furnished, seed: int, described: dict[str, str]) -> Looked:
    """All words of ``described`` (number of a case → its line's description) asked of the search and of a scan."""
    looked = Looked()
    says, whole = {}, {}
    for number, problem, everything in site.rows(TEXTS):
        if number in described:
            looked.corrected += problem != described[number]
            says[number], whole[number] = problem or "", everything
    missing = described.keys() - says.keys()
    looked.wrong += [f"{number} is not there to be found" for number in sorted(missing)]
    scanned: dict[str, set[str]] = defaultdict(set)
    for number, text in says.items():
        for word in pairs(text):
            scanned[word].add(number)
    words = sorted(scanned)
    file = site.folder / "words.json"
    file.write_text(json.dumps(words, ensure_ascii=False), encoding="utf-8")
    found = site.module("tests.acceptance.words_asked", "repair", str(file))
    for word in words:
        _judge(looked, word, set(found[word]), scanned[word], whole)
    looked.words = len(words)
    _over_http(site, furnished, looked, _some(words, scanned, seed), {word: set(found[word]) for word in words})
    return looked


def _judge(looked: Looked, word: str, found: set[str], wanted: set[str], whole: dict[str, str]) -> None:
    """``wanted``: said in the description; whatever is found must have the word somewhere, and nothing may lack."""
    anywhere = {number for number, text in whole.items() if word in text}
    looked.wanted += len(wanted)
    looked.recalled += len(wanted & found)
    looked.found += len(found)
    looked.rightly += len(found & anywhere)
    if found != anywhere or not wanted <= found:
        odd = sorted(found ^ anywhere)[:3]
        looked.wrong.append(f"search {word}: {len(found)} found, {len(anywhere)} by scan, {odd}")


def _some(words: list[str], scanned: dict[str, set[str]], seed: int) -> list[str]:
    often = sorted(words, key=lambda word: (-len(scanned[word]), word))[:MOST_FREQUENT]
    rest = [word for word in words if word not in often]
    return often + Random(seed).sample(rest, min(DRAWN, len(rest)))


def _over_http(site: Site, furnished: Furnished, looked: Looked, words: list[str], found: dict[str, set[str]]) -> None:
    client, token = Client(site.port), furnished.tokens["qian"]
    for word in words:
        got: list[str] = []
        after = ""
        while True:
            reply = client.get(token, f"/api/v1/cases?q={quote(word)}&kind=repair&limit={PAGE}{after}")
            got += [one["number"] for one in reply.body["cases"]]
            if not reply.body["next"]:
                break
            after = f"&after={reply.body['next']}"
        if len(got) != len(set(got)) or set(got) != found[word]:
            looked.wrong.append(f"over HTTP {word}: {len(got)} listed, {len(found[word])} by the search")
        looked.over_http += 1
    client.close()


def _chinese(character: str) -> bool:
    return "\u4e00" <= character <= "\u9fff"


def _percent(part: int, whole: int) -> str:
    return f"{100 * part / whole:.2f} %" if whole else "–"
