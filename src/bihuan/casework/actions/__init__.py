"""Everything that changes a case. One act, one transaction, one entry; letters wait until commit."""

from .acting import Answer, Sentence, act, open_case
from .sweeping import Swept, open_duties, sweep

__all__ = ["Answer", "Sentence", "Swept", "act", "open_case", "open_duties", "sweep"]
