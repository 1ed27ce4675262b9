"""``bihuan bench``: what the house does on this machine, each figure with the way it was measured.

Nothing but the names is imported unless the verb is used. Everything runs in a temporary place of its own.
"""

# in the order they are taken: what wants a quiet machine first
NAMES = ("engine", "deadlines", "start", "memory", "demo", "acts", "chain", "import", "sweep")
# each grows a house of its own and is therefore taken alone
ALONE = ("wall", "large")
