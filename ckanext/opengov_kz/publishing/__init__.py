"""How rows get into the DataStore and out of it: the corridor, the table, the downloads."""
