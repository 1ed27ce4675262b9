"""The pages in a real browser: what somebody sees, types and is told."""
