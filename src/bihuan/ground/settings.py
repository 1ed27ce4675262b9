"""Settings: one ``bihuan.toml`` and the environment, read once, every wrong value named before anything starts.

The environment wins over the file. In the file a key is written with hyphens (``session-idle-minutes``), in the
environment as ``BIHUAN_SESSION_IDLE_MINUTES``. Unknown keys in the file are faults; unknown names in the environment
are not, because hosts put names of their own there.
"""

from __future__ import annotations

import difflib
import os
import secrets
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from bihuan.ground import values
from bihuan.ground.system_user import SERVICE_HOME
from bihuan.ground.words import Trouble


class WrongSettings(Trouble):
    """Everything that is wrong, one line each; ``names`` are the keys as the administrator wrote them."""

    def __init__(self, problems: list[tuple[str, str, str]]) -> None:
        self.names = tuple(name for name, _, _ in problems)
        super().__init__(
            "设置有误：" + "；".join(f"{name} {zh}" for name, zh, _ in problems),
            "Wrong settings: " + "; ".join(f"{name} {en}" for name, _, en in problems),
        )


def _by(reader: Callable[[Any], Any], environment: str = "") -> dict[str, Any]:
    """How a key is read, and its name in the environment where that is not ``BIHUAN_`` and the key."""
    return {"reader": reader, "environment": environment}


@dataclass(frozen=True)
class Settings:
    """What the installation's administrator decides. Minutes and counts are whole numbers."""

    data: Path = field(default=Path(), metadata=_by(values.folder))
    host: str = field(default="127.0.0.1", metadata=_by(values.host))
    port: int = field(default=8100, metadata=_by(values.number(1, 65535)))
    hosts: tuple[str, ...] = field(default=(), metadata=_by(values.hosts))
    secret_key: str = field(default="", repr=False, metadata=_by(values.secret))
    debug: bool = field(default=False, metadata=_by(values.yes_no))
    language: str = field(default="zh", metadata=_by(values.one_of("zh", "en")))
    zone: str = field(default="Asia/Shanghai", metadata=_by(values.zone))
    pack: Path | None = field(default=None, metadata=_by(values.folder))
    user: str = field(default="", metadata=_by(values.user))
    database_url: str = field(default="", repr=False, metadata=_by(values.database, "DATABASE_URL"))
    owner_url: str = field(default="", repr=False, metadata=_by(values.database))
    reader_url: str = field(default="", repr=False, metadata=_by(values.database))
    session_idle_minutes: int = field(default=60, metadata=_by(values.number(1, 60 * 24 * 30)))
    session_absolute_minutes: int = field(default=12 * 60, metadata=_by(values.number(1, 60 * 24 * 90)))
    picture_megabytes: int = field(default=20, metadata=_by(values.number(1, 1024)))
    document_megabytes: int = field(default=30, metadata=_by(values.number(1, 1024)))
    recording_megabytes: int = field(default=200, metadata=_by(values.number(1, 4096)))
    mail_address: str = field(default="", repr=False, metadata=_by(values.text))
    digest_mail: tuple[str, ...] = field(default=(), metadata=_by(values.mails))
    scanner: str = field(default="", metadata=_by(values.scanner))
    second_factor: str = field(default="required", metadata=_by(values.one_of("required", "offered")))
    oidc_name: str = field(default="", metadata=_by(values.text))
    oidc_issuer: str = field(default="", metadata=_by(values.issuer))
    oidc_client: str = field(default="", metadata=_by(values.text))
    oidc_secret: str = field(default="", repr=False, metadata=_by(values.text))
    web_workers: int = field(default=1, metadata=_by(values.number(1, 64)))
    web_threads: int = field(default=4, metadata=_by(values.number(1, 256)))
    certificate: Path | None = field(default=None, metadata=_by(values.file))
    certificate_key: Path | None = field(default=None, metadata=_by(values.file))
    # how often a minute one key may ask, and one person may search, export, print; 0 = as often as they like
    api_per_minute: int = field(default=3000, metadata=_by(values.number(0, 10**6)))
    costly_per_minute: int = field(default=300, metadata=_by(values.number(0, 10**6)))
    # proxies whose word about address and scheme is believed; who may read the metrics
    proxies: tuple[str, ...] = field(default=(), metadata=_by(values.networks))
    metrics_from: tuple[str, ...] = field(default=("127.0.0.0/8", "::1/128"), metadata=_by(values.networks))
    # visitors come by https although the certificate lies with a proxy
    https: bool = field(default=False, metadata=_by(values.yes_no))
    # below so many free megabytes acts stop and reading goes on
    disk_reserve_megabytes: int = field(default=512, metadata=_by(values.number(0, 1024 * 1024)))

    # where backups stand (none: the data folder's own), when they are taken (site time), how many stay
    backup_folder: Path | None = field(default=None, metadata=_by(values.folder))
    backup_at: str = field(default="02:30", metadata=_by(values.time_of_day))
    backup_keep: str = field(default="7/4/12", metadata=_by(values.days_weeks_months))
    # public keys backups are encrypted to (none: readable by whoever holds them); the private one drills are made with
    backup_recipients: tuple[str, ...] = field(default=(), metadata=_by(values.recipients))
    backup_identity: Path | None = field(default=None, metadata=_by(values.file))

    @property
    def backups(self) -> Path:
        """The folder backups stand in."""
        return self.backup_folder or self.data / "backups"

    @property
    def secure(self) -> bool:
        """Whether browsers reach the site by https, so that cookies may be kept to it."""
        return self.https or self.certificate is not None

    @property
    def embedded(self) -> bool:
        """Whether the database is our own, on this machine."""
        return not self.database_url

    def environment(self) -> dict[str, str]:
        """The same settings for a child process, whoever it becomes and wherever it is started."""
        spoken = {}
        for entry in fields(self):
            value = getattr(self, entry.name)
            if value is None or value == "":
                continue
            if isinstance(value, bool):
                value = "true" if value else "false"
            elif isinstance(value, tuple):
                value = ",".join(value)
            spoken[_in_environment(entry.name, entry.metadata)] = str(value)
        return spoken


