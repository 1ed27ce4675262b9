"""The procedure as a picture: steps in layers from the first one down, arrows with the titles of their acts."""

from __future__ import annotations

import itertools
from html import escape

from msgspec import Struct

from .definition import Clause, Definition, Origin
from .lettering import Lettering, Point, Spot, curve

_LAYER = 118
_GAP = 36
_HEIGHT = 44
_MARGIN = 24
_SWEEPS = 8


class _Node(Struct):
    name: str
    words: str
    layer: int
    order: float
    width: float
    end: bool
    href: str
    x: float = 0
    y: float = 0


class _Arrow(Struct, frozen=True):
    start: str
    stop: str
    words: str
    href: str
    conditional: bool


class _Drawn(Struct):
    """An arrow: its path, points it goes by, and the places where its words may stand, the best first."""

    path: str
    points: list[Point] = []
    spots: list[Spot] = []


# shares of the way between two boxes at which words may stand
_PLACES = (0.5, 0.4, 0.6, 0.32, 0.68, 0.25, 0.75)


def diagram(definition: Definition, language: str = "zh", current: str = "") -> str:
    """An SVG of the steps and ways; each node and arrow links to ``#clause-…``. ``current`` is the step to mark.

    Acts that stay at their step are not drawn, nor are standing acts: they would connect everything with everything.
    """
    arrows = _arrows(definition, language)
    nodes, chains = _placed(definition, language, arrows)
    real = [node for node in nodes.values() if node.words]
    width = max(node.x + node.width for node in nodes.values()) + _MARGIN
    back = [arrow for arrow in arrows if nodes[arrow.stop].layer <= nodes[arrow.start].layer]
    width += 14 * len(back) + (_MARGIN if back else 0)
    height = max(node.y for node in nodes.values()) + _HEIGHT + _MARGIN
    title = escape(definition.title.say(language))
    parts = [
        '<svg xmlns="http://www.w3.org/2000/svg" class="procedure-diagram" role="group" '
        'aria-labelledby="diagram-title" '
        f'viewBox="0 0 {width:.0f} {height:.0f}" width="{width:.0f}" height="{height:.0f}">',
        f'<title id="diagram-title">{title}</title>',
        _HEAD,
    ]
    lanes = 0
    drawn = []
    for arrow in arrows:
        start, stop = nodes[arrow.start], nodes[arrow.stop]
        if stop.layer <= start.layer:
            lanes += 1
            drawn.append(_back(start, stop, width - _MARGIN - 14 * (len(back) - lanes)))
        else:
            drawn.append(_down([nodes[name] for name in chains[arrow]], _side(arrow, arrows, nodes)))
    lettering = Lettering(((one.x, one.y, one.x + one.width, one.y + _HEIGHT) for one in real), width)
    for number, way in enumerate(drawn):
        lettering.pass_by(number, way.points)
    for number, (arrow, way) in enumerate(zip(arrows, drawn, strict=True)):
        spot = lettering.place(number, way.spots, _length(arrow.words, 12))
        parts.append(_way(arrow, way.path, _label(arrow, spot)))
    parts += [_box(node, node.name == current) for node in real]
    parts.append("</svg>")
    return "\n".join(parts)


# How it looks stands in the pages' style sheet, which may carry no style of its own; ids and arrows' heads stand here.
_HEAD = (
    '<defs><marker id="diagram-head" viewBox="0 0 8 8" refX="7" refY="4" '
    'markerWidth="7" markerHeight="7" orient="auto"><path d="M0 0L8 4L0 8z"/></marker></defs>'
)


def _href(definition: Definition, origin: Origin | None) -> str:
    """The address of the clause an entry stands under."""
    if origin is None:
        return ""
    clauses = [clause for clause in definition.clauses if clause.line <= origin.line]
    clause: Clause | None = max(clauses, key=lambda each: each.line, default=None)
    return f"#clause-{clause.anchor}" if clause is not None and clause.anchor else ""


def _arrows(definition: Definition, language: str) -> list[_Arrow]:
    """One arrow per pair of steps, the acts of the pair together."""
    found: dict[tuple[str, str], list[tuple[str, str, bool]]] = {}
    for act in definition.acts.values():
        if act.standing:
            continue
        starts = act.at or tuple(step.name for step in definition.steps.values() if not step.end)
        for way in act.ways:
            for start in starts:
                if way.step in definition.steps and start in definition.steps and way.step != start:
                    entry = (act.title.say(language), _href(definition, act.origin), bool(way.condition))
                    words = found.setdefault((start, way.step), [])
                    if entry[0] not in [each[0] for each in words]:
                        words.append(entry)
    mark = "、" if language != "en" else ", "
    return [
        _Arrow(start, stop, mark.join(each[0] for each in words), words[0][1], all(each[2] for each in words))
        for (start, stop), words in found.items()
    ]


