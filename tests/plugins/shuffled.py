"""``--shuffle SEED``: folders and their files in another order, the same for every process of the run.

Which files share a site, and which comes first, is chance where several processes work side by side; it may matter to
none of them. The tests of one file keep their order: some tell a story.
"""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path
from random import Random

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    """The seed; without one the order stays as it is written."""
    parser.addoption("--shuffle", type=int, default=None, metavar="SEED", help="another order of files")


def pytest_report_header(config: pytest.Config) -> str | None:
    """The seed, so that a failure can be called again."""
    seed = config.getoption("shuffle")
    return None if seed is None else f"shuffled: {seed}"


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Shuffle folders and the files of each; what shares a folder's fixtures stays together."""
    seed = config.getoption("shuffle")
    if seed is None:
        return
    chance = Random(seed)
    folders: dict[Path, dict[Path, list[pytest.Item]]] = defaultdict(lambda: defaultdict(list))
    for item in items:
        folders[item.path.parent][item.path].append(item)
    order = []
    for folder in chance.sample(list(folders), len(folders)):
        for path in chance.sample(list(folders[folder]), len(folders[folder])):
            order += folders[folder][path]
    items[:] = order
