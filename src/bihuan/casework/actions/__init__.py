"""Everything that changes a case. One act, one transaction, one entry; letters wait until commit."""

from .acting import Answer, Sentence, act, open_case
from .moving import move
from .rounds import Swept, sweep
from .sweeping import open_duties

__all__ = ["Answer", "Sentence", "Swept", "act", "move", "open_case", "open_duties", "sweep"]