def _entrance(definition: Definition) -> dict[str, Origin]:
    """The clause of the first act that can be done at a step, or that leads to it."""
    found: dict[str, Origin] = {}
    for act in definition.acts.values():
        for step in act.at:
            found.setdefault(step, act.origin)
    for act in definition.acts.values():
        for way in act.ways:
            found.setdefault(way.step, act.origin)
    return found


Chains = dict[_Arrow, list[str]]


def _placed(definition: Definition, language: str, arrows: list[_Arrow]) -> tuple[dict[str, _Node], Chains]:
    layers = _layers(definition, arrows)
    entrance = _entrance(definition)
    rows: dict[int, list[_Node]] = {}
    nodes: dict[str, _Node] = {}

    def place(name: str, words: str, layer: int, width: float, end: bool = False, href: str = "") -> None:
        row = rows.setdefault(layer, [])
        nodes[name] = _Node(name, words, layer, len(row), width, end, href)
        row.append(nodes[name])

    for step in definition.steps.values():
        words = step.title.say(language) or step.name
        width = max(96, _length(words, 14) + 28)
        place(step.name, words, layers[step.name], width, step.end, _href(definition, entrance.get(step.name)))
    chains: Chains = {}
    for arrow in arrows:
        # A long arrow gets a place in each layer it crosses, so that it runs between the boxes, not behind them.
        between = range(layers[arrow.start] + 1, layers[arrow.stop])
        passing = [f"{arrow.start} {arrow.stop} {layer}" for layer in between]
        for name, layer in zip(passing, between, strict=True):
            place(name, "", layer, 10)
        chains[arrow] = [arrow.start, *passing, arrow.stop]
    _order(rows, nodes, chains)
    widest = max(sum(node.width + _GAP for node in row) for row in rows.values())
    for height, layer in enumerate(sorted(rows)):
        x = _MARGIN + (widest - sum(node.width + _GAP for node in rows[layer])) / 2
        for node in rows[layer]:
            node.x, node.y = x, _MARGIN + height * _LAYER
            x += node.width + _GAP
    return nodes, chains


def _layers(definition: Definition, arrows: list[_Arrow]) -> dict[str, int]:
    """The longest way from the first step that follows the order of the steps; other arrows run back."""
    order = {name: position for position, name in enumerate(definition.steps)}
    layers = dict.fromkeys(definition.steps, 0)
    for name in definition.steps:
        before = [layers[arrow.start] for arrow in arrows if arrow.stop == name and order[arrow.start] < order[name]]
        if before:
            layers[name] = max(before) + 1
        elif order[name]:
            layers[name] = 1
    # Ends that only standing acts lead to stand at the bottom beside the others.
    led_to = {arrow.stop for arrow in arrows}
    for name, step in definition.steps.items():
        if step.end and name not in led_to:
            layers[name] = max(layers.values())
    return layers


def _order(rows: dict[int, list[_Node]], nodes: dict[str, _Node], chains: Chains) -> None:
    """Each row sorted by the middle of its neighbours, down and up a few times, so that few arrows cross."""
    pairs = [pair for chain in chains.values() for pair in itertools.pairwise(chain)]
    above: dict[str, list[_Node]] = {}
    below: dict[str, list[_Node]] = {}
    for start, stop in pairs:
        above.setdefault(stop, []).append(nodes[start])
        below.setdefault(start, []).append(nodes[stop])
    for sweep in range(_SWEEPS):
        down = sweep % 2 == 0
        for layer in sorted(rows, reverse=not down):
            for node in rows[layer]:
                near = (above if down else below).get(node.name, ())
                placed = [(each.order + 0.5) / len(rows[each.layer]) for each in near if each.layer != layer]
                if placed:
                    node.order = sum(placed) / len(placed) * len(rows[layer]) - 0.5
            rows[layer].sort(key=lambda node: node.order)
            for position, node in enumerate(rows[layer]):
                node.order = position


def _length(words: str, size: int) -> float:
    """About how wide words are drawn: a Chinese character is as wide as it is high."""
    return sum(size if ord(char) > 0x2E80 else size * 0.56 for char in words)


def _linked(href: str, inside: str) -> str:
    return f'<a href="{escape(href)}">{inside}</a>' if href else inside


