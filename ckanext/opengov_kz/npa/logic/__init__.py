"""The verbs of draft acts."""
