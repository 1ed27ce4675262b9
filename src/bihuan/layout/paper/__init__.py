"""How paper looks: templates of typst to PDF, at the sizes printers in service centres have. Knows no business."""

from .codes import code
from .rendering import SIZES, PaperFault, leaves, picture, render

__all__ = ["SIZES", "PaperFault", "code", "leaves", "picture", "render"]
