"""``golden record`` and ``golden replay``: histories kept with their document, so that none is ever read otherwise."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from .saying import put, put_json, tell, verb

FOLDER = Path("tests/golden")


def add_to(verbs: Any) -> None:
    keeping = verb(verbs, "golden", run, "histories kept and replayed", "bihuan golden record packs/integrator")
    keeping.add_argument("what", choices=["record", "replay"])
    keeping.add_argument("packs", nargs="*", type=Path, help="record: the packs whose examples and walks are kept")
    keeping.add_argument("--folder", type=Path, default=FOLDER, help="where the files are")
    keeping.add_argument("--most", type=int, default=12, help="record: how many histories of a pack at most")


def run(chosen: Any) -> int:
    """0 done, 1 when a history went another way or a pack has faults, 2 when no pack or folder is named."""
    return record(chosen) if chosen.what == "record" else replay(chosen)


def record(chosen: Any) -> int:
    """Writes one file for each document whose version has none yet; none is written over (3: nothing new)."""
    from bihuan.procedure import golden
    from bihuan.procedure.checking import report_lines
    from bihuan.procedure.reading import read_pack

    if not chosen.packs:
        tell("请写明规则包 / name a pack")
        return 2
    chosen.folder.mkdir(parents=True, exist_ok=True)
    written = []
    for folder in chosen.packs:
        result = read_pack(folder)
        if result.pack is None or result.faults:
            for line in report_lines(result, chosen.language):
                tell(line)
            return 1
        for kept in golden.record(result.pack, chosen.most):
            path = chosen.folder / golden.name_of(kept, result.pack.name)
            if not path.exists():
                path.write_bytes(golden.written(kept))
                written.append(str(path))
    if chosen.json:
        put_json({"written": written})
    else:
        for name in written:
            put(name)
    return 0 if written else 3


def replay(chosen: Any) -> int:
    """Every kept history again; each that goes another way is named with its entry and happening."""
    from bihuan.procedure import golden

    if not chosen.folder.is_dir():
        tell(f"{chosen.folder}: 没有这个文件夹 / no such folder")
        return 2
    try:
        count, parted = golden.replay_folder(chosen.folder)
    except golden.Unreadable as fault:
        tell(fault.words.say(chosen.language))
        return 1
    if chosen.json:
        put_json({"histories": count, "parted": parted})
    else:
        for one in parted:
            put(one.say(chosen.language))
        zh = f"{count} 段历史，{len(parted)} 段不同"
        put(zh if chosen.language == "zh" else f"{count} histories, {len(parted)} went another way")
    return 1 if parted else 0
