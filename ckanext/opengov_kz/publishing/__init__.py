"""How rows get into the DataStore and out of it: the corridor, the table, the downloads."""

#: The plugins that must be loaded with `opengov_publishing`.
REQUIRES = ("datastore",)