def _in_environment(name: str, metadata: Mapping[str, Any]) -> str:
    return metadata["environment"] or "BIHUAN_" + name.upper()


def default_data(environment: Mapping[str, str]) -> Path:
    """As root below /var/lib/bihuan (whose top stays root's own, for programs); else in the user's data folder."""
    if os.geteuid() == 0:
        return SERVICE_HOME / "data"
    base = environment.get("XDG_DATA_HOME", "")
    home = Path(base) if base.startswith("/") else Path(environment.get("HOME") or Path.home()) / ".local" / "share"
    return home / "bihuan"


def read(environment: Mapping[str, str], file: Path | None = None) -> Settings:
    """The settings of ``file`` (if any) under those of ``environment``. Touches nothing else.

    Raises WrongSettings naming every key that is unknown or holds a wrong value.
    """
    written, problems = _read_file(file) if file else ({}, [])
    given: dict[str, Any] = {"data": default_data(environment)}
    for entry in fields(Settings):
        in_file, in_environment = entry.name.replace("_", "-"), _in_environment(entry.name, entry.metadata)
        if in_environment in environment:
            name, value = in_environment, environment[in_environment]
            if value == "" and entry.name != "data":
                continue
        elif in_file in written:
            name, value = in_file, written[in_file]
        else:
            continue
        try:
            given[entry.name] = entry.metadata["reader"](value)
        except values.WrongValue as wrong:
            problems.append((name, wrong.zh, wrong.en))
    if given.get("database_url") and not given.get("owner_url"):
        # One address given: migrations use it too.
        given["owner_url"] = given["database_url"]
    if bool(given.get("certificate")) != bool(given.get("certificate_key")):
        missing = "certificate-key" if given.get("certificate") else "certificate"
        problems.append((missing, "缺少：证书和私钥要一起给", "is missing: certificate and key come together"))
    problems += _half_a_door(given)
    if problems:
        raise WrongSettings(problems)
    return Settings(**given)


def _half_a_door(given: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """The organisation's sign-in needs issuer, client and secret; with some of them it would silently not be there."""
    needed = ("oidc_issuer", "oidc_client", "oidc_secret")
    missing = [name.replace("_", "-") for name in needed if not given.get(name)]
    if len(missing) in {0, len(needed)}:
        return []
    return [(name, "缺少，统一登录三项须齐", "is missing: issuer, client and secret go together") for name in missing]


def _read_file(file: Path) -> tuple[dict[str, Any], list[tuple[str, str, str]]]:
    try:
        written = tomllib.loads(file.read_text(encoding="utf-8-sig"))
    except OSError as error:
        return {}, [(str(file), f"不能读取：{error.strerror}", f"cannot be read: {error.strerror}")]
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        return {}, [(str(file), f"不是有效的 TOML：{error}", f"is no valid TOML: {error}")]
    known = [entry.name.replace("_", "-") for entry in fields(Settings)]
    problems = []
    for name in written:
        if name not in known:
            near = difflib.get_close_matches(name, known, 1)
            zh, en = (f"（是 {near[0]} 吗？）", f" (meant {near[0]}?)") if near else ("", "")
            problems.append((name, f"不认识{zh}", f"is unknown{en}"))
    return {name: value for name, value in written.items() if name in known}, problems


def settings_file(environment: Mapping[str, str]) -> Path | None:
    """``BIHUAN_CONFIG`` if named, else ``bihuan.toml`` in the working folder, else none."""
    if environment.get("BIHUAN_CONFIG"):
        return Path(environment["BIHUAN_CONFIG"])
    usual = Path("bihuan.toml")
    return usual if usual.is_file() else None


def load(environment: Mapping[str, str] | None = None) -> Settings:
    """The settings of this process, its secret key included: what ``config`` calls once.

    The key is made once and kept in the data folder. Where that folder does not exist yet, nothing can have been
    signed for it, and a passing key serves (checking a pack leaves no folder behind). Raises WrongSettings.
    """
    environment = os.environ if environment is None else environment
    settings = read(environment, settings_file(environment))
    if settings.secret_key:
        return settings
    given = {entry.name: getattr(settings, entry.name) for entry in fields(settings)}
    return Settings(**{**given, "secret_key": kept_secret(settings.data)})


def kept_secret(data: Path) -> str:
    """The key in ``data``/secret-key (0600), made when missing; two who come at once agree on one."""
    if not data.is_dir():
        return secrets.token_urlsafe(48)
    file = data / "secret-key"
    if not file.exists():
        making = data / f"secret-key.{os.getpid()}.{secrets.token_hex(4)}"
        handle = os.open(making, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
        with os.fdopen(handle, "w", encoding="ascii") as written:
            written.write(secrets.token_urlsafe(48) + "\n")
            if os.geteuid() == 0:
                # The folder's owner is who will run web and worker.
                owner = data.stat()
                os.fchown(written.fileno(), owner.st_uid, owner.st_gid)
        try:
            # A link fails where the name is taken; a rename would put a second key over the first.
            os.link(making, file)
        except FileExistsError:
            pass
        finally:
            making.unlink()
    key = file.read_text(encoding="ascii").strip()
    if len(key) < 32:
        raise WrongSettings([(str(file), "至少 32 个字符", "needs at least 32 characters")])
    return key
