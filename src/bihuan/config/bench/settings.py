"""The settings of the floor: the house as it is, but only the bench's bare addresses are served."""

from bihuan.config.settings import *  # noqa: F403 - everything but the addresses stays

ROOT_URLCONF = "bihuan.config.bench.floor"
