"""The picture of a procedure."""

from __future__ import annotations

import re
from xml.etree import ElementTree

from bihuan.procedure.definition import Definition
from bihuan.procedure.diagram import diagram

from .sample import TEXT, read

NAMES = {"svg": "http://www.w3.org/2000/svg"}


def definition_of(text: str) -> Definition:
    definition = read(text).definition
    assert definition is not None
    return definition


def test_steps_and_ways_are_drawn_and_link_to_their_clauses() -> None:
    root = ElementTree.fromstring(diagram(definition_of(TEXT), "zh"))
    # a group, not an image: its steps are links, which inside an image nobody reaches
    assert root.get("role") == "group"
    title = root.find("svg:title", NAMES)
    assert title is not None and title.text == "报修办法"
    ways = {
        (way.get("data-from"), way.get("data-to")): (way.find("svg:a", NAMES), "".join(way.itertext()))
        for way in root.findall("svg:g[@data-from]", NAMES)
    }
    assert {key: words for key, (_, words) in ways.items()} == {
        ("received", "done"): "鉴定",
        ("received", "checked"): "鉴定",
        ("checked", "done"): "维修",
    }
    link = ways["checked", "done"][0]
    assert link is not None and link.get("href") == "#clause-3"


def test_the_current_step_and_the_ends_are_marked() -> None:
    root = ElementTree.fromstring(diagram(definition_of(TEXT), "en", "checked"))
    steps = {step.get("data-step"): step for step in root.findall("svg:g[@data-step]", NAMES)}
    assert {name: step.get("class") for name, step in steps.items()} == {
        "received": "step",
        "checked": "step current",
        "done": "step end",
    }
    assert steps["checked"].get("aria-current") == "step"
    assert "".join(steps["checked"].itertext()) == "Checked"


def test_words_of_authors_are_escaped_and_nothing_runs() -> None:
    svg = diagram(definition_of(TEXT.replace('en = "Repair"', 'en = "<script>&"')), "en")
    assert "<script" not in svg
    assert "&lt;script&gt;&amp;" in svg


def test_boxes_do_not_overlap_with_sixty_steps() -> None:
    names = [f"s{number}" for number in range(60)]
    acts = "".join(
        f'[acts.a{n}]\nat = "s{n}"\nby = "clerk"\n'
        f'to = [{{ if = {{ "slip.urgent" = true }}, step = "s{min(n + 7, 59)}" }},'
        f' {{ step = "s{n + 1 if n % 9 else max(n - 4, 0) or 1}" }}]\n'
        for n in range(59)
    )
    steps = ", ".join(f'"{name}"' for name in names[:-1]) + ', "s59*"'
    text = (
        '# 大\n```toml\ngrammar = 1\nnumber = "B"\nversion = "1"\nowner = "clerk"\n'
        f'opens = {{ kind = "big", act = "a0" }}\nsteps = [{steps}]\n```\n## 1 全部\n```toml\n{acts}'
        '[forms.slip]\nfields.urgent = { kind = "yes-no", must = true }\n```\n'
    )
    svg = diagram(definition_of(text))
    boxes = [tuple(map(float, found)) for found in re.findall(r'<rect x="([\d.]+)" y="([\d.]+)" width="([\d.]+)"', svg)]
    assert len(boxes) == 60
    for at, (x, y, width) in enumerate(boxes):
        for other_x, other_y, other_width in boxes[at + 1 :]:
            assert y != other_y or x + width < other_x or other_x + other_width < x
