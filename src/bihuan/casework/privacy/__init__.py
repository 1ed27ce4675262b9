"""Personal data: what is held for what, who looked, what a person is told, what is deleted, what is kept how long."""
