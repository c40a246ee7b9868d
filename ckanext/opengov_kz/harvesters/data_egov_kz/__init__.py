"""A portal of the data.egov.kz kind, moved over: its catalogue, passports, publishers, rows, files and versions.

Each dataset of the old portal becomes one dataset here, under the name by which programs call it (apiUri), with one
table per version. Moving is done once for each state of a dataset: what people change here afterwards stays as they
wrote it. Key words: migration, apiUri, version, passport, govAgency.
"""

#: The plugins that must be loaded with `opengov_data_egov_kz_harvester`.
REQUIRES = ("opengov_harvesting",)
