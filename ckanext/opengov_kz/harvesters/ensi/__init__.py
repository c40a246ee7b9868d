"""ENSI, the unified reference information of the state: its classifiers as open data.

Each classifier (KATO of territories, OKED of economic activities, MKEIS of units and others) becomes
one dataset with one table. Items are versioned, replaced and closed by date, never deleted. Key
words: classifier, version, item, parent code, date in force.
"""

#: The plugins that must be loaded with `opengov_ensi_harvester`.
REQUIRES = ("opengov_harvesting",)
