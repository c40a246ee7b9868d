"""Statistical databases of central bodies as open data: indicators by period and territory, with their revisions.

Each indicator becomes one dataset with one table: a row is a value of one period and one territory (KATO). Statistics
are revised: the new value stands beside the old one, which is closed and stays readable with the days it was valid.
Key words: indicator, period, KATO, unit, value, revision.
"""

#: The plugins that must be loaded with `opengov_statistics_harvester`.
REQUIRES = ("opengov_harvesting",)
