"""The catalogue: passports of datasets, publishers, categories, and their machine-readable forms."""
