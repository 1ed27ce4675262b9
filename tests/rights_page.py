"""docs/rights.md: the table of rights as it is tested, for people to read. ``write_rights_page`` writes it."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from tests.cast.standing import OUTLET, states
from tests.cast.table import READERS, WHO, expected
from tests.every_pack import ROOT, calendar_of, definitions_of, pack_of
from tests.test_rights import TABLE

from bihuan.procedure import engine
from bihuan.procedure.definition import Definition
from bihuan.procedure.state import Doer

PAGE = ROOT / "docs" / "rights.md"
# beside it one for each pack, named like its folder: who may do which act
FOLDER = ROOT / "docs" / "rights"
# the packs that are delivered; those of the tests are tried as well, but are nobody's
PACKS = ROOT / "packs"
LATE = datetime(2030, 1, 1, tzinfo=UTC)

HEAD = """# Who may see and do what

Written by `PYTHONPATH=src python -m tests.write_rights_page` from what the tests ask; do not edit. Two things decide:
an address has a rule who is let in (`tests/test_rights.py` and the rows under `tests/cast/`: an address without a row
fails), and every act of a case is open to the posts its document names (`tests/test_rights_of_acts.py`: every act at
every step of every pack, asked of the engine and through the API; listed in `rights/<pack>.md`). What is shown is
narrowed by outlet besides (`people.access`), and by PostgreSQL once more (`docs/security.md`, second wall). Another
method than GET, HEAD and POST is answered 405 everywhere (`tests/test_web_hygiene.py`).

The other outlet and somebody without a post ask for a thing of the north here: 404 means that for them there is no such
thing. The auditor and the leader hold their posts above both outlets. 302 is the way to the door where somebody is not
signed in, and otherwise what follows a form that was accepted; 403 not theirs to do; 401 a key that opens nothing; 405
not asked in this way; 422 let in, but the form of this test was incomplete.
"""

ACTS = """
Written like [rights.md](../rights.md). Per procedure: the act, its clause, and at which steps which posts may do it. In
brackets: the post alone is not enough, it must be the very person the case is with or who did an earlier act; or no
person does it.
"""


def page() -> str:
    """The page of addresses."""
    return "\n".join([HEAD, *_addresses(TABLE)]) + "\n"


def pages() -> dict[Path, str]:
    """Every page by the file it stands in: that of addresses, and one for each pack that is delivered."""
    folders = sorted(path.parent for path in PACKS.glob("*/pack.toml"))
    return {PAGE: page(), **{FOLDER / f"{folder.name}.md": acts_of(folder) for folder in folders}}


def _addresses(table: dict[tuple[str, str], dict[str, int]]) -> list[str]:
    named = [WHO[reader][1] for reader in READERS]
    lines = [f"| | address | {' | '.join(named)} |", f"|---|---|{'---|' * len(named)}"]
    for (method, pattern), row in sorted(table.items(), key=lambda one: (one[0][1], one[0][0])):
        statuses = " | ".join(str(expected(pattern, row, reader)) for reader in READERS)
        lines.append(f"| {method} | `{pattern}` | {statuses} |")
    return lines


def acts_of(folder: Path) -> str:
    """The page of one pack."""
    lines = [f"# {pack_of(folder).title.say('en')}: who may do what", "", ACTS.strip()]
    for definition in definitions_of(folder):
        lines += ["", f"## {definition.title.say('zh')} · {definition.title.say('en')} (`{definition.kind}`)", ""]
        lines += ["| act | clause | posts | at |", "|---|---|---|---|", *_of(definition, folder)]
    return "\n".join(lines) + "\n"


def _of(definition: Definition, folder: Path) -> list[str]:
    """One line for every act and set of posts; standing acts (correct, cancel …) beside those of the text."""
    found: dict[tuple[str, str, tuple[str, ...]], list[str]] = {}
    around = engine.Surroundings(calendar_of(folder), (OUTLET,))
    opening = definition.acts.get(definition.opening.act)
    if opening is not None and definition.opening.by_hand:
        found[opening.name, opening.origin.cite(), tuple(opening.who.posts)] = ["(opens it)"]
    for step, state in sorted(states(definition, folder).items()):
        may: dict[str, list[str]] = {}
        clauses: dict[str, str] = {}
        named: dict[str, str] = {}
        for post in pack_of(folder).posts:
            doer = Doer("somebody", ((post, OUTLET),))
            for offer in engine.allowed(definition, state, doer, max(LATE, state.moment), around):
                clauses[offer.act] = offer.clause
                named[offer.act] = f"({', '.join(offer.posts) or _other(definition, offer.act)})"
                may.setdefault(offer.act, [])
                if offer.code != "not-yours":
                    may[offer.act].append(post)
        for act, posts in may.items():
            found.setdefault((act, clauses[act], tuple(posts) or (named[act],)), []).append(step)
    return [
        f"| `{act}` | {clause} | {', '.join(posts)} | {', '.join(steps)} |"
        for (act, clause, posts), steps in sorted(found.items())
    ]


def _other(definition: Definition, act: str) -> str:
    """Who acts where no post does."""
    who = definition.acts[act].who
    return "another case" if who.cases or who.case_kind else "the clock" if who.clock else "nobody"
