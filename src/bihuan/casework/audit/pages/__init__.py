"""What the pages of the audit room show, as plain data."""
