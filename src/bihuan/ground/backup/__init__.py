"""Backups: one folder each, whole or not there at all, and the way back from one.

take          a dump under one snapshot, the files it names, a manifest that can be checked without any database
check         every hash of a backup again
fill          a dump back into an empty database
put_back      the files of a backup back into a data folder
Key           private keys, where a backup is encrypted
retention     which backups may go

Nothing here knows what stands in the tables; the rooms above tell what is to be noted of a snapshot (``Observed``).
"""

from bihuan.ground.backup.age import Key
from bihuan.ground.backup.errors import Damaged, Locked, NoRoom, NotEmpty, Running
from bihuan.ground.backup.manifest import Manifest
from bihuan.ground.backup.putting_back import check, fill, look_into, opened_by, put_back
from bihuan.ground.backup.retention import Keep, surplus
from bihuan.ground.backup.shelf import Shelf
from bihuan.ground.backup.taking import Observed, Source, Tree, rows_of, take

__all__ = [
    "Damaged",
    "Keep",
    "Key",
    "Locked",
    "Manifest",
    "NoRoom",
    "NotEmpty",
    "Observed",
    "Running",
    "Shelf",
    "Source",
    "Tree",
    "check",
    "fill",
    "look_into",
    "opened_by",
    "put_back",
    "rows_of",
    "surplus",
    "take",
]
