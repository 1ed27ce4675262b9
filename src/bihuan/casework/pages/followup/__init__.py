"""The follow-up console: who is to be called and why, the act's own form by keys, the case at a glance beside it."""

from .console import Console, after
from .queue import Entry, waiting

__all__ = ["Console", "Entry", "after", "waiting"]
