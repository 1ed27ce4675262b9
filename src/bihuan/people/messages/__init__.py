"""Letters that reach people: whom, by which channel, when, and what came of it."""
