"""One search for all kinds of things, in Kazakh, Russian and English: index, queries, suggestions, upkeep."""

#: It stands on CKAN alone.
REQUIRES = ()
