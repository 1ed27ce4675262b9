"""No organisation in the source: names, posts, acts, forms and limits of the packs stand in the packs alone."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from tests.every_pack import FOLDERS, ROOT, pack_of

from bihuan.casework.roles import ORDER

SOURCE = ROOT / "src" / "bihuan"
FILES = {
    path: path.read_text(encoding="utf-8")
    for path in sorted(SOURCE.rglob("*"))
    if path.suffix in {".py", ".html", ".js", ".css", ".toml", ".sql", ".txt"}
    and not {"tests", "static", "locale", "migrations"}.intersection(path.relative_to(SOURCE).parts)
}

# Words of a pack that stand in the source for another reason.
ALLOWED: dict[str, str] = {
    "no-answer": "one of the closed list of what a call may come to",
    "after-sales": "the trade this program is made for",
    "偏离流程": "the standing act of every procedure, by its usual title",
    "上门安排": "the title of the page of a day's visits",
    "客户意见": "the space for the customer's words on every service paper",
}

# Places that speak of a pack on purpose.
PLACES_ALLOWED = {
    "config/demonstration": "tells the stories of a pack's own file",
    "layout/samples.py": "shows what components look like, with words of an example",
    "config/commands": "examples in the help name a folder of a pack",
    "config/bench": "measures the demonstration's own procedure",
    "procedure/scaffold.py": "the first draft an author starts from names posts to be replaced",
}


def distinctive(word: str) -> bool:
    """Whether the word could only have come from one organisation: four Chinese characters, or two joined names."""
    if re.search(r"[一-鿿]", word):
        return len(word) >= 4
    return word.count("-") >= 1 and len(word) >= 9


def words_of(folder: Path) -> set[str]:
    """Everything distinctive the pack calls its own."""
    pack = pack_of(folder)
    found = {pack.name, pack.title.zh, pack.title.en}
    for post in pack.posts.values():
        found |= {post.name, post.title.zh}
    for definition in pack.procedures.values():
        found |= {definition.number, definition.title.zh}
        for table in (definition.acts, definition.forms, definition.deadlines, definition.duties, definition.waits):
            own = {name: entry for name, entry in table.items() if not getattr(entry, "standing", False)}
            found |= {*own, *(entry.title.zh for entry in own.values() if hasattr(entry, "title"))}
    # a post may be called like the interface role it has; those are a closed list of the house (design 1)
    return {word for word in found - set(ORDER) if word and distinctive(word)}


def uses(words: set[str], files: dict[Path, str]) -> list[str]:
    """Where a word of ``words`` stands: a name as a whole, Chinese words anywhere."""
    found = []
    for path, text in files.items():
        place = path.relative_to(SOURCE).as_posix()
        if any(place.startswith(allowed) for allowed in PLACES_ALLOWED):
            continue
        names = set(re.findall(r"[A-Za-z0-9]+(?:-[A-Za-z0-9]+)+", text))
        hits = [word for word in words if (word in text if re.search(r"[一-鿿 ]", word) else word in names)]
        found += [f"{place}: {hit}" for hit in sorted(hits) if hit not in ALLOWED]
    return found


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_no_word_of_an_organisation_stands_in_the_source(folder):
    words = words_of(folder)
    assert len(words) > 10
    assert uses(words, FILES) == []


def test_a_post_or_a_title_written_into_the_source_is_found():
    folder = next(folder for folder in FOLDERS if folder.name == "integrator")
    words = words_of(folder)
    post = next(name for name in pack_of(folder).posts if name in words)
    title = next(each.title.zh for each in pack_of(folder).posts.values() if each.title.zh in words)
    place = SOURCE / "casework" / "x.py"
    assert uses(words, {place: f'if post == "{post}":'}) == [f"casework/x.py: {post}"]
    assert f"casework/x.py: {title}" in uses(words, {place: f"请找{title}办理"})
    assert uses(words, {SOURCE / "config" / "demonstration" / "weeks.py": post}) == []


def test_what_is_allowed_is_still_there():
    for word in ALLOWED:
        assert any(word in text for text in FILES.values())
    for place in PLACES_ALLOWED:
        assert (SOURCE / place).exists()
