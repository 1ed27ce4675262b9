"""``python -m tests.browser.pictures FOLDER``: every page that is looked at, as pictures from the demonstration site.

Needs DATABASE_URL of a site that ``bihuan furnish`` has filled. Chinese light, Chinese dark and English light at the
width of a desk; Chinese at the width of a phone for what is used on one. Signs nobody in by password: every person
brings a session of their own, which ends with the run.
"""

from __future__ import annotations

import argparse
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import django
from playwright.sync_api import sync_playwright

SECONDS_TO_START = 60


@contextmanager
def running() -> Iterator[str]:
    """The web server on a free port of this machine; its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {**os.environ, "BIHUAN_HOST": "127.0.0.1", "BIHUAN_PORT": str(port), "BIHUAN_WEB_WORKERS": "1"}
    # the sessions brought along have shown nothing but themselves
    environment["BIHUAN_SECOND_FACTOR"] = "offered"
    server = subprocess.Popen([sys.executable, "-m", "bihuan.config.command", "web"], env=environment)
    try:
        address = f"http://127.0.0.1:{port}"
        until = time.monotonic() + SECONDS_TO_START
        while not answers(address):
            if server.poll() is not None or time.monotonic() > until:
                sys.exit("网站没有起来 / the web server did not start")
            time.sleep(0.2)
        yield address
    finally:
        server.terminate()
        server.wait()


def answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(f"{address}/health/live", timeout=2) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def main() -> int:
    asked = argparse.ArgumentParser(prog="pictures", description=__doc__)
    asked.add_argument("folder", type=Path)
    asked.add_argument("--only", default="", help="only pages whose name contains this")
    chosen = asked.parse_args()
    chosen.folder.mkdir(parents=True, exist_ok=True)
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bihuan.config.settings")
    django.setup()
    from tests.browser.taking import launched, taken  # noqa: PLC0415 - reads models, which need Django set up

    with running() as address, sync_playwright() as driver:
        browser = launched(driver)
        count = taken(browser, address, chosen.folder, chosen.only)
        browser.close()
    sys.stdout.write(f"{count} → {chosen.folder}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
