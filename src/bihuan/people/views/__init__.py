"""Pages of this room. They ask and show; what changes is in the room's actions."""
