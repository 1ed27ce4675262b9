"""An upgrade: backup, migrations on the filled site, golden histories, verification – and the way back if one fails."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import bihuan
from bihuan.ground.backup import Key
from bihuan.ground.backup.errors import Failed
from bihuan.ground.settings import Settings
from bihuan.procedure import golden

from .backing import BEFORE_UPGRADE, Done, back_up
from .restoring import ALL, Report, Say, Target, looked_through, migrated


@dataclass
class Upgraded:
    """``backup`` was taken before; ``problems`` empty: this version stands. ``said`` tells what was looked at.

    ``key`` opens that backup where it is encrypted, for as long as this process lives.
    """

    backup: Done
    key: Key | None = None
    problems: list[str] = field(default_factory=list)
    said: list[str] = field(default_factory=list)


def golden_folder(named: Path | None = None) -> Path | None:
    """Where golden histories lie: as named, in the working folder, or in the checkout this program runs from."""
    checkout = Path(bihuan.__file__).resolve().parents[2] / "tests" / "golden"
    wanted = [named] if named is not None else [Path("tests/golden"), checkout]
    return next((one for one in wanted if one.is_dir()), None)


def upgrade(
    site: Settings,
    target: Target,
    at: datetime,
    *,
    say: Say,
    histories: Path | None,
    replay: str = ALL,
    key: Key | None = None,
) -> Upgraded:
    """Bring the installation behind ``target`` up to this version.

    A backup comes first, and when it cannot be taken nothing is changed (raises what ``back_up`` raises). Whatever
    fails afterwards stands in ``problems``: the caller restores the backup then. An encrypted one that ``key`` does not
    open is encrypted to one more, made for this upgrade and never written down: else there would be no way back.
    """
    say("备份 / backup …")
    opens = key is not None and not set(key.public).isdisjoint(site.backup_recipients)
    key = key if opens else Key.new()
    done = Upgraded(back_up(site, at, BEFORE_UPGRADE, besides=None if opens else key), key)
    try:
        say("迁移 / migrations …")
        older = migrated(target, set(done.backup.manifest.notes["migrations"]))
        say("历史重放 / golden histories …")
        done.said.append(replayed(histories, done.problems))
        if not done.problems:
            say("核对 / verify …")
            report = Report(done.backup.manifest.name)
            looked_through(target, report, replay=replay, renew=older)
            done.problems += report.findings
            done.said += [*report.said, *(f"{what}: {found}" for what, _wanted, found in report.compared)]
    except (Failed, golden.Unreadable) as failure:
        done.problems.append(str(failure))
    return done


def replayed(histories: Path | None, problems: list[str]) -> str:
    """Replay every golden history; those that part are added to ``problems``."""
    if histories is None:
        return "没有找到历史样本 / no golden histories found"
    count, parted = golden.replay_folder(histories)
    problems += [one.say("zh") for one in parted]
    return f"历史样本 / golden histories: {count}, {len(parted)} ≠"
