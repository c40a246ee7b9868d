"""The Address Register (АР) as open data: territories, streets, land plots, buildings and premises of the country.

Nine tables of one publisher, each a dataset named as its table. They are loaded whole at first, then by what was
modified, and whole again from time to time, as a removal shows in nothing else. Key words: ATS, geonim, building,
premises (pb), RCA (address code), KATO.
"""

#: The plugins that must be loaded with `opengov_address_register_harvester`.
REQUIRES = ("opengov_harvesting",)
