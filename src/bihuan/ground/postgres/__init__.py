"""The database on this machine: PostgreSQL under a small supervisor of our own, or an outside server made ready.

Supervisor   starts and stops the embedded server of one data folder
running      where a server that somebody else supervises in that folder can be reached
prepare      roles, database and rights on any server, given a superuser's address
"""

from bihuan.ground.postgres.roles import Addresses, prepare
from bihuan.ground.postgres.supervisor import Supervisor, running

__all__ = ["Addresses", "Supervisor", "prepare", "running"]
