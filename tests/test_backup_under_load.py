"""A large site is backed up while people act, encrypted, destroyed, and comes back: equal to the last row and byte."""

from __future__ import annotations

import http.client
import io
import json
import os
import shutil
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from threading import Event, Thread

import pytest
from PIL import Image
from tests.storm.client import Client
from tests.storm.site import PACK, Furnished, Site, temporary_site
from tests.storm.walking import Walker

from bihuan.ground.backup import Key
from bihuan.ground.backup import manifest as manifests
from bihuan.ground.backup.manifest import Manifest

FILES = 60
CLERKS = 3


class Clerk(Thread):
    """Opens cases and goes on with them over HTTP until told to stop; ``done`` are the moments of what was accepted."""

    def __init__(self, site: Site, furnished: Furnished, seed: int, stop: Event) -> None:
        super().__init__(daemon=True)
        self.walker, self.client = Walker(site, furnished, Random(seed)), Client(site.port)
        self.tokens, self.stop, self.done, self.numbers = furnished.tokens, stop, [], []

    def run(self) -> None:
        while not self.stop.is_set():
            said = self.walker.opening("repair", "north", None, {"serial": f"L-{self.walker.random.random()}"})
            opened = self._say(said)
            if opened is None:
                continue
            self.numbers.append(opened["number"])
            for _step in range(4):
                said = self.walker.next(self.walker.standing(opened["number"]), None)
                if said is None or self.stop.is_set():
                    break
                self._say(said)
        self.walker.close()
        self.client.close()

    def _say(self, said) -> dict | None:
        reply = self.client.post(self.tokens[said.person], said.path, said.body)
        if reply.acknowledged:
            self.done.append(time.monotonic())
        return reply.body if reply.acknowledged else None


@contextmanager
def people_at_work(site: Site, furnished: Furnished) -> Iterator[list[Clerk]]:
    stop = Event()
    clerks = [Clerk(site, furnished, seed, stop) for seed in range(CLERKS)]
    for one in clerks:
        one.start()
    try:
        yield clerks
    finally:
        stop.set()
        for one in clerks:
            one.join(90)


def hand_in(site: Site, token: str, number: int) -> None:
    """A picture nobody handed in before, over the API."""
    picture = io.BytesIO()
    Image.effect_noise((640, 480), 10 + number % 80).convert("RGB").save(picture, "JPEG", quality=80)
    head = b'--x\r\nContent-Disposition: form-data; name="file"; filename="p.jpg"\r\nContent-Type: image/jpeg\r\n\r\n'
    connection = http.client.HTTPConnection("127.0.0.1", site.port, timeout=30)
    connection.request(
        "POST", "/api/v1/files", head + picture.getvalue() + b"\r\n--x--\r\n",
        {"Authorization": f"Bearer {token}", "Content-Type": "multipart/form-data; boundary=x"},
    )  # fmt: skip
    assert connection.getresponse().status == 201
    connection.close()


def backed_up_under_load(site: Site, furnished: Furnished, shelf: Path) -> tuple[Path, Manifest, int, float]:
    """The backup, its manifest, how many acts were accepted while it was taken, and how long it took."""
    with people_at_work(site, furnished) as clerks:
        while sum(len(one.done) for one in clerks) < 10:
            time.sleep(0.05)
        begun = time.monotonic()
        ran = site.bihuan("backup", "--to", str(shelf), "--json")
        ended = time.monotonic()
    assert ran.returncode == 0, ran.stdout + ran.stderr
    folder = Path(json.loads(ran.stdout)["folder"])
    meanwhile = sum(begun < moment < ended for one in clerks for moment in one.done)
    return folder, manifests.read(folder), meanwhile, ended - begun


def destroyed_and_restored(cases: int, shelf: Path) -> str:
    """The whole story; its figures in words."""
    key = Key.new()
    with temporary_site() as site:
        identity = site.folder / "identity"
        key.write(identity, datetime.now(UTC))
        site.more = {"BIHUAN_BACKUP_RECIPIENTS": key.public[0]}
        site.serve()
        furnished = Furnished(
            **site.module("tests.storm.furnishing", str(PACK), datetime.now(UTC).isoformat(), "cases")
        )
        begun = time.monotonic()
        site.module("tests.kept.growing", str(cases))
        grown = time.monotonic() - begun
        for number in range(FILES):
            hand_in(site, furnished.tokens["chen"], number)
        folder, manifest, meanwhile, taken = backed_up_under_load(site, furnished, shelf)
        later = site.rows("SELECT count(*) FROM journal_entry")[0][0]
        assert site.stop() == 0
        secret = (site.data / "secret-key").read_text()

        shutil.rmtree(site.data)
        begun = time.monotonic()
        ran = site.bihuan("restore", str(folder), "--identity", str(identity), "--yes", "--replay", "none", "--json")
        restored = time.monotonic() - begun
        assert ran.returncode == 0, ran.stdout + ran.stderr
        told = json.loads(ran.stdout)
        assert (told["problems"], told["findings"]) == ([], [])
        assert [one["backup"] == one["restored"] for one in told["compared"][:3]] == [True] * 3
        assert {name: manifests.kept(site.data / name) for name in manifest.files} == manifest.files
        assert (site.data / "secret-key").read_text() == secret

        site.serve()
        counted = dict(
            site.rows(
                "SELECT 'cases', count(*) FROM casework_case UNION ALL SELECT 'files', count(*) FROM files_attachment"
            )
        )
        assert counted["cases"] == manifest.rows["casework_case"] >= cases
        assert (
            counted["files"]
            == FILES
            == len([one for one in manifest.files if "/" in one and not one.endswith(".preview")])
        )
        again = site.module("tests.kept.growing", "replay")
        assert (again["differences"], again["cases"] > 300) == ([], True)
        with people_at_work(site, furnished) as clerks:
            while sum(len(one.done) for one in clerks) < 5:
                time.sleep(0.05)
        verified = site.rows("SELECT count(*) FROM journal_entry")[0][0]
        assert meanwhile > 0 and later > manifest.rows["journal_entry"]
        return (
            f"{counted['cases']} cases, {sum(manifest.rows.values())} rows in {len(manifest.rows)} tables, "
            f"{manifest.rows['journal_entry']} entries, {len(manifest.files)} files; database "
            f"{manifest.database_bytes / 1e6:.0f} MB, dump {manifest.dump.bytes / 1e6:.0f} MB, encrypted; "
            f"grown in {grown:.0f} s, backed up in {taken:.1f} s with {meanwhile} acts accepted meanwhile, "
            f"restored, compared and verified in {restored:.1f} s; {verified} entries after going on"
        )


@pytest.mark.long
def test_a_large_site_backed_up_under_load_is_destroyed_and_comes_back_equal(tmp_path):
    cases = int(os.environ.get("BIHUAN_CASES", "100000"))
    sys.stdout.write(destroyed_and_restored(cases, tmp_path / "backups") + "\n")
