"""``check``, ``rehearse``, ``rules``, ``new procedure``: what an author needs. No database."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from .saying import put, put_json, tell, verb


def add_to(verbs: Any) -> None:

    checking = verb(verbs, "check", check, "every fault and finding of a pack", "bihuan check packs/integrator")
    checking.add_argument("packs", nargs="+", type=Path)
    rehearsing = verb(verbs, "rehearse", rehearse, "run a pack's examples", "bihuan rehearse packs/integrator")
    rehearsing.add_argument("packs", nargs="+", type=Path)
    proving = verb(verbs, "rules", rules, "which rule is proved by what", "bihuan rules --break")
    proving.add_argument("--rules", type=Path, default=Path("docs/rules"), help="folder of the rule registers")
    proving.add_argument(
        "--packs", type=Path, action="append", help="folder of packs, may be given several times (default: packs)"
    )
    proving.add_argument("--results", type=Path, help="results of the last test run, to count tests as proofs")
    proving.add_argument("--only", default="", help="only rules beginning so, for example INT-04")
    proving.add_argument("--break", dest="breaking", action="store_true", help="list proofs that prove nothing")
    making = verb(verbs, "new", new, "the first draft of a procedure", "bihuan new procedure repair --title 报修程序")
    making.add_argument("what", choices=["procedure"])
    making.add_argument("kind")
    making.add_argument("--title", default="")
    making.add_argument("--post", default="clerk", help="the post of the pack that acts in it (default: clerk)")


def check(chosen: Any) -> int:
    """0 without faults, 1 with any; findings are listed and do not fail."""
    from bihuan.procedure.checking import report_lines
    from bihuan.procedure.reading import read_pack

    code = 0
    told = []
    for folder in chosen.packs:
        result = read_pack(folder)
        code = max(code, 1 if result.faults else 0)
        told.append({"pack": str(folder), "faults": result.faults, "findings": result.findings})
        if not chosen.json:
            for line in report_lines(result, chosen.language):
                put(line)
    if chosen.json:
        put_json(told)
    return code


def rehearse(chosen: Any) -> int:
    """0 when every example came out as written, 1 otherwise."""
    from bihuan.procedure.checking import report_lines
    from bihuan.procedure.reading import read_pack
    from bihuan.procedure.rehearsal import rehearse as rehearse_pack

    code = 0
    for folder in chosen.packs:
        result = read_pack(folder)
        if result.pack is None or result.faults:
            for line in report_lines(result, chosen.language):
                tell(line)
            code = 1
            continue
        report = rehearse_pack(result.pack)
        code = max(code, 0 if report.passed else 1)
        if chosen.json:
            put_json(report)
        else:
            for line in report.say(chosen.language):
                put(line)
    return code


def rules(chosen: Any) -> int:
    """1 when a claim fails, went unrun or names an unknown rule, or with ``--break`` when an example fails or a proof
    is hollow; also when a pack has faults or a file of examples cannot be read: it is left out, and said so."""
    from bihuan.procedure import proofs

    registers = proofs.read_registers(chosen.rules)
    rehearsed, whole = _rehearsed(chosen.packs or [Path("packs")], chosen.language)
    if chosen.breaking:
        return max(_break(chosen, registers, rehearsed), 0 if whole else 1)
    outcomes = proofs.read_outcomes(chosen.results) if chosen.results else {}
    tests = proofs.test_claims(Path(), ("src", "tests"), outcomes) if chosen.results else []
    table = proofs.rule_table(registers, [*proofs.example_claims(report for _, report in rehearsed), *tests])
    shown = [row for row in table.rows if row.rule.id.startswith(chosen.only)]
    if chosen.json:
        put_json({"rules": shown, "totals": table.totals, "faults": table.faults})
    else:
        for row in shown:
            put(row.say(chosen.language))
        for name, counts in table.totals.items():
            put(f"{name}: " + ", ".join(f"{standing} {count}" for standing, count in counts.items()))
        for fault in table.faults:
            put(fault.say(chosen.language))
    return 0 if table.sound and whole else 1


def _rehearsed(folders: list[Path], language: str) -> tuple[list[Any], bool]:
    """(pack, report) of every readable pack in ``folders``, and whether nothing was left out."""
    from bihuan.procedure.reading import read_pack
    from bihuan.procedure.rehearsal import rehearse as rehearse_pack

    found, whole = [], True
    for folder in folders:
        places = sorted(path.parent for path in folder.glob("*/pack.toml"))
        if not places:
            tell(f"{folder}: {'没有包' if language != 'en' else 'no pack here'}")
            whole = False
        for place in places:
            result = read_pack(place)
            if result.pack is None or result.faults:
                count = len(result.faults)
                tell(f"{place}: {f'{count} 个错误，未计入' if language != 'en' else f'{count} faults, left out'}")
                whole = False
                continue
            report = rehearse_pack(result.pack)
            for fault in report.faults:
                tell(f"{fault.file}:{fault.line}: {fault.words.say(language)}")
            whole = whole and not report.faults
            found.append((result.pack, report))
    return found, whole


def _break(chosen: Any, registers: Any, rehearsed: list[Any]) -> int:
    from bihuan.procedure import proofs

    code = 0
    for pack, report in rehearsed:
        for result in report.results:
            if not result.passed:
                example = result.example
                failed = "failed" if chosen.language == "en" else "未通过"
                put(f"{example.file}:{example.line}: {failed} {example.title.say(chosen.language)}")
                code = 1
        broken = proofs.breaking(pack, report, registers)
        code = max(code, 1 if broken.hollow else 0)
        for line in proofs.hollow_words(broken, chosen.language):
            put(line)
    return code


def new(chosen: Any) -> int:
    """Prints the draft; where it goes is the author's to say."""
    from bihuan.procedure.scaffold import new_procedure

    try:
        put(new_procedure(chosen.kind, chosen.title or chosen.kind, chosen.post))
    except ValueError as wrong:
        tell(str(wrong))
        return 2
    return 0
