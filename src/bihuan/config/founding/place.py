"""A new site from a pack, the files of it: a folder with settings and a copy of the pack of its own.

The folder bears a mark until the last word was said, so that a founding cut short is simply done again.
"""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from pathlib import Path

import bihuan
from bihuan.ground.words import Trouble

MARK = "founding.json"
SETTINGS, PACK, DATA = "bihuan.toml", "pack", "data"
# made by whoever shows a pack, of no use to whoever works by it
LEFT_BEHIND = ("demo.toml", "__pycache__")


class Taken(Trouble):
    """There is something already where a site was to be made."""


class NoPack(Trouble):
    """No pack of this name or at this place."""


class Faulty(Trouble):
    """The pack has faults and cannot come into force."""


@dataclass(frozen=True)
class Place:
    """Where the site stands. ``again``: an earlier founding was cut short here."""

    folder: Path
    data: Path
    again: bool = False

    @property
    def settings(self) -> Path:
        return self.folder / SETTINGS

    @property
    def pack(self) -> Path:
        return self.folder / PACK


@dataclass(frozen=True)
class Wanted:
    """Whose site it is, and who administers it; ``password`` "" where one is still to be drawn."""

    organisation: str
    username: str
    name: str
    password: str


def pack_folder(words: str) -> Path:
    """The folder of a pack named by its path, or by its name among the packs that came along. Raises NoPack."""
    came_along = Path(bihuan.__file__).resolve().parents[2] / "packs"
    for found in (Path(words), Path("packs") / words, came_along / words):
        if (found / "pack.toml").is_file():
            return found.resolve()
    names = ", ".join(sorted(path.parent.name for path in came_along.glob("*/pack.toml")))
    raise NoPack(f"没有程序包 {words}（有：{names}）", f"There is no pack {words} (there are: {names})")


def refuse_faulty(folder: Path, language: str) -> None:
    """Raises Faulty with every fault of a pack that cannot come into force."""
    # the supervisor of a running house imports this module for its verbs and reads no pack
    from bihuan.procedure.checking import report_lines  # noqa: PLC0415 - as said above
    from bihuan.procedure.reading import read_pack  # noqa: PLC0415 - as said above

    read = read_pack(folder)
    if read.pack is None or read.faults:
        said = "\n".join(report_lines(read, language))
        raise Faulty(f"程序包有错误：\n{said}", f"The pack has faults:\n{said}")


def lay(folder: Path, pack: Path, data: Path | None, port: int) -> Place:
    """Settings and a copy of ``pack`` in ``folder``, which is new or empty, or bears the mark of an earlier try.

    ``data``: where the database and files stand, else below ``folder``. Raises Taken; then nothing has changed.
    """
    folder = folder.resolve()
    again = (folder / MARK).is_file()
    if folder.exists() and not again and (not folder.is_dir() or any(folder.iterdir())):
        raise Taken(f"{folder} 不是空目录，没有改动任何东西", f"{folder} is no empty folder; nothing has been changed")
    place = Place(folder, data or folder / DATA, again)
    if data is not None and not again and data.is_dir() and any(data.iterdir()):
        raise Taken(f"{data} 里已有站点的数据", f"{data} holds the data of a site already")
    folder.mkdir(parents=True, exist_ok=True)
    _write(folder / MARK, json.dumps({"pack": pack.name}) + "\n")
    if not place.pack.is_dir():
        making = folder / f"{PACK}.making"
        shutil.rmtree(making, ignore_errors=True)
        shutil.copytree(pack, making, ignore=shutil.ignore_patterns(*LEFT_BEHIND))
        making.rename(place.pack)
    if not place.settings.is_file():
        _write(place.settings, settings_text(place, port))
    return place


def _write(file: Path, text: str) -> None:
    making = file.with_name(f"{file.name}.making")
    making.write_text(text, encoding="utf-8")
    making.replace(file)


def settings_text(place: Place, port: int) -> str:
    """``bihuan.toml`` of a new site: what it stands on, and the keys most often wanted, commented out."""
    return f"""# 闭环站点的设置；改过以后重启 bihuan serve。环境变量 BIHUAN_… 优先于本文件。
# 全部的键：docs/rooms/ground.md
# Settings of this site; restart bihuan serve after a change. BIHUAN_… in the environment wins over this file.

data = {json.dumps(str(place.data), ensure_ascii=False)}   # 数据库和附件 / database and files
# 本单位自己的程序包，改了用 bihuan load 生效 / the pack of this organisation
pack = {json.dumps(str(place.pack), ensure_ascii=False)}
host = "127.0.0.1"                # 只在本机监听 / this machine only
port = {port}

# language = "zh"                 # 界面的缺省语言：zh、en / default language
# zone = "Asia/Shanghai"          # 时区 / time zone
# hosts = ["service.example.com"] # 浏览器用的主机名 / names browsers use
# https = true                    # 证书在代理那里 / the certificate lies with a proxy
# proxies = ["127.0.0.1"]         # 信得过的代理 / proxies that are believed
# certificate = "/etc/bihuan/cert.pem"
# certificate-key = "/etc/bihuan/key.pem"
# second-factor = "required"      # 第二因素：required 必须、offered 自愿 / second factor
# session-idle-minutes = 60       # 多久不动就退出 / signed out when idle
# mail-address = "smtp://…"       # 寄信的地址 / where letters are handed in
# backup-folder = "/srv/backup"   # 备份放哪里，不写在 data 里 / where backups stand
# backup-at = "02:30"             # 每天几点备份 / time of the daily backup
# backup-keep = "7/4/12"          # 留多少：天/周/月 / kept: days/weeks/months
# backup-recipients = ["age1…"]   # 备份加密给谁，公钥由 bihuan backup-key 生成 / keys backups are encrypted to
# user = "bihuan"                 # 以 root 启动时改用的系统用户 / the user root becomes
"""


def undone(place: Place) -> None:
    """What was laid goes again where the site refused; an earlier try's stays for the next one."""
    if place.again:
        return
    shutil.rmtree(place.pack, ignore_errors=True)
    for file in (place.settings, place.folder / MARK):
        file.unlink(missing_ok=True)
    if not any(place.folder.iterdir()):
        place.folder.rmdir()


def finished(place: Place) -> None:
    """The mark goes: from now on the folder is a site's."""
    (place.folder / MARK).unlink(missing_ok=True)
