"""Pages drawn from the document alone. Views ask and show; they decide nothing."""

from .acting import act_form, choose, open_form
from .cases import case_chips, case_page, deadline_page, write_note

__all__ = ["act_form", "case_chips", "case_page", "choose", "deadline_page", "open_form", "write_note"]
