"""A component supplier at work in the browser: its own pack, its own people, its own clocks."""
