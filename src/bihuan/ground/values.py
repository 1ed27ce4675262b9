"""How the value of each setting is read: from the file as TOML has it, from the environment as text."""

from __future__ import annotations

import ipaddress
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from psycopg import ProgrammingError
from psycopg.conninfo import conninfo_to_dict

_TRUE, _FALSE = ("1", "true", "yes", "on"), ("0", "false", "no", "off", "")


class WrongValue(ValueError):
    def __init__(self, zh: str, en: str) -> None:
        super().__init__(zh, en)
        self.zh, self.en = zh, en


def text(value: Any) -> str:
    if not isinstance(value, str):
        raise WrongValue("应为文字", "must be text")
    return value


def number(least: int, most: int) -> Callable[[Any], int]:
    def read_number(value: Any) -> int:
        whole = isinstance(value, int) and not isinstance(value, bool)
        if not whole and not (isinstance(value, str) and re.fullmatch(r"[0-9]{1,9}", value)):
            raise WrongValue("应为整数", "must be a whole number")
        if not least <= int(value) <= most:
            raise WrongValue(f"应在 {least} 至 {most} 之间", f"must be from {least} to {most}")
        return int(value)

    return read_number


def yes_no(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and value.lower() in _TRUE + _FALSE:
        return value.lower() in _TRUE
    raise WrongValue("应为 true 或 false", "must be true or false")


def one_of(*names: str) -> Callable[[Any], str]:
    def read_choice(value: Any) -> str:
        if value not in names:
            raise WrongValue(f"应为 {' / '.join(names)} 之一", f"must be one of {', '.join(names)}")
        return str(value)

    return read_choice


def folder(value: Any) -> Path:
    if not text(value) or "\0" in value:
        raise WrongValue("应为目录", "must be a folder")
    path = Path(value).expanduser()
    if not path.is_absolute():
        raise WrongValue("应为绝对路径", "must be an absolute path")
    return path


def zone(value: Any) -> str:
    try:
        return ZoneInfo(text(value)).key
    except (OSError, ValueError, KeyError):
        raise WrongValue("不是时区名（如 Asia/Shanghai）", "is no time zone (such as Asia/Shanghai)") from None


def host(value: Any) -> str:
    name = text(value)
    try:
        return str(ipaddress.ip_address(name))
    except ValueError:
        if not re.fullmatch(r"[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?", name):
            raise WrongValue("不是主机名或 IP 地址", "is no host name or IP address") from None
        return name


def hosts(value: Any) -> tuple[str, ...]:
    if isinstance(value, str):
        value = [name for name in re.split(r"[,\s]+", value) if name]
    if not isinstance(value, list):
        raise WrongValue("应为主机名列表", "must be a list of host names")
    return tuple(host(name) for name in value)


def networks(value: Any) -> tuple[str, ...]:
    if isinstance(value, str):
        value = [name for name in re.split(r"[,\s]+", value) if name]
    if not isinstance(value, list):
        raise WrongValue("应为网段列表（如 10.0.0.0/8）", "must be a list of networks (such as 10.0.0.0/8)")
    try:
        return tuple(str(ipaddress.ip_network(text(one))) for one in value)
    except ValueError:
        raise WrongValue("不是 IP 地址或网段", "is no IP address or network") from None


def file(value: Any) -> Path:
    path = folder(value)
    if not os.access(path, os.R_OK) or not path.is_file():
        raise WrongValue("没有这个文件，或不能读", "is no file, or cannot be read")
    return path


def secret(value: Any) -> str:
    if len(text(value)) < 32:
        raise WrongValue("至少 32 个字符", "needs at least 32 characters")
    return str(value)


def database(value: Any) -> str:
    try:
        parts = conninfo_to_dict(text(value)) if value else {}
    except ProgrammingError:
        # Not the driver's words: they may repeat the password.
        raise WrongValue("不是 PostgreSQL 地址", "is no PostgreSQL address") from None
    if not re.fullmatch(r"[0-9,]*", str(parts.get("port") or "")):
        raise WrongValue("端口不是数字", "has a port that is no number")
    if value and not parts.get("dbname"):
        raise WrongValue("缺少数据库名", "names no database")
    return str(value)


def mails(value: Any) -> tuple[str, ...]:
    if isinstance(value, str):
        value = [name for name in re.split(r"[,\s]+", value) if name]
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise WrongValue("应为邮箱地址列表", "must be a list of mail addresses")
    for one in value:
        if not re.fullmatch(r"[^@\s,\0]{1,64}@[A-Za-z0-9.-]{1,189}", one):
            raise WrongValue(f"“{one}”不是邮箱地址", f"“{one}” is no mail address")
    return tuple(value)


def scanner(value: Any) -> str:
    if re.fullmatch(r"|/[^\0]{1,90}|[A-Za-z0-9.\[\]:-]{1,253}:[0-9]{1,5}", text(value)):
        return str(value)
    raise WrongValue("应为套接字路径或 主机:端口", "must be the path of a socket or host:port")


def issuer(value: Any) -> str:
    if not re.fullmatch(
        r"|https://[^\s?#]{1,280}|http://(127\.0\.0\.1|localhost|\[::1\])(:[0-9]{1,5})?[^\s?#]{0,200}", text(value)
    ):
        raise WrongValue("应为 https 地址", "must be an https address")
    return str(value)


def time_of_day(value: Any) -> str:
    if not re.fullmatch(r"([01][0-9]|2[0-3]):[0-5][0-9]", text(value)):
        raise WrongValue("应为时刻，如 02:30", "must be a time of day such as 02:30")
    return str(value)


def days_weeks_months(value: Any) -> str:
    if not re.fullmatch(r"[1-9][0-9]{0,3}/[0-9]{1,4}/[0-9]{1,4}", text(value)):
        raise WrongValue("应为 天/周/月，如 7/4/12，至少 1 天", "must be days/weeks/months such as 7/4/12")
    return str(value)


def recipients(value: Any) -> tuple[str, ...]:
    # only who sets it pays for loading the library
    from bihuan.ground.backup.age import is_recipient  # noqa: PLC0415

    if isinstance(value, str):
        value = [name for name in re.split(r"[,\s]+", value) if name]
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise WrongValue("应为公钥列表（age1…）", "must be a list of public keys (age1…)")
    for one in value:
        if one.upper().startswith("AGE-SECRET-KEY-"):
            # not repeated: it would stand in a log
            raise WrongValue("含有私钥；这里只写公钥（age1…）", "holds a private key; only public ones belong here")
        if not is_recipient(one):
            raise WrongValue(f"“{one}”不是 age 公钥（age1…）", f"“{one}” is no age public key (age1…)")
    return tuple(sorted(set(value)))


def user(value: Any) -> str:
    if not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_.-]{0,31}\$?|", text(value)):
        raise WrongValue("不是用户名", "is no user name")
    return str(value)
