"""The pages of the audit room. They ask and show; what changes is in ``actions``."""
