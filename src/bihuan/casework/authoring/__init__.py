"""The author's desk: a procedure changed in the browser, from its draft to its force."""
