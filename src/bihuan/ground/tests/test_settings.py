"""Settings: file under environment, and every wrong one named before anything starts."""

from __future__ import annotations

import os
import stat
from concurrent.futures import ThreadPoolExecutor
from dataclasses import fields
from pathlib import Path

import pytest

from bihuan.ground.settings import Settings, WrongSettings, kept_secret, load, read, settings_file


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "bihuan.toml"


def test_with_nothing_said_it_is_this_machine_only_and_not_debugging() -> None:
    settings = read({"HOME": "/home/someone"})
    assert (settings.host, settings.port, settings.debug, settings.language) == ("127.0.0.1", 8100, False, "zh")
    assert (settings.zone, settings.embedded) == ("Asia/Shanghai", True)
    assert (settings.session_idle_minutes, settings.session_absolute_minutes) == (60, 720)


def test_the_data_folder_is_the_users_own_or_roots(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert read({"HOME": "/home/someone"}).data == Path("/home/someone/.local/share/bihuan")
    assert read({"HOME": "/home/someone", "XDG_DATA_HOME": "/srv/x"}).data == Path("/srv/x/bihuan")
    assert read({"HOME": "/home/someone", "XDG_DATA_HOME": "relative"}).data == Path(
        "/home/someone/.local/share/bihuan"
    )
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    assert read({"HOME": "/root"}).data == Path("/var/lib/bihuan/data")


def test_the_file_is_read_and_the_environment_wins(file: Path) -> None:
    file.write_text('\ufeffport = 9000\nlanguage = "en"\nhosts = ["a.example", "b.example"]\ndebug = true\n', "utf-8")
    settings = read({"BIHUAN_PORT": "9001"}, file)
    assert (settings.port, settings.language, settings.hosts) == (9001, "en", ("a.example", "b.example"))
    assert settings.debug


WRONG = [
    ("BIHUAN_PORT", "0"),
    ("BIHUAN_PORT", "65536"),
    ("BIHUAN_PORT", "tcp://10.0.0.1:80"),
    ("BIHUAN_PORT", "٣"),
    ("BIHUAN_DEBUG", "perhaps"),
    ("BIHUAN_LANGUAGE", "de"),
    ("BIHUAN_ZONE", "Asia/Nowhere"),
    ("BIHUAN_ZONE", "../../etc/passwd"),
    ("BIHUAN_DATA", "relative/folder"),
    ("BIHUAN_DATA", ""),
    ("BIHUAN_HOST", "a b"),
    ("BIHUAN_HOSTS", "good.example, -bad"),
    ("BIHUAN_SECRET_KEY", "short"),
    ("BIHUAN_USER", "two words"),
    ("DATABASE_URL", "postgresql://server:port/x"),
    ("DATABASE_URL", "postgresql://server"),
    ("BIHUAN_OWNER_URL", "no address"),
    ("BIHUAN_SESSION_IDLE_MINUTES", "0"),
    ("BIHUAN_WEB_THREADS", "1.5"),
    ("BIHUAN_SECOND_FACTOR", "sometimes"),
    ("BIHUAN_OIDC_ISSUER", "http://login.example.org"),
    ("BIHUAN_OIDC_ISSUER", "login.example.org"),
]


@pytest.mark.parametrize(("name", "value"), WRONG)
def test_a_wrong_value_stops_the_start_with_its_name(name: str, value: str) -> None:
    with pytest.raises(WrongSettings) as refusal:
        read({"HOME": "/home/someone", name: value})
    assert refusal.value.names == (name,)
    assert name in refusal.value.zh
    assert name in refusal.value.en


def test_everything_wrong_is_told_at_once_with_the_key_that_was_meant(file: Path) -> None:
    file.write_text('prot = 1\nport = "x"\nlanguage = 3\nhosts = "a b,"\ndebug = "on"\nweb-threads = true\n')
    with pytest.raises(WrongSettings) as refusal:
        read({}, file)
    assert refusal.value.names == ("prot", "port", "language", "web-threads")
    assert "prot is unknown (meant port?)" in refusal.value.en
    assert "prot 不认识（是 port 吗？）" in refusal.value.zh


@pytest.mark.parametrize("content", [b"port =", b"\xff\xfe", b"a = 1\na = 2"])
def test_a_file_that_is_no_toml_is_named(file: Path, content: bytes) -> None:
    file.write_bytes(content)
    with pytest.raises(WrongSettings) as refusal:
        read({}, file)
    assert refusal.value.names == (str(file),)


def test_a_named_file_that_is_missing_is_refused_and_an_unnamed_one_is_not_needed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert settings_file({}) is None
    with pytest.raises(WrongSettings):
        load({"BIHUAN_CONFIG": str(tmp_path / "missing.toml")})
    (tmp_path / "bihuan.toml").write_text("port = 9000")
    assert load({"BIHUAN_DATA": str(tmp_path / "data")}).port == 9000


def test_passwords_and_keys_are_neither_shown_nor_repeated() -> None:
    settings = read({"DATABASE_URL": "postgresql://u:geheim@h/d", "BIHUAN_SECRET_KEY": "k" * 40})
    assert "geheim" not in repr(settings)
    assert "kkk" not in repr(settings)
    with pytest.raises(WrongSettings) as refusal:
        read({"DATABASE_URL": "postgresql://u:geheim@[h/d"})
    assert "geheim" not in str(refusal.value)


def test_one_address_serves_migrations_too_unless_the_owner_has_one() -> None:
    only = read({"DATABASE_URL": "postgresql://u@h/d"})
    assert (only.owner_url, only.embedded) == ("postgresql://u@h/d", False)
    both = read({"DATABASE_URL": "postgresql://u@h/d", "BIHUAN_OWNER_URL": "postgresql://o@h/d"})
    assert both.owner_url == "postgresql://o@h/d"


def test_children_get_the_same_settings_by_their_environment(file: Path) -> None:
    file.write_text(
        'data = "/srv/data"\npack = "/srv/pack"\nport = 9000\nhosts = ["a.example"]\ndebug = true\nuser = "svc"\n'
        'secret-key = "0123456789012345678901234567890123"\ndatabase-url = "postgresql://u@h/d"\nhost = "::1"\n'
    )
    settings = read({}, file)
    assert read(settings.environment()) == settings


def test_every_key_has_a_reader() -> None:
    assert [entry.name for entry in fields(Settings) if not callable(entry.metadata.get("reader"))] == []


def test_the_secret_is_made_once_and_kept_closed(tmp_path: Path) -> None:
    first = load({"BIHUAN_DATA": str(tmp_path)})
    assert len(first.secret_key) >= 48
    assert load({"BIHUAN_DATA": str(tmp_path)}).secret_key == first.secret_key
    assert stat.S_IMODE((tmp_path / "secret-key").stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["secret-key"]


def test_many_who_need_the_secret_at_once_agree_on_one(tmp_path: Path) -> None:
    with ThreadPoolExecutor(16) as pool:
        keys = set(pool.map(kept_secret, [tmp_path] * 64))
    assert len(keys) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["secret-key"]


def test_without_a_data_folder_a_passing_secret_serves_and_nothing_is_made(tmp_path: Path) -> None:
    data = tmp_path / "none"
    assert len(load({"BIHUAN_DATA": str(data)}).secret_key) >= 48
    assert not data.exists()


def test_a_kept_secret_that_is_too_short_is_refused_by_its_file(tmp_path: Path) -> None:
    (tmp_path / "secret-key").write_text("short\n")
    with pytest.raises(WrongSettings) as refusal:
        load({"BIHUAN_DATA": str(tmp_path)})
    assert refusal.value.names == (str(tmp_path / "secret-key"),)


def test_half_of_an_outside_sign_in_stops_the_start_and_names_what_is_missing(file: Path) -> None:
    whole = {"oidc-issuer": "https://login.example.org/realm", "oidc-client": "bihuan", "oidc-secret": "knows"}
    file.write_text("".join(f'{name} = "{value}"\n' for name, value in whole.items()), encoding="utf-8")
    settings = read({}, file)
    assert (settings.oidc_issuer, settings.oidc_client, settings.second_factor) == (
        "https://login.example.org/realm",
        "bihuan",
        "required",
    )
    assert "knows" not in repr(settings)
    file.write_text('oidc-client = "bihuan"\n', encoding="utf-8")
    with pytest.raises(WrongSettings) as refused:
        read({}, file)
    assert refused.value.names == ("oidc-issuer", "oidc-secret")


@pytest.mark.parametrize("said", ["a@example.org b@example.org", "a@example.org, b@example.org"])
def test_who_gets_the_digest_is_a_list_of_mail_addresses(said: str) -> None:
    settings = read({"HOME": "/root", "BIHUAN_DIGEST_MAIL": said})
    assert settings.digest_mail == ("a@example.org", "b@example.org")
    assert read({"HOME": "/root", **settings.environment()}).digest_mail == settings.digest_mail
    with pytest.raises(WrongSettings) as refusal:
        read({"HOME": "/root", "BIHUAN_DIGEST_MAIL": "a@example.org nobody"})
    assert refusal.value.names == ("BIHUAN_DIGEST_MAIL",)


RECIPIENT = "age1n9uecsfj2jagrmhqtu3ws3xvytun9ud76qtkwkufzw4lzhl7z5aqwsg5cz"
ANOTHER = "age1yj9duk75wdyjlpjcn75yfgh72zprrgsua6uulha2rjm0r8h2uufq3s6f58"


def test_keys_backups_are_encrypted_to_come_as_a_list_each_once(file: Path) -> None:
    file.write_text(f'backup-recipients = ["{ANOTHER}", "{RECIPIENT}", "{RECIPIENT}"]\n', "utf-8")
    settings = read({}, file)
    assert settings.backup_recipients == (RECIPIENT, ANOTHER)
    assert read(settings.environment()).backup_recipients == settings.backup_recipients


@pytest.mark.parametrize("words", ["age1", RECIPIENT[:-1] + "q", f"{RECIPIENT} nobody", "ssh-ed25519 AAAA"])
def test_what_is_no_public_key_is_named(words: str) -> None:
    with pytest.raises(WrongSettings) as wrong:
        read({"BIHUAN_BACKUP_RECIPIENTS": words})
    assert wrong.value.names == ("BIHUAN_BACKUP_RECIPIENTS",)


def test_a_private_key_among_the_settings_is_refused_and_not_repeated(file: Path, tmp_path: Path) -> None:
    file.write_text('backup-recipients = ["AGE-SECRET-KEY-1PRIVATE"]\n', "utf-8")
    with pytest.raises(WrongSettings) as wrong:
        read({"BIHUAN_BACKUP_IDENTITY": str(tmp_path / "none")}, file)
    assert sorted(wrong.value.names) == ["BIHUAN_BACKUP_IDENTITY", "backup-recipients"]
    assert "1PRIVATE" not in str(wrong.value)