def _box(node: _Node, current: bool) -> str:
    kinds = ["step", *(["end"] if node.end else []), *(["current"] if current else [])]
    mark = ' aria-current="step"' if current else ""
    radius = 22 if node.end else 6
    inside = (
        f'<rect x="{node.x:.1f}" y="{node.y:.1f}" width="{node.width:.1f}" height="{_HEIGHT}" rx="{radius}"/>'
        f'<text x="{node.x + node.width / 2:.1f}" y="{node.y + _HEIGHT / 2:.1f}">{escape(node.words)}</text>'
    )
    return f'<g class="{" ".join(kinds)}" data-step="{escape(node.name)}"{mark}>{_linked(node.href, inside)}</g>'


def _side(arrow: _Arrow, arrows: list[_Arrow], nodes: dict[str, _Node]) -> tuple[float, float]:
    """Where an arrow leaves and enters, as shares of the boxes' widths, so that several fan out."""
    leaving = sorted((each for each in arrows if each.start == arrow.start), key=lambda each: nodes[each.stop].x)
    coming = sorted((each for each in arrows if each.stop == arrow.stop), key=lambda each: nodes[each.start].x)
    return (leaving.index(arrow) + 1) / (len(leaving) + 1), (coming.index(arrow) + 1) / (len(coming) + 1)


def _label(arrow: _Arrow, spot: Spot) -> str:
    anchor = "middle" if spot.middle else "end"
    return f'<text x="{spot.x:.1f}" y="{spot.y:.1f}" text-anchor="{anchor}">{escape(arrow.words)}</text>'


def _way(arrow: _Arrow, path: str, label: str) -> str:
    kind = "way conditional" if arrow.conditional else "way"
    inside = f'<path d="{path}" marker-end="url(#diagram-head)"/>{label}'
    ends = f'data-from="{escape(arrow.start)}" data-to="{escape(arrow.stop)}"'
    return f'<g class="{kind}" {ends}>{_linked(arrow.href, inside)}</g>'


def _down(chain: list[_Node], share: tuple[float, float]) -> _Drawn:
    """From box to box through its place in each layer between; words best in the first gap, else in a later one."""
    start, stop = chain[0], chain[-1]
    x, y = start.x + start.width * share[0], start.y + _HEIGHT
    drawn = _Drawn(f"M{x:.1f} {y:.1f}")
    for node in chain[1:]:
        last = node is stop
        next_x = node.x + node.width * (share[1] if last else 0.5)
        bend = (node.y - y) / 2
        drawn.path += (
            f"C{x:.1f} {y + bend:.1f} {next_x:.1f} {node.y - bend:.1f} {next_x:.1f} {node.y - (1 if last else 0):.1f}"
        )
        ends = (x, y), (next_x, node.y)
        drawn.points += [curve(*ends, at / 10) for at in range(11)]
        drawn.spots += [Spot(*curve(*ends, at)) for at in _PLACES]
        x, y = next_x, node.y
        if not last:
            drawn.points += [(x, y + at) for at in range(0, _HEIGHT, 8)]
            y += _HEIGHT
            drawn.path += f"L{x:.1f} {y:.1f}"
    return drawn


def _back(start: _Node, stop: _Node, lane: float) -> _Drawn:
    """Back to an earlier step: along the right margin, each arrow in a lane of its own."""
    x1, y1 = start.x + start.width, start.y + _HEIGHT / 2 + 8
    x2, y2 = stop.x + stop.width, stop.y + _HEIGHT / 2 - 8
    path = (
        f"M{x1:.1f} {y1:.1f}C{x1 + 30:.1f} {y1 + 36:.1f} {lane:.1f} {y1 + 36:.1f} {lane:.1f} {y1:.1f}"
        f"L{lane:.1f} {y2 + 10:.1f}C{lane:.1f} {y2 - 34:.1f} {x2 + 40:.1f} {y2 - 34:.1f} {x2 + 2:.1f} {y2:.1f}"
    )
    middle, reach = (y1 + y2) / 2, max(0.0, (y1 - y2) / 2 - 14)
    steps = [step * 14.0 for step in range(12) if step * 14 <= reach or not step]
    spots = [Spot(lane - 4, middle + way * step, False) for step in steps for way in (1, -1) if step or way == 1]
    spots += [Spot(lane - 4, middle + 14 * step, False) for step in range(1, 6)] if len(spots) == 1 else []
    points = [(lane, y2 + at) for at in range(0, int(max(0.0, y1 - y2)) + 1, 8)]
    points += [(x1 + (lane - x1) * at / 8, y1 + 27) for at in range(9)]
    points += [(x2 + (lane - x2) * at / 8, y2 - 24) for at in range(9)]
    return _Drawn(path, points, spots)
