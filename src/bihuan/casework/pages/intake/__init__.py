"""The intake desk: one form of any pack arranged for a call, with what is known of caller, device and promises."""

from .desk import Desk
from .finding import offered

__all__ = ["Desk", "offered"]
