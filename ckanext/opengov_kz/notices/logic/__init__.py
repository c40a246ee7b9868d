"""Actions of notices, who may call them, and what may come in."""
