"""The catalogue: passports of datasets, publishers, categories, and their machine-readable forms."""

#: The plugins that must be loaded with `opengov_catalogue`.
REQUIRES = ("opengov_publishing", "scheming_organizations", "scheming_groups", "dcat", "activity")
