"""Actions of the calendar, who may call them, and what may come in."""
