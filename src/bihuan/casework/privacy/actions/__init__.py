"""Changes of this room: each by hand is one transaction and one entry in the book.

``by`` is the person acting, None for the machine itself. ``at`` is the moment, aware.
"""

from .ordering import apply_again, carry_out, order_erasure, preview
from .requesting import ask, make_copy, refuse
from .settling import announce_recording, change_policy, hold, lift

__all__ = [
    "announce_recording",
    "apply_again",
    "ask",
    "carry_out",
    "change_policy",
    "hold",
    "lift",
    "make_copy",
    "order_erasure",
    "preview",
    "refuse",
]
