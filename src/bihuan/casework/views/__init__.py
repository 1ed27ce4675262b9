"""Pages drawn from the document alone. Views ask and show; they decide nothing."""

from .acting import act_form, choose, open_form
from .cases import case_list, case_page, deadline_page

__all__ = ["act_form", "case_list", "case_page", "choose", "deadline_page", "open_form"]
