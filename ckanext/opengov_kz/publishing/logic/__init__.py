"""Actions of publishing, who may call them, and what may come in."""
