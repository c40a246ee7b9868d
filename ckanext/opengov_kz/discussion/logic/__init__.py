"""Actions of the discussion, who may call them, and what may come in."""
