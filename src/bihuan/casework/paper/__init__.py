"""The documents of a case on paper: which there are, what stands on them, how often each was printed."""
